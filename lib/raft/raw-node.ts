/**
 * The surface of the core: ticks, messages and proposals in, Ready out. Not re-entrant, not for several threads. Pure.
 * RN1. A local message type from the network is refused; so is a response of a node outside of the configuration.
 * RN2. Every piece of work is handed out once. Synchronous mode: one Ready at a time, each ended by advance().
 *      Asynchronous mode: any number in flight; storage messages are carried out in order, each thread its own, and their
 *      `responses` delivered (stepped or sent) when done.
 * RN3. In asynchronous mode `messages` may leave before the disk; in synchronous mode only after.
 * Source: the Ready contract follows etcd-io/raft; Raft thesis §10.2.1 for writing in parallel.
 */
import { confChangeEntryType, encodeConfChange } from './conf-change-codec.js';
import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import { resolveConfig, type RaftConfig } from './config.js';
import type { RaftCore } from './core.js';
import { forwardProposal } from './follower.js';
import { fail } from './invariant.js';
import { applyConfChange } from './membership.js';
import { proposeOnLeader, proposePayload } from './propose.js';
import { forwardRead, readOnLeader } from './reads.js';
import { Ready } from './ready.js';
import { startCore } from './start.js';
import { basicStatusOf, statusOf, type BasicStatus, type Status } from './status.js';
import { step, tick } from './step.js';
import { TraceEvent } from './trace.js';
import {
  APPEND_THREAD,
  APPLY_THREAD,
  Entry,
  EntryType,
  HardState,
  Message,
  MessageType,
  NONE,
  ProposeResult,
  ReadResult,
  ReadState,
  Role,
  SoftState,
  StepResult,
  entryBytes,
  type ConfState,
} from './types.js';
import { checkFromNetwork } from './wire-check.js';

const NO_READ_STATES: ReadState[] = [];

export class RawNode {
  private readonly core: RaftCore;
  private readonly isAsync: boolean;
  /** What the last Ready told the host. */
  private toldLead: number;
  private toldRole: Role;
  private toldTerm: number;
  private toldVote: number;
  private toldCommit: number;
  /** Synchronous mode: what advance() has to step. */
  private readonly onAdvance: Message[] = [];
  private isReadyOut = false;

  /** Throws RaftConfigError, or RaftInvariantError if the storage contradicts itself. */
  constructor(config: RaftConfig) {
    const resolved = resolveConfig(config);
    this.core = startCore(resolved);
    this.isAsync = resolved.asyncStorageWrites;
    this.toldLead = this.core.lead;
    this.toldRole = this.core.role;
    this.toldTerm = this.core.term;
    this.toldVote = this.core.vote;
    this.toldCommit = this.core.log.committed;
  }

  get id(): number {
    return this.core.id;
  }

  get term(): number {
    return this.core.term;
  }

  get vote(): number {
    return this.core.vote;
  }

  get role(): Role {
    return this.core.role;
  }

  get isLeader(): boolean {
    return this.core.role === Role.Leader;
  }

  /** 0 if no leader is known. */
  get leaderId(): number {
    return this.core.lead;
  }

  get commitIndex(): number {
    return this.core.log.committed;
  }

  get appliedIndex(): number {
    return this.core.log.applied;
  }

  get firstIndex(): number {
    return this.core.log.firstIndex;
  }

  get lastIndex(): number {
    return this.core.log.lastIndex;
  }

  /** The configuration in force, as applied. */
  get confState(): ConfState {
    return this.core.tracker.confState;
  }

  /** Index of the first entry of the last proposal that was appended here. Valid right after `Appended`. */
  get proposedIndex(): number {
    return this.core.proposedIndex;
  }

  /** Its term: the proposal is lost if another term's entry is committed at that index. */
  get proposedTerm(): number {
    return this.core.proposedTerm;
  }

  /** Payload bytes proposed by this leader and not yet applied. */
  get uncommittedBytes(): number {
    return this.core.uncommittedBytes;
  }

  basicStatus(): BasicStatus {
    return basicStatusOf(this.core);
  }

  status(): Status {
    return statusOf(this.core);
  }

  /** For tests: fixes the election timeout until the next change of role or term. */
  setRandomizedElectionTimeout(ticks: number): void {
    this.core.randomizedElectionTimeout = ticks;
  }

  /** The next tick() begins an election. */
  get isElectionDue(): boolean {
    const { core } = this;
    return core.role !== Role.Leader && core.electionElapsed + 1 >= core.randomizedElectionTimeout && core.isPromotable();
  }

