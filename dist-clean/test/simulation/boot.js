/**
 * Boots the host of one simulated node, over memory or over its disk, and shows the oracle who leads. A group that halts is a violation, unless
 * its storage failed: that is for the world to judge.
 */
import { RaftHost } from '../../lib/cluster/raft-host.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { isRaftoralError } from '../../lib/errors/index.js';
import { SimulatedDiskStorage } from '../../lib/testing/simulated-disk-storage.js';
export const DEPLOYMENT = '6f2b1c1e-52a0-4c0f-9a53-3a6c0d7a1e90';
export const GROUP_ID = 1;
/** Rejects with what the storage refuses. */
export async function bootHost(options) {
    const { nodeId, virtual, journal, oracle, plan, members } = options;
    const storage = diskStorage(options);
    if (storage !== null)
        options.onStorage(storage);
    const host = new RaftHost({
        nodeId,
        deployment: DEPLOYMENT,
        incarnation: storage === null ? nodeId : 1, // proposed: a disk knows better
        clock: virtual,
        scheduler: virtual,
        random: options.random,
        storage: storage ?? new MemoryRaftStorage(),
        transport: options.transport,
        tuning: {
            tickMs: plan.tickMs,
            electionTimeoutTicks: 10,
            heartbeatTimeoutTicks: 2,
            peerDownAfterMs: plan.tickMs * 15,
            snapshotEntriesMax: plan.snapshotEntriesMax,
            compactionKeepEntries: plan.disk?.compactionKeepEntries ?? Math.floor(plan.snapshotEntriesMax / 2),
            ...(plan.disk === null ? {} : { stateFlushEntriesMax: plan.disk.stateFlushEntriesMax }),
            snapshotPartBytes: 2048,
            requestTimeoutMs: 2000,
            hibernateAfterTicks: plan.hibernateAfterTicks,
        },
        logger: { isDebug: false, log: (level, text) => journal.write(() => `node ${nodeId} ${level}: ${text}`) },
        onAlarm: (text) => journal.write(() => `node ${nodeId} alarm: ${text}`),
    });
    await host.start();
    const group = await host.createGroup({
        groupId: GROUP_ID,
        stateMachine: options.machine,
        ...(members === null ? { join: true } : { members }),
        ...(options.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: options.nextDeadlineMs }),
    });
    group.subscribe({
        onLeadership: ({ isLeader, term, leaderId }) => {
            journal.write(() => `node ${nodeId} ${isLeader ? 'leads' : `follows ${leaderId}`} in term ${term}`);
            if (isLeader)
                oracle.leads(term, nodeId);
        },
        onMembership: ({ voters, votersOutgoing, learners }) => journal.write(() => `node ${nodeId}: voters ${voters.join()}${votersOutgoing.length === 0 ? '' : ` from ${votersOutgoing.join()}`}, learners ${learners.join()}`),
        onHalted: (reason) => {
            if (storage !== null && isRaftoralError(reason) && reason.code.startsWith('STORAGE_'))
                options.onStorageFailed(reason);
            else
                oracle.note('P8', `the group halted on node ${nodeId}: ${reason.stack ?? reason.message}`);
        },
        onRemoved: () => journal.write(`node ${nodeId} was removed`),
        onRestored: (index) => journal.write(`node ${nodeId} was restored to ${index}`),
    });
    return { group, storage, incarnation: host.incarnation };
}
function diskStorage({ nodeId, machine, oracle, disk, virtual, random, plan, sabotage, onReplaced, }) {
    if (disk === null)
        return null;
    const checkpointFrames = plan.disk?.checkpointFrames ?? 100;
    return new SimulatedDiskStorage({
        disk,
        process: virtual,
        random: random.fork('storage'),
        checkpointFrames,
        onReplaced,
        onImage: (image) => oracle.compareImage(nodeId, machine, image),
        ...sabotage,
    });
}
//# sourceMappingURL=boot.js.map