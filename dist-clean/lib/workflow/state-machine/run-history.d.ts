import type { RunEvent } from '../event.js';
import type { HistoryView } from '../state.js';
export declare class RunHistory implements HistoryView {
    private dropped;
    private suffix;
    /** @param dropped events that are on disk only. */
    constructor(dropped?: number);
    get length(): number;
    get firstInMemory(): number;
    event(wseq: number): RunEvent;
    last(): RunEvent | undefined;
    events(from?: number, to?: number): RunEvent[];
    push(event: RunEvent): void;
    /** Forgets events up to and including `wseq`. */
    drop(wseq: number): void;
    /** Takes back what was dropped: events that end right before firstInMemory. */
    prepend(events: readonly RunEvent[]): void;
    private missing;
}
