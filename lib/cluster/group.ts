/**
 * Port: one Raft group as the layer above it sees it. RaftNode implements it; the runtimes of both wings use nothing else.
 *
 * G1. submit() and propose() never call back synchronously: results and events arrive in a later microtask or macrotask.
 * G2. A promise of propose() resolves after the command was applied on THIS node, with the answer of this node's state machine.
 * G3. Listeners are called between two applied entries, never inside apply; a listener may propose, it may not step the core.
 */
import type { ConfState } from '../raft/index.js';

export type NodeId = number;
export type GroupId = number;

export interface Applied<Result> {
  readonly index: number;
  readonly term: number;
  readonly result: Result;
}

export interface ProposeOptions {
  /**
   * Time until OUTCOME_UNKNOWN (if it may have been appended anywhere) or NO_LEADER (if it surely was not), ms.
   * Travels as remaining time. Default: the `requestTimeoutMs` of the options.
   */
  readonly deadlineMs?: number;
  /** Put on the error, so that the caller can send again. */
  readonly requestId?: string;
}

export interface LeadershipChange {
  readonly leaderId: NodeId; // 0 = none known
  readonly term: number;
  readonly isLeader: boolean;
}

export interface GroupListener {
  /** Entries up to `index` were applied to the state machine (called once per batch of a turn, after the whole batch). */
  onApplied?(index: number): void;
  onLeadership?(change: LeadershipChange): void;
  /** A snapshot replaced the state machine's state (R36). */
  onRestored?(index: number): void;
  onMembership?(membership: ConfState): void;
  /** Node-level liveness (R39): the peer has been silent for `peerDownAfterMs`, or is heard again. */
  onPeerDown?(peer: NodeId): void;
  onPeerUp?(peer: NodeId): void;
  /** This node was removed from the group: nothing of it is proposed any more; waiters were rejected with NOT_MEMBER. */
  onRemoved?(): void;
  /** The group stopped on this node (R31, failed storage). */
  onHalted?(reason: Error): void;
}

/** A snapshot on its way, as this node sees it. */
export interface SnapshotProgress {
  /** To a peer that lags, or from the leader. */
  readonly direction: 'to' | 'from';
  readonly peer: NodeId;
  /** Of the snapshot; 0 while it is being opened. */
  readonly index: number;
  /** That are there. */
  readonly bytes: number;
  /** Of the whole: a guess until it ends. */
  readonly aboutBytes: number;
}

export interface GroupStatus {
  readonly groupId: GroupId;
  readonly nodeId: NodeId;
  readonly role: 'leader' | 'follower' | 'candidate' | 'pre-candidate';
  readonly term: number;
  readonly leaderId: NodeId;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly firstIndex: number;
  readonly membership: ConfState;
  readonly hibernating: boolean;
  readonly halted: string | null;
  /** On the leader: what it knows of each member, by id; empty elsewhere. */
  readonly progress: ReadonlyArray<{
    readonly id: NodeId;
    readonly match: number;
    readonly next: number;
    readonly state: string;
    readonly learner: boolean;
    readonly active: boolean;
  }>;
  /** Snapshots on their way. */
  readonly snapshots: readonly SnapshotProgress[];
}

/** Answers requests of other nodes for this group (a query at a replica that hosts the code, for example). Bytes are opaque here. */
export type RequestHandler = (from: NodeId, body: Uint8Array, remainingMs: number) => Promise<Uint8Array>;

export interface RaftGroup<Result = unknown> {
  readonly groupId: GroupId;
  readonly nodeId: NodeId;
  readonly isLeader: boolean;
  readonly leaderId: NodeId;
  readonly term: number;
  readonly appliedIndex: number;
  /** What this node knew as committed when it opened the group: up to there the log is the past, though it may be applied once more. */
  readonly committedAtOpening: number;
  readonly membership: ConfState;
  status(): GroupStatus;

  /**
   * Proposes a command of a client, through the leader (one hop, R37). Rejects with OVERLOADED when the bounded queue is full,
   * NO_LEADER when it was never sent before the deadline, OUTCOME_UNKNOWN when it may have been, NOT_MEMBER, SHUTTING_DOWN, GROUP_HALTED.
   * A command that surely did not enter the log (NOT_LEADER, superseded entry) is sent again within the deadline.
   */
  propose(frame: Uint8Array, options?: ProposeOptions): Promise<Applied<Result>>;
  /**
   * Proposes a command of the engine itself (owner commands, hello, timers): no deadline, no promise, sent again until it was
   * applied, this node left the group, or `cancelled()` answers true before a resend. The state machine ignores what became stale.
   */
  submit(frame: Uint8Array, cancelled?: () => boolean): void;

  /** Linearizable read point: resolves with an index that was committed when the call was made or later, once it is applied here (P6, R25). */
  readIndex(options?: ProposeOptions): Promise<number>;
  /** Resolves when `index` is applied here. */
  waitApplied(index: number): Promise<void>;

  /** Sends a request to the same group on another node. Rejects with OUTCOME_UNKNOWN after `timeoutMs`. */
  request(to: NodeId, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  handle(method: string, handler: RequestHandler): void;

  /**
   * How often this process stood still for so long that others may have taken over what it leads and owns; a stall that goes on counts already.
   * Whoever acts for the group outside of its log (a body with side effects) and sees it grow, asks for a readIndex() first.
   */
  readonly longStalls: number;

  subscribe(listener: GroupListener): () => void;

  /** Peers that this node considers alive now, itself included. */
  livePeers(): readonly NodeId[];
  /**
   * Asks these nodes whether this one was removed: who leads says so, as onRemoved(). For a replica that was away while its group went over to other members: it knows only
   * some that may be gone themselves. Never blocks; what is lost may be asked again.
   */
  askWhetherRemoved(nodes: readonly NodeId[]): void;

  addLearner(node: NodeId): Promise<void>;
  /** Learner → voter; refused (MEMBERSHIP_REFUSED) until the learner has caught up. */
  promote(node: NodeId): Promise<void>;
  remove(node: NodeId): Promise<void>;
  /** Voter → learner. */
  demote(node: NodeId): Promise<void>;
  /** Puts `replacement`, a node that waits to be added, in the place of `lost`: a learner, until it has caught up, then both in one joint change. */
  replace(lost: NodeId, replacement: NodeId): Promise<void>;
  /** Learner `replacement`, which has caught up, takes the place of voter `lost`, and that one goes on as a learner: one joint change. */
  exchange(lost: NodeId, replacement: NodeId): Promise<void>;
  /** Resolves when `to` leads; rejects after one election timeout. */
  transferLeadership(to: NodeId): Promise<void>;
}
