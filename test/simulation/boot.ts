/**
 * Boots the host of one simulated node, over memory or over its disk, and shows the oracle who leads. A group that halts is a violation, unless
 * its storage failed: that is for the world to judge.
 */
import { RaftHost } from '../../lib/cluster/raft-host.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import { WholeImage } from '../../lib/cluster/whole-rows.js';
import { HardState, NO_BYTES, Snapshot } from '../../lib/raft/index.js';
import type { RaftStorage } from '../../lib/storage/storage.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { isRaftoralError } from '../../lib/errors/index.js';
import { SimulatedDiskStorage, type StorageSabotage } from '../../lib/testing/simulated-disk-storage.js';
import type { SimulatedDisk } from '../../lib/testing/simulated-disk.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
import type { Transport } from '../../lib/transport/transport.js';
import type { GroupOracle } from './group-oracle.js';
import type { Journal } from './journal.js';
import type { FirstPosition, SeedPlan } from './profile.js';

export const DEPLOYMENT = '6f2b1c1e-52a0-4c0f-9a53-3a6c0d7a1e90';
export const GROUP_ID = 1;

export interface BootOptions {
  readonly nodeId: number;
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly transport: Transport;
  readonly machine: StateMachine<unknown>;
  /** The first membership; null: waits to be added. */
  readonly members: readonly number[] | null;
  readonly nextDeadlineMs?: () => number;
  readonly plan: SeedPlan;
  /** null: memory. */
  readonly disk: SimulatedDisk | null;
  readonly sabotage?: StorageSabotage;
  readonly onStorage: (storage: SimulatedDiskStorage) => void;
  readonly onReplaced: () => void;
  readonly onStorageFailed: (error: Error) => void;
  readonly journal: Journal;
  readonly oracle: GroupOracle;
}

export interface BootedHost {
  readonly host: RaftHost;
  readonly group: RaftNode;
  readonly storage: SimulatedDiskStorage | null;
  readonly incarnation: number;
}

/** Rejects with what the storage refuses. */
export async function bootHost(options: BootOptions): Promise<BootedHost> {
  const { nodeId, virtual, journal, oracle, plan, members } = options;
  const storage = diskStorage(options);
  if (storage !== null) options.onStorage(storage);
  const memory = new MemoryRaftStorage();
  const host = new RaftHost({
    nodeId,
    deployment: DEPLOYMENT,
    incarnation: storage === null ? nodeId : 1, // proposed: a disk knows better
    clock: virtual,
    scheduler: virtual,
    random: options.random,
    storage: storage ?? memory,
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
      queueLengthMax: plan.queueLengthMax,
      hibernateAfterTicks: plan.hibernateAfterTicks,
    },
    logger: { isDebug: false, log: (level, text) => journal.write(() => `node ${nodeId} ${level}: ${text}`) },
    onAlarm: (text) => journal.write(() => `node ${nodeId} alarm: ${text}`),
  });
  await host.start();
  if (members !== null && plan.firstPosition.index > 1) await beginAt(storage ?? memory, members, plan.firstPosition);
  const { machine, nextDeadlineMs, onStorageFailed } = options;
  const group = await openGroup({ host, groupId: GROUP_ID, machine, members, journal, oracle, onStorageFailed, nextDeadlineMs });
  return { host, group, storage, incarnation: host.incarnation };
}

export interface GroupBoot {
  readonly host: RaftHost;
  readonly groupId: number;
  readonly machine: StateMachine<unknown>;
  readonly members: readonly number[] | null;
  readonly journal: Journal;
  readonly oracle: GroupOracle;
  readonly onStorageFailed: (error: Error) => void;
  readonly nextDeadlineMs: (() => number) | undefined;
}

/** One more group on a host that runs. */
export async function openGroup(boot: GroupBoot): Promise<RaftNode> {
  const { host, groupId, machine, members, journal, oracle, nextDeadlineMs } = boot;
  const name = groupId === GROUP_ID ? `node ${host.nodeId}` : `node ${host.nodeId}, group ${groupId}`;
  const group = await host.createGroup({
    groupId,
    stateMachine: machine,
    ...(members === null ? { join: true } : { members }),
    ...(nextDeadlineMs === undefined ? {} : { nextDeadlineMs }),
  });
  group.subscribe({
    onLeadership: ({ isLeader, term, leaderId }) => {
      journal.write(() => `${name} ${isLeader ? 'leads' : `follows ${leaderId}`} in term ${term}`);
      if (isLeader) oracle.leads(term, host.nodeId);
    },
    onMembership: ({ voters, votersOutgoing, learners }) =>
      journal.write(
        () =>
          `${name}: voters ${voters.join()}${votersOutgoing.length === 0 ? '' : ` from ${votersOutgoing.join()}`}, learners ${learners.join()}`,
      ),
    onHalted: (reason) => {
      if (isRaftoralError(reason) && reason.code.startsWith('STORAGE_')) boot.onStorageFailed(reason);
      else oracle.note('P8', `the group halted on ${name}: ${reason.stack ?? reason.message}`);
    },
    onRemoved: () => journal.write(`${name} was removed`),
    onRestored: (index) => {
      journal.write(`${name} was restored to ${index}`);
      oracle.restores++;
    },
  });
  return group;
}

/** Puts the first membership at a later index and term than a new group has it: as if all before had been compacted. Once in the life of a storage. */
async function beginAt(storage: RaftStorage, members: readonly number[], { index, term }: FirstPosition): Promise<void> {
  const log = storage.log(GROUP_ID);
  if (log.lastIndex() > 0 || (storage.state !== null && (await storage.state.load(GROUP_ID)) !== null)) return;
  const confState = { voters: members, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  const snapshot = new Snapshot(index, term, confState, NO_BYTES);
  const hardState = new HardState(term, 0, index);
  if (storage.state === null) await storage.saveSnapshot(GROUP_ID, snapshot);
  else {
    const position = { index, term, confState };
    await storage.state.replace(GROUP_ID, position, new WholeImage(position, NO_BYTES));
  }
  await storage.write([{ groupId: GROUP_ID, hardState, entries: [], reset: snapshot, mustSync: true }]);
}

function diskStorage({
  nodeId,
  machine,
  oracle,
  disk,
  virtual,
  random,
  plan,
  sabotage,
  onReplaced,
}: BootOptions): SimulatedDiskStorage | null {
  if (disk === null) return null;
  const checkpointFrames = plan.disk?.checkpointFrames ?? 100;
  return new SimulatedDiskStorage({
    disk,
    process: virtual,
    random: random.fork('storage'),
    checkpointFrames,
    onReplaced,
    onImage: (groupId, image) => (groupId === GROUP_ID ? oracle.compareImage(nodeId, machine, image) : image.close()),
    ...sabotage,
  });
}