  tick(): void {
    tick(this.core);
  }

  /** Takes a message from another node or from a storage thread. */
  step(message: Message): StepResult {
    const check = checkFromNetwork(this.core, message);
    return check === StepResult.Ok ? step(this.core, message) : check;
  }

  /** Starts an election, if this node may be elected. */
  campaign(): void {
    step(this.core, new Message(MessageType.Hup, this.core.id, this.core.id, 0));
  }

  /** The payload must not be changed afterwards. */
  propose(data: Uint8Array): ProposeResult {
    if (this.core.role === Role.Leader) return proposePayload(this.core, data);
    return this.proposeElsewhere([new Entry(0, 0, EntryType.Normal, data)]);
  }

  /** Many payloads as one proposal: consecutive entries, all or none, one append to each peer (as far as its size limit allows). */
  proposeBatch(datas: readonly Uint8Array[]): ProposeResult {
    const entries: Entry[] = [];
    for (let i = 0; i < datas.length; i++) entries.push(new Entry(0, 0, EntryType.Normal, datas[i]));
    return this.proposeEntries(entries);
  }

  proposeConfChange(change: ConfChange | ConfChangeV2): ProposeResult {
    return this.proposeEntries([new Entry(0, 0, confChangeEntryType(change), encodeConfChange(change))]);
  }

  /** Must be called when a committed conf change is applied, with the change or with one that the host puts in its place. */
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState {
    return applyConfChange(this.core, change);
  }

  /**
   * Asks for an index at which a read with this context is linearizable; it comes back in `Ready.readStates`.
   * It may be lost without notice (a leader change, a lost message): the caller retries, and may reuse the context.
   */
  readIndex(context: Uint8Array): ReadResult {
    const core = this.core;
    const entries = [new Entry(0, 0, EntryType.Normal, context)];
    if (core.role === Role.Leader) {
      const request = new Message(MessageType.ReadIndex, core.id, core.id, 0);
      request.entries = entries;
      return readOnLeader(core, request);
    }
    return forwardRead(core, core.id, entries);
  }

  /** Asks the leader to hand over to `to`. Watch the leader: there is no other outcome. */
  transferLeader(to: number): void {
    step(this.core, new Message(MessageType.TransferLeader, this.core.id, to, 0));
  }

  /** A follower forgets its leader, so that it may grant pre-votes and votes at once. */
  forgetLeader(): void {
    step(this.core, new Message(MessageType.ForgetLeader, this.core.id, this.core.id, 0));
  }

  /** The last message to this peer could not be delivered. */
  reportUnreachable(id: number): void {
    step(this.core, new Message(MessageType.Unreachable, this.core.id, id, 0));
  }

  /** The snapshot for this peer was delivered, or failed. Without a report the peer gets nothing more. */
  reportSnapshot(id: number, isDelivered: boolean): void {
    const message = new Message(MessageType.SnapStatus, this.core.id, id, 0);
    message.reject = !isDelivered;
    step(this.core, message);
  }

  hasReady(): boolean {
    const core = this.core;
    const log = core.log;
    return (
      core.outbox.length > 0 ||
      core.afterAppend.length > 0 ||
      log.unstable.hasNextEntries() ||
      log.hasNextCommitted(!this.isAsync) ||
      core.readStates.length > 0 ||
      this.isSoftStateNews() ||
      this.isHardStateNews() ||
      log.unstable.nextSnapshot() !== null
    );
  }

  /** Hands out all outstanding work. Throws in synchronous mode if the last Ready was not ended by advance(). */
  ready(): Ready {
    if (this.isReadyOut) fail('ready() before advance()', { id: this.core.id, term: this.core.term });
    const core = this.core;
    const unstable = core.log.unstable;
    const entries = unstable.nextEntries();
    const committed = core.log.nextCommitted(!this.isAsync);
    const mustSync = entries.length > 0 || core.term !== this.toldTerm || core.vote !== this.toldVote;
    const ready = new Ready(entries, committed, core.outbox, core.readStates, mustSync);
    core.outbox = [];
    if (core.readStates.length > 0) core.readStates = NO_READ_STATES.slice();
    this.tellStates(ready);
    ready.snapshot = unstable.nextSnapshot();
    if (this.isAsync) {
      this.addStorageMessages(ready);
    } else {
      this.addAfterAppend(ready);
      this.isReadyOut = true;
    }
    unstable.acceptInProgress();
    if (committed.length > 0) {
      core.log.acceptApplying(committed[committed.length - 1].index, entryBytes(committed), !this.isAsync);
    }
    return ready;
  }

