/**
 * Brings commands into the log and their answers back (R37, R38). One per group and node.
 *
 * R1. A command is live from propose()/submit() until it settles: queued, placed (its index and term are known), or asked (sent to the leader,
 *     one hop, no answer yet). Number and bytes of live client commands are bounded: OVERLOADED names the limit.
 * R2. It is answered by the local state machine, when the entry at its index is applied in its term. Another term there, or a later term
 *     anywhere, says that it was superseded: it is sent again.
 * R3. What may have been sent is never called failed: a deadline ends in OUTCOME_UNKNOWN then, else in NO_LEADER. Sending again after an unknown
 *     outcome is safe, because state machines know a repeated request id and a stale owner epoch (R18, R26).
 * R4. The leader alone stamps (R23), never behind its last stamp. It stamps a copy of whatever is stamped already or is not its own:
 *     entries of the log share their bytes.
 * R5. Nothing that another node sent enters the log before the state machine has looked at it (P8): one malformed frame refuses those that came
 *     with it, named by its place; its proposer gets MALFORMED_FRAME and sends the others again.
 * R6. Nothing waits for a tick while a leader is known and takes commands; two nodes that point at each other make no endless loop.
 * Tests: test/cluster/proposals.spec.ts.
 */
import { RaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import { ProposeResult, type RawNode } from '../raft/index.js';
import { COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, stampLogTime } from '../state-machine/index.js';
import { EnvelopeKind, type Envelope, type ProposeAnswerEnvelope, type ProposeEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import { LogClock } from './log-clock.js';
import type { DeadlineHeap } from './deadline-heap.js';
import type { Applied, ProposeOptions } from './group.js';
import type { RaftHostTuning } from './host-options.js';
import { PlacedList, Proposal, type ProposalOwner } from './proposal.js';

export const AnswerStatus = { OK: 0, NOT_LEADER: 1, OVERLOADED: 2, NOT_MEMBER: 3, MALFORMED: 4 } as const;

export interface RouterContext {
  readonly groupId: number;
  readonly nodeId: number;
  readonly firstCallId: number;
  readonly raw: RawNode;
  readonly clock: Clock;
  /** Time of the log as applied here, ms. */
  readonly logTimeMs: () => number;
  readonly deadlines: DeadlineHeap;
  readonly tuning: RaftHostTuning;
  appliedIndex(): number;
  /** Throws for a frame that apply() could not take. */
  check(frame: Uint8Array): void;
  warn(text: string): void;
  send(to: number, envelope: Envelope): void;
  /** The core may have something ready. */
  changed(): void;
  /** Ask for flush() in this turn or the next microtask. */
  wantFlush(): void;
  /** Ask for flush() in the next macrotask, or, for a command that is alone, as wantFlush() does. */
  gatherFlush(isAlone: boolean): void;
}

interface Asked<Result> {
  readonly proposals: readonly Proposal<Result>[];
  readonly to: number;
  ticks: number;
}

/** Refusals of one tick that are followed at once. */
const HINTS_FOLLOWED_MAX = 4;
/** Results kept for answers that arrive after their entry was applied. */
const RECENT_RESULTS_MAX = 4096;

export class ProposalRouter<Result> implements ProposalOwner<Result> {
  /** Entries that were applied, and had been proposed here. */
  ownApplied = 0;
  private queue: Proposal<Result>[] = [];
  private readonly placed = new PlacedList<Result>();
  private readonly asked = new Map<number, Asked<Result>>();
  private readonly recent = new Map<number, Applied<Result>>();
  private liveCount = 0;
  private liveBytes = 0;
  private lastCallId: number;
  private lastStampMs = 0;
  private appliedTerm = 0;
  /** The leader refused to append for now: tried again as soon as something was applied, or leadership changed. */
  private isBlocked = false;
  /** Where a node that does not lead said the leader is; 0 = ask the one the core knows. */
  private hintedLeader = 0;
  /** Hints followed since the last tick or change of leadership: two nodes that point at each other make no loop. */
  private hintsFollowed = 0;
  private closedBy: RaftoralError | null = null;

  private readonly logClock: LogClock;

  constructor(private readonly context: RouterContext) {
    this.lastCallId = context.firstCallId;
    this.logClock = new LogClock(context.clock, context.logTimeMs);
  }

  /** Nothing waits for an answer here. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.placed.length === 0 && this.asked.size === 0;
  }

  /** One command is queued, and nothing is under way that it could be gathered with. */
  private get isAlone(): boolean {
    return this.queue.length === 1 && this.placed.length === 0 && this.asked.size === 0;
  }

  get live(): { readonly count: number; readonly bytes: number } {
    return { count: this.liveCount, bytes: this.liveBytes };
  }

  propose(frame: Uint8Array, options: ProposeOptions | undefined): Promise<Applied<Result>> {
    const refusal = this.refusal(frame, options?.requestId);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise<Applied<Result>>((resolve, reject) => {
      const { clock, tuning, deadlines } = this.context;
      const dueAt = clock.monotonic() + (options?.deadlineMs ?? tuning.requestTimeoutMs);
      const proposal = new Proposal<Result>(this, frame, dueAt, options?.requestId, resolve, reject, null);
      this.liveCount++;
      this.liveBytes += frame.length;
      deadlines.add(proposal);
      this.queue.push(proposal);
      this.context.gatherFlush(this.isAlone);
    });
  }

  submit(frame: Uint8Array, cancelled: (() => boolean) | undefined): void {
    if (this.closedBy !== null) return;
    if (!hasHead(frame)) throw this.noFrame(frame, undefined);
    this.queue.push(new Proposal<Result>(this, frame, Infinity, undefined, null, null, cancelled ?? null));
    this.context.gatherFlush(this.isAlone);
  }

  /** In a turn: sends what is queued, if anybody may take it. */
  flush(): void {
    if (this.queue.length === 0) return;
    const { raw, nodeId } = this.context;
    if (raw.isLeader) {
      this.appendQueued();
      return;
    }
    const to = this.hintedLeader !== 0 ? this.hintedLeader : raw.leaderId;
    if (to !== 0 && to !== nodeId) this.askLeader(to);
  }

  /** In a turn: the entry at `index` was applied. `result` is undefined for entries without a command. */
  applied(index: number, term: number, result: Result | undefined): void {
    if (term !== this.appliedTerm) this.termApplied(term);
    if (this.asked.size > 0) this.remember(index, term, result);
    while (this.placed.firstIndex <= index) {
      const proposal = this.placed.shift();
      if (proposal.index === index && proposal.term === term) this.ownApplied++;
      if (proposal.isSettled) continue;
      if (proposal.index === index && proposal.term === term) this.resolve(proposal, { index, term, result: result as Result });
      else this.sendAgain(proposal, false);
    }
  }

  /** After a batch was applied: there may be room again. */
  appliedBatch(): void {
    if (this.isBlocked && this.queue.length > 0) this.context.wantFlush();
  }

  /** The core has another leader, role or term. What was asked of the old one may have been lost with it. */
  leadershipChanged(): void {
    this.hintedLeader = 0;
    this.hintsFollowed = 0;
    for (const call of this.asked.values()) for (const proposal of call.proposals) this.sendAgain(proposal, true);
    this.asked.clear();
    this.recent.clear();
    if (this.queue.length > 0) this.context.wantFlush();
  }

  tick(): void {
    this.hintsFollowed = 0;
    if (this.asked.size > 0) this.repeatUnanswered();
    if (this.queue.length === 0) return;
    // Without a leader the queue is not worked off: what ran out of time must not pile up in it.
    this.queue = this.queue.filter((proposal) => !proposal.isSettled);
    this.context.wantFlush();
  }

  private repeatUnanswered(): void {
    for (const [callId, call] of this.asked) {
      if (++call.ticks <= this.context.tuning.electionTimeoutTicks) continue;
      this.asked.delete(callId);
      for (const proposal of call.proposals) this.sendAgain(proposal, true);
    }
  }

  /** R36: state up to `index` came as a snapshot; what was placed in it is answered by nobody. */
  restored(index: number, term: number): void {
    this.appliedTerm = Math.max(this.appliedTerm, term);
    while (this.placed.firstIndex <= index) {
      const proposal = this.placed.shift();
      if (proposal.isSettled) continue;
      if (proposal.resolve === null) this.sendAgain(proposal, true);
      else
        this.fail(
          proposal,
          'OUTCOME_UNKNOWN',
          `group ${this.context.groupId} went on from a snapshot that covers the command; send it again with the same requestId`,
        );
    }
    this.sendSuperseded();
  }

  /** Rejects everything with the code and message, now and from now on. */
  close(error: RaftoralError): void {
    this.closedBy = error;
    const all = [...this.queue, ...this.placed.drain(), ...[...this.asked.values()].flatMap((call) => call.proposals)];
    this.queue = [];
    this.asked.clear();
    this.recent.clear();
    for (const proposal of all) if (!proposal.isSettled) this.fail(proposal, error.code, error.message);
  }

  /** On the leader (or one who was): commands of another node. */
  onPropose(from: number, envelope: ProposeEnvelope): void {
    const { raw, groupId } = this.context;
    const { callId, frames } = envelope;
    const answer = (status: number, index: number, term: number): void => {
      const ok = status === AnswerStatus.OK;
      this.context.send(from, { kind: EnvelopeKind.PROPOSE_ANSWER, groupId, callId, ok, status, index, term, leaderId: raw.leaderId });
    };
    if (this.closedBy !== null) return answer(AnswerStatus.NOT_MEMBER, 0, raw.term);
    if (!raw.isLeader) return answer(AnswerStatus.NOT_LEADER, 0, raw.term);
    if (frames.length === 0) return;
    const malformedAt = this.findMalformed(from, frames);
    if (malformedAt >= 0) return answer(AnswerStatus.MALFORMED, malformedAt, raw.term);
    const ms = this.nextStamp();
    const own: Uint8Array[] = new Array<Uint8Array>(frames.length);
    for (let i = 0; i < frames.length; i++) own[i] = stampedCopy(frames[i]!, ms);
    const result = raw.proposeBatch(own);
    this.context.changed();
    if (result === ProposeResult.Appended) answer(AnswerStatus.OK, raw.proposedIndex, raw.proposedTerm);
    else answer(result === ProposeResult.DroppedUncommittedFull ? AnswerStatus.OVERLOADED : AnswerStatus.NOT_LEADER, 0, raw.term);
  }

  onAnswer(from: number, envelope: ProposeAnswerEnvelope): void {
    const call = this.asked.get(envelope.callId);
    if (call === undefined || call.to !== from) return;
    this.asked.delete(envelope.callId);
    for (let i = 0; i < call.proposals.length; i++) {
      const proposal = call.proposals[i]!;
      if (proposal.isSettled) continue;
      if (envelope.status === AnswerStatus.OK) this.placeAnswered(proposal, envelope.index + i, envelope.term);
      else if (envelope.status === AnswerStatus.MALFORMED && i === envelope.index) this.malformed(proposal, from);
      else this.refused(proposal, from, envelope);
    }
    if (envelope.status !== AnswerStatus.OK) this.followHint(from, envelope);
    if (this.asked.size === 0) this.recent.clear();
  }

  expire(proposal: Proposal<Result>): void {
    const { groupId, tuning } = this.context;
    if (proposal.unknownSends > 0) {
      this.fail(
        proposal,
        'OUTCOME_UNKNOWN',
        `the command was sent in group ${groupId}, and its outcome was not known at the deadline; send it again with the same requestId`,
      );
    } else {
      const quorum = `a leader is elected after ${tuning.electionTimeoutTicks * tuning.tickMs} to ${2 * tuning.electionTimeoutTicks * tuning.tickMs} ms with a majority`;
      this.fail(
        proposal,
        'NO_LEADER',
        `group ${groupId} had no leader that takes commands before the deadline, nothing was sent (${quorum})`,
      );
    }
  }

  /** The place of the first frame that must not enter the log; -1 if there is none. */
  private findMalformed(from: number, frames: readonly Uint8Array[]): number {
    for (let i = 0; i < frames.length; i++) {
      try {
        if (!hasHead(frames[i]!)) throw this.noFrame(frames[i]!, undefined);
        this.context.check(frames[i]!);
      } catch (error) {
        this.context.warn(`group ${this.context.groupId}: a command of node ${from} is refused: ${String(error)}`);
        return i;
      }
    }
    return -1;
  }

  private refusal(frame: Uint8Array, requestId: string | undefined): RaftoralError | null {
    if (this.closedBy !== null) return new RaftoralError(this.closedBy.code, this.closedBy.message, { requestId });
    const { queueLengthMax, queueBytesMax } = this.context.tuning;
    if (!hasHead(frame)) return this.noFrame(frame, requestId);
    if (this.liveCount >= queueLengthMax) return this.overloaded('proposals.queueLengthMax', queueLengthMax, 'commands', requestId);
    if (this.liveBytes + frame.length > queueBytesMax) return this.overloaded('proposals.queueBytesMax', queueBytesMax, 'bytes', requestId);
    return null;
  }

  private noFrame(frame: Uint8Array, requestId: string | undefined): RaftoralError {
    const text = `a command frame has at least ${COMMAND_BODY_OFFSET} bytes and begins with ${COMMAND_FRAME_VERSION}; this one has ${frame.length} and begins with ${frame[0]}`;
    return new RaftoralError('INVALID_ARGUMENT', text, { requestId });
  }

  private overloaded(limit: string, value: number, unit: string, requestId: string | undefined): RaftoralError {
    const text = `group ${this.context.groupId}: commands waiting on node ${this.context.nodeId} reached ${limit} (${value} ${unit}); nothing was sent; slow down, or raise it`;
    return new RaftoralError('OVERLOADED', text, { requestId, details: { limit, value } });
  }

  private appendQueued(): void {
    const { raw, tuning } = this.context;
    const queue = this.queue;
    this.queue = [];
    const ms = this.nextStamp();
    let at = 0;
    while (at < queue.length) {
      const batch: Proposal<Result>[] = [];
      const frames: Uint8Array[] = [];
      let bytes = 0;
      for (; at < queue.length && bytes < tuning.messageBytesMax; at++) {
        const proposal = queue[at]!;
        if (this.isDropped(proposal)) continue;
        const frame = isStamped(proposal.frame) ? stampedCopy(proposal.frame, ms) : proposal.frame;
        if (frame === proposal.frame) stampLogTime(frame, ms);
        batch.push(proposal);
        frames.push(frame);
        bytes += frame.length;
      }
      if (batch.length === 0) break;
      const result = batch.length === 1 ? raw.propose(frames[0]!) : raw.proposeBatch(frames);
      if (result !== ProposeResult.Appended) {
        this.queue = batch.concat(queue.slice(at));
        this.isBlocked = true;
        return;
      }
      this.context.changed();
      for (let i = 0; i < batch.length; i++) {
        const proposal = batch[i]!;
        proposal.hasBeenSent = true;
        proposal.unknownSends++;
        proposal.index = raw.proposedIndex + i;
        proposal.term = raw.proposedTerm;
        this.placed.add(proposal);
      }
    }
    this.isBlocked = false;
  }

  private askLeader(to: number): void {
    const { groupId, tuning } = this.context;
    const queue = this.queue;
    this.queue = [];
    let at = 0;
    while (at < queue.length) {
      const proposals: Proposal<Result>[] = [];
      const frames: Uint8Array[] = [];
      let bytes = 0;
      for (; at < queue.length && bytes < tuning.messageBytesMax; at++) {
        const proposal = queue[at]!;
        if (this.isDropped(proposal)) continue;
        proposal.hasBeenSent = true;
        proposal.unknownSends++;
        proposals.push(proposal);
        frames.push(proposal.frame);
        bytes += proposal.frame.length;
      }
      if (proposals.length === 0) break;
      const callId = ++this.lastCallId;
      this.asked.set(callId, { proposals, to, ticks: 0 });
      this.context.send(to, { kind: EnvelopeKind.PROPOSE, groupId, callId, frames });
    }
  }

  /** Settled already, or no longer wanted: it is not sent (again). */
  private isDropped(proposal: Proposal<Result>): boolean {
    if (proposal.isSettled) return true;
    if (!proposal.hasBeenSent || proposal.cancelled === null || !proposal.cancelled()) return false;
    proposal.isSettled = true;
    return true;
  }

  private placeAnswered(proposal: Proposal<Result>, index: number, term: number): void {
    proposal.index = index;
    proposal.term = term;
    if (index > this.context.appliedIndex() && term >= this.appliedTerm) {
      this.placed.add(proposal);
      return;
    }
    const known = this.recent.get(index);
    if (known !== undefined && known.term === term) this.resolve(proposal, known);
    else this.sendAgain(proposal, known === undefined && index <= this.context.appliedIndex());
  }

  private refused(proposal: Proposal<Result>, from: number, envelope: ProposeAnswerEnvelope): void {
    proposal.unknownSends--;
    if (envelope.status === AnswerStatus.OVERLOADED && proposal.resolve !== null && proposal.unknownSends === 0) {
      this.fail(
        proposal,
        'OVERLOADED',
        `group ${this.context.groupId}: the leader, node ${from}, holds as much as raft.uncommittedBytesMax allows; nothing was appended; slow down`,
      );
      return;
    }
    this.queue.push(proposal);
  }

  /** Where what was refused goes next. Else it waits for the core to hear of a leader, which says so; not to ask the same node in a circle. */
  private followHint(from: number, { status, leaderId: hint, term }: ProposeAnswerEnvelope): void {
    if (status === AnswerStatus.MALFORMED) {
      this.context.wantFlush(); // the others that came with it
      return;
    }
    const { raw, nodeId } = this.context;
    // The refused one is gone, so this ends: the others go again at once.
    if (status === AnswerStatus.MALFORMED) return this.context.wantFlush();
    const isNews = status === AnswerStatus.NOT_LEADER && hint !== 0 && hint !== from && hint !== nodeId && term >= raw.term;
    this.hintedLeader = isNews ? hint : 0;
    if ((isNews || raw.leaderId !== from) && this.hintsFollowed++ < HINTS_FOLLOWED_MAX) this.context.wantFlush();
  }

  /** No leader takes these bytes: not sent again, whoever asked for it. */
  private malformed(proposal: Proposal<Result>, from: number): void {
    const text = `group ${this.context.groupId}: the leader, node ${from}, can not decode the command, nothing was appended; look for a node of another version`;
    if (proposal.reject === null) this.context.warn(text);
    // A leader of another version may have taken it before.
    this.fail(proposal, --proposal.unknownSends > 0 ? 'OUTCOME_UNKNOWN' : 'MALFORMED_FRAME', text);
  }

  /** Queues it once more. `isUnknown`: the last send may still take effect. */
  private sendAgain(proposal: Proposal<Result>, isUnknown: boolean): void {
    if (proposal.isSettled) return;
    if (!isUnknown) proposal.unknownSends--;
    this.queue.push(proposal);
    this.context.wantFlush();
  }

  /** An entry of a later term was applied: none of an earlier term can follow it. */
  private termApplied(term: number): void {
    this.appliedTerm = term;
    this.sendSuperseded();
  }

  private sendSuperseded(): void {
    if (this.placed.length === 0) return;
    for (const proposal of this.placed.drain()) {
      if (proposal.isSettled) continue;
      if (proposal.term < this.appliedTerm) this.sendAgain(proposal, false);
      else this.placed.add(proposal);
    }
  }

  private remember(index: number, term: number, result: Result | undefined): void {
    this.recent.set(index, { index, term, result: result as Result });
    if (this.recent.size <= RECENT_RESULTS_MAX) return;
    for (const oldest of this.recent.keys()) {
      this.recent.delete(oldest);
      return;
    }
  }

  private resolve(proposal: Proposal<Result>, applied: Applied<Result>): void {
    proposal.isSettled = true;
    if (proposal.resolve === null) return;
    this.release(proposal);
    proposal.resolve(applied);
  }

  private fail(proposal: Proposal<Result>, code: RaftoralErrorCode, message: string): void {
    proposal.isSettled = true;
    if (proposal.reject === null) return;
    this.release(proposal);
    proposal.reject(new RaftoralError(code, message, { requestId: proposal.requestId }));
  }

  private release(proposal: Proposal<Result>): void {
    this.liveCount--;
    this.liveBytes -= proposal.frame.length;
    this.context.deadlines.remove(proposal);
  }

  private nextStamp(): number {
    const now = this.logClock.now();
    if (now > this.lastStampMs) this.lastStampMs = now;
    return this.lastStampMs;
  }
}

function hasHead(frame: Uint8Array): boolean {
  return frame.length >= COMMAND_BODY_OFFSET && frame[0] === COMMAND_FRAME_VERSION;
}

function isStamped(frame: Uint8Array): boolean {
  for (let i = 1; i <= 8; i++) if (frame[i] !== 0) return true;
  return false;
}

function stampedCopy(frame: Uint8Array, ms: number): Uint8Array {
  // Not slice(): of a Buffer that is a view.
  const copy = new Uint8Array(frame);
  stampLogTime(copy, ms);
  return copy;
}
