import { type LogStorage } from '../raft/index.js';
import type { GroupWrite, RaftStorage, StorageIdentity } from '../storage/storage.js';
export interface RaftStorageFixture {
    /** Open. */
    readonly storage: RaftStorage;
    /** That open() resolved with. */
    readonly incarnation: number;
    /** Closes it, and opens it again, with changes to the identity. If that is refused, dispose() of this fixture still cleans up. */
    reopen(changes?: Partial<StorageIdentity>): Promise<RaftStorageFixture>;
    /**
     * The storage as it would be found, opened anew, if the process had been killed at this moment. Has copied what it needs when it returns its promise,
     * not when that resolves: the storage goes on writing.
     */
    crashCopy(): Promise<RaftStorageFixture>;
    dispose(): Promise<void>;
}
/** What each group had after each call, and which calls were acknowledged. Knows no resets. */
export declare class LogModel {
    private readonly histories;
    private readonly running;
    private calls;
    private acknowledged;
    /** Makes a call, and does not wait for it. */
    call(writes: readonly GroupWrite[], make: () => void | Promise<void>): void;
    settle(): Promise<void>;
    /** Takes note of what may be found from now on; the check comes later (K1). */
    moment(): (logOf: (groupId: number) => LogStorage) => void;
    private take;
}
/**
 * Makes the calls one after the other, crashes at once after each, again a little later, and once more when it is acknowledged; then looks at what each
 * crash left.
 */
export declare function playCrashes(fixture: RaftStorageFixture, model: LogModel, script: readonly (() => void | Promise<void>)[]): Promise<void>;
