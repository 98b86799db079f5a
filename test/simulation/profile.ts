/**
 * What a seed makes of a profile: size of the cluster, quality of the links, kinds and pace of faults. Pure.
 *
 *   calm      links that only delay: what fails here fails without any fault
 *   network   loss, delay, duplication, reordering, clogs, partitions, pauses, clock jumps, transfers, crashes of memory nodes
 *   disk      nodes with disks, that are killed, lose power (one, or all at once), fail a sync, run full, slow down and rot, and start again;
 *             and some of the network's faults
 *   membership  nodes join, leave and are swapped, several at once, from one member to seven, while they are cut off, paused, killed and
 *             started again; half of the seeds with disks
 *   topology  a deployment of two layers, which has a plan of its own: topology/plan.ts
 */
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { CALM_DISK, type DiskProfile } from '../../lib/testing/simulated-disk.js';
import { CALM_LINK, type LinkProfile } from '../../lib/testing/simulated-network.js';
import { TOPOLOGY_FAULTS, TOPOLOGY_REQUIRED, type TopologyFaultKind } from './topology/plan.js';

export const PROFILE_NAMES = ['calm', 'network', 'disk', 'membership', 'upgrade', 'everything', 'long-log', 'topology'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];
/** Those of one group, whose plan is a SeedPlan. */
export type GroupProfileName = Exclude<ProfileName, 'topology'>;

