/**
 * What the host gives to its groups, and what it wants of them: the seam between RaftHost and RaftNode. Types, and the numbering of calls.
 *
 * V1. Everything a HostedGroup does to its core happens inside a turn of the host; calls from outside only take note and ask for a turn.
 */
import type { RaftoralError } from '../errors/index.js';
import type { ConfState, Message, Snapshot } from '../raft/index.js';
import type { Envelope, PingEnvelope, RequestEnvelope, ResponseEnvelope } from '../transport/transport.js';
import type { GroupWrite, RaftStorage } from '../storage/storage.js';
import type { Clock } from './clock.js';
import type { DeadlineHeap } from './deadline-heap.js';
import type { ElectionPace } from './election-pace.js';
import type { RequestHandler } from './group.js';
import type { RaftHostTuning } from './host-options.js';
import type { Logger } from './logger.js';
import type { PeerTable } from './peer-table.js';
import type { RequestRouter } from './request-router.js';
import type { SnapshotPace } from './snapshot-pace.js';

/** What is a group's matter; pings, requests and responses are the host's. */
export type GroupEnvelope = Exclude<Envelope, PingEnvelope | RequestEnvelope | ResponseEnvelope>;

/** Requests of this group that it has no handler for, or that reach a node that is in no such group, are the node's own. */
export const NODE_GROUP_ID = 0;

export interface HostedGroup {
  readonly groupId: number;
  /** Halted or removed: takes no part in anything any more. */
  readonly isOver: boolean;
  readonly isHibernating: boolean;
  readonly isLeading: boolean;
  readonly membership: ConfState;
  /** Marks of the host's lists. */
  isDirty: boolean;
  isFlushWanted: boolean;
  isFlushGathered: boolean;
  isNotifyWanted: boolean;
  isApplyWanted: boolean;
  /** Entries were applied that somebody else proposed, since this was last set to false. */
  hasAppliedForeign: boolean;

  receive(from: number, envelope: GroupEnvelope): void;
  handlerOf(method: string): RequestHandler | undefined;
  tick(): void;
  /** Sends what was queued: proposals, reads. */
  flush(): void;
  /** Takes the core's Ready, if there is one: sends what may leave, leaves the rest in `append` and `apply`. */
  gather(): void;
  /** What the last gather() left to write; null if nothing. */
  append: Message | null;
  appendWrite: GroupWrite | null;
  /** What the last gather() left to apply. */
  apply: Message | null;
  /** Makes the snapshot of an append durable, before its write. */
  saveSnapshot(snapshot: Snapshot): void | Promise<void>;
  /** `append` is durable: installs its snapshot, delivers its responses. */
  appended(append: Message): void;
  applyCommitted(): void;
  /** At a graceful stop, when the group is closed: leaves little to replay. null: nothing to do. */
  settle(): Promise<void> | null;
  notify(): void;
  onPeerDown(peer: number): void;
  onPeerUp(peer: number): void;
  halt(error: Error): void;
  close(error: RaftoralError): void;
}

/**
 * Where the numbering of calls to other nodes begins: no number of an earlier process of this node comes again, so that an answer that was held
 * back in the network over a restart is not taken for the answer to something else.
 */
export function firstCallId(incarnation: number): number {
  return (incarnation % 2 ** 20) * 2 ** 32;
}

export interface HostServices {
  readonly nodeId: number;
  readonly firstCallId: number;
  readonly clock: Clock;
  readonly random: { int(bound: number): number };
  readonly deadlines: DeadlineHeap;
  readonly elections: ElectionPace;
  readonly tuning: RaftHostTuning;
  readonly storage: RaftStorage;
  readonly logger: Logger;
  readonly peers: PeerTable;
  readonly requests: RequestRouter;
  readonly isStopping: boolean;
  /** Stalls of this process, one that goes on included, that were long enough for others to give it up. */
  readonly longStalls: number;
  /** No group has proposals that gather, and no write is on its way to the disk. */
  readonly isQuiet: boolean;
  /** The group's core may have something ready: looked at in this turn, or in one that is asked for now. */
  markDirty(group: HostedGroup): void;
  /** Calls flush() in this turn, or in one that is asked for now. */
  wantFlush(group: HostedGroup): void;
  /** Calls flush() in a macrotask, together with what else is proposed until then. */
  gatherFlush(group: HostedGroup): void;
  wantNotify(group: HostedGroup): void;
  /** Calls applyCommitted() in a turn that is asked for now: what it waited for is there. */
  wantApply(group: HostedGroup): void;
  send(to: number, envelope: Envelope): void;
  /** Members changed: the host keeps track of who its peers are. */
  membershipChanged(): void;
  /** A group that hibernated ticks again. */
  woke(): void;
  /** An error of foreign code (a listener): it rises in a microtask of its own, where it disturbs no turn. */
  rise(error: unknown): void;
  storageFailed(error: unknown): void;
  /** Of all snapshots that leave this node. */
  readonly snapshotPace: SnapshotPace;
  /** True if one more snapshot may be sent now. */
  takeSnapshotSlot(): boolean;
  freeSnapshotSlot(): void;
  raiseAlarm(text: string, fields: Readonly<Record<string, unknown>>): void;
}
