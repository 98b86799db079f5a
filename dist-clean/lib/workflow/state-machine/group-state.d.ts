/**
 * Everything that an execution cluster replicates, with its indexes, and the few moves that all commands are made of. Pure.
 *
 * S1. Indexes follow the runs: each open run stands in `open`, and either in owned[owner] or in `blocked`; each closed one that is in memory
 *     in `closed`.
 * S2. current[workflowId] is the open run of the id, else the one that closed last, if that is in memory.
 * S3. Log time never runs backwards (R23).
 * S4. No order depends on the history of the process: runs, requests and keys keep the order of the log, everything else is sorted.
 * S5. Where the state is stored in rows (`ring` is not null), closed runs leave memory once they are durable. apply decides alike whether one is in
 *     memory or was fetched, and never without it: what is neither, and may be on disk, breaks an invariant (R27).
 */
import type { ConfState } from '../../raft/index.js';
import { type GroupLimits } from '../command.js';
import { type RunEvent, type RunOutcome, type ErrorRecord } from '../event.js';
import type { EventSink, HelloView } from '../state.js';
import { ClosedRing } from './closed-ring.js';
import { NodeIds } from './node-ids.js';
import { RequestLog } from './requests.js';
import { ClosedRuns } from './retention.js';
import type { RunRecord } from './run-record.js';
import { SlotTable } from './slots.js';
import { Timer, TimerQueue, type TimerPurpose } from './timers.js';
export interface MemberHello extends HelloView {
    down: boolean;
}
/** How a run ended. */
export interface Ending {
    readonly outcome: RunOutcome;
    readonly consumedWseq: number;
    readonly result: Uint8Array;
    readonly error: ErrorRecord | null;
    readonly digest: number;
    readonly continuedAs: string;
}
export declare class GroupState {
    readonly groupId: number;
    appliedIndex: number;
    logTimeMs: number;
    codecLevel: number;
    limits: GroupLimits;
    limitsRevision: number;
    membership: ConfState;
    slots: SlotTable;
    readonly hellos: Map<number, MemberHello>;
    /** Empty below codec level 2. */
    readonly nodeIds: NodeIds;
    readonly runs: Map<string, RunRecord>;
    readonly current: Map<string, RunRecord>;
    readonly open: Set<RunRecord>;
    readonly blocked: Set<RunRecord>;
    readonly closed: ClosedRuns;
    readonly timers: TimerQueue;
    readonly requests: RequestLog;
    sink: EventSink | null;
    /** Every closed run, those on disk only among them; null where nothing is stored in rows. */
    ring: ClosedRing | null;
    /** Runs that changed since the last cut, each once. */
    dirty: RunRecord[];
    /** The cut under way: told of a run that a command of the whole group is about to change. */
    openCut: {
        willChange(run: RunRecord): void;
    } | null;
    /** Closed runs that were fetched for the commands to come, by workflow id (the current one) and by run id; null: looked for, and not there. */
    readonly fetchedCurrent: Map<string, RunRecord | null>;
    readonly fetchedRuns: Map<string, RunRecord | null>;
    lastOrder: number;
    private readonly owned;
    constructor(groupId: number);
    /** Voters in force: those of the incoming configuration while it is joint. Ascending. */
    get voters(): readonly number[];
    /** Every id of the configuration in force, the joint parts included. */
    memberIds(): number[];
    nextOrder(): number;
    advanceLogTime(stampMs: number): void;
    /** Takes a new run in, before its first event, with its owner already set. */
    enter(run: RunRecord): void;
    /** Takes in a run that was read, in the order of their start; where closed ones are among them, indexClosed() must follow. */
    adopt(run: RunRecord): void;
    /** Index of closed runs after a restore: they were adopted in the order of their start, and stand here in that of their closing. */
    indexClosed(): void;
    /** The next event of a run: into its history, then to the sink. */
    append(run: RunRecord, event: RunEvent): void;
    touch(run: RunRecord): void;
    /** From here on, what changes is remembered for the next cut, which takes all that is there now. */
    storeInRows(): void;
    /** Closed runs within retention, in memory or not. */
    get closedCount(): number;
    /** Some closed run is on disk only. */
    get hasEvicted(): boolean;
    /** Closed runs up to this closing are durable: they leave memory. */
    evictThrough(closing: number): RunRecord[];
    isSwept(run: RunRecord): boolean;
    /** Current run of an id, in memory or fetched. */
    currentOf(workflowId: string): RunRecord | undefined;
    /** Run of an id, in memory or fetched. */
    runOf(runId: string): RunRecord | undefined;
    /** May a closed run that is on disk only have this workflow id, or run id? */
    mayBeEvicted(id: string): boolean;
    private fetched;
    private number;
    private forget;
    ownedCount(node: number): number;
    /** Nodes that own an open run, ascending. */
    owners(): number[];
    /** A copy, in the order in which the runs were started. */
    ownedBy(node: number): RunRecord[];
    blockedRuns(): RunRecord[];
    /** Moves an open run to an owner (0 = none; the caller has set status and reason). Indexes only. */
    reown(run: RunRecord, owner: number): void;
    setTimer(run: RunRecord, purpose: TimerPurpose, delayMs: number, key: string, occurrence: number): Timer;
    dropTimer(run: RunRecord, timer: Timer): void;
    /** Closes a run: its last event, and nothing of it is pending any more. */
    close(run: RunRecord, ending: Ending): void;
    /** Forgets closed runs (R28). One that a cut must still write as closed, since a row has it as open, is dirty, and stays so. */
    sweep(cutoffMs: number): void;
    private place;
    private unplace;
    private checkCounts;
}
export declare function ascending(a: number, b: number): number;
