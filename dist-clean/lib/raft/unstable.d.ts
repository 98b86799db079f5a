import { type TraceSink } from './trace.js';
import { type Entry, type Snapshot } from './types.js';
export declare class Unstable {
    snapshot: Snapshot | null;
    snapshotInProgress: boolean;
    offset: number;
    offsetInProgress: number;
    /** Term at offset - 1, or -1 if it is not known here. */
    baseTerm: number;
    private buffer;
    /** Entries before this position of the buffer are gone. */
    private head;
    private readonly nodeId;
    private readonly sink;
    constructor(nodeId: number, lastIndex: number, lastTerm: number, sink: TraceSink | null);
    get length(): number;
    get lastIndex(): number;
    /** Term at `index`, or -1 if this part of the log does not know it. */
    term(index: number): number;
    hasNextEntries(): boolean;
    /** Entries not yet handed out. */
    nextEntries(): Entry[];
    nextSnapshot(): Snapshot | null;
    acceptInProgress(): void;
    /** A write up to (index, term) was acknowledged, and no write in flight can overwrite it. */
    stableTo(index: number, term: number): void;
    stableSnapshotTo(index: number): void;
    restore(snapshot: Snapshot): void;
    /** Appends entries [from…]; whatever stood at or after the first one's index is gone. `baseTerm` is the term before it. */
    truncateAndAppend(entries: readonly Entry[], from: number, baseTerm: number): void;
    /** Copy of [low, high), which must lie within. */
    slice(low: number, high: number): Entry[];
    private traceUnstableMiss;
    private drop;
}
