/**
 * Drives every Raft group of a process. Owns: the groups, and what they share (storage, transport, deadlines, peers, tick timer).
 *
 * H1. A turn: step what arrived → tick → send what was queued → gather Ready of every dirty group → send what may leave before the disk → one
 *     storage write for all groups → step its responses → apply → repeat until nothing is dirty → tell the listeners. Never re-entered.
 * H2. Nothing polls. Arrived frames ask for a turn in a microtask, local proposals for one in a macrotask, so that those of one moment share it.
 * H3. One tick timer, and only while a group is awake (a slow one while only peers are watched).
 * H4. An error in a group halts that group; an error of the storage halts all.
 * Source: DESIGN §4; R39. Tests: test/cluster/host.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { RaftStorage } from '../storage/storage.js';
import type { Envelope, Transport } from '../transport/transport.js';
import { BusyPoll } from './busy-poll.js';
import type { Clock } from './clock.js';
import { ClusterRouter } from './cluster-router.js';
import { DeadlineHeap } from './deadline-heap.js';
import { ElectionPace } from './election-pace.js';
import { peersOf } from './group-peers.js';
import type { RequestHandler } from './group.js';
import type { RaftHostTuning } from './host-options.js';
import { resolveTuning } from './host-options.js';
import { HostedGroups, type GroupOptions } from './hosted-groups.js';
import { firstCallId, NODE_GROUP_ID, type HostedGroup, type HostServices } from './host-services.js';
import type { HostStatus } from './host-status.js';
import { SILENT_LOGGER, type Logger } from './logger.js';
import { PeerTable } from './peer-table.js';
import { PeerWatch } from './peer-watch.js';
import type { RaftNode } from './raft-node.js';
import type { Random } from './random.js';
import { RequestRouter } from './request-router.js';
import type { Scheduler } from './scheduler.js';
import { storageFailure } from './storage-failure.js';
import { SnapshotPace } from './snapshot-pace.js';
import { TickTimer } from './tick-timer.js';
import { TurnLoop } from './turn-loop.js';
import { TurnTrigger } from './turn-trigger.js';
import { WritePipeline } from './write-pipeline.js';

export interface RaftHostOptions {
  readonly nodeId: number;
  /** Uuid of the deployment (R42). */
  readonly deployment: string;
  /** Proposed for this start of the process: higher than that of any start before; a storage that lasts may raise it (R13). */
  readonly incarnation: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly storage: RaftStorage;
  readonly transport: Transport;
  readonly tuning?: Partial<RaftHostTuning>;
  readonly logger?: Logger;
  /** Something that a person should look at: a clock that is ahead, a storage that failed. */
  readonly onAlarm?: (text: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** The slow timer fires this often within `peerDownAfterMs`. */
const SLOW_PINGS_PER_SILENCE = 4;
/** A stall of this share of `peerDownAfterMs` is worth a line; shorter ones are counted. */
const STALL_WARN_SHARE = 4;

export class RaftHost {
  readonly nodeId: number;
  readonly tuning: RaftHostTuning;
  /** Told after crash(): whoever holds something of the process that is not there any more lets go of it. */
  onCrashed: (() => void) | null = null;
  private readonly hosted: HostedGroups;
  private readonly nodeHandlers = new Map<string, RequestHandler>();
  private readonly logger: Logger;
  private readonly deadlines: DeadlineHeap;
  private readonly elections: ElectionPace;
  private readonly router: ClusterRouter;
  private readonly requests: RequestRouter;
  private readonly peers: PeerTable;
  private readonly peerWatch: PeerWatch;
  private readonly pipeline: WritePipeline<HostedGroup>;
  private readonly timer: TickTimer;
  private readonly trigger: TurnTrigger;
  private readonly loop: TurnLoop;
  private readonly services: HostServices;
  private state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  private arePeersStale = false;
  /** Whose peers are still to be watched: whoever opens a thousand groups looks at each once. */
  private opened: HostedGroup[] = [];
  private snapshotSends = 0;
  private alarm: string | null = null;
  private failure: RaftoralError | null = null;
  private isSettling = false;
  private openedIncarnation = 0;

  constructor(private readonly options: RaftHostOptions) {
    const { clock, scheduler, transport, storage } = options;
    this.nodeId = options.nodeId;
    this.tuning = resolveTuning(options.tuning);
    this.logger = options.logger ?? SILENT_LOGGER;
    this.trigger = new TurnTrigger(scheduler, this.tuning.microtaskTurnsMax, (isMacrotask) => this.loop.run(isMacrotask));
    this.deadlines = new DeadlineHeap(clock, scheduler, this.tuning.tickMs);
    this.elections = new ElectionPace(this.tuning.tickMs);
    this.peers = new PeerTable(
      this.tuning,
      (peer) => this.peerChanged(peer, true),
      (peer) => this.peerChanged(peer, false),
    );
    this.hosted = new HostedGroups({
      nodeId: this.nodeId,
      storage,
      services: () => this.services,
      check: () => this.checkRunning(),
      written: () => this.pipeline.emptied(),
      opened: (group) => {
        this.opened.push(group);
        this.loop.ask();
        this.setPace();
      },
      closed: () => {
        this.services.membershipChanged();
        this.setPace();
      },
    });
    const identity = identityOf(this, options.deployment);
    this.router = new ClusterRouter(transport, identity, this.tuning, (to) => this.peers.sent(to, this.loop.now));
    const send = (to: number, envelope: Envelope): void => this.send(to, envelope);
    this.requests = new RequestRouter(clock, this.deadlines, this.tuning.requestsInFlightMax, send);
    this.peerWatch = new PeerWatch({ clock, tuning: this.tuning, peers: this.peers, deadlines: this.deadlines, send });
    this.pipeline = new WritePipeline<HostedGroup>(
      storage,
      (groupId, snapshot) => this.hosted.engines.get(groupId)!.saveSnapshot(snapshot),
      // A disk that answers is what everybody waits for: its turn runs on the spot.
      () => (this.loop.isInTurn ? this.trigger.soon() : this.trigger.arrived()),
      (error) => this.storageFailed(error),
    );
    const busyPoll = new BusyPoll({
      clock,
      scheduler,
      forMs: storage.volatile ? 0 : this.tuning.busyPollMs,
      isAwaited: () => this.pipeline.inFlight > 0,
    });
    this.timer = new TickTimer({
      clock,
      scheduler,
      tickMs: this.tuning.tickMs,
      slowMs: Math.max(this.tuning.tickMs, this.tuning.peerDownAfterMs / SLOW_PINGS_PER_SILENCE),
      catchUpTicksMax: this.tuning.catchUpTicksMax,
      longStallMs: Math.min(this.tuning.electionTimeoutTicks * this.tuning.tickMs, this.tuning.peerDownAfterMs),
      onTick: (ticks) => {
        this.elections.tick(this.timer.lagMs);
        this.loop.tick(ticks);
      },
      onStall: (stalledMs, isLong) => this.stalled(stalledMs, isLong),
    });
    this.loop = new TurnLoop({
      clock,
      router: this.router,
      pipeline: this.pipeline,
      requests: this.requests,
      peerWatch: this.peerWatch,
      trigger: this.trigger,
      groups: this.hosted.engines,
      nodeHandlers: this.nodeHandlers,
      roundsMax: this.tuning.turnRoundsMax,
      isVolatile: storage.volatile,
      soon: (callback) => scheduler.soon(callback),
      heard: (from, incarnation, now) => this.peers.heard(from, incarnation, now),
      beforeTurn: () => {
        if (this.arePeersStale || this.opened.length > 0) this.refreshPeers();
      },
      afterTick: () => this.setPace(),
      afterTurn: () => busyPoll.wake(),
    });
    this.services = this.makeServices();
  }

  /** Of this start of the process, as the storage has it; 0 before start(). */
  get incarnation(): number {
    return this.openedIncarnation;
  }

  /** Opens storage and transport. Rejects with what they reject with (NODE_ID_REUSED, STORAGE_FAILED, …). */
  async start(): Promise<void> {
    if (this.state !== 'new')
      throw new RaftoralError('INVALID_CONFIGURATION', `node ${this.nodeId} was started before; make a new RaftHost`);
    const { deployment, storage, transport } = this.options;
    const { nodeId } = this;
    const { incarnation } = await storage.open({ deployment, nodeId, incarnation: this.options.incarnation });
    this.openedIncarnation = incarnation;
    this.requests.begin(firstCallId(incarnation));
    this.state = 'running';
    await transport.start(
      { deployment, nodeId, incarnation, volatile: storage.volatile },
      {
        onFrame: (frame) => {
          if (this.isConnected && this.router.receive(frame)) this.trigger.soon();
        },
        onFrames: (frames) => {
          if (!this.isConnected) return;
          let isAny = false;
          for (let i = 0; i < frames.length; i++) if (this.router.receive(frames[i]!)) isAny = true;
          if (isAny) this.trigger.arrived();
        },
        onPeerDisconnected: (peer) => {
          if (this.state !== 'running') return;
          // What it said before is no sign of life after.
          if (this.router.hasArrived) this.trigger.now();
          this.peerWatch.disconnected(peer);
          // Nobody pings a node that shares no group with this one: what was asked of it is not waited for any longer.
          if (this.peers.get(peer) === undefined) this.requests.peerDown(peer);
        },
        onPeerRefused: (peer) => {
          if (this.state === 'running') this.peerWatch.refused(peer);
        },
        onCrashed: () => this.crash(),
      },
    );
  }

  /** Opens a group on this node. It never waits for a quorum. */
  createGroup<Result>(options: GroupOptions<Result>): Promise<RaftNode<Result>> {
    return this.hosted.create(options);
  }

  /** Ends a group on this node, whose rows stay (H2 of hosted-groups.ts). */
  closeGroup(groupId: number): Promise<void> {
    return this.hosted.close(groupId);
  }

  /** Ends a group on this node, if it is open, and deletes all that is stored of it, for good. */
  destroyGroup(groupId: number): Promise<void> {
    return this.hosted.destroy(groupId);
  }

  /** Groups of which something is stored here, open or not, ascending. */
  storedGroups(): readonly number[] {
    return this.options.storage.groups();
  }

  group(groupId: number): RaftNode<unknown> | undefined {
    return this.hosted.nodes.get(groupId);
  }

  /** Answers requests of other nodes that concern this node, and no group of it; such a method has one handler. */
  handle(method: string, handler: RequestHandler): void {
    if (this.nodeHandlers.has(method))
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `node ${this.nodeId}: requests of method ${method} are answered already; choose another name`,
      );
    this.nodeHandlers.set(method, handler);
  }

  /**
   * Asks another node, or this one, what handle() answers there. Rejects with what the answer is, NOT_MEMBER if nothing answers to the method, and
   * OUTCOME_UNKNOWN after `timeoutMs`. Once this node has stopped: SHUTTING_DOWN.
   */
  request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (to === this.nodeId)
      return this.requests.here(this.nodeHandlers.get(method), { groupId: NODE_GROUP_ID, from: to, method, body, remainingMs: timeoutMs });
    return this.requests.request({ groupId: NODE_GROUP_ID, to, method, body, timeoutMs });
  }

  /** Tells another node something, and wants no answer. It rides on the next frame; what can not be sent is lost. */
  tell(to: number, method: string, body: Uint8Array): void {
    this.requests.tell(to, NODE_GROUP_ID, method, body);
  }

  status(): HostStatus {
    const now = this.options.clock.monotonic();
    return {
      nodeId: this.nodeId,
      state: this.state,
      loopLagMs: this.timer.lagMs,
      loopLagMsMax: this.timer.lagMsMax,
      stalls: this.timer.stalls,
      longStalls: this.timer.longStalls,
      writesInFlight: this.pipeline.inFlight,
      requestsInFlight: this.requests.inFlight,
      network: { ...this.router.statistics },
      failure: this.failure?.message ?? null,
      alarm: this.alarm,
      peers: [...this.peers.all()].map((peer) => ({
        id: peer.id,
        isDown: peer.isDown,
        silentMs: now - peer.lastHeardAt,
        clockAheadMs: Number.isNaN(peer.clockAheadMs) ? null : peer.clockAheadMs,
      })),
      groups: [...this.hosted.nodes.values()].map((node) => node.status()),
    };
  }

  /** Hands over what it leads, rejects who waits with SHUTTING_DOWN, and closes transport and storage. */
  async stop(): Promise<void> {
    if (this.state === 'stopped' || this.state === 'stopping') return;
    const wasRunning = this.state === 'running';
    this.state = 'stopping';
    await this.handOver();
    const error = new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
    for (const group of this.hosted.engines.values()) group.close(error);
    this.requests.close(error);
    this.router.flush();
    this.end();
    if (!wasRunning) return;
    await this.options.transport.stop();
    await this.settle();
    await this.options.storage.close();
  }

  /** Another node leads what this one leads. Resolves in any case. */
  async handOver(): Promise<void> {
    await Promise.all([...this.hosted.nodes.values()].map((node) => node.handOver()));
  }

  /** For tests: ends as a killed process does. Nothing is sent, settled or told any more. */
  crash(): void {
    this.requests.stop(null);
    this.end();
    this.onCrashed?.();
  }

  private end(): void {
    this.state = 'stopped';
    this.timer.setPace('off');
    this.deadlines.stop();
    this.pipeline.stop();
    this.router.clear();
    this.trigger.stop();
    this.loop.stop();
  }

  /** What was applied and is not flushed is in the log: this spares the next start its replay, no more. */
  private async settle(): Promise<void> {
    const { clock } = this.options;
    const until = clock.monotonic() + this.tuning.stopFlushMs;
    this.isSettling = true;
    for (const group of this.hosted.engines.values()) {
      if (this.failure !== null || clock.monotonic() >= until) break;
      try {
        await group.settle();
      } catch (error) {
        // The storage is to be closed all the same: the next start replays what this one could not put away.
        this.raiseAlarm(`group ${group.groupId}: its state is not flushed at the stop: ${String(error)}`, { groupId: group.groupId });
      }
    }
    this.isSettling = false;
  }

  // --- time and peers ---------------------------------------------------------------------------------------------

  /** After a long stall others may lead and own what this node did: it says so, though it can go on by itself. */
  private stalled(stalledMs: number, isLong: boolean): void {
    if (this.state === 'stopped') return;
    this.peers.stalled(stalledMs, this.options.clock.monotonic());
    const text = `the event loop of node ${this.nodeId} stood still for ${Math.round(stalledMs)} ms`;
    if (isLong) {
      const advice = 'others may have taken over what it led and owned; look for long synchronous work, or for a paused process';
      this.sayAlarm(`${text}; ${advice}`, { stalledMs });
    } else if (stalledMs >= this.tuning.peerDownAfterMs / STALL_WARN_SHARE) this.logger.log('warn', text);
  }

  private setPace(): void {
    if (this.state === 'stopped') return;
    let isAwake = false;
    for (const group of this.hosted.engines.values()) {
      if (group.isOver || group.isHibernating) continue;
      isAwake = true;
      break;
    }
    const isWatching = isAwake || this.peers.size > 0;
    this.timer.setPace(isAwake ? 'tick' : isWatching ? 'slow' : 'off');
  }

  private peerChanged(peer: number, isDown: boolean): void {
    if (isDown) this.requests.peerDown(peer);
    for (const group of this.hosted.engines.values()) {
      if (isDown) group.onPeerDown(peer);
      else group.onPeerUp(peer);
    }
  }

  private refreshPeers(): void {
    const now = this.options.clock.monotonic();
    if (this.arePeersStale) this.peers.keepOnly(peersOf(this.nodeId, this.hosted.engines.values()), now);
    else this.peers.add(peersOf(this.nodeId, this.opened), now);
    this.arePeersStale = false;
    this.opened = [];
    this.setPace();
  }

  private send(to: number, envelope: Envelope): void {
    if (!this.isConnected) return;
    this.router.send(to, envelope);
    this.loop.ask();
  }

  private storageFailed(cause: unknown): void {
    if (this.failure !== null || (this.state === 'stopped' && !this.isSettling)) return;
    const error = storageFailure(this.nodeId, cause);
    this.pipeline.stop();
    this.raiseAlarm(error.message, {});
    for (const group of this.hosted.engines.values()) group.halt(error);
    this.failure = error;
    this.requests.stop(error);
    this.loop.ask();
  }

  private checkRunning(): void {
    if (this.failure !== null) throw new RaftoralError(this.failure.code, this.failure.message, { cause: this.failure });
    if (this.state === 'new')
      throw new RaftoralError('INVALID_CONFIGURATION', `node ${this.nodeId} is not running; start the host before its groups`);
    if (this.state !== 'running') throw new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
  }

  /** A node that can't store any more is silent: its pings would hold up the takeover of what it led and owned (R39). */
  private get isConnected(): boolean {
    return this.state !== 'stopped' && this.failure === null;
  }

  private raiseAlarm(text: string, fields: Readonly<Record<string, unknown>>): void {
    this.alarm = text;
    this.sayAlarm(text, fields);
  }

  /** Who listens for alarms logs them as it sees fit. */
  private sayAlarm(text: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.options.onAlarm === undefined) this.logger.log('error', text, fields);
    else this.options.onAlarm(text, fields);
  }

  private makeServices(): HostServices {
    const { clock, random, storage, scheduler } = this.options;
    const isQuiet = (): boolean => this.loop.isQuiet;
    const isStopping = (): boolean => this.state !== 'running';
    const longStalls = (): number => this.timer.longStalls;
    const firstOfCalls = (): number => firstCallId(this.incarnation);
    return {
      nodeId: this.nodeId,
      get firstCallId() {
        return firstOfCalls();
      },
      clock,
      random,
      storage,
      deadlines: this.deadlines,
      elections: this.elections,
      tuning: this.tuning,
      logger: this.logger,
      peers: this.peers,
      requests: this.requests,
      get isStopping() {
        return isStopping();
      },
      get isQuiet() {
        return isQuiet();
      },
      get longStalls() {
        return longStalls();
      },
      markDirty: (group) => this.loop.markDirty(group),
      wantFlush: (group) => this.loop.wantFlush(group),
      gatherFlush: (group) => this.loop.gatherFlush(group),
      wantNotify: (group) => this.loop.wantNotify(group),
      wantApply: (group) => this.loop.wantApply(group),
      send: (to, envelope) => this.send(to, envelope),
      membershipChanged: () => {
        this.arePeersStale = true;
        this.loop.ask();
      },
      woke: () => this.setPace(),
      rise: (error) =>
        scheduler.soon(() => {
          throw error;
        }),
      storageFailed: (error) => this.storageFailed(error),
      snapshotPace: new SnapshotPace(this.options.clock, this.tuning.snapshotBytesPerSecondMax),
      takeSnapshotSlot: () => {
        if (this.snapshotSends >= this.tuning.snapshotSendsMax) return false;
        this.snapshotSends++;
        return true;
      },
      freeSnapshotSlot: () => {
        this.snapshotSends--;
      },
      raiseAlarm: (text, fields) => this.raiseAlarm(text, fields),
    };
  }
}

/** Its incarnation is known once the storage is open; nothing is sent before. */
function identityOf(
  host: RaftHost,
  deployment: string,
): { readonly deployment: string; readonly nodeId: number; readonly incarnation: number } {
  return {
    deployment,
    nodeId: host.nodeId,
    get incarnation() {
      return host.incarnation;
    },
  };
}
