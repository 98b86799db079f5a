import { CALM_DISK } from '../../lib/testing/simulated-disk.js';
import { CALM_LINK } from '../../lib/testing/simulated-network.js';
export const PROFILE_NAMES = ['calm', 'network', 'disk', 'membership'];
export const NETWORK_FAULTS = ['crash', 'partition', 'one-way', 'isolate-leader', 'clog', 'pause', 'clock-jump', 'transfer'];
/** `blackout`: all nodes lose power at once. `cut-install`: power is lost between the state of a received snapshot and the reset of the log. */
export const DISK_FAULTS = ['kill', 'power-cut', 'blackout', 'failed-sync', 'disk-full', 'slow-disk', 'bit-flip', 'cut-install'];
/** `swap`: another node takes the place of one that is alive, in one joint change. */
export const MEMBERSHIP_FAULTS = ['grow', 'shrink', 'swap'];
/** Members at most. */
export const MEMBERS_MAX = 7;
/** What must have happened at least once over many seeds of a profile. */
export const REQUIRED_FAULTS = {
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
};
/** Membership calls in this order; `replace` swaps learner and lost voter in one joint change. */
export const REPLACEMENTS = ['remove first', 'add first', 'replace'];
export function planOf(profile, random) {
    const isRough = profile === 'network';
    const nodes = random.pick([3, 3, 3, 4, 5]);
    const byReference = random.chance(0.5);
    const oddNode = random.chance(0.3) ? 1 + random.int(nodes) : 0;
    const faults = isRough ? NETWORK_FAULTS.filter(() => random.chance(0.6)) : [];
    const plan = {
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
    };
    if (profile === 'disk')
        return { ...plan, ...onDisks(random) };
    return profile === 'membership' ? { ...plan, ...changing(random) } : plan;
}
/** The membership is what is examined. No node is lost for good but by leaving: that it may go at any time is the point. */
function changing(random) {
    const disks = random.chance(0.5) ? onDisks(random).disk : null;
    const ofNetwork = NETWORK_FAULTS.filter((kind) => kind !== 'crash' && kind !== 'clock-jump' && random.chance(0.4));
    const ofDisk = disks === null ? [] : ['kill', 'power-cut', 'blackout'].filter(() => random.chance(0.6));
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
function onDisks(random) {
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
function roughLink(random) {
    const sometimes = (chance, high) => (random.chance(chance) ? random.float() * high : 0);
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
//# sourceMappingURL=profile.js.map