export const NETWORK_FAULTS = ['crash', 'partition', 'one-way', 'isolate-leader', 'clog', 'pause', 'clock-jump', 'transfer'] as const;
/** `blackout`: all nodes lose power at once. `cut-install`: power is lost between the state of a received snapshot and the reset of the log. */
export const DISK_FAULTS = ['kill', 'power-cut', 'blackout', 'failed-sync', 'disk-full', 'slow-disk', 'bit-flip', 'cut-install'] as const;
/** `swap`: another node takes the place of one that is alive, in one joint change. */
export const MEMBERSHIP_FAULTS = ['grow', 'shrink', 'swap'] as const;
/** `upgrade`, `rollback`: a node starts again, or is replaced, with another build. */
export const BUILD_FAULTS = ['upgrade', 'rollback'] as const;
/** `burst`: far more requests at one node than its queue takes. */
export const LOAD_FAULTS = ['burst'] as const;
/** `lag`: a follower hears nothing for so long that the log it lacks is compacted. */
export const LAG_FAULTS = ['lag'] as const;
export const FAULT_KINDS = [
  ...NETWORK_FAULTS,
  ...DISK_FAULTS,
  ...MEMBERSHIP_FAULTS,
  ...BUILD_FAULTS,
  ...LOAD_FAULTS,
  ...LAG_FAULTS,
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Of all profiles, each once. */
export type AnyFaultKind = FaultKind | TopologyFaultKind;
export const ALL_FAULT_KINDS: readonly AnyFaultKind[] = [...new Set<AnyFaultKind>([...FAULT_KINDS, ...TOPOLOGY_FAULTS])];

/** Members at most. */
export const MEMBERS_MAX = 7;

/** What must have happened at least once over many seeds of a profile. */
export const REQUIRED_FAULTS: Readonly<Record<ProfileName, readonly string[]>> = {
  calm: [],
  network: [...NETWORK_FAULTS, 'lost', 'duplicated', 'reordered', 'clogs', 'partitioned'],
  disk: [
    ...DISK_FAULTS,
    ...['partition', 'pause', 'transfer'],
    ...['lossyCuts', 'tornCuts', 'failedSyncs', 'fullWrites', 'slowSyncs', 'flippedBits'],
    ...['restarts', 'stoppedByStorage', 'refusedStarts', 'damageFound'],
    // Not faults, but what they are to hit.
    ...['flushes', 'replacements', 'images', 'historyReads', 'rowsDeleted', 'finishedInstalls'],
  ],
  membership: [
    ...MEMBERSHIP_FAULTS,
    ...[
      'partition',
      'one-way',
      'isolate-leader',
      'clog',
      'pause',
      'transfer',
      'kill',
      'power-cut',
      'blackout',
      'lost',
      'duplicated',
      'reordered',
    ],
    // Not faults, but what they are to hit: the smallest and the largest membership, changes that overlapped, leaders that were removed.
    ...['oneMember', 'sevenMembers', 'overlappingChanges', 'removedLeaders', 'restarts', 'replacements'],
  ],
  upgrade: [
    ...BUILD_FAULTS,
    ...['partition', 'pause', 'transfer', 'kill', 'power-cut', 'restarts'],
    // What the builds are to bring about: levels that rose under load, and commands of the new one; runs that waited for their version; owners of each build.
    ...['levelRaises', 'reservedIds', 'waitedForVersion', 'endedInVersion1', 'endedInVersion2', 'refusedByLevel'],
  ],
  everything: [
    ...FAULT_KINDS,
    ...['lost', 'duplicated', 'reordered', 'clogs', 'partitioned'],
    ...['lossyCuts', 'tornCuts', 'failedSyncs', 'fullWrites', 'slowSyncs', 'flippedBits'],
    ...['restarts', 'stoppedByStorage', 'refusedStarts', 'damageFound'],
    ...['flushes', 'replacements', 'images', 'historyReads', 'rowsDeleted'],
    ...['oneMember', 'sevenMembers', 'overlappingChanges', 'removedLeaders', 'levelRaises', 'waitedForVersion'],
    ...['sideGroups', 'sideChanges', 'puts', 'reads', 'refused'],
  ],
  'long-log': [
    ...LAG_FAULTS,
    ...['partition', 'clog', 'kill', 'power-cut', 'restarts', 'images', 'flushes', 'restores', 'beyond2to32', 'beyond2to40', 'near2to53'],
  ],
  topology: TOPOLOGY_REQUIRED,
};

/** Membership calls in this order; `replace` swaps learner and lost voter in one joint change. */
export const REPLACEMENTS = ['remove first', 'add first', 'replace'] as const;
export type Replacement = (typeof REPLACEMENTS)[number];

/** Nodes with disks. Thresholds are small, so that every seed sees flushes, compaction, evictions and installs. */
export interface DiskPlan {
  readonly profile: DiskProfile;
  /** Frames in the log of a file after which it is checkpointed. */
  readonly checkpointFrames: number;
  readonly stateFlushEntriesMax: number;
  readonly compactionKeepEntries: number;
}

/** Which versions of the versioned workflow a build has, and how far it knows the codec. */
export interface Build {
  readonly versions: readonly number[];
  readonly codecLevelMax: number;
}

/** Which builds there are at first, and that they change. */
export interface UpgradePlan {
  readonly first: readonly Build[];
}

/** Where the log begins: as if all before had been compacted. */
export interface FirstPosition {
  readonly index: number;
  readonly term: number;
}

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
  /** Longest pause of a client between two jobs: long ones let the group hibernate. */
  readonly thinkMsMax: number;
  readonly hibernateAfterTicks: number;
  /** How a lost node is replaced. */
  readonly replacement: Replacement;
  readonly snapshotEntriesMax: number;
  readonly residentRunsMax: number;
  readonly residentBytesMax: number;
  /** Closed runs are kept so long: short enough, in some seeds, that they are swept while clients still ask for them. */
  readonly retentionMs: number;
  /** The node that behaves in its own way in one workflow (P7); 0 for none. */
  readonly oddNode: number;
  /** Once all clients have their answers, all nodes lose power; what was acknowledged is asked of them after that. */
  readonly endsInBlackout: boolean;
  /** null: the nodes keep everything in memory. */
  readonly disk: DiskPlan | null;
  /** null: one build, with all versions. */
  readonly upgrade: UpgradePlan | null;
  /** Groups of registers beside the first one, each on some of the nodes. */
  readonly sideGroups: number;
  /** Proposals of one group on one node that have no answer yet. */
  readonly queueLengthMax: number;
  readonly firstPosition: FirstPosition;
  /** Share of the jobs that are long: many lines, many signals. */
  readonly longJobs: number;
}

