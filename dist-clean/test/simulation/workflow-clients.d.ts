import type { WorkflowNode, WorkflowTenant } from './workflow-tenant.js';
import type { World } from './world.js';
export declare class WorkflowClients {
    private readonly world;
    private readonly tenant;
    readonly counts: {
        starts: number;
        signals: number;
        queries: number;
        results: number;
        retries: number;
        divergent: number;
        resets: number;
        damagedReads: number;
        listed: number;
        descriptions: number;
        undecided: number;
    };
    private readonly history;
    private readonly acknowledged;
    private stopping;
    /** Collector runs: numbers whose signal was acknowledged. */
    private readonly known;
    constructor(world: World<WorkflowNode>, tenant: WorkflowTenant);
    run(): Promise<void>;
    stop(): void;
    /** C1, on every node. */
    verify(): Promise<void>;
    /** C2. */
    private verifyHistory;
    /** Once, at any node: it may fail. */
    private describe;
    /** Lists merge disk and memory: each run once, in order, and every one that was acknowledged and is retained. */
    private verifyList;
    private verifyRun;
    /** An operation has one idempotency key, whoever runs its body; no key belongs to two operations (R21). */
    private verifyEffects;
    private client;
    private job;
    private collectorJob;
    private do;
    private awaitResult;
    /** R20: when owners kept dying under it, a run is set aside, and goes on when an operator says so. The nemesis does kill that often. */
    private resetIfSuspected;
    private sendAll;
    private lookOn;
    private cancel;
    /** P7: as long as the run is open and the odd node lives, a divergence must be named, there or on the others. Then the run is ended. */
    private divergentClient;
    /** Asks any node until one answers. What no later attempt can change is thrown. */
    private retry;
}
