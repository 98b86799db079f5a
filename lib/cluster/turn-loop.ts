/**
 * The turn of a host. Owns: the lists of what is to be done, and the order in which it is.
 *
 * U1. A turn runs to its end before another begins; whoever asks for one meanwhile finds its work done in this one or the next.
 * U2. A group stands in each list at most once (its own mark says so).
 * U3. What a group throws halts that group; the others' work of the turn is done.
 * U4. A turn ends after `roundsMax` rounds; what is left goes to a macrotask.
 * U5. What a leader has to say after it applied waits for the commands that its answers bring, and leaves with them: a busy leader so sends each
 *     peer one frame a command, not two. It waits one microtask; where it is only notices of commits, nobody else proposed what was
 *     committed, and a frame costs more than a turn (a node with a disk), `NOTICE_TURNS` macrotasks: so many a workflow takes from one step to the next. What somebody else
 *     proposed waits for nothing there.
 * Source: DESIGN §4. Tests: test/cluster/host.spec.ts, notices.spec.ts.
 */
import type { Message } from '../raft/index.js';
import type { GroupWrite } from '../storage/storage.js';
import { EnvelopeKind, type Envelope, type RequestEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { ClusterRouter } from './cluster-router.js';
import type { RequestHandler } from './group.js';
import { NODE_GROUP_ID, type GroupEnvelope, type HostedGroup } from './host-services.js';
import type { PeerWatch } from './peer-watch.js';
import type { RequestRouter } from './request-router.js';
import { TurnList } from './turn-list.js';
import type { TurnTrigger } from './turn-trigger.js';
import type { WritePipeline } from './write-pipeline.js';

/** One in which the window of a run closes and the body of its next step runs, one that takes what it proposes. */
const NOTICE_TURNS = 2;

export interface TurnLoopOptions {
  readonly clock: Clock;
  readonly router: ClusterRouter;
  readonly pipeline: WritePipeline<HostedGroup>;
  readonly requests: RequestRouter;
  readonly peerWatch: PeerWatch;
  readonly trigger: TurnTrigger;
  readonly groups: ReadonlyMap<number, HostedGroup>;
  /** By method: requests that are a node's matter, whatever groups it hosts. */
  readonly nodeHandlers: ReadonlyMap<string, RequestHandler>;
  readonly roundsMax: number;
  readonly isVolatile: boolean;
  /** False: a frame of an earlier process of its node, to be dropped. */
  heard(from: number, incarnation: number, now: number): boolean;
  soon(callback: () => void): void;
  beforeTurn(): void;
  afterTick(): void;
  afterTurn(): void;
}

export class TurnLoop {
  isInTurn = false;
  /** Monotonic clock at the begin of the turn. */
  now = 0;
  private isStopped = false;
  private ticksDue = 0;
  /** A leader applied commands in this turn: their proposers hear of it when the turn is over. */
  private hasAnswered = false;
  /** Some of them had been proposed elsewhere. */
  private hasForeign = false;
  /** Macrotasks that notices still wait. */
  private noticeTurns = 0;
  private readonly dirty = new TurnList<HostedGroup>();
  private readonly flushing = new TurnList<HostedGroup>();
  private readonly gathered = new TurnList<HostedGroup>();
  private readonly notifying = new TurnList<HostedGroup>();
  // Of one round.
  private readonly appending = new TurnList<HostedGroup>();
  private readonly appends = new TurnList<Message>();
  private readonly applying = new TurnList<HostedGroup>();

  constructor(private readonly options: TurnLoopOptions) {}

  markDirty(group: HostedGroup): void {
    if (group.isDirty) return;
    group.isDirty = true;
    this.dirty.push(group);
    this.ask();
  }

  wantFlush(group: HostedGroup): void {
    if (group.isFlushWanted) return;
    group.isFlushWanted = true;
    this.flushing.push(group);
    this.ask();
  }

  /** Nothing gathers for the next macrotask, nothing is being written. */
  get isQuiet(): boolean {
    return this.gathered.count === 0 && this.options.pipeline.inFlight === 0;
  }

  gatherFlush(group: HostedGroup): void {
    if (group.isFlushGathered) return;
    group.isFlushGathered = true;
    this.gathered.push(group);
    this.options.trigger.macrotask();
  }

  wantNotify(group: HostedGroup): void {
    if (group.isNotifyWanted) return;
    group.isNotifyWanted = true;
    this.notifying.push(group);
    this.ask();
  }

  /** Out of a turn. */
  wantApply(group: HostedGroup): void {
    if (group.isApplyWanted) return;
    group.isApplyWanted = true;
    this.applying.push(group);
    this.ask();
  }

  /** Runs a turn with these ticks, now. */
  tick(ticks: number): void {
    this.ticksDue = ticks;
    this.options.trigger.now();
  }

  /** Makes sure that a turn comes, unless one is running. */
  ask(): void {
    if (!this.isInTurn) this.options.trigger.soon();
  }

  stop(): void {
    this.isStopped = true;
    for (const list of [this.dirty, this.flushing, this.gathered, this.notifying, this.appending, this.applying]) list.clear();
    this.appends.clear();
    this.ticksDue = 0;
  }

  /** One turn. Does nothing when called from inside one. */
  run(isMacrotask: boolean): void {
    if (this.isInTurn || this.isStopped) return;
    this.isInTurn = true;
    this.now = this.options.clock.monotonic();
    if (isMacrotask) this.takeGathered();
    this.options.beforeTurn();
    let rounds = 0;
    try {
      do this.round();
      while (this.hasWork() && ++rounds < this.options.roundsMax);
    } finally {
      this.isInTurn = false;
    }
    this.leave(isMacrotask);
    this.options.afterTurn();
    if (this.hasWork()) this.options.trigger.macrotask();
  }

  /** What the turn has for others leaves now, or soon (U5). */
  private leave(isMacrotask: boolean): void {
    const { router, trigger, isVolatile } = this.options;
    const { hasAnswered, hasForeign } = this;
    this.hasAnswered = false;
    this.hasForeign = false;
    const isWaiting = this.noticeTurns > 0;
    if (isWaiting && isMacrotask) this.noticeTurns--;
    // Not begun anew by what is applied meanwhile: notices do not wait for a pause.
    else if (!isWaiting && hasAnswered && !hasForeign && !isVolatile) this.noticeTurns = NOTICE_TURNS;
    if (!router.hasOutgoing) {
      this.noticeTurns = 0;
      this.notifyAll();
    } else if (this.noticeTurns > 0 && !router.hasUrgent && !hasForeign) {
      this.notifyAll();
      trigger.macrotask();
    } else if (hasAnswered && !isWaiting && (isVolatile || !hasForeign)) {
      this.notifyAll();
      this.options.soon(this.flushAfterAnswers);
    } else {
      this.flush();
      this.notifyAll();
    }
  }

  private flush(): void {
    this.noticeTurns = 0;
    this.options.router.flush();
  }

  private readonly flushAfterAnswers = (): void => {
    if (!this.isStopped && !this.options.trigger.isPending) this.flush();
  };

  private round(): void {
    if (this.options.router.hasArrived) this.deliver();
    if (this.options.pipeline.inFlight > 0) this.deliverWritten();
    if (this.ticksDue > 0) this.tickGroups();
    if (this.flushing.count > 0) this.flushGroups();
    if (this.dirty.count > 0) this.gatherGroups();
    if (this.appending.count > 0) this.writeGroups();
    if (this.applying.count > 0) this.applyGroups();
  }

  private hasWork(): boolean {
    return this.dirty.count > 0 || this.flushing.count > 0 || this.options.router.hasArrived || this.ticksDue > 0;
  }

  private deliver(): void {
    const now = this.now;
    const frames = this.options.router.takeArrived();
    for (let i = 0; i < frames.length; i++) {
      const { from, incarnation, envelopes } = frames[i]!;
      if (!this.options.heard(from, incarnation, now)) continue;
      for (let j = 0; j < envelopes.length; j++) this.dispatch(from, envelopes[j]!);
    }
  }

  private dispatch(from: number, envelope: Envelope): void {
    switch (envelope.kind) {
      case EnvelopeKind.PING:
      case EnvelopeKind.PONG:
        this.options.peerWatch.receive(from, envelope);
        return;
      case EnvelopeKind.REQUEST:
        this.options.requests.answer(from, envelope, this.handlerOf(envelope));
        return;
      case EnvelopeKind.RESPONSE:
        this.options.requests.onResponse(from, envelope);
        return;
      case EnvelopeKind.RAFT:
      case EnvelopeKind.PROPOSE:
      case EnvelopeKind.PROPOSE_ANSWER:
      case EnvelopeKind.HIBERNATE:
      case EnvelopeKind.SNAPSHOT_PART:
      case EnvelopeKind.SNAPSHOT_PART_ANSWER:
        this.dispatchToGroup(from, envelope);
    }
  }

  private handlerOf({ groupId, method }: RequestEnvelope): RequestHandler | undefined {
    const ofGroup = this.options.groups.get(groupId)?.handlerOf(method);
    return ofGroup ?? (groupId === NODE_GROUP_ID ? this.options.nodeHandlers.get(method) : undefined);
  }

  private dispatchToGroup(from: number, envelope: GroupEnvelope): void {
    const group = this.options.groups.get(envelope.groupId);
    if (group === undefined) return;
    try {
      group.receive(from, envelope);
    } catch (error) {
      group.halt(error as Error);
    }
  }

  private deliverWritten(): void {
    for (const batch of this.options.pipeline.takeDone()) {
      for (let i = 0; i < batch.groups.length; i++) this.appended(batch.groups[i]!, batch.appends[i]!);
    }
  }

  private tickGroups(): void {
    const ticks = this.ticksDue;
    this.ticksDue = 0;
    // In the same turn, after what arrived: nobody is called silent whose frame is here.
    this.options.peerWatch.tick();
    for (const group of this.options.groups.values()) {
      try {
        for (let i = 0; i < ticks; i++) group.tick();
      } catch (error) {
        group.halt(error as Error);
      }
    }
    this.options.afterTick();
  }

  private flushGroups(): void {
    const flushing = this.flushing.take();
    const { taken } = this.flushing;
    for (let i = 0; i < taken; i++) {
      const group = flushing[i]!;
      group.isFlushWanted = false;
      try {
        group.flush();
      } catch (error) {
        group.halt(error as Error);
      }
    }
  }

  private gatherGroups(): void {
    const dirty = this.dirty.take();
    const { taken } = this.dirty;
    for (let i = 0; i < taken; i++) {
      const group = dirty[i]!;
      group.isDirty = false;
      try {
        group.gather();
      } catch (error) {
        group.halt(error as Error);
        continue;
      }
      if (group.append !== null) {
        this.appending.push(group);
        this.appends.push(group.append);
        group.append = null;
      }
      if (group.apply !== null && !group.isApplyWanted) this.applying.push(group);
    }
  }

  private writeGroups(): void {
    const writes: GroupWrite[] = [];
    const appending = this.appending.take();
    const appends = this.appends.take();
    const { taken } = this.appending;
    for (let i = 0; i < taken; i++) {
      const group = appending[i]!;
      if (group.appendWrite !== null) writes.push(group.appendWrite);
      group.appendWrite = null;
    }
    // What may leave before the disk is on its way while it works; where nothing waits for the disk, it leaves with what follows (U5).
    if (!this.options.isVolatile && writes.some(({ mustSync }) => mustSync)) this.flush();
    if (!this.options.pipeline.writeNow(appending, appends, taken, writes)) return;
    for (let i = 0; i < taken; i++) this.appended(appending[i]!, appends[i]!);
  }

  private appended(group: HostedGroup, append: Message): void {
    try {
      group.appended(append);
    } catch (error) {
      group.halt(error as Error);
    }
  }

  private applyGroups(): void {
    const applying = this.applying.take();
    const { taken } = this.applying;
    for (let i = 0; i < taken; i++) {
      const group = applying[i]!;
      group.isApplyWanted = false;
      try {
        group.applyCommitted();
        if (group.isLeading) {
          this.hasAnswered = true;
          if (group.hasAppliedForeign) this.hasForeign = true;
        }
        group.hasAppliedForeign = false;
      } catch (error) {
        group.halt(error as Error);
      }
    }
  }

  private notifyAll(): void {
    if (this.notifying.count === 0) return;
    const notifying = this.notifying.take();
    const { taken } = this.notifying;
    for (let i = 0; i < taken; i++) {
      notifying[i]!.isNotifyWanted = false;
      notifying[i]!.notify();
    }
  }

  private takeGathered(): void {
    const gathered = this.gathered.take();
    const { taken } = this.gathered;
    for (let i = 0; i < taken; i++) {
      const group = gathered[i]!;
      group.isFlushGathered = false;
      if (group.isFlushWanted) continue;
      group.isFlushWanted = true;
      this.flushing.push(group);
    }
  }
}
