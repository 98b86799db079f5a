/**
 * How the state of a group becomes durable, and its log shorter: by whole snapshots (here), or by flushes of rows (state-flusher.ts).
 *
 * K1. The log is compacted only up to a state that is durable (R34).
 * K2. A snapshot is taken between two entries, one at a time.
 * Tests: test/cluster/snapshots.spec.ts.
 */
import { Snapshot, type ConfState } from '../raft/index.js';
import type { StateMachine } from '../state-machine/index.js';
import type { RaftStorage } from '../storage/storage.js';
import type { RaftHostTuning } from './host-options.js';
import type { ReceivedSnapshot } from './snapshot-received.js';
import type { SnapshotContent } from './snapshot-stream.js';
export interface StateKeeper {
    /** Between announce() and restored(), where that takes room and time: another snapshot had better wait. */
    readonly isInstalling: boolean;
    /** In a turn, after a batch: commands of `bytes` were applied since the last call. */
    applied(index: number, term: number, bytes: number): void;
    /** Checks what was received, and keeps it for the snapshot that is answered: announce(), or release(), is called with that. */
    prepare(received: ReceivedSnapshot): Promise<Snapshot>;
    /** The core has no use for it. Twice is once. */
    release(snapshot: Snapshot): void;
    /** A received snapshot is about to be saved: nothing older is made durable from now on. Throws what the state machine has against it. */
    announce(snapshot: Snapshot): void;
    /** Makes an announced snapshot the durable state. Nothing says "already durable". */
    save(snapshot: Snapshot): void | Promise<void>;
    /** The snapshot is durable, and so is the log behind it: the state machine takes it over. Throws what it has against it. */
    restore(snapshot: Snapshot): void;
    /** It has. */
    restored(snapshot: Snapshot): void;
    /** The durable state, as of now; null while it is being made durable: ask again. */
    renew(): Snapshot | null;
    /** What a peer gets: a durable state, at this position or a later one. */
    open(snapshot: Snapshot): SnapshotContent | Promise<SnapshotContent>;
    /** At a graceful stop: leaves little to replay. null: nothing to do. */
    settle(): Promise<void> | null;
}
export interface WholeSnapshotsOptions {
    readonly groupId: number;
    readonly stateMachine: StateMachine;
    readonly storage: RaftStorage;
    readonly tuning: RaftHostTuning;
    readonly membership: () => ConfState;
    readonly failed: (error: unknown) => void;
}
export declare class WholeSnapshots implements StateKeeper {
    private readonly options;
    readonly isInstalling = false;
    private index;
    private term;
    private snapshotIndex;
    private bytesSinceSnapshot;
    private lastSnapshotBytes;
    private isSaving;
    constructor(options: WholeSnapshotsOptions, start: Snapshot | null);
    applied(index: number, term: number, bytes: number): void;
    prepare(received: ReceivedSnapshot): Promise<Snapshot>;
    release(): void;
    announce(): void;
    save(snapshot: Snapshot): void | Promise<void>;
    restore({ index, data }: Snapshot): void;
    restored(snapshot: Snapshot): void;
    renew(): Snapshot | null;
    open(snapshot: Snapshot): SnapshotContent;
    settle(): null;
    private take;
}
