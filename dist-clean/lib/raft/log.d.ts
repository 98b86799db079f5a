import { type LogStorage } from './storage.js';
import { type TraceSink } from './trace.js';
import { type Entry, type Snapshot } from './types.js';
import { Unstable } from './unstable.js';
export interface LogConfig {
    readonly nodeId: number;
    readonly storage: LogStorage;
    /** Bytes of entries handed out for applying and not yet acknowledged. */
    readonly applyingBytesMax: number;
    readonly trace: TraceSink | null;
}
export declare class RaftLog {
    readonly unstable: Unstable;
    readonly applyingBytesMax: number;
    committed: number;
    /** Highest index handed out for applying. */
    applying: number;
    applied: number;
    private applyingBytes;
    private applyingPaused;
    private readonly nodeId;
    private readonly storage;
    private readonly sink;
    constructor(config: LogConfig);
    get lastIndex(): number;
    get firstIndex(): number;
    get lastTerm(): number;
    /** Term at `index`, or COMPACTED, or UNAVAILABLE. */
    term(index: number): number;
    /** Term at `index`, 0 if it is not known. */
    termOrZero(index: number): number;
    matchesTerm(index: number, term: number): boolean;
    /** Whether a log ending in (lastTerm, lastIndex) is at least as complete as this one (§5.4.1 of the paper). */
    isUpToDate(lastIndex: number, lastTerm: number): boolean;
    /**
     * Appends entries that follow (prevIndex, prevTerm), if that position matches, and commits what of them `commit` covers.
     * Returns the last index known to match, or -1 if the position does not match.
     */
    maybeAppend(prevIndex: number, prevTerm: number, entries: readonly Entry[], commit: number): number;
    /** Appends entries whose first may replace an uncommitted one. Returns the last index. */
    append(entries: readonly Entry[]): number;
    /**
     * Best guess where a log that has `term` at or before `index` may match this one: the largest position not past `index`
     * whose term is at most `term`, or unknown. The term there (0 if unknown) is `termOrZero` of the result.
     */
    findConflictByTerm(index: number, term: number): number;
    commitTo(index: number): void;
    /** Commits `index` if it is news and of the given term. */
    maybeCommit(index: number, term: number): boolean;
    appliedTo(index: number, bytes: number): void;
    /** Entries up to `index` were handed out for applying. */
    acceptApplying(index: number, bytes: number, allowUnstable: boolean): void;
    hasNextCommitted(allowUnstable: boolean): boolean;
    nextCommitted(allowUnstable: boolean): Entry[];
    hasPendingSnapshot(): boolean;
    snapshot(): Snapshot | null;
    /** Entries from `index` on; null if they were compacted. */
    entries(index: number, bytesMax: number): Entry[] | null;
    /** Entries of [low, high) within `bytesMax`, at least one if the range is not empty; null if `low` was compacted. */
    slice(low: number, high: number, bytesMax: number): Entry[] | null;
    restore(snapshot: Snapshot): void;
    private appliableIndex;
    private extend;
    private appendFrom;
    /** Position in `entries` of the first that this log lacks or holds with another term, or -1. */
    private findNewOrConflicting;
}
