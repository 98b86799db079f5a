import type { ConfState } from '../raft/index.js';
import { type RowStateMachine, type RunQuery, type StateCut, type StateImage, type StatePosition, type StateSource, type StoredState } from '../state-machine/index.js';
import { type GroupLimits } from './command.js';
import type { CommandAnswer, EventSink, HelloView, RunView, WorkflowStateView } from './state.js';
import type { Timer } from './state-machine/timers.js';
export interface WorkflowStateMachineOptions {
    readonly groupId: number;
    readonly sink?: EventSink;
}
export declare class WorkflowStateMachine implements RowStateMachine<CommandAnswer>, WorkflowStateView {
    readonly groupId: number;
    private state;
    /** null: all of it is in memory. */
    private stored;
    /** The open cut. */
    private openCut;
    /** Number of the newest closing that a cut has taken. */
    private closingsCut;
    constructor(options: WorkflowStateMachineOptions);
    /** Replaces the sink. */
    setSink(sink: EventSink | null): void;
    apply(index: number, _term: number, frame: Uint8Array): CommandAnswer;
    /** What waits in the open cut is encoded before this command changes it. What a command starts, no cut knows yet; changes of owner tell it themselves. */
    private guard;
    check(frame: Uint8Array): void;
    private decode;
    private carryOut;
    applyMembership(index: number, membership: ConfState): void;
    snapshot(): Uint8Array;
    restore(index: number, bytes: Uint8Array): void;
    private replace;
    load(stored: StoredState, source: StateSource): void;
    cut(): StateCut;
    private cutIsDone;
    prefetch(frames: readonly Uint8Array[]): Promise<void> | null;
    rowsOf(position: StatePosition, bytes: Uint8Array): StateImage;
    expectRows(_position: StatePosition, group: Uint8Array): void;
    bytesOf(image: StateImage): Promise<Uint8Array>;
    get appliedIndex(): number;
    get logTimeMs(): number;
    get codecLevel(): number;
    get limits(): GroupLimits;
    get limitsRevision(): number;
    get voters(): readonly number[];
    get hellos(): ReadonlyMap<number, HelloView>;
    get nodeIdHighest(): number;
    reservedNodeId(token: string): number | undefined;
    wasRemoved(node: number): boolean;
    get openRunCount(): number;
    get closedRunCount(): number;
    run(runId: string): RunView | undefined;
    current(workflowId: string): RunView | undefined;
    openRuns(): IterableIterator<RunView>;
    allRuns(): IterableIterator<RunView>;
    fetch(ref: {
        readonly workflowId: string;
        readonly runId?: string;
    }, need: 'last event' | 'all events'): Promise<RunView | undefined>;
    private runInMemory;
    listStored(query: Omit<RunQuery, 'sweptMs'>): Promise<readonly RunView[]>;
    hold(runId: string): Promise<void> | null;
    release(runId: string): void;
    ownsSlotOf(workflowId: string): boolean;
    defaultVersion(name: string): number | undefined;
    isRegistered(name: string, version: number): boolean;
    eligible(run: RunView): readonly number[];
    nextTimer(): Timer | undefined;
    timersDue(ms: number, limit: number): readonly Timer[];
    oldestClosedMs(): number | undefined;
}
