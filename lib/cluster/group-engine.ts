/**
 * One Raft group on one node, inside. Owns the core, and puts its parts together: proposals, reads, apply, snapshots, membership, hibernation.
 * The host drives it; RaftNode is its face.
 *
 * N1. The core is touched only inside a turn of the host. Calls from outside queue, and ask for a turn.
 * N2. Storage messages of the core are carried out in order; their responses are delivered when what they vouch for is durable.
 * N3. A group that is over (removed, halted, shut down) takes part in nothing.
 * N4. What is committed may wait before it is applied (a fetch); a snapshot that is handed to the storage covers whatever waits.
 * Source: Raft thesis §10; R16, R31, R36–R39. Tests: test/cluster.
 */
import { RaftoralError } from '../errors/index.js';
import { APPEND_THREAD, APPLY_THREAD, MessageType, RawNode } from '../raft/index.js';
import type { ConfState, Message, Ready, Snapshot } from '../raft/index.js';
import type { RowStateMachine, StateMachine } from '../state-machine/index.js';
import type { GroupWrite } from '../storage/storage.js';
import { EnvelopeKind, type HibernateEnvelope, type RaftEnvelope } from '../transport/transport.js';
import { GroupApplier } from './group-applier.js';
import { GroupEvents } from './group-events.js';
import type { RequestHandler } from './group.js';
import { GroupLiveness } from './group-liveness.js';
import type { GroupEnvelope, HostedGroup, HostServices } from './host-services.js';
import { LeadershipNews } from './leadership-news.js';
import { MemberNotices } from './member-notices.js';
import { MEMBERSHIP_METHOD, MembershipCalls, type MembershipContext } from './membership-calls.js';
import { isMember, membersOf } from './membership-rules.js';
import { ProposalRouter, type RouterContext } from './proposal-router.js';
import { RaftTraceLog } from './raft-trace-log.js';
import { ReadRouter } from './read-router.js';
import { Removal, type RemovalContext } from './removal.js';
import { saysMore } from './storage-failure.js';
import { StoredGroup } from './stored-group.js';

export interface GroupParts<Result> {
  readonly groupId: number;
  readonly stateMachine: StateMachine<Result>;
  /** The same one, loaded with what is stored, if the storage has a state store. */
  readonly rows: RowStateMachine<Result> | null;
  /** What the group begins with on this node; null: nothing. */
  readonly start: Snapshot | null;
  /** Time until the next timer of the state machine, ms, Infinity for none: the group is awake by then. */
  readonly nextDeadlineMs: (() => number) | undefined;
}

export class GroupEngine<Result> implements HostedGroup {
  readonly groupId: number;
  readonly nodeId: number;
  isDirty = false;
  isFlushWanted = false;
  isFlushGathered = false;
  isNotifyWanted = false;
  isApplyWanted = false;
  hasAppliedForeign = false;
  append: Message | null = null;
  appendWrite: GroupWrite | null = null;
  apply: Message | null = null;
  readonly raw: RawNode;
  readonly events: GroupEvents;
  readonly applier: GroupApplier<Result>;
  readonly router: ProposalRouter<Result>;
  readonly reads: ReadRouter;
  readonly membershipCalls: MembershipCalls;
  readonly stored: StoredGroup<Result>;
  private readonly liveness: GroupLiveness;
  readonly handlers = new Map<string, RequestHandler>();
  /** Why this group takes part in nothing any more; null while it does. */
  over: RaftoralError | null = null;
  private readonly removal: Removal;
  readonly notices: MemberNotices;
  private readonly news: LeadershipNews;

