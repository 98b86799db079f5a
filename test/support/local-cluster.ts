/**
 * Several nodes that apply one shared list of entries, without Raft: what tests of the workflow runtime need of a group, and no more.
 * Frames go through the real codec and the real state machine, on each node its own; an entry is applied in a later macrotask.
 */
import type { Applied, GroupListener, GroupStatus, NodeId, ProposeOptions, RaftGroup, RequestHandler } from '../../lib/cluster/group.js';
import { EventLoopScheduler, type Scheduler } from '../../lib/cluster/scheduler.js';
import { SystemRandom } from '../../lib/cluster/random.js';
import { RaftoralError } from '../../lib/errors/index.js';
import type { ConfState } from '../../lib/raft/index.js';
import { stampLogTime, type StatePosition } from '../../lib/state-machine/index.js';
import { decodeCommand } from '../../lib/workflow/command-codec.js';
import type { GroupLimits, WorkflowCommand } from '../../lib/workflow/command.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import type { RunIdentity, RuntimeReporter } from '../../lib/workflow/run-environment.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { GatedSource } from './gated-source.js';
import { ManualClock } from './manual-clock.js';
import { RowStore, flushWhole } from './row-store.js';

interface Entry {
  readonly frame: Uint8Array;
  readonly membership: ConfState | null;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface LocalNodeOptions {
  readonly workflows?: readonly WorkflowDefinition[];
  readonly buildId?: string;
  readonly residentRunsMax?: number;
  readonly residentBytesMax?: number;
  /** Its state is stored in rows, in this store: what is in it is loaded first. */
  readonly store?: RowStore;
  readonly limits?: Partial<GroupLimits>;
  readonly incarnation?: number;
  /** Default 0: all that it applies is news. */
  readonly committedAtOpening?: number;
  readonly sliceMs?: number;
}

export interface Report {
  readonly type: 'diverged' | 'stopped' | 'rejection' | 'warning' | 'replicas differ';
  readonly run: RunIdentity | null;
  readonly text: string;
}

export class LocalCluster {
  isStopped = false;
  readonly clock = new ManualClock();
  readonly entries: Entry[] = [];
  readonly nodes = new Map<NodeId, LocalNode>();
  leaderId: NodeId = 1;
  voters: NodeId[] = [];
  /** So far behind the clock are entries stamped: of a leader whose clock was set back after it had looked. */
  stampLagMs = 0;

  private constructor() {}

  static async start(count: number, options: LocalNodeOptions | ((node: NodeId) => LocalNodeOptions)): Promise<LocalCluster> {
    const cluster = new LocalCluster();
    for (let id = 1; id <= count; id++) cluster.voters.push(id);
    cluster.append(new Uint8Array(0), cluster.membership());
    for (let id = 1; id <= count; id++) cluster.add(id, typeof options === 'function' ? options(id) : options);
    await cluster.settle();
    return cluster;
  }

