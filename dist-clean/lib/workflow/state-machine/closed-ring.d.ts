export interface ClosedEntry {
    readonly closedMs: number;
    readonly workflowPrint: number;
    readonly runPrint: number;
}
export declare class ClosedRing {
    private lastSweptMs;
    private readonly prints;
    private chunks;
    /** Places of the first chunk that were given up. */
    private skipped;
    private lastNumber;
    private sweptNumber;
    private deletableMs;
    private newestMs;
    /** Those up to this number, as far as they are not swept, are in the set. */
    private indexedNumber;
    /**
     * @param lastSweptMs closedMs of the newest run that was swept; 0 = none.
     * @param expected runs that will be added soon.
     */
    constructor(swept?: number, lastSweptMs?: number, expected?: number);
    get size(): number;
    get last(): number;
    get swept(): number;
    get newestSweptMs(): number;
    /** closedMs of the newest closing, swept or not. */
    get latestMs(): number;
    /** Of the arrays. */
    get bytes(): number;
    /** G3, as of a log time. 0 = none. */
    sweptMs(logTimeMs: number): number;
    oldestMs(): number | undefined;
    /** May this be an id of a closed run? Always, while not all is indexed (G5). */
    mayHave(fingerprint: number): boolean;
    /** The same, exactly (but P1 of fingerprints.ts): what is left is indexed first. */
    has(fingerprint: number): boolean;
    /** The number of the closing. */
    add(closedMs: number, workflowPrint: number, runPrint: number): number;
    /**
     * As add(), at the start, of many: they are indexed later.
     * @param entries of each run closedMs, which never shrinks, and the two fingerprints.
     */
    load(entries: Float64Array): void;
    /** The next ones go into the set, of so many chunks. */
    private index;
    private append;
    private addChunk;
    entry(number: number): ClosedEntry;
    /** Forgets all that closed at or before. */
    sweep(cutoffMs: number): void;
}
