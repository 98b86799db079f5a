import { type RunQuery, type StateSource } from '../../state-machine/index.js';
import type { RunView } from '../state.js';
import type { Cut } from './cut.js';
import type { GroupState } from './group-state.js';
type RunRef = {
    readonly workflowId: string;
    readonly runId?: string;
};
export declare class StoredRuns {
    private readonly state;
    readonly source: StateSource;
    /** Frames that were asked about and are not applied yet. */
    private awaited;
    /** Some of them were applied: the next question is about others. */
    private progressed;
    private fetching;
    private evictable;
    private trimmable;
    private readonly loading;
    private reads;
    /** Closed runs that left memory while reads are under way. */
    private departed;
    private replaced;
    private install;
    constructor(state: GroupState, source: StateSource);
    /** A cut is durable. */
    flushed(cut: Cut): void;
    /** A frame was applied (T2). */
    applied(): void;
    private settle;
    hold(runId: string): Promise<void> | null;
    release(runId: string): void;
    private bringBack;
    private events;
    private missing;
    prefetch(frames: readonly Uint8Array[]): Promise<void> | null;
    private need;
    private needToContinue;
    private needEvents;
    private needCurrent;
    private needRun;
    /** The newest closed run on disk of a workflow id, or of a run id; null if there is none, or it is swept: then those before it are, too. */
    private closedRun;
    private record;
    /** Null: a snapshot was installed meanwhile; ask the new state. */
    fetch(ref: RunRef, need: 'last event' | 'all events'): Promise<{
        readonly run: RunView | undefined;
    } | null>;
    /** A run that is in memory, with the events that are wanted: itself if they are there, else a copy. */
    private completed;
    /** All closed runs that match, by (startedMs, runId), wherever they are; without their events where they come from disk. */
    list(query: Omit<RunQuery, 'sweptMs'>): Promise<readonly RunView[] | null>;
    private listOnDisk;
    /** A received snapshot becomes rows; replace() of the machine follows. */
    installBegins(): void;
    /** Another state is in force: whoever waits for this one looks there. */
    close(): void;
    /** True once the state was replaced, if that is under way; false if it is not. */
    private installed;
}
/** Asks until it is answered by a state that was not replaced meanwhile. */
export declare function answered<T>(ask: () => Promise<T | null> | T): Promise<T>;
export {};
