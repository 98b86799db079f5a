/**
 * What a seed makes of a profile: size of the cluster, quality of the links, kinds and pace of faults. Pure.
 *
 *   calm      links that only delay: what fails here fails without any fault
 *   network   loss, delay, duplication, reordering, clogs, partitions, pauses, clock jumps, transfers, crashes of memory nodes
 */
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { CALM_LINK, type LinkProfile } from '../../lib/testing/simulated-network.js';

export const PROFILE_NAMES = ['calm', 'network'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const FAULT_KINDS = ['crash', 'partition', 'one-way', 'isolate-leader', 'clog', 'pause', 'clock-jump', 'transfer'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface SeedPlan {
  readonly nodes: number;
  readonly tickMs: number;
  readonly link: LinkProfile;
  readonly byReference: boolean;
  /** Kinds of faults of this seed: some have few, so that a rare mixture is seen alone as well. */
  readonly faults: readonly FaultKind[];
  /** Mean time between two faults, virtual ms. */
  readonly faultEveryMs: number;
  readonly safetyMs: number;
  /** In which everything must heal. */
  readonly livenessMsMax: number;
  readonly clockOffsetMsMax: number;
  readonly clockRateSpread: number;
  readonly turnDelayMsMax: number;
  readonly clients: number;
  /** Replace a lost node by removing it first, or by adding the new one first. */
  readonly removeFirst: boolean;
  readonly snapshotEntriesMax: number;
  readonly residentRunsMax: number;
  /** The node that behaves in its own way in one workflow (P7); 0 for none. */
  readonly oddNode: number;
}

export function planOf(profile: ProfileName, random: SeededRandom): SeedPlan {
  const isRough = profile === 'network';
  const nodes = random.pick([3, 3, 3, 4, 5]);
  const byReference = random.chance(0.5);
  const oddNode = random.chance(0.3) ? 1 + random.int(nodes) : 0;
  const faults = isRough ? FAULT_KINDS.filter(() => random.chance(0.6)) : [];
  return {
    nodes,
    tickMs: 20,
    link: isRough ? roughLink(random) : CALM_LINK,
    byReference,
    faults,
    faultEveryMs: random.between(100, 600),
    safetyMs: isRough ? random.between(1200, 2800) : 1000,
    livenessMsMax: 60_000,
    clockOffsetMsMax: random.pick([0, 20, 1500]),
    clockRateSpread: random.pick([0, 0.001, 0.02]),
    turnDelayMsMax: random.pick([0, 0.1, 1]),
    clients: 2 + random.int(3),
    removeFirst: random.chance(0.5),
    snapshotEntriesMax: random.pick([30, 80, 10_000]),
    // Above its budget a replica does not run the code of what others own (R33), and compares nothing.
    residentRunsMax: oddNode !== 0 || random.chance(0.5) ? 10_000 : 2,
    oddNode,
  };
}

function roughLink(random: SeededRandom): LinkProfile {
  const sometimes = (chance: number, high: number): number => (random.chance(chance) ? random.float() * high : 0);
  return {
    delayMsMin: random.between(0.1, 2),
    delayMsMax: random.between(2, random.pick([4, 20, 60])),
    lossRate: sometimes(0.6, 0.12),
    duplicationRate: sometimes(0.6, 0.1),
    reorderRate: sometimes(0.6, 0.2),
    reorderMsMax: random.between(1, 80),
    clogRate: sometimes(0.4, 0.005),
    clogMsMax: random.between(10, 400),
  };
}
