/**
 * Storage writes of a host: one per turn for all groups, in order, many in flight (DESIGN §4).
 *
 * W1. Writes are handed to the storage in order, and their responses delivered in that order, each after its write is durable.
 * W2. A snapshot is saved before the write that resets the log to it is handed over, and holds up everything behind it (R36).
 * W3. A failed write ends it all: nothing is delivered any more (a failed sync is never retried over).
 * W4. A storage that answers at once costs no queue, no promise.
 * Tests: write-pipeline.spec.ts, test/cluster/host.spec.ts.
 */
import type { Message, Snapshot } from '../raft/index.js';
import type { GroupWrite, RaftStorage } from '../storage/storage.js';
export interface Appended {
    appended(append: Message): void;
}
/** What a turn has to write. Parallel arrays: appends[i] belongs to groups[i]; `writes` may be shorter, for groups that only wait their turn. */
export interface WriteBatch<Group extends Appended> {
    readonly groups: readonly Group[];
    readonly appends: readonly Message[];
    readonly writes: readonly GroupWrite[];
}
export declare class WritePipeline<Group extends Appended> {
    private readonly storage;
    private readonly save;
    private readonly resume;
    private readonly failed;
    private queue;
    private isBroken;
    /** A snapshot is being saved: nothing behind it may start. */
    private isBarred;
    /** `save` makes the state of a group durable; `resume` asks for a turn, in which deliver() is to be called. */
    constructor(storage: Pick<RaftStorage, 'write'>, save: (groupId: number, snapshot: Snapshot) => void | Promise<void>, resume: () => void, failed: (error: unknown) => void);
    get inFlight(): number;
    /**
     * In a turn. The first `count` of both arrays, which stay the caller's; appends[i] belongs to groups[i]. Returns true if all is durable already:
     * then the caller delivers.
     */
    writeNow(groups: readonly Group[], appends: readonly Message[], count: number, writes: readonly GroupWrite[]): boolean;
    /** In a turn: the batches that are durable, in order. */
    takeDone(): WriteBatch<Group>[];
    private isFirstDone;
    stop(): void;
    private pump;
    private begin;
    private saveThenWrite;
    private start;
    private follow;
    private break;
}
