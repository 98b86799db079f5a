/**
 * What a seed makes of profile `topology`: how many nodes come, how the cluster manager is set, quality of the links, kinds and pace of faults. Pure.
 */
import type { ManagerPolicy } from '../../../lib/management/placement/manager/view.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import { CALM_LINK, type LinkProfile } from '../../../lib/testing/simulated-network.js';

/** What the network and the machines do. `management-outage`: all voters of cluster 0 end at once; `cluster-outage`: those of one execution cluster; `blackout`: all nodes. */
export const MACHINE_FAULTS = [
  'partition',
  'one-way',
  'isolate-leader',
  'clog',
  'pause',
  'clock-jump',
  'transfer',
  'kill',
  'power-cut',
  'kill-manager',
  'kill-leader',
  'management-outage',
  'cluster-outage',
  'blackout',
  'lose',
] as const;
/** What strikes in a move of slots: the process that leads its source, or its target, ends in one of the phases. */
export const MOVE_FAULTS = ['kill-source', 'kill-target', 'begin-move', 'abort-move'] as const;
/** What operators do, of which the cluster manager knows nothing. `stale`: a command that was decided on an old topology. */
export const OPERATOR_FAULTS = [
  'add-node',
  'drain',
  'undrain',
  'leave',
  'remove-node',
  'create-cluster',
  'retire-cluster',
  'destroy-cluster',
  'associate',
  'disassociate',
  'set-metadata',
  'stale',
] as const;
/** `burst`: far more workflows than one cluster is to have, so that it is split. */
export const LOAD_FAULTS = ['burst'] as const;
export const TOPOLOGY_FAULTS = [...MACHINE_FAULTS, ...MOVE_FAULTS, ...OPERATOR_FAULTS, ...LOAD_FAULTS] as const;
/** Without disks they would lose what no promise covers. */
const NEED_DISKS: readonly string[] = ['management-outage', 'cluster-outage', 'blackout', 'power-cut'];

export type TopologyFaultKind = (typeof TOPOLOGY_FAULTS)[number];

/** What must have happened at least once over many seeds: every fault, and what the faults are to hit. */
export const TOPOLOGY_REQUIRED: readonly string[] = [
  ...TOPOLOGY_FAULTS,
  ...['lost', 'duplicated', 'reordered', 'partitioned', 'lossyCuts', 'restarts', 'restores'],
  ...[
    'created',
    'destroyed',
    'splits',
    'merges',
    'repairs',
    'drained',
    'moves',
    'movesAborted',
    'movedRuns',
    'slotsMoved',
    'refusedByTopology',
  ],
  ...['children', 'forwarded', 'forgotten'],
];

export interface TopologyPlan {
  /** Processes that are started at first: the first one founds the deployment, the others join. */
  readonly nodes: number;
  readonly nodesMax: number;
  readonly clients: number;
  readonly thinkMsMax: number;
  readonly safetyMs: number;
  /** In which everything must heal. */
  readonly livenessMsMax: number;
  readonly faults: readonly TopologyFaultKind[];
  /** Mean time between two faults, virtual ms. */
  readonly faultEveryMs: number;
  readonly link: LinkProfile;
  readonly byReference: boolean;
  readonly tickMs: number;
  /** The nodes keep everything in memory: who ends comes back as another node. */
  readonly isVolatile: boolean;
  readonly clockOffsetMsMax: number;
  readonly turnDelayMsMax: number;
  /** How the cluster manager is set on every node. */
  readonly policy: Partial<ManagerPolicy>;
  readonly roundEveryMs: number;
  /** Share of the processes that store and vote, and run no code. */
  readonly voterOnly: number;
  /** Share of those that are to host nothing. */
  readonly hostless: number;
  readonly zones: number;
  readonly snapshotEntriesMax: number;
  readonly stateFlushEntriesMax: number;
  readonly compactionKeepEntries: number;
  readonly checkpointFrames: number;
  readonly residentRunsMax: number;
}

export function planTopology(random: SeededRandom): TopologyPlan {
  const some = <T>(kinds: readonly T[], share: number): T[] => kinds.filter(() => random.chance(share));
  const isVolatile = random.fork('volatile').chance(0.15);
  const machineFaults = MACHINE_FAULTS.filter((kind) => !isVolatile || !NEED_DISKS.includes(kind));
  const faults = [...some(machineFaults, 0.4), ...some(MOVE_FAULTS, 0.6), ...some(OPERATOR_FAULTS, 0.5), ...some(LOAD_FAULTS, 0.6)];
  const nodes = 3 + random.int(4);
  const targetSize = random.pick([1, 3, 3, 3, 3]);
  return {
    nodes,
    nodesMax: 9,
    clients: 2 + random.int(2),
    thinkMsMax: random.pick([100, 400, 1500]),
    safetyMs: random.between(6_000, 12_000),
    livenessMsMax: 180_000,
    faults: faults.length === 0 ? ['kill'] : faults,
    faultEveryMs: random.between(250, 900),
    link: random.chance(0.4) ? roughLink(random) : CALM_LINK,
    byReference: random.chance(0.5),
    tickMs: 50,
    isVolatile,
    clockOffsetMsMax: random.pick([0, 20, 1500]),
    turnDelayMsMax: random.pick([0, 0.1, 1]),
    policy: {
      targetSize,
      managementVoters: random.pick([1, 3, 3, 3, 5]),
      nodeDownAfterMs: random.pick([1_000, 2_500]),
      nodeForgetAfterMs: random.pick([3_000, 8_000, 60_000]),
      movesMax: random.pick([1, 2, 8]),
      changingClustersMax: random.pick([1, 8]),
      slotsPerMoveMax: random.pick([256, 1024, 4096]),
      openWorkflowsMax: random.pick([6, 12, 30]),
      startsPerSecondMax: random.pick([20, 1_000]),
      balanceFrom: random.pick([4, 1_000]),
      settleMs: random.pick([300, 1_500]),
    },
    roundEveryMs: random.pick([100, 300]),
    voterOnly: random.pick([0, 0, 0.2]),
    hostless: random.pick([0, 0.2]),
    zones: random.pick([0, 0, 2, 3]),
    snapshotEntriesMax: random.pick([30, 80, 1_000]),
    stateFlushEntriesMax: random.pick([20, 60]),
    compactionKeepEntries: random.pick([0, 5, 30]),
    checkpointFrames: random.pick([30, 120]),
    residentRunsMax: random.pick([10_000, 2]),
  };
}

function roughLink(random: SeededRandom): LinkProfile {
  const sometimes = (chance: number, high: number): number => (random.chance(chance) ? random.float() * high : 0);
  return {
    delayMsMin: random.between(0.1, 2),
    delayMsMax: random.between(2, random.pick([4, 20])),
    lossRate: sometimes(0.6, 0.06),
    duplicationRate: sometimes(0.6, 0.06),
    reorderRate: sometimes(0.6, 0.1),
    reorderMsMax: random.between(1, 60),
    clogRate: 0,
    clogMsMax: 0,
  };
}
