import { Snapshot, type ConfState } from '../raft/index.js';
import type { RowStateMachine } from '../state-machine/index.js';
import type { RaftStorage, StateStore } from '../storage/storage.js';
import type { RaftHostTuning } from './host-options.js';
import type { ReceivedSnapshot } from './snapshot-received.js';
import type { SnapshotContent } from './snapshot-stream.js';
import type { StateKeeper } from './state-keeper.js';
export interface StateFlusherOptions {
    readonly groupId: number;
    readonly stateMachine: RowStateMachine;
    readonly storage: RaftStorage;
    readonly state: StateStore;
    readonly tuning: RaftHostTuning;
    /** As of the last applied entry. */
    readonly membership: () => ConfState;
    /** Beyond this index the log is still needed, whatever is durable. */
    readonly compactionLimit: () => number;
    readonly failed: (error: unknown) => void;
}
export declare class StateFlusher implements StateKeeper {
    private readonly options;
    private index;
    private term;
    /** Of the last flush that was begun, or of the state that replaced it. */
    private flushedIndex;
    private bytesSinceFlush;
    private flushing;
    private isBroken;
    private flushedMembership;
    /** Received, and not with the core yet. */
    private readonly received;
    /** Received snapshots that are not restored yet. */
    private readonly announced;
    constructor(options: StateFlusherOptions, start: Snapshot | null);
    get isInstalling(): boolean;
    applied(index: number, term: number, bytes: number): void;
    prepare(received: ReceivedSnapshot): Promise<Snapshot>;
    release(snapshot: Snapshot): void;
    announce(snapshot: Snapshot): void;
    save(snapshot: Snapshot): Promise<void>;
    restore(snapshot: Snapshot): void;
    restored(snapshot: Snapshot): void;
    renew(): Snapshot | null;
    open(snapshot: Snapshot): Promise<SnapshotContent>;
    private watched;
    /** X4. */
    private reading;
    settle(): Promise<void> | null;
    private get mayFlush();
    private flush;
    private compact;
}