  constructor(
    parts: GroupParts<Result>,
    readonly host: HostServices,
  ) {
    const { groupId, start } = parts;
    const { tuning, storage } = host;
    this.groupId = groupId;
    this.nodeId = host.nodeId;
    this.notices = new MemberNotices({
      groupId,
      host,
      onRemoved: (index) => {
        if (this.over === null) this.removal.told(index);
      },
      onLeaving: (node) => this.strangerAsks(node),
      onHalted: (node) => this.peerHalted(node),
    });
    this.raw = new RawNode({
      id: host.nodeId,
      storage: storage.log(groupId),
      applied: start === null ? 0 : start.index,
      electionTimeoutTicks: tuning.electionTimeoutTicks,
      heartbeatTimeoutTicks: tuning.heartbeatTimeoutTicks,
      messageBytesMax: tuning.messageBytesMax,
      inflightMessagesMax: tuning.inflightMessagesMax,
      uncommittedBytesMax: tuning.uncommittedBytesMax,
      asyncStorageWrites: true,
      preVote: true,
      checkQuorum: true,
      disableProposalForwarding: true,
      stepDownOnRemoval: true,
      random: (bound) => host.random.int(bound),
      ...(host.logger.isDebug ? { trace: new RaftTraceLog(groupId, host.logger) } : {}),
    });
    this.news = new LeadershipNews(this.raw);
    this.removal = new Removal(start === null ? 0 : start.index, this.membershipContext());
    this.events = new GroupEvents(
      () => host.wantNotify(this),
      (error) => host.rise(error),
    );
    const context = this.routerContext(parts.stateMachine);
    this.router = new ProposalRouter<Result>(context);
    this.reads = new ReadRouter(context);
    this.membershipCalls = new MembershipCalls(this.membershipContext());
    this.applier = new GroupApplier<Result>(
      {
        groupId,
        raw: this.raw,
        stateMachine: parts.stateMachine,
        onEntry: (index, term, result) => this.onEntry(index, term, result),
        onMembership: (index, before, membership) => this.onMembership(index, before, membership),
      },
      start,
      parts.rows !== null,
    );
    this.stored = new StoredGroup<Result>({
      ...parts,
      host,
      raw: this.raw,
      applier: this.applier,
      wantFlush: () => host.wantFlush(this),
      wantApply: () => host.wantApply(this),
      halt: (error) => this.halt(error),
    });
    this.liveness = new GroupLiveness({
      groupId,
      raw: this.raw,
      host,
      nextDeadlineMs: parts.nextDeadlineMs,
      isIdle: () => this.router.isIdle && this.reads.isIdle && this.membershipCalls.isIdle && this.removal.isIdle && this.stored.isIdle,
      appliedIndex: () => this.applier.appliedIndex,
      wantFlush: () => host.wantFlush(this),
      changed: () => host.markDirty(this),
    });
  }

  get isOver(): boolean {
    return this.over !== null;
  }

  get isHibernating(): boolean {
    return this.liveness.isHibernating;
  }

  get isLeading(): boolean {
    return this.raw.isLeader;
  }

  get membership(): ConfState {
    return this.raw.confState;
  }

  /** From now on it is driven. */
  begin = (): void => this.liveness.begin();

  // --- what the host calls, in a turn -----------------------------------------------------------------------------

  receive(from: number, envelope: GroupEnvelope): void {
    if (this.over !== null) return this.notices.remind(from);
    switch (envelope.kind) {
      case EnvelopeKind.RAFT:
        this.receiveMessage(from, envelope);
        return;
      case EnvelopeKind.PROPOSE:
        this.liveness.wake();
        this.router.onPropose(from, envelope);
        return;
      case EnvelopeKind.PROPOSE_ANSWER:
        this.router.onAnswer(from, envelope);
        return;
      case EnvelopeKind.HIBERNATE:
        this.receiveHibernate(from, envelope);
        return;
      case EnvelopeKind.SNAPSHOT_PART:
        this.liveness.wake();
        return this.stored.onPart(from, envelope);
      case EnvelopeKind.SNAPSHOT_PART_ANSWER:
        return this.stored.onPartAnswer(from, envelope);
    }
  }

  handlerOf(method: string): RequestHandler | undefined {
    if (this.over !== null) return undefined;
    if (method === MEMBERSHIP_METHOD) return (_from, body) => this.membershipCalls.handle(body);
    return this.notices.handlerOf(method) ?? this.handlers.get(method);
  }

  tick(): void {
    if (this.over !== null || this.liveness.isHibernating) return;
    this.router.tick();
    this.reads.tick();
    this.membershipCalls.tick();
    this.removal.tick();
    this.liveness.tick();
  }

  flush(): void {
    if (this.over !== null) return;
    if (this.stored.hasDeliveries) this.reportDeliveries();
    if (this.stored.hasReceived) this.step(this.stored.takeReceived());
    this.liveness.flush();
    this.membershipCalls.flush();
    this.removal.flush();
    this.router.flush();
    this.reads.flush();
  }

  gather(): void {
    if (this.over !== null) return;
    if (this.raw.hasReady()) this.takeReady(this.raw.ready());
    this.stored.gathered();
  }

