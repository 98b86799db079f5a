/**
 * A group's stored state at one moment: a connection of its own that holds a read transaction while the file is written on. Owns that connection.
 *
 * I1. Everything it hands out is of the same flush, whatever is flushed meanwhile.
 * I2. Swept runs, forgotten answers and swept fingerprints are left out, deleted or not (R28).
 * I3. A slice has at most PAGE_ROWS runs and SLICE_BYTES_MAX of history, or one row of it.
 * I4. Rows are counted against what the group's row says: one that is missing is damage.
 * Tests: state-database.spec.ts.
 */
import type { ClosedIndexRow, HistoryRow, RequestRow, RunRow, StateImage, StoredState } from '../../state-machine/rows.js';
import { type StoredGroup } from './state-rows.js';
export declare class StateSnapshot {
    private readonly connection;
    private readonly file;
    readonly group: StoredGroup;
    private closing;
    private constructor();
    /** null: nothing is stored of this group. */
    static open(file: string, groupId: number): Promise<StateSnapshot | null>;
    /** What a node keeps in memory of the group. */
    stored(): Promise<StoredState>;
    image(): Promise<StateImage>;
    /** Runs behind `order`, open and closed, ascending. */
    runsAfter(order: number): Promise<readonly RunRow[]>;
    /** Bytes of history of each of the runs. */
    historyBytes(first: number, last: number): Promise<ReadonlyMap<number, number>>;
    history(runs: readonly RunRow[]): Promise<readonly HistoryRow[]>;
    /** Of a run whose history is too long for one slice: as much as one may have, from this event on. */
    historyFrom(run: RunRow, fromWseq: number): Promise<readonly HistoryRow[]>;
    private missingEvent;
    /** Ends the read transaction. Closing twice is closing once. */
    close(): Promise<void>;
    private openPage;
    private runsOf;
    private requests;
    private closedIndex;
    /** The next of the answers. null: there are no more. `seen` counts those of the file. */
    requestsAfter(place: SharedPlace): Promise<readonly RequestRow[] | null>;
    closedIndexAfter(place: SharedPlace): Promise<readonly ClosedIndexRow[] | null>;
    private isRemembered;
    private isRetained;
    private sharedAfter;
    private all;
    private page;
    private expectCount;
    private missing;
}
/** How far a table has been read. */
interface SharedPlace {
    sequence: number;
    seen: number;
}
export {};