export function planOf(profile: GroupProfileName, random: SeededRandom): SeedPlan {
  const isRough = profile === 'network';
  const nodes = random.pick([3, 3, 3, 4, 5]);
  const byReference = random.chance(0.5);
  const oddNode = random.chance(0.3) ? 1 + random.int(nodes) : 0;
  const faults = isRough ? NETWORK_FAULTS.filter(() => random.chance(0.6)) : [];
  const plan: SeedPlan = {
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
    thinkMsMax: random.pick([60, 60, 60, 1500]),
    hibernateAfterTicks: random.pick([5, 40]),
    replacement: random.pick(REPLACEMENTS),
    snapshotEntriesMax: random.pick([30, 80, 10_000]),
    // Above its budget a replica does not run the code of what others own (R33), and compares nothing.
    residentRunsMax: oddNode !== 0 || random.chance(0.5) ? 10_000 : 2,
    residentBytesMax: 64 * 1024 * 1024,
    retentionMs: 3_600_000,
    oddNode,
    endsInBlackout: false,
    disk: null,
    upgrade: null,
    sideGroups: 0,
    queueLengthMax: 10_000,
    firstPosition: { index: 1, term: 1 },
    longJobs: 0,
  };
  switch (profile) {
    case 'calm':
    case 'network':
      return plan;
    case 'disk':
      return { ...plan, ...onDisks(random) };
    case 'membership':
      return { ...plan, ...changing(random) };
    case 'upgrade':
      return { ...plan, ...upgrading(random) };
    case 'everything':
      return { ...plan, ...everything(random) };
    case 'long-log':
      return { ...plan, ...longLog(random) };
  }
}

/** Builds come and go, while the network and now and then a process fails. */
function upgrading(random: SeededRandom): Partial<SeedPlan> {
  const disk = random.chance(0.7) ? onDisks(random).disk : null;
  const ofNetwork = NETWORK_FAULTS.filter((kind) => kind !== 'crash' && random.chance(0.25));
  const ofDisk = disk === null ? [] : (['kill', 'power-cut', 'blackout'] as const).filter(() => random.chance(0.4));
  return {
    nodes: random.pick([3, 3, 4, 5]),
    disk,
    faults: ['upgrade', 'upgrade', 'upgrade', 'rollback', ...ofNetwork, ...ofDisk],
    link: random.chance(0.3) ? roughLink(random) : CALM_LINK,
    faultEveryMs: random.between(80, 400),
    safetyMs: random.between(1500, 3500),
    snapshotEntriesMax: random.pick([30, 80]),
    upgrade: buildsOf(random),
    endsInBlackout: disk !== null && random.chance(0.2),
  };
}

/** Mostly all nodes have the older build; sometimes they are mixed from the start. */
function buildsOf(random: SeededRandom): UpgradePlan {
  const older: Build = { versions: [1], codecLevelMax: 1 };
  if (random.chance(0.6)) return { first: [older] };
  const newer: Build[] = [
    { versions: [1, 2], codecLevelMax: 2 },
    { versions: [2], codecLevelMax: random.pick([1, 2]) },
    { versions: [1], codecLevelMax: 2 },
  ];
  return { first: random.shuffle([older, ...newer]) };
}

/** What the mixtures have in common: three to seven nodes, about ten virtual seconds, and few clients, so that many seeds can be run. */
function everything(random: SeededRandom): Partial<SeedPlan> {
  const disks = random.chance(0.6) ? onDisks(random) : null;
  const some = <T>(kinds: readonly T[], share: number): T[] => kinds.filter(() => random.chance(share));
  const ofNetwork = some(NETWORK_FAULTS, 0.5).filter((kind) => kind !== 'crash' || disks === null);
  const ofDisk = disks === null ? [] : some(DISK_FAULTS, 0.5);
  const ofMembers = random.chance(0.6) ? some(MEMBERSHIP_FAULTS, 0.7) : [];
  const isUpgrading = random.chance(0.4);
  const faults = [
    ...ofNetwork,
    ...ofDisk,
    ...ofMembers,
    ...(isUpgrading ? BUILD_FAULTS : []),
    ...some(LOAD_FAULTS, 0.4),
    ...some(LAG_FAULTS, 0.3),
  ];
  return {
    ...(disks ?? {}),
    nodes: random.pick([3, 3, 3, 4, 5, 5, 6, 7]),
    faults: faults.length === 0 ? ['partition'] : faults,
    link: random.chance(0.6) ? roughLink(random) : CALM_LINK,
    faultEveryMs: random.between(150, 700),
    safetyMs: random.between(3000, 8000),
    clients: 1 + random.int(2),
    thinkMsMax: random.pick([60, 400, 1500]),
    snapshotEntriesMax: random.pick([30, 80]),
    upgrade: isUpgrading ? buildsOf(random) : null,
    sideGroups: random.pick([0, 1, 1, 2]),
    queueLengthMax: random.pick([20, 10_000]),
    firstPosition: random.chance(0.2) ? firstPosition(random) : { index: 1, term: 1 },
    longJobs: random.pick([0, 0, 0.2]),
  };
}