  private takeReady(ready: Ready): void {
    if (this.news.take()) this.onLeadership();
    const messages = ready.messages;
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i]!;
      if (message.to === APPEND_THREAD) this.takeAppend(message, ready);
      else if (message.to === APPLY_THREAD) this.apply = message;
      else this.send(message);
    }
    const states = ready.readStates;
    for (let i = 0; i < states.length; i++) this.reads.onReadState(states[i]!);
  }

  appended(append: Message): void {
    if (this.over !== null) return;
    if (append.snapshot !== null) this.install(append.snapshot);
    const responses = append.responses;
    for (let i = 0; i < responses.length; i++) {
      const response = responses[i]!;
      if (response.to === this.nodeId) this.step(response);
      else this.send(response);
    }
  }

  applyCommitted(): void {
    const message = this.apply;
    this.apply = null;
    if (this.over !== null) return;
    for (let next = this.stored.next(message); next !== null; next = this.stored.next(null)) this.applyMessage(next);
  }

  readonly saveSnapshot = (snapshot: Snapshot): void | Promise<void> => this.stored.save(snapshot);

  readonly settle = (): Promise<void> | null => this.stored.keeper.settle();

  private applyMessage(message: Message): void {
    const own = this.router.ownApplied;
    this.applier.apply(message.entries);
    if (this.router.ownApplied - own < message.entries.length) this.hasAppliedForeign = true;
    this.liveness.worked();
    const responses = message.responses;
    for (let i = 0; i < responses.length; i++) this.step(responses[i]!);
    this.router.appliedBatch();
    this.reads.applied(this.applier.appliedIndex);
    this.applier.batchApplied(this.stored.keeper);
    this.stored.applied(this.applier.appliedIndex);
    this.events.applied(this.applier.appliedIndex);
    this.removal.applied(this.applier.appliedIndex);
  }

  notify(): void {
    this.events.notify();
  }

  onPeerDown(peer: number): void {
    if (this.over !== null || !isMember(this.raw.confState, peer)) return;
    this.stored.peerDown(peer);
    this.liveness.peerDown(peer);
    this.events.peer(peer, true);
  }

  onPeerUp(peer: number): void {
    if (this.over !== null || !isMember(this.raw.confState, peer)) return;
    this.liveness.peerUp(peer);
    this.events.peer(peer, false);
  }

  halt(error: Error): void {
    if (this.over !== null) return;
    const known =
      error instanceof RaftoralError
        ? error
        : new RaftoralError('INVARIANT_VIOLATED', `group ${this.groupId}: ${error.message}`, { cause: error });
    this.host.logger.log('error', `group ${this.groupId} halted on node ${this.nodeId}: ${known.message}`);
    // Whatever stopped it: for its callers the group is halted; the cause is named in the message.
    const code = saysMore(known) ? known.code : 'GROUP_HALTED';
    this.end(new RaftoralError(code, known.message, { cause: known }));
    this.events.halted(known);
    this.notices.halted(membersOf(this.raw.confState));
  }

  /** The node shuts down, or dies: nothing is told to listeners. */
  close(error: RaftoralError): void {
    if (this.over === null) this.end(error);
  }

  // --- inside -----------------------------------------------------------------------------------------------------

  private receiveMessage(from: number, envelope: RaftEnvelope): void {
    const { message } = envelope;
    const { type } = message;
    // A message speaks for its sender, except where the core passes on what a third node asked for.
    if (message.from !== from && type !== MessageType.ReadIndex && type !== MessageType.TransferLeader) return;
    // Only the router puts commands of others into the log, checked and stamped (R37); and nobody makes another node forget its leader.
    if (type === MessageType.Propose || type === MessageType.ForgetLeader) return;
    if (type === MessageType.PreVote || type === MessageType.Vote) this.strangerAsks(from);
    // A late answer to the last heartbeat must not wake the leader that has just gone to sleep.
    if (type !== MessageType.HeartbeatResp) this.liveness.wake();
    if (type === MessageType.PreVote) this.liveness.preVoteAsked(from, message.index);
    this.step(message);
  }

  private receiveHibernate(from: number, envelope: HibernateEnvelope): void {
    const { raw } = this;
    const fits =
      raw.leaderId === from && raw.term === envelope.term && raw.lastIndex === envelope.commitIndex && raw.commitIndex === raw.lastIndex;
    if (fits && this.router.isIdle && this.reads.isIdle) this.liveness.followToSleep();
  }

  /** Known members only; a node that knows nothing yet calls nobody a stranger. */
  private strangerAsks(node: number): void {
    if (this.raw.confState.voters.length > 0 && !isMember(this.raw.confState, node)) this.removal.asked(node);
  }

  private peerHalted(node: number): void {
    if (!isMember(this.raw.confState, node) || !this.liveness.peerHalted(node)) return;
    this.host.logger.log('error', `group ${this.groupId} halted on node ${node}; it counts as down there until that node starts again`);
    this.stored.peerDown(node);
    this.events.peer(node, true);
  }

  /** Dead, or alive without this group. */
  readonly isDown = (node: number): boolean => this.liveness.isDown(node);

  private reportDeliveries(): void {
    for (const { to, isDelivered } of this.stored.takeDeliveries()) this.raw.reportSnapshot(to, isDelivered);
    this.host.markDirty(this);
  }

  private step(message: Message): void {
    this.raw.step(message);
    this.host.markDirty(this);
  }

  private send(message: Message): void {
    if (message.type === MessageType.Snap && message.snapshot !== null) this.stored.send(message.to, message.term, message.snapshot);
    else this.host.send(message.to, { kind: EnvelopeKind.RAFT, groupId: this.groupId, message });
  }

  private takeAppend(append: Message, ready: Ready): void {
    if (append.snapshot !== null) this.announce(append.snapshot);
    this.append = append;
    const { groupId } = this;
    const { entries, snapshot: reset } = append;
    const { hardState } = ready;
    const hasWrite = hardState !== null || entries.length > 0 || reset !== null;
    // The leader is told that the snapshot is there once the log begins behind it: that must be durable, too.
    this.appendWrite = hasWrite ? { groupId, hardState, entries, reset, mustSync: ready.mustSync || reset !== null } : null;
  }

  private announce(snapshot: Snapshot): void {
    let covered: readonly Message[];
    try {
      covered = this.stored.announce(snapshot);
    } catch (cause) {
      throw this.applier.halted(snapshot.index, cause);
    }
    // The core waits for word of each; that they are not applied any more is no matter of its own.
    for (const message of covered) for (const response of message.responses) this.step(response);
  }

  private install(snapshot: Snapshot): void {
    const before = this.applier.membership;
    this.applier.restore(snapshot, this.stored.keeper);
    this.stored.keeper.restored(snapshot);
    this.router.restored(snapshot.index, snapshot.term);
    this.reads.applied(snapshot.index);
    this.events.restored(snapshot.index);
    this.onMembership(snapshot.index, before, snapshot.confState);
  }

  private onEntry(index: number, term: number, result: Result | undefined): void {
    this.router.applied(index, term, result);
    if (this.membershipCalls.hasChange) this.membershipCalls.applied(index, term);
  }

  private onMembership(index: number, before: ConfState, membership: ConfState): void {
    this.removal.membershipChanged(index, before, membership);
    this.events.membershipChanged(membership);
    this.host.membershipChanged();
  }

  private onLeadership(): void {
    const { raw } = this;
    if (!raw.isLeader) this.stored.leadsNoMore();
    this.router.leadershipChanged();
    this.reads.leadershipChanged();
    this.removal.leadershipChanged();
    this.membershipCalls.leadershipChanged();
    this.liveness.leadershipChanged();
    this.events.leadershipChanged({ leaderId: raw.leaderId, term: raw.term, isLeader: raw.isLeader });
    // Level, not edge: a new leader hears of everyone who was down before it led.
    if (raw.isLeader) for (const node of membersOf(raw.confState)) if (this.isDown(node)) this.events.peer(node, true);
  }

  private removed(): void {
    this.end(new RaftoralError('NOT_MEMBER', `node ${this.nodeId} was removed from group ${this.groupId}; ask another node`));
    this.events.removed();
  }

  private end(error: RaftoralError): void {
    this.over = error;
    this.append = null;
    this.apply = null;
    this.router.close(error);
    this.reads.close(error);
    this.membershipCalls.close(error);
    this.applier.waiters.close(new RaftoralError(error.code, error.message));
    this.stored.close();
    this.liveness.stop();
    this.host.membershipChanged();
  }

  waitApplied(index: number): Promise<void> {
    if (index <= this.applier.appliedIndex) return Promise.resolve();
    if (this.over !== null) return Promise.reject(new RaftoralError(this.over.code, this.over.message));
    return this.applier.waiters.wait(index);
  }

  private routerContext(stateMachine: StateMachine<Result>): RouterContext {
    const { groupId, nodeId, raw, host } = this;
    // Functions, not getters: an object with getters of its own is a hash table from the second of its kind on, and this one is asked with each tick.
    return {
      groupId,
      nodeId,
      firstCallId: host.firstCallId,
      raw,
      clock: host.clock,
      logTimeMs: () => stateMachine.logTimeMs ?? 0,
      deadlines: host.deadlines,
      tuning: host.tuning,
      appliedIndex: () => this.applier.appliedIndex,
      check: (frame) => stateMachine.check?.(frame),
      warn: (text) => host.logger.log('warn', text),
      send: (to, envelope) => host.send(to, envelope),
      changed: () => host.markDirty(this),
      wantFlush: () => host.wantFlush(this),
      gatherFlush: (isAlone) => {
        this.liveness.wake();
        if (isAlone && host.isQuiet) host.wantFlush(this);
        else host.gatherFlush(this);
      },
    };
  }

  private membershipContext(): MembershipContext & RemovalContext {
    const { groupId, host, raw, notices } = this;
    return {
      groupId,
      host,
      raw,
      notices,
      removal: () => this.removal,
      over: () => this.over,
      isDown: this.isDown,
      wantFlush: () => {
        this.liveness.wake();
        host.wantFlush(this);
      },
      changed: () => host.markDirty(this),
      waitApplied: (index) => this.waitApplied(index),
      onCovered: () => this.membershipCalls.covered(),
      onRemoved: () => this.removed(),
    };
  }
}
