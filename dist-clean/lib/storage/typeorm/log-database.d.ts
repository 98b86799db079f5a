import { type RecoveredLog } from '../log-recovery.js';
import type { RowToWrite } from '../logged-group.js';
import type { RowFile } from './log-flusher.js';
import type { FileOwner } from './state-port.js';
/** Voters of each group, outgoing ones included, when they were last written down. */
export type KnownVoters = Readonly<Record<string, readonly number[]>>;
export interface LogMeta {
    readonly owner: FileOwner;
    readonly incarnation: number;
    readonly voters: KnownVoters;
}
export interface LogContents {
    readonly logs: ReadonlyMap<number, RecoveredLog>;
    /** Of each group's rows, in sequence. */
    readonly keys: ReadonlyMap<number, readonly number[]>;
    /** 0: none. */
    readonly lastKey: number;
}
type MetaKey = 'owner' | 'incarnation' | 'voters';
export declare class LogDatabase implements RowFile {
    readonly path: string;
    private connection;
    private readonly inserts;
    private remove;
    /** Written since the last checkpoint, about. */
    private walPages;
    constructor(path: string);
    /** Takes the lock, checks format and mark, and makes the tables if there are none. Changes nothing of what it refuses. */
    lock(): Promise<void>;
    /** null: nobody's yet. */
    meta(): Promise<LogMeta | null>;
    /** Instead of lock(): looks, changes no row and nothing of the WAL, and closes again. null: nobody's, or unreadable. Rejects with STORAGE_LOCKED and the like. */
    glance(): Promise<LogMeta | null>;
    writeMeta(values: Partial<Record<MetaKey, unknown>>): Promise<void>;
    /** Reads and verifies every row, and the pages that they are in. */
    read(): Promise<LogContents>;
    /** B4, B5. */
    settle(): Promise<void>;
    /** The WAL is begun anew, and keeps its length. */
    checkpoint(): Promise<void>;
    get isCheckpointDue(): boolean;
    insert(keys: readonly number[], rows: readonly RowToWrite[]): Promise<void>;
    private insertByNewStatement;
    delete(keys: readonly number[]): Promise<void>;
    /** Gives up the lock. Also after whatever failed. */
    close(): Promise<void>;
    /** Connects and returns the format, 0 for a new file. */
    private connect;
    /** A page that lost its last rows can be read without an error; that the newest rows of a group are missing shows here only. */
    private checkPages;
    private copyWal;
    private readMeta;
    private use;
    private guard;
    private damagedMeta;
}
export {};