  /** Synchronous mode only: the last Ready was persisted, sent and applied. */
  advance(): void {
    if (this.isAsync) fail('advance() in asynchronous mode', { id: this.core.id });
    if (!this.isReadyOut) fail('advance() without a ready()', { id: this.core.id });
    this.isReadyOut = false;
    const messages = this.onAdvance;
    for (let i = 0; i < messages.length; i++) step(this.core, messages[i]);
    messages.length = 0;
  }

  private proposeEntries(entries: Entry[]): ProposeResult {
    if (this.core.role === Role.Leader) return proposeOnLeader(this.core, entries);
    return this.proposeElsewhere(entries);
  }

  private proposeElsewhere(entries: Entry[]): ProposeResult {
    const core = this.core;
    if (core.role === Role.Follower) return forwardProposal(core, core.id, entries);
    if (core.sink !== null) core.sink.trace(TraceEvent.ProposalDroppedNoLeader, core.id, null, core.term);
    return ProposeResult.DroppedNoLeader;
  }

  private isSoftStateNews(): boolean {
    return this.core.lead !== this.toldLead || this.core.role !== this.toldRole;
  }

  private isHardStateNews(): boolean {
    const core = this.core;
    return core.log.committed !== this.toldCommit || core.term !== this.toldTerm || core.vote !== this.toldVote;
  }

  private tellStates(ready: Ready): void {
    const core = this.core;
    if (this.isSoftStateNews()) {
      ready.softState = new SoftState(core.lead, core.role);
      this.toldLead = core.lead;
      this.toldRole = core.role;
    }
    if (this.isHardStateNews()) {
      ready.hardState = new HardState(core.term, core.vote, core.log.committed);
      this.toldTerm = core.term;
      this.toldVote = core.vote;
      this.toldCommit = core.log.committed;
    }
  }

  private addAfterAppend(ready: Ready): void {
    const core = this.core;
    const after = core.afterAppend;
    for (let i = 0; i < after.length; i++) {
      if (after[i].to === core.id) this.onAdvance.push(after[i]);
      else ready.messages.push(after[i]);
    }
    after.length = 0;
    if (this.needsAppendResponse(ready)) this.onAdvance.push(this.appendResponse(ready));
    if (ready.committedEntries.length > 0) this.onAdvance.push(this.applyResponse(ready));
  }

  private addStorageMessages(ready: Ready): void {
    const core = this.core;
    const hardState = ready.hardState;
    if (ready.entries.length > 0 || hardState !== null || ready.snapshot !== null || core.afterAppend.length > 0) {
      const append = new Message(MessageType.StorageAppend, APPEND_THREAD, core.id, 0);
      append.entries = ready.entries;
      if (hardState !== null) {
        append.term = hardState.term;
        append.vote = hardState.vote;
        append.commit = hardState.commit;
      }
      append.snapshot = ready.snapshot;
      append.responses = core.afterAppend;
      core.afterAppend = [];
      if (this.needsAppendResponse(ready)) append.responses.push(this.appendResponse(ready));
      ready.messages.push(append);
    }
    if (ready.committedEntries.length > 0) {
      const apply = new Message(MessageType.StorageApply, APPLY_THREAD, core.id, 0);
      apply.entries = ready.committedEntries;
      apply.responses = [this.applyResponse(ready)];
      ready.messages.push(apply);
    }
  }

  /** Also without new entries: an acknowledgement dropped for its term must be made up for by a later one. */
  private needsAppendResponse(ready: Ready): boolean {
    return this.core.log.unstable.length > 0 || ready.snapshot !== null;
  }

  private appendResponse(ready: Ready): Message {
    const core = this.core;
    const response = new Message(MessageType.StorageAppendResp, core.id, APPEND_THREAD, core.term);
    if (core.log.unstable.length > 0) {
      response.index = core.log.lastIndex;
      response.logTerm = core.log.lastTerm;
    }
    response.snapshot = ready.snapshot;
    return response;
  }

  private applyResponse(ready: Ready): Message {
    const response = new Message(MessageType.StorageApplyResp, this.core.id, APPLY_THREAD, NONE);
    response.entries = ready.committedEntries;
    return response;
  }
}