  membership(): ConfState {
    return { voters: this.voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  }

  add(id: NodeId, options: LocalNodeOptions, from?: { readonly index: number; readonly snapshot: Uint8Array }): LocalNode {
    const node = new LocalNode(this, id, options, from);
    this.nodes.set(id, node);
    node.runtime.start();
    node.wake();
    return node;
  }

  node(id: NodeId): LocalNode {
    return this.nodes.get(id)!;
  }

  append(frame: Uint8Array, membership: ConfState | null = null): number {
    if (membership === null) stampLogTime(frame, this.clock.now() - this.stampLagMs);
    this.entries.push({ frame, membership });
    for (const node of this.nodes.values()) node.wake();
    return this.entries.length;
  }

  /** Every command in the log, decoded. */
  commands(): WorkflowCommand[] {
    return this.entries.filter((entry) => entry.membership === null).map((entry) => decodeCommand(entry.frame));
  }

  /** The node is gone without a word; the leader learns of it by its silence. */
  async crash(id: NodeId): Promise<void> {
    const node = this.node(id);
    node.alive = false;
    if (this.leaderId === id) this.leaderId = [...this.nodes.values()].find((other) => other.alive)?.id ?? 0;
    for (const other of this.nodes.values()) {
      if (!other.alive) continue;
      other.tell((listener) => listener.onLeadership?.({ leaderId: this.leaderId, term: 2, isLeader: other.id === this.leaderId }));
      other.tell((listener) => listener.onPeerDown?.(id));
    }
    await this.settle();
  }

  /** Another node leads; nobody died. */
  handOver(id: NodeId): void {
    this.leaderId = id;
    for (const node of this.nodes.values())
      node.tell((listener) => listener.onLeadership?.({ leaderId: id, term: 2, isLeader: node.id === id }));
  }

  /** Runs until nothing moves any more at this time. */
  async settle(): Promise<void> {
    for (let quiet = 0, last = -1; quiet < 12;) {
      await nextTurn();
      const now = this.entries.length;
      const busy = [...this.nodes.values()].some(
        (node) => node.alive && !node.paused && (node.appliedIndex < now || node.source?.busy === true),
      );
      quiet = now === last && !busy ? quiet + 1 : 0;
      last = now;
    }
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.clock.now() + ms;
    await this.settle();
    while (this.clock.step(untilMs)) await this.settle();
    await this.settle();
  }

  stop(): void {
    this.isStopped = true;
    for (const node of this.nodes.values()) node.runtime.stop();
  }
}

export class LocalNode implements RaftGroup<CommandAnswer> {
  readonly groupId = 1;
  longStalls = 0;
  alive = true;
  /** Applies nothing while true: a replica that lags. */
  paused = false;
  appliedIndex = 0;
  readonly committedAtOpening: number;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
  readonly reports: Report[] = [];
  /** Reads of its rows; null without a store. */
  readonly source: GatedSource | null = null;
  private readonly listeners = new Set<GroupListener>();
  private readonly handlers = new Map<string, RequestHandler>();
  private readonly waiting = new Map<number, (result: Applied<CommandAnswer>) => void>();
  private readonly scheduler: Scheduler = new EventLoopScheduler();
  private scheduled = false;
  private prefetching = false;

  constructor(
    private readonly cluster: LocalCluster,
    readonly nodeId: NodeId,
    readonly options: LocalNodeOptions,
    from?: { readonly index: number; readonly snapshot: Uint8Array },
  ) {
    this.committedAtOpening = options.committedAtOpening ?? 0;
    const tap = new EventTap();
    this.state = new WorkflowStateMachine({ groupId: 1, sink: tap.sink });
    if (options.store !== undefined) {
      this.source = new GatedSource(options.store.source);
      this.state.load(options.store.load(), this.source);
      this.appliedIndex = options.store.position.index;
    } else if (from !== undefined) {
      this.state.restore(from.index, from.snapshot);
      this.appliedIndex = from.index;
    }
    const report = (type: Report['type'], run: RunIdentity | null, text: string): void => void this.reports.push({ type, run, text });
    const reporter: RuntimeReporter = {
      diverged: (run, wseq, method, committed, computed) => report('diverged', run, `${wseq} ${method} | ${committed} | ${computed}`),
      stopped: (run, reason, message) => report('stopped', run, `${reason}: ${message}`),
      rejection: (run, reason) => report('rejection', run, String(reason)),
      warning: (run, message) => report('warning', run, message),
      replicasDiffer: (message) => report('replicas differ', null, message),
    };
    this.runtime = new WorkflowRuntime({
      group: this,
      state: this.state,
      tap,
      registry: new WorkflowRegistry(options.workflows ?? []),
      clock: cluster.clock,
      scheduler: this.scheduler,
      random: new SystemRandom(),
      incarnation: options.incarnation ?? 1,
      deployment: 'test',
      buildId: options.buildId ?? 'build-1',
      residentRunsMax: options.residentRunsMax,
      residentBytesMax: options.residentBytesMax,
      sliceMs: options.sliceMs,
      limits: options.limits,
      reporter,
    });
    this.service = new WorkflowRuntimeService(this.runtime);
  }

  get id(): NodeId {
    return this.nodeId;
  }

  get isLeader(): boolean {
    return this.cluster.leaderId === this.nodeId;
  }

  get leaderId(): NodeId {
    return this.cluster.leaderId;
  }

  readonly term = 1;

  get membership(): ConfState {
    return this.cluster.membership();
  }

  status(): GroupStatus {
    throw new Error('not needed by the workflow wing');
  }

