import type { LoggedGroup, RowToWrite } from '../logged-group.js';
import type { GroupWrite } from '../storage.js';
import type { StoreFailure } from './store-failure.js';
/** Where the rows go: every call is one durable transaction. One at a time. */
export interface RowFile {
    readonly path: string;
    insert(keys: readonly number[], rows: readonly RowToWrite[]): Promise<void>;
    delete(keys: readonly number[]): Promise<void>;
    /** The write-ahead log is long enough to be copied into the file. */
    readonly isCheckpointDue: boolean;
    checkpoint(): Promise<void>;
}
export interface LogFlusherTuning {
    /** Groups that one statement holds rows of. */
    readonly flushRowsMax: number;
    /** Bytes of entries after which the next write waits for another flush. */
    readonly flushBytesMax: number;
    /** A group's compacted rows are deleted once there are as many, or have as many bytes. */
    readonly deleteRowsMin: number;
    readonly deleteBytesMin: number;
    /** At most as many are deleted between two flushes. */
    readonly deleteBatchRowsMax: number;
    readonly deleteBatchBytesMax: number;
}
export declare const LOG_FLUSHER_DEFAULTS: LogFlusherTuning;
export declare class LogFlusher {
    private readonly file;
    private readonly failure;
    private nextKey;
    private readonly tuning;
    /** In order; the last one gathers. */
    private readonly queue;
    /** Groups that have rows to be deleted, oldest demand first. */
    private readonly sweeping;
    private readonly jobs;
    private readonly onIdle;
    private isBusy;
    /** @param nextKey greater than every key in the file. */
    constructor(file: RowFile, failure: StoreFailure, nextKey: number, tuning?: Partial<LogFlusherTuning>);
    /** Takes a write of several groups. undefined: nothing had to be written and nothing is in flight. */
    write(batch: readonly GroupWrite[], groupOf: (groupId: number) => LoggedGroup): void | Promise<void>;
    /** Entries up to `index` are not needed any more. */
    compact(group: LoggedGroup, index: number): void;
    /** Does something else with the file, between flushes. Its error is the first failure, or follows it. */
    between(job: () => Promise<void>): void;
    /** Resolves when nothing is in flight and nothing waits. */
    idle(): Promise<void>;
    private gather;
    private gathering;
    private wake;
    private next;
    private flush;
    private flushed;
    private oneJob;
    private failed;
    /** Nothing is left to do, or nothing may be done any more. */
    private rest;
    private get hasJob();
    private doJob;
    private rejectAll;
}
