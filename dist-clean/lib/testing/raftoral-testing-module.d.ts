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
 */
import { type INestApplicationContext, type ModuleMetadata } from '@nestjs/common';
import { type TestingModuleBuilder } from '@nestjs/testing';
import type { RaftoralModuleOptions } from '../interfaces/options.js';
import { SimulatedNetwork, type LinkProfile } from './simulated-network.js';
import { VirtualTime } from './virtual-time.js';
export interface TestClusterOptions extends Pick<ModuleMetadata, 'imports' | 'providers' | 'controllers'> {
    /** Nodes of the first membership, 1–7. Their ids are 1, 2, … Default 3. */
    readonly nodes?: number;
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
export declare class RaftoralTestingModule {
    /** Boots the nodes, and resolves when they have a leader and know each other's workflows. */
    static forTest(options?: TestClusterOptions): Promise<TestCluster>;
}
export declare class TestCluster {
    private readonly options;
    readonly time: VirtualTime;
    readonly network: SimulatedNetwork;
    private readonly random;
    private readonly members;
    private readonly live;
    /** Gone, and not yet replaced. */
    private readonly lost;
    private readonly replaced;
    private readonly overrides;
    private nextId;
    constructor(options: TestClusterOptions);
    /** Called by forTest(). */
    boot(): Promise<void>;
    /** Ids of the nodes that run, ascending. */
    get nodeIds(): readonly number[];
    /** A node that runs. */
    node(nodeId: number): TestNode;
    /** The id of the leader, as a majority sees it; 0 while there is none. */
    get leaderId(): number;
    /** Moves time by `ms`, and lets everything happen that is due by then. */
    advance(ms: number): Promise<void>;
    /** Moves time until `promise` settles, and answers as it does. Rejects when `withinMs` of virtual time pass before (default: a week). */
    settle<T>(promise: Promise<T>, withinMs?: number): Promise<T>;
    /** The node dies between two instructions: it runs, hears and hands over nothing any more. */
    crash(nodeId: number): void;
    /**
     * Puts a new node in the place of one that crashed (one that still runs is shut down first), and answers its id. The new one is
     * added as a learner, promoted when it has caught up, and the lost one is removed.
     */
    restart(nodeId: number): Promise<number>;
    /** Nothing passes between these nodes and all others, until heal(). */
    partition(...nodeIds: readonly number[]): void;
    heal(): void;
    /**
     * Calls `body` instead of the compute `key` of this workflow, on every node, from the next attempt on. It gets what the method
     * would get. Its result is committed as ever.
     */
    overrideCompute(workflow: abstract new (...args: never[]) => object, key: string, body: (...args: never[]) => unknown): void;
    /** Shuts all nodes down, in order of their ids. */
    close(): Promise<void>;
    private makeNode;
    private hasGroup;
    private untilReady;
    /** It knows a leader, the nodes that run as members, and what each of them can run. */
    private isReady;
    /** A membership call, made again while it is refused for a reason that passes: no leader yet, a change under way, a learner behind. */
    private change;
    private isCutOff;
    private member;
    private unknown;
}