/** Little is kept of the log, and much of it is written while somebody does not hear. */
function longLog(random: SeededRandom): Partial<SeedPlan> {
  const disks = random.chance(0.7) ? onDisks(random) : null;
  const kept = random.pick([0, 0, 3]);
  const disk = disks === null ? null : { ...disks.disk!, stateFlushEntriesMax: random.pick([3, 8]), compactionKeepEntries: kept };
  const ofDisk =
    disk === null ? [] : (['kill', 'power-cut', 'blackout', 'cut-install', 'slow-disk'] as const).filter(() => random.chance(0.4));
  const ofNetwork = (['partition', 'one-way', 'isolate-leader', 'clog', 'pause', 'transfer'] as const).filter(() => random.chance(0.3));
  return {
    nodes: random.pick([3, 3, 5, 7]),
    disk,
    faults: ['lag', 'lag', ...ofNetwork, ...ofDisk],
    link: random.chance(0.3) ? roughLink(random) : CALM_LINK,
    faultEveryMs: random.between(150, 500),
    safetyMs: random.between(2500, 5000),
    clients: 1 + random.int(2),
    thinkMsMax: 10,
    snapshotEntriesMax: random.pick([10, 20]),
    firstPosition: firstPosition(random),
    longJobs: 0.4,
    endsInBlackout: disk !== null && random.chance(0.3),
    residentBytesMax: random.pick([64 * 1024 * 1024, 4096]),
  };
}

/** Shortly below a power of two that a number of some width ends at, so that the run crosses it; or far beyond. */
function firstPosition(random: SeededRandom): FirstPosition {
  const border = random.pick([2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1_000_000]);
  return { index: border - random.int(200), term: random.pick([1, 127, 2 ** 32 - 2, 2 ** 40]) };
}

/** The membership is what is examined. No node is lost for good but by leaving: that it may go at any time is the point. */
function changing(random: SeededRandom): Partial<SeedPlan> {
  const disks = random.chance(0.5) ? onDisks(random).disk : null;
  const ofNetwork = NETWORK_FAULTS.filter((kind) => kind !== 'crash' && kind !== 'clock-jump' && random.chance(0.4));
  const ofDisk = disks === null ? [] : (['kill', 'power-cut', 'blackout'] as const).filter(() => random.chance(0.6));
  const ofMembers = MEMBERSHIP_FAULTS.filter(() => random.chance(0.8));
  return {
    nodes: random.pick([1, 1, 2, 3, 3, 4, 5]),
    disk: disks,
    faults: [...ofMembers, ...ofMembers, ...ofNetwork, ...ofDisk],
    link: random.chance(0.5) ? roughLink(random) : CALM_LINK,
    faultEveryMs: random.between(80, 400),
    safetyMs: random.between(1500, 3500),
    snapshotEntriesMax: random.pick([30, 80]),
  };
}

/** The disk is what is examined; the network disturbs now and then. */
function onDisks(
  random: SeededRandom,
): Pick<SeedPlan, 'disk' | 'faults' | 'link' | 'faultEveryMs' | 'safetyMs' | 'retentionMs' | 'endsInBlackout' | 'residentBytesMax'> {
  const ofNetwork = NETWORK_FAULTS.filter((kind) => kind !== 'crash' && random.chance(0.15));
  const ofDisk = DISK_FAULTS.filter(() => random.chance(0.6));
  const isSlow = random.chance(0.2);
  return {
    disk: {
      profile: {
        ...CALM_DISK,
        syncMsMin: isSlow ? 1 : 0.1,
        syncMsMax: isSlow ? 20 : random.pick([0.5, 3]),
        tearBytes: random.pick([512, 4096]),
      },
      checkpointFrames: random.pick([8, 30, 120]),
      stateFlushEntriesMax: random.pick([5, 20, 60]),
      compactionKeepEntries: random.pick([0, 5, 30]),
    },
    faults: [...ofDisk, ...ofDisk, ...ofNetwork],
    link: random.chance(0.2) ? roughLink(random) : CALM_LINK,
    faultEveryMs: random.between(150, 600),
    safetyMs: random.between(1200, 2800),
    retentionMs: random.pick([3_600_000, 3_600_000, 1000]),
    endsInBlackout: random.chance(0.4),
    residentBytesMax: random.pick([64 * 1024 * 1024, 4096]),
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
