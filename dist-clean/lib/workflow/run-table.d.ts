/**
 * The runs whose code this replica has in memory. Owns: which are resident, their histories' place in memory, and feeding them (R33).
 *
 * T1. Inside apply it only takes note; runs are made, fenced and fed after the batch.
 * T2. A run is resident when its workflow is registered here and there is room, or this node owns it, or somebody asks for it. Above
 *     `residentRunsMax` or `residentBytesMax` idle runs are passivated, the longest untouched first, never one with a body in flight.
 * T3. Rehydration is the dispatcher's replay of the history, nothing else. Runs wait for it in a queue; at most `loadsMax` histories are
 *     read from disk at once, and one turn makes runs for about `sliceMs`.
 * T4. A stopped run keeps its mark until the run closes, or an operator resets it (R12, R19).
 * T5. The history of a resident run that is fed is held in memory (state.hold); what happened while it was read is seen when it is there: the
 *     run may have closed, changed its owner or been replaced by a snapshot.
 * T6. After a snapshot a run goes on with the record that it had until the history of the new one is there (R36).
 * Tests: test/workflow/residency.spec.ts, residency-disk.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { Scheduler } from '../cluster/scheduler.js';
import type { Dispatcher } from './dispatcher.js';
import { type RunEvent } from './event.js';
import type { WorkflowRegistry } from './registry.js';
import type { RunEnvironment } from './run-environment.js';
import { RunExecution } from './run-execution.js';
import type { RunView } from './state.js';
export interface RunTableOptions {
    readonly registry: WorkflowRegistry;
    readonly dispatcher: Dispatcher;
    readonly scheduler: Scheduler;
    readonly clock: Clock;
    readonly residentRunsMax: number;
    /** Estimated bytes of resident runs with their histories (run-weight.ts). */
    readonly residentBytesMax: number;
    /** Histories that are read from disk at once. */
    readonly loadsMax: number;
    /** Loop time that making runs takes in one turn about, ms. */
    readonly sliceMs: number;
}
export declare class RunTable {
    private readonly options;
    private readonly executions;
    private bytes;
    private notedResident;
    private ownerChanged;
    private readonly notedOthers;
    private readonly queue;
    /** Histories that are being read. */
    private readonly loads;
    /** Histories that have been read since the last turn. */
    private arrived;
    /** Resident runs whose new record, after a snapshot, is being read (T6). */
    private readonly behind;
    /** Runs that came from the queue and have not caught up yet. */
    private readonly rehydrating;
    private readonly askers;
    /** Runs whose history can not be read here, and why. */
    private readonly unreadable;
    private drainScheduled;
    private closedForGood;
    private environment;
    constructor(options: RunTableOptions);
    connect(environment: RunEnvironment): void;
    get residentCount(): number;
    /** Estimated; of resident runs that are fed. */
    get residentBytes(): number;
    get(runId: string): RunExecution | undefined;
    /** Why this node can not read the run's history, or null. */
    unreadableReason(runId: string): string | null;
    /** Inside apply: takes note (T1). */
    note(run: RunView, event: RunEvent): void;
    /** After a batch was applied. */
    afterApply(): void;
    wake(runId: string): void;
    /** The run's code is not fed any more: its history is not needed. */
    released(runId: string): void;
    closed(runId: string): void;
    /** The run's execution, rehydrated if need be; undefined when this node does not run its code. */
    resident(run: RunView): RunExecution | Promise<RunExecution | undefined> | undefined;
    /**
     * The state was replaced as a whole: at boot, or by a snapshot (R36). Runs that are still open go on and are fed what is missing;
     * the others are abandoned. Answers the runs that have events which were never noted, with the last that was known.
     */
    restored(): ReadonlyArray<{
        readonly workflowId: string;
        readonly runId: string;
        readonly knownWseq: number;
    }>;
    /** Every run leaves memory: this node left the group, or is shutting down. */
    clear(cause: 'removed' | 'shutdown'): void;
    private runnable;
    private wanted;
    private get hasRoom();
    private get isOverBudget();
    private admit;
    private enlist;
    private scheduleDrain;
    private readonly drain;
    /** Takes the next run out of the queue; undefined when there is none, or it has to wait until something else is done. */
    private next;
    /** False: the end of a load, or of a replay, will ask again. */
    private nextMayBeTaken;
    /** One whose instance is being made does not count: that may take as long as the user's code wants. */
    private replaying;
    private settleArrival;
    /** Makes the run, or has its history read first. */
    private bring;
    private load;
    /** A damaged history is this node's own misfortune: another one takes over. Any other failure of the store ends the node. */
    private loadFailed;
    /** The run's history is in memory, and held. */
    private make;
    private watchReplay;
    private answer;
    private goOn;
    private goOnAfterLoad;
    private abandon;
    private leave;
    private weigh;
    /** Looks again in the next turn while there are runs that will be idle by themselves. */
    private relieve;
    /** Second chance, in the order of residence: a run that was fed since the last look stays. Answers whether another look may find more. */
    private passivate;
}
