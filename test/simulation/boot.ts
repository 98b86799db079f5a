/**
 * Boots the host of one simulated node over memory storage, and shows the oracle who leads. A group that halts is a violation.
 */
import { RaftHost } from '../../lib/cluster/raft-host.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
import type { Transport } from '../../lib/transport/transport.js';
import type { GroupOracle } from './group-oracle.js';
import type { Journal } from './journal.js';
import type { SeedPlan } from './profile.js';

export const DEPLOYMENT = '6f2b1c1e-52a0-4c0f-9a53-3a6c0d7a1e90';
export const GROUP_ID = 1;

export interface BootOptions {
  readonly nodeId: number;
  readonly incarnation: number;
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly transport: Transport;
  readonly machine: StateMachine<unknown>;
  /** The first membership; null: waits to be added. */
  readonly members: readonly number[] | null;
  readonly nextDeadlineMs?: () => number;
  readonly plan: SeedPlan;
  readonly journal: Journal;
  readonly oracle: GroupOracle;
}

export async function bootHost(options: BootOptions): Promise<RaftNode> {
  const { nodeId, incarnation, virtual, journal, oracle, plan, members } = options;
  const host = new RaftHost({
    nodeId,
    deployment: DEPLOYMENT,
    incarnation,
    clock: virtual,
    scheduler: virtual,
    random: options.random,
    storage: new MemoryRaftStorage(),
    transport: options.transport,
    tuning: {
      tickMs: plan.tickMs,
      electionTimeoutTicks: 10,
      heartbeatTimeoutTicks: 2,
      peerDownAfterMs: plan.tickMs * 15,
      snapshotEntriesMax: plan.snapshotEntriesMax,
      compactionKeepEntries: Math.floor(plan.snapshotEntriesMax / 2),
      snapshotChunkBytes: 2048,
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
      if (isLeader) oracle.leads(term, nodeId);
    },
    onMembership: ({ voters, votersOutgoing, learners }) =>
      journal.write(
        () =>
          `node ${nodeId}: voters ${voters.join()}${votersOutgoing.length === 0 ? '' : ` from ${votersOutgoing.join()}`}, learners ${learners.join()}`,
      ),
    onHalted: (reason) => oracle.note('P8', `the group halted on node ${nodeId}: ${reason.stack ?? reason.message}`),
    onRemoved: () => journal.write(`node ${nodeId} was removed`),
    onRestored: (index) => journal.write(`node ${nodeId} was restored to ${index}`),
  });
  return group;
}