  propose(frame: Uint8Array, _options?: ProposeOptions): Promise<Applied<CommandAnswer>> {
    if (!this.alive) return new Promise(() => undefined);
    if (this.cluster.leaderId === 0) return Promise.reject(new RaftoralError('NO_LEADER', 'no leader'));
    const index = this.cluster.append(frame.slice());
    return new Promise((resolve) => this.waiting.set(index, resolve));
  }

  submit(frame: Uint8Array): void {
    if (this.alive) this.cluster.append(frame.slice());
  }

  readIndex(): Promise<number> {
    const index = this.cluster.entries.length;
    return this.waitApplied(index).then(() => index);
  }

  async waitApplied(index: number): Promise<void> {
    while (this.appliedIndex < index) {
      // Else a test that fails would keep its process for ever.
      if (this.cluster.isStopped) throw new RaftoralError('SHUTTING_DOWN', 'the cluster of the test is stopped');
      await nextTurn();
    }
  }

  async request(to: NodeId, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const node = this.cluster.nodes.get(to);
    if (node === undefined || !node.alive) throw new RaftoralError('OUTCOME_UNKNOWN', `node ${to} does not answer`);
    await nextTurn();
    return node.handlers.get(method)!(this.nodeId, body, timeoutMs);
  }

  handle(method: string, handler: RequestHandler): void {
    this.handlers.set(method, handler);
  }

  subscribe(listener: GroupListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(call: (listener: GroupListener) => void): void {
    for (const listener of [...this.listeners]) call(listener);
  }

  askWhetherRemoved(): void {
    // Nobody is away here.
  }

  livePeers(): readonly NodeId[] {
    return [...this.cluster.nodes.values()].filter((node) => node.alive).map((node) => node.id);
  }

  addLearner(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  promote(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  remove(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  demote(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  exchange(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  replace(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  transferLeadership(): Promise<void> {
    return Promise.reject(new Error('not needed by the workflow wing'));
  }

  /** Everything that was applied becomes durable: closed runs, and histories that nobody holds, leave memory. */
  flush(): void {
    flushWhole(this.options.store!, this.state, this.position());
  }

  private position(): StatePosition {
    return { index: this.appliedIndex, term: 1, confState: this.membership };
  }

  /** Takes a snapshot of another node in place of entries that it never saw (R36). */
  install(from: LocalNode): void {
    this.state.restore(from.appliedIndex, from.state.snapshot());
    this.restored(from.appliedIndex);
  }

  /** The same for a node with a store, from another without. */
  async installStored(from: LocalNode): Promise<void> {
    const store = this.options.store!;
    const { appliedIndex } = from;
    const bytes = from.state.snapshot();
    const position = { ...this.position(), index: appliedIndex };
    await store.replace(position, this.state.rowsOf(position, bytes));
    this.state.load(store.load(), this.source!);
    this.restored(appliedIndex);
  }

  private restored(index: number): void {
    this.appliedIndex = index;
    this.tell((listener) => listener.onRestored?.(index));
    this.wake();
  }

  wake(): void {
    if (this.scheduled || !this.alive) return;
    this.scheduled = true;
    this.scheduler.turn(() => this.applyAll());
  }

  private applyAll(): void {
    this.scheduled = false;
    if (!this.alive || this.paused || this.prefetching) return;
    const end = this.cluster.entries.length;
    if (this.appliedIndex === end) return;
    const frames = this.cluster.entries.slice(this.appliedIndex, end).filter((entry) => entry.membership === null);
    const fetched = this.state.prefetch(frames.map((entry) => entry.frame));
    if (fetched === null) return this.applyUpTo(end);
    this.prefetching = true;
    void fetched.then(() => {
      this.prefetching = false;
      this.applyUpTo(end);
      this.wake();
    });
  }

  private applyUpTo(end: number): void {
    const answers: Array<() => void> = [];
    while (this.appliedIndex < end) {
      const { frame, membership } = this.cluster.entries[this.appliedIndex]!;
      const index = ++this.appliedIndex;
      if (membership !== null) {
        this.state.applyMembership(index, membership);
        continue;
      }
      const result = this.state.apply(index, 1, frame);
      const resolve = this.waiting.get(index);
      if (resolve === undefined) continue;
      this.waiting.delete(index);
      answers.push(() => resolve({ index, term: 1, result }));
    }
    this.tell((listener) => listener.onApplied?.(this.appliedIndex));
    for (const answer of answers) answer();
  }
}
