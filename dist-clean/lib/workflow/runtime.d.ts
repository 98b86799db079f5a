/**
 * The workflow wing on one node, over one Raft group: runs, duties, events. WorkflowRuntimeService answers callers on top of it.
 *
 * R1. Commands go down by submit() and propose(); events come up by the tap inside apply, and are acted on after the batch.
 * R2. After removal (R39), halt or stop nothing of this node is proposed any more, its bodies are aborted, its waiters rejected.
 * R3. The engine's own commands have no deadline; the state machine ignores what became stale (R18, R38).
 * Tests: test/workflow/.
 */
import type { Clock } from '../cluster/clock.js';
import { EventBus, type EventStream, type StreamOptions } from '../cluster/event-bus.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Random } from '../cluster/random.js';
import type { Scheduler } from '../cluster/scheduler.js';
import { RaftoralError } from '../errors/index.js';
import { type GroupLimits, type WorkflowCommand } from './command.js';
import type { EventTap } from './event-tap.js';
import type { WorkflowRegistry } from './registry.js';
import { type ComputeOverride, type RuntimeReporter } from './run-environment.js';
import { RunTable } from './run-table.js';
import type { WorkflowStreamItem } from './service.js';
import type { CommandAnswer, RunView, WorkflowStateView } from './state.js';
export interface WorkflowRuntimeOptions {
    readonly group: RaftGroup<CommandAnswer>;
    /** The state machine of the group, whose sink is `tap.sink`. */
    readonly state: WorkflowStateView;
    readonly tap: EventTap;
    readonly registry: WorkflowRegistry;
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    readonly random: Random;
    /** Grows at each process start of the node (R13). */
    readonly incarnation: number;
    readonly deployment: string;
    /** Default: digest of the registered sources. */
    readonly buildId?: string;
    readonly limits?: Partial<GroupLimits>;
    /** Default 10,000. */
    readonly residentRunsMax?: number;
    /** Memory that resident runs take with their histories at most, as estimated; idle ones above it are passivated (R33). Default 64 MiB. */
    readonly residentBytesMax?: number;
    /** Histories that are read from disk at once. Default 8. */
    readonly historyLoadsMax?: number;
    /** Default 1,024. */
    readonly subscriberBufferMax?: number;
    /** Default 10,000 ms (R22). */
    readonly fencedGraceMs?: number;
    /** Loop time that one turn of the dispatcher takes about, ms. Default 10 (R33). */
    readonly sliceMs?: number;
    /** Default: what this build applies. */
    readonly codecLevelMax?: number;
    readonly reporter?: RuntimeReporter;
    readonly computeOverride?: ComputeOverride;
}
/** Told after each batch: the service resolves those who wait for a result. */
export interface RuntimeListener {
    onFinished(run: RunView): void;
    onBlocked(run: RunView): void;
    onRestored(): void;
    onEnded(error: RaftoralError): void;
}
export declare class WorkflowRuntime {
    readonly options: WorkflowRuntimeOptions;
    readonly buildId: string;
    readonly table: RunTable;
    readonly bus: EventBus<WorkflowStreamItem>;
    readonly reporter: RuntimeReporter;
    private readonly dispatcher;
    private readonly stallGate;
    private readonly computes;
    private readonly timers;
    private readonly duties;
    private readonly listeners;
    private finished;
    private blocked;
    private unsubscribe;
    private removeTrap;
    private endedWith;
    constructor(options: WorkflowRuntimeOptions);
    /** True from start() to stop(), removal or halt. */
    get running(): boolean;
    /** Why nothing is answered any more, or null. */
    get ended(): RaftoralError | null;
    /** Begins to listen. Never waits for a quorum. */
    start(): void;
    addListener(listener: RuntimeListener): void;
    /** Tells the group that this node takes no more runs, and hands its own over to others that can. */
    drain(): void;
    /** Takes runs again, after a drain that came to nothing. */
    resume(): void;
    /** Nothing runs, nothing is proposed, nobody waits any more. */
    stop(): void;
    submit(command: WorkflowCommand, cancelled?: () => boolean): void;
    private makeEnvironment;
    /** Inside apply: takes note. */
    private note;
    private afterApply;
    private restored;
    /** A run that was resident here has ended in the snapshot, and is on disk: nothing of it comes after. */
    private skippedToItsEnd;
    private end;
    /** Events of a run from wseq `after` + 1 on, then live. */
    runEvents(ref: {
        readonly workflowId: string;
        readonly runId: string;
    }, after: number, options?: StreamOptions): EventStream<WorkflowStreamItem>;
    private busHistory;
}
