import type { LogStorage } from '../../raft/index.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StateStore, StorageIdentity, StorageOwner } from '../storage.js';
import type { LogFlusherTuning } from './log-flusher.js';
import type { StateFile, StateFileOptions } from './state-port.js';
export interface StorageLogger {
    log(level: 'info' | 'warn', text: string, fields?: Readonly<Record<string, unknown>>): void;
}
export interface SqliteRaftStorageOptions {
    /** Folder of this node alone; created if it is missing. */
    readonly path: string;
    /** True: files that can not be used are put aside, and the node starts empty, under a new node id. Files that can be used are used. */
    readonly rejoinEmpty?: boolean;
    readonly logger?: StorageLogger;
    readonly tuning?: Partial<LogFlusherTuning>;
}
type StateFileMaker = (options: StateFileOptions) => Promise<StateFile>;
export declare class SqliteRaftStorage implements RaftStorage {
    private readonly options;
    /** For tests: another state file. */
    private readonly makeStateFile;
    readonly volatile = false;
    readonly state: StateStore;
    private readonly groups;
    private voters;
    private files;
    private isOpening;
    constructor(options: SqliteRaftStorageOptions, 
    /** For tests: another state file. */
    makeStateFile?: StateFileMaker);
    open(identity: StorageIdentity): Promise<OpenedStorage>;
    owner(): Promise<StorageOwner | null>;
    log(groupId: number): LogStorage;
    write(batch: readonly GroupWrite[]): void | Promise<void>;
    saveSnapshot(groupId: number): void;
    compact(groupId: number, index: number): void | Promise<void>;
    spool(groupId: number): SnapshotSpool;
    close(): Promise<void>;
    private openFiles;
    private readFiles;
    /** The resets that have to be written, by group. Throws STORAGE_MISMATCH. */
    private fit;
    private restore;
    /** Makes the files this node's, and the incarnation new. */
    private takeOver;
    /** R36: the node ended between the state and the reset of the log. Returns the next free key. */
    private finishInstalls;
    private dropFiles;
    private group;
    private moved;
    /** True if the voters are others than were noted. */
    private setPosition;
    /** The state file need not remember the install any more, once the log is durably reset. */
    private confirmInstalled;
    private use;
}
export {};
