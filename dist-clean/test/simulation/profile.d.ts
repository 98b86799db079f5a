/**
 * What a seed makes of a profile: size of the cluster, quality of the links, kinds and pace of faults. Pure.
 *
 *   calm      links that only delay: what fails here fails without any fault
 *   network   loss, delay, duplication, reordering, clogs, partitions, pauses, clock jumps, transfers, crashes of memory nodes
 *   disk      nodes with disks, that are killed, lose power (one, or all at once), fail a sync, run full, slow down and rot, and start again;
 *             and some of the network's faults
 *   membership  nodes join, leave and are swapped, several at once, from one member to seven, while they are cut off, paused, killed and
 *             started again; half of the seeds with disks
 */
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { type DiskProfile } from '../../lib/testing/simulated-disk.js';
import { type LinkProfile } from '../../lib/testing/simulated-network.js';
export declare const PROFILE_NAMES: readonly ["calm", "network", "disk", "membership"];
export type ProfileName = (typeof PROFILE_NAMES)[number];
export declare const NETWORK_FAULTS: readonly ["crash", "partition", "one-way", "isolate-leader", "clog", "pause", "clock-jump", "transfer"];
/** `blackout`: all nodes lose power at once. `cut-install`: power is lost between the state of a received snapshot and the reset of the log. */
export declare const DISK_FAULTS: readonly ["kill", "power-cut", "blackout", "failed-sync", "disk-full", "slow-disk", "bit-flip", "cut-install"];
/** `swap`: another node takes the place of one that is alive, in one joint change. */
export declare const MEMBERSHIP_FAULTS: readonly ["grow", "shrink", "swap"];
export type FaultKind = (typeof NETWORK_FAULTS)[number] | (typeof DISK_FAULTS)[number] | (typeof MEMBERSHIP_FAULTS)[number];
/** Members at most. */
export declare const MEMBERS_MAX = 7;
/** What must have happened at least once over many seeds of a profile. */
export declare const REQUIRED_FAULTS: Readonly<Record<ProfileName, readonly string[]>>;
/** Membership calls in this order; `replace` swaps learner and lost voter in one joint change. */
export declare const REPLACEMENTS: readonly ["remove first", "add first", "replace"];
export type Replacement = (typeof REPLACEMENTS)[number];
/** Nodes with disks. Thresholds are small, so that every seed sees flushes, compaction, evictions and installs. */
export interface DiskPlan {
    readonly profile: DiskProfile;
    /** Frames in the log of a file after which it is checkpointed. */
    readonly checkpointFrames: number;
    readonly stateFlushEntriesMax: number;
    readonly compactionKeepEntries: number;
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
}
export declare function planOf(profile: ProfileName, random: SeededRandom): SeedPlan;
