/**
 * For tests of applications: a cluster of real Nest application contexts over the real engine, in virtual time and over a simulated
 * network. Nothing is mocked but the machine: a sleep of an hour takes a moment, a crash is one line, and the same seed gives
 * the same run.
 *
 * Works with the test runner's own timers; fake timers are not needed and must be off, as the virtual time needs the real event loop.
 *
 * T1. Time moves only inside advance(), settle(), restart() and close(). A promise of the client is awaited through settle().
 * T2. A crashed node never runs again: its store was memory. restart() boots a new one under the next free id, which replaces it
 *     by the cluster's own membership calls (R42).
 * T3. With `clusters` there are two layers: the cluster manager itself divides the nodes, and boot() waits until it has nothing left to do. A crashed node's places are then the
 *     manager's to fill, from nodes that are there.
 */
import { Module, type DynamicModule, type INestApplicationContext, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import type { RaftGroup } from '../cluster/group.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import type { RaftoralModuleOptions } from '../interfaces/options.js';
import type { TopologyView } from '../management/index.js';
import { EXECUTION_CLUSTER_ID, type HostedCluster } from '../raftoral.clusters.js';
import { readWorkflowIdentity } from '../raftoral.metadata-accessor.js';
import { defaultDeployment } from '../raftoral.network-options.js';
import { RaftoralModule } from '../raftoral.module.js';
import { RaftoralNode } from '../raftoral.node.js';
import { RAFTORAL_CLOCK, RAFTORAL_COMPUTE_OVERRIDE, RAFTORAL_RANDOM, RAFTORAL_SCHEDULER, RAFTORAL_TRANSPORT } from '../raftoral.tokens.js';
import type { ComputeOverride } from '../workflow/run-environment.js';
import { slotOf } from '../workflow/slot.js';
import { SeededRandom } from './seeded-random.js';
import { CALM_LINK, SimulatedNetwork, type LinkProfile } from './simulated-network.js';
import { VirtualTime, type VirtualNode } from './virtual-time.js';

export interface TestClusterOptions extends Pick<ModuleMetadata, 'imports' | 'providers' | 'controllers'> {
  /** Nodes of the first membership, 1–7. Their ids are 1, 2, … Default 3. */
  readonly nodes?: number;
  /**
   * Execution clusters, 2 or more: two layers (T3). The nodes are divided among them, `floor(nodes / clusters)` to each; a division that leaves enough for one more is refused. Default: one layer. Nodes
   * gossip every second, so that long sleeps cost more than in one layer.
   */
  readonly clusters?: number;
  /** Default 1. The same seed gives the same run. */
  readonly seed?: number;
  /** Options of RaftoralModule, but for who and where the node is, and for its storage, which is memory (T2). `raft.peerDownAfterMs` is 60,000 here, see IDLE_FRIENDLY. */
  readonly options?: Omit<RaftoralModuleOptions, 'node' | 'cluster' | 'network' | 'deployment' | 'storage'>;
  /** Of every link. Default: 0.2–1 ms, nothing lost. */
  readonly link?: LinkProfile;
  /** A last word on each node's module before it is compiled: `builder.overrideProvider(Payments).useValue(fake)`. */
  readonly configure?: (builder: TestingModuleBuilder, nodeId: number) => TestingModuleBuilder;
}

/** One node: its Nest application context. */
export interface TestNode {
  readonly nodeId: number;
  readonly app: INestApplicationContext;
  /** The provider, from whatever module it is in. */
  get<T>(token: (abstract new (...args: never[]) => T) | string | symbol): T;
}

interface Member extends TestNode {
  readonly virtual: VirtualNode;
  readonly engine: RaftoralNode;
}

const READY_WITHIN_MS = 60_000;
/** Of two layers: founded, divided, slots moved. */
const DIVIDED_WITHIN_MS = 600_000;
const DIVIDED_LOOK_MS = 250;
const MANAGER_LOOKS_MS = 100;
const SETTLE_WITHIN_MS = 7 * 24 * 3_600_000;
const MEMBERSHIP_TRIES = 200;
const MEMBERSHIP_PAUSE_MS = 50;

/**
 * Idle nodes only ping each other, four times within `peerDownAfterMs`: at the default of 600 ms a day of virtual time is half a
 * minute of pings. A crash is noticed as fast as ever, because the network tells of a broken connection; a partition after this.
 */
const IDLE_FRIENDLY = { peerDownAfterMs: 60_000 };

@Module({})
class TestRootModule {}

export class RaftoralTestingModule {
  /** Boots the nodes, and resolves when they have a leader and know each other's workflows. */
  static async forTest(options: TestClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    await cluster.boot();
    return cluster;
  }
}

export class TestCluster {
  readonly time = new VirtualTime();
  readonly network: SimulatedNetwork;
  private readonly random: SeededRandom;
  private readonly members: readonly number[];
  private readonly live = new Map<number, Member>();
  /** Gone, and not yet replaced. */
  private readonly lost = new Set<number>();
  private readonly replaced = new Set<number>();
  private readonly overrides = new Map<string, (...args: never[]) => unknown>();
  private nextId: number;
  /** Voters of each cluster; 0: one layer. */
  private readonly clusterSize: number;

  /** Throws INVALID_ARGUMENT. */
  constructor(private readonly options: TestClusterOptions) {
    const count = options.nodes ?? 3;
    this.clusterSize = options.clusters === undefined ? 0 : sizeOfEach(count, options.clusters);
    this.members = Array.from({ length: count }, (_, index) => index + 1);
    this.nextId = count + 1;
    this.random = new SeededRandom(options.seed ?? 1, 'test-cluster');
    this.network = new SimulatedNetwork({ time: this.time, random: this.random.fork('network'), link: options.link ?? CALM_LINK });
  }

  /** Called by forTest(). */
  async boot(): Promise<void> {
    const apps: TestingModule[] = [];
    for (const nodeId of this.members) apps.push(await this.makeNode(nodeId, { members: this.members }));
    // Together, and in virtual time: a bootstrap hook of the application may wait for the cluster.
    await this.settle(Promise.all(apps.map((app) => app.init())));
    if (this.clusterSize === 0) await this.untilReady();
    else await this.untilDivided();
  }

  /** Ids of the nodes that run, ascending. */
  get nodeIds(): readonly number[] {
    return [...this.live.keys()].sort((a, b) => a - b);
  }

  /** A node that runs. */
  node(nodeId: number): TestNode {
    return this.member(nodeId);
  }

  /** The id of the leader of cluster 1, as a majority sees it; 0 while there is none. */
  get leaderId(): number {
    return this.leaderOf(EXECUTION_CLUSTER_ID);
  }

  /** As leaderId, of any execution cluster. */
  leaderOf(clusterId: number): number {
    for (const { nodeId, engine } of this.live.values()) {
      const group = engine.clusters?.get(clusterId)?.group;
      if (group?.isLeader === true && !isCutOff(group)) return nodeId;
    }
    return 0;
  }

  /** Ids of the nodes that run and host this execution cluster, ascending. */
  nodesOf(clusterId: number): readonly number[] {
    return this.nodeIds.filter((nodeId) => (this.live.get(nodeId)!.engine.clusters?.get(clusterId) ?? null) !== null);
  }

  /** The execution cluster that a workflow id belongs to, as the nodes have it now. */
  clusterOf(workflowId: string): number {
    if (this.clusterSize === 0) return EXECUTION_CLUSTER_ID;
    return this.topology.slots.ownerOf(slotOf(workflowId));
  }

  /** Moves time by `ms`, and lets everything happen that is due by then. */
  async advance(ms: number): Promise<void> {
    await this.time.advance(ms);
  }

  /** Moves time until `promise` settles, and answers as it does. Rejects when `withinMs` of virtual time pass before (default: a week). */
  async settle<T>(promise: Promise<T>, withinMs = SETTLE_WITHIN_MS): Promise<T> {
    return this.time.runUntilSettled(promise, withinMs);
  }

  /** The node dies between two instructions: it runs, hears and hands over nothing any more. */
  crash(nodeId: number): void {
    this.member(nodeId);
    this.live.delete(nodeId);
    this.lost.add(nodeId);
    this.network.crash(nodeId);
  }

  /**
   * Puts a new node in the place of one that crashed (one that still runs is shut down first), and answers its id. The new one is
   * added as a learner, promoted when it has caught up, and the lost one is removed. Throws INVALID_ARGUMENT in two layers (T3).
   */
  async restart(nodeId: number): Promise<number> {
    if (this.clusterSize > 0)
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        'restart(): in two layers the cluster manager fills the places of a crashed node from those that are there; give more nodes, and let time pass.',
      );
    const running = this.live.get(nodeId);
    if (running !== undefined) {
      this.live.delete(nodeId);
      this.lost.add(nodeId);
      await this.settle(running.app.close());
    } else if (!this.lost.has(nodeId)) throw this.unknown(nodeId);
    const newId = this.nextId++;
    const app = await this.makeNode(newId, { join: true });
    const initialised = app.init();
    initialised.catch(() => undefined);
    await this.time.runUntil(() => this.hasGroup(newId), READY_WITHIN_MS);
    await this.change((group) => group.addLearner(newId));
    await this.change((group) => group.promote(newId));
    await this.change((group) => group.remove(nodeId));
    this.lost.delete(nodeId);
    this.replaced.add(nodeId);
    await this.settle(initialised);
    await this.untilReady();
    return newId;
  }

  /** Nothing passes between these nodes and all others, until heal(). */
  partition(...nodeIds: readonly number[]): void {
    const others = this.nodeIds.filter((nodeId) => !nodeIds.includes(nodeId));
    this.network.partition(nodeIds, others);
  }

  heal(): void {
    this.network.heal();
  }

  /**
   * Calls `body` instead of the compute `key` of this workflow, on every node, from the next attempt on. It gets what the method
   * would get. Its result is committed as ever.
   */
  overrideCompute(workflow: abstract new (...args: never[]) => object, key: string, body: (...args: never[]) => unknown): void {
    const identity = readWorkflowIdentity(workflow);
    if (identity === undefined)
      throw new RaftoralError('INVALID_ARGUMENT', `overrideCompute(): ${workflow.name} is not decorated with @Workflow.`);
    this.overrides.set(overrideKey(identity.name, identity.version, key), body);
  }

  /** Shuts all nodes down, in order of their ids. */
  async close(): Promise<void> {
    for (const [nodeId, { app }] of [...this.live]) {
      await this.settle(app.close());
      this.live.delete(nodeId);
    }
  }

  private async makeNode(nodeId: number, cluster: RaftoralModuleOptions['cluster']): Promise<TestingModule> {
    const virtual = this.time.createNode({ name: `node ${nodeId}` });
    const { imports = [], providers = [], controllers = [], options = {}, configure = (builder) => builder } = this.options;
    const computeOverride: ComputeOverride = (workflow, version, key) =>
      this.overrides.get(overrideKey(workflow, version, key)) as ((...args: unknown[]) => unknown) | undefined;
    const root: DynamicModule = {
      module: TestRootModule,
      imports: [
        RaftoralModule.forRoot({
          ...options,
          raft: { ...IDLE_FRIENDLY, ...options.raft },
          ...(this.clusterSize === 0
            ? {}
            : { management: { roundEveryMs: MANAGER_LOOKS_MS, ...options.management, targetSize: this.clusterSize } }),
          node: { id: nodeId },
          cluster,
          deployment: defaultDeployment(this.members),
          // T2, also where the options of an application are handed over whole: nodes can not share its folder, and its disk has no virtual time.
          storage: { type: 'memory' },
        }),
        ...imports,
      ],
      providers,
      controllers,
    };
    const builder = Test.createTestingModule({ imports: [root] })
      .overrideProvider(RAFTORAL_CLOCK)
      .useValue(virtual)
      .overrideProvider(RAFTORAL_SCHEDULER)
      .useValue(virtual)
      .overrideProvider(RAFTORAL_RANDOM)
      .useValue(this.random.fork(`node ${nodeId}`))
      .overrideProvider(RAFTORAL_TRANSPORT)
      .useValue(this.network.createTransport(virtual))
      .overrideProvider(RAFTORAL_COMPUTE_OVERRIDE)
      .useValue(computeOverride);
    const app = await configure(builder, nodeId).compile();
    this.live.set(nodeId, {
      nodeId,
      app,
      virtual,
      engine: app.get(RaftoralNode),
      get: <T>(token: (abstract new (...args: never[]) => T) | string | symbol) => app.get(token as never, { strict: false }) as T,
    });
    return app;
  }

  private hasGroup(nodeId: number): boolean {
    return this.member(nodeId).engine.nodeStatus().groups.length > 0;
  }

  private async untilReady(): Promise<void> {
    const isReady = (): boolean => [...this.live.values()].every(({ engine }) => this.isReady(engine));
    if (!(await this.time.runUntil(isReady, READY_WITHIN_MS)))
      throw new Error(`the nodes ${this.nodeIds.join(', ')} did not get ready within ${READY_WITHIN_MS} ms of virtual time`);
  }

  /** T3. */
  private async untilDivided(): Promise<void> {
    const [first] = this.live.values();
    const until = this.time.nowMs + DIVIDED_WITHIN_MS;
    while (this.time.nowMs < until) {
      await this.advance(DIVIDED_LOOK_MS);
      if (!this.isDivided()) continue;
      try {
        const { decisions } = await this.settle(first!.engine.management.plan());
        if (decisions.length === 0 && this.isDivided()) return;
      } catch (error) {
        // No leader of cluster 0 just now.
        if (!isRaftoralError(error) || !error.retryable) throw error;
      }
    }
    throw new Error(`the nodes ${this.nodeIds.join(', ')} were not divided among clusters within ${DIVIDED_WITHIN_MS} ms of virtual time`);
  }

  private isDivided(): boolean {
    const engines = [...this.live.values()].map(({ engine }) => engine);
    if (!engines.every((engine) => engine.hasManagement && engine.management.topology.version === engines[0]!.management.topology.version))
      return false;
    const { clusters, moves, slots, nodes } = this.topology;
    if (clusters.size !== this.options.clusters || moves.size > 0 || [...nodes.values()].some(({ state }) => state !== 'active'))
      return false;
    return [...clusters.values()].every(({ clusterId, members, slotTarget }) => {
      const nodeIds = members.map(({ node }) => node);
      return (
        members.length === this.clusterSize &&
        members.every(({ state }) => state === 'voter') &&
        slots.countOf(clusterId) === slotTarget &&
        this.nodesOf(clusterId).join() === nodeIds.join() &&
        nodeIds.every((nodeId) => this.knowsAll(this.member(nodeId).engine.clusters!.get(clusterId)!, nodeIds))
      );
    });
  }

  private knowsAll({ group, state }: HostedCluster, nodeIds: readonly number[]): boolean {
    return group.leaderId !== 0 && nodeIds.every((nodeId) => state.hellos.get(nodeId)?.down === false);
  }

  private get topology(): TopologyView {
    const [first] = this.live.values();
    return first!.engine.management.topology;
  }

  /** It knows a leader, the nodes that run as members, and what each of them can run. */
  private isReady({ group, state }: RaftoralNode): boolean {
    const { voters, learners } = group.membership;
    const members = [...voters, ...learners].filter((nodeId) => !this.lost.has(nodeId)).sort((a, b) => a - b);
    const isCurrent =
      members.length === this.live.size &&
      this.nodeIds.every((nodeId, index) => members[index] === nodeId && state.hellos.get(nodeId)?.down === false);
    return isCurrent && group.leaderId !== 0 && !voters.some((nodeId) => this.replaced.has(nodeId));
  }

  /** A membership call, made again while it is refused for a reason that passes: no leader yet, a change under way, a learner behind. */
  private async change(call: (group: RaftoralNode['group']) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { engine } = this.member(this.leaderId || this.nodeIds[0]!);
      try {
        await this.settle(call(engine.group));
        return;
      } catch (error) {
        if (tries >= MEMBERSHIP_TRIES || !isRaftoralError(error) || !error.retryable) throw error;
        await this.advance(MEMBERSHIP_PAUSE_MS);
      }
    }
  }

  private member(nodeId: number): Member {
    const member = this.live.get(nodeId);
    if (member === undefined) throw this.unknown(nodeId);
    return member;
  }

  private unknown(nodeId: number): RaftoralError {
    return new RaftoralError(
      'INVALID_ARGUMENT',
      `Node ${nodeId} does not run${this.lost.has(nodeId) ? ': it crashed, restart() gives a new one' : ''}; those that do are ${this.nodeIds.join(', ')}.`,
    );
  }
}

function isCutOff(group: RaftGroup): boolean {
  const { voters } = group.membership;
  return group.livePeers().filter((peer) => voters.includes(peer)).length * 2 <= voters.length;
}

/** The cluster manager makes a cluster for each so many nodes. */
function sizeOfEach(nodes: number, clusters: number): number {
  const size = Math.floor(nodes / clusters);
  if (Number.isSafeInteger(clusters) && clusters >= 2 && size >= 1 && Math.floor(nodes / size) === clusters) return size;
  throw new RaftoralError(
    'INVALID_ARGUMENT',
    `clusters: ${nodes} nodes can not be divided among ${clusters} clusters of one size, with fewer left over than would make another; give 2 or more, and nodes for each.`,
    { details: { argument: 'clusters' } },
  );
}

function overrideKey(workflow: string, version: number, key: string): string {
  return `${version}\n${workflow}\n${key}`;
}
