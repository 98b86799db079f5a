import { type RaftStorageFixture } from './storage-suite-crash.js';
export interface StorageCase {
    readonly name: string;
    readonly run: () => Promise<void>;
}
/** The cases, over storages that `create` makes. */
export declare function raftStorageCases(create: () => Promise<RaftStorageFixture>, { isLasting, hasStateStore }: {
    readonly isLasting: boolean;
    readonly hasStateStore: boolean;
}): StorageCase[];
