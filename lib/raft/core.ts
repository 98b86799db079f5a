/**
 * State of one Raft node, and its outbox. The roles' handlers are functions over it, in files of their own. Pure.
 * N1. `term` never falls; `vote` changes only from none to a node within a term.
 * N2. A message that vouches for durable state (AppendResp, VoteResp, PreVoteResp) goes to `afterAppend` and leaves only
 *     once everything handed out so far is durable, rejections included.
 * N3. No message in `outbox` is addressed to this node.
 * Source: Raft thesis §3, §3.8, §10.2.1.
 */
import type { ResolvedConfig } from './config.js';
import { fail } from './invariant.js';
import { RaftLog } from './log.js';
import { ReadOnly } from './read-only.js';
import type { TraceSink } from './trace.js';
import { Tracker } from './tracker.js';
import { Message, MessageType, NONE, Role, type ReadState } from './types.js';

export class RaftCore {
  readonly config: ResolvedConfig;
  readonly id: number;
  readonly sink: TraceSink | null;
  readonly log: RaftLog;
  readonly tracker: Tracker;
  readonly readOnly = new ReadOnly();
  term = 0;
  vote = NONE;
  lead = NONE;
  role: Role = Role.Follower;
  /** Target of the leadership transfer in progress. */
  transferee = NONE;
  /** No conf change at or below applied is pending; one may be at or below this index. */
  pendingConfIndex = 0;
  /** Payload bytes of proposals of this leader that are not yet applied. */
  uncommittedBytes = 0;
  /** Ticks since the leader was heard, or (leader) since the last quorum check. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  /** Drawn anew from [electionTimeoutTicks, 2 × electionTimeoutTicks) at every change of role or term. */
  randomizedElectionTimeout = 0;
  /** May leave before anything is durable. */
  outbox: Message[] = [];
  /** Must wait until everything handed out so far is durable. */
  afterAppend: Message[] = [];
  readStates: ReadState[] = [];
  /** Position of the first entry of the last proposal appended here. */
  proposedIndex = 0;
  proposedTerm = 0;

  constructor(config: ResolvedConfig) {
    this.config = config;
    this.id = config.id;
    this.sink = config.trace;
    this.log = new RaftLog({
      nodeId: config.id,
      storage: config.storage,
      applyingBytesMax: config.committedBytesPerReadyMax,
      trace: config.trace,
    });
    this.tracker = new Tracker(config.id, config.inflightMessagesMax, config.inflightBytesMax);
  }

  /** A message of the current term from this node. */
  message(type: MessageType, to: number): Message {
    return new Message(type, to, this.id, this.term);
  }

  /** Sends what may leave before the disk. */
  send(message: Message): void {
    if (message.to === this.id) fail('message to self would not wait for the disk', { type: message.type, to: message.to });
    this.outbox.push(message);
  }

  /** Sends what vouches for durable state; may be addressed to this node. */
  sendAfterAppend(message: Message): void {
    this.afterAppend.push(message);
  }

  /** Only a voter that has its whole configuration installed may become leader. */
  isPromotable(): boolean {
    const self = this.tracker.self;
    return self !== null && !self.isLearner && !this.log.hasPendingSnapshot();
  }

  /** Whether an entry of the current term is committed, so that the commit index is known to be the cluster's. */
  hasCommittedInTerm(): boolean {
    return this.log.termOrZero(this.log.committed) === this.term;
  }

  drawElectionTimeout(): void {
    const ticks = this.config.electionTimeoutTicks;
    const drawn = this.config.random(ticks);
    if (!(drawn >= 0 && drawn < ticks && Number.isInteger(drawn))) fail('random source out of range', { drawn, ticks });
    this.randomizedElectionTimeout = ticks + drawn;
  }
}
