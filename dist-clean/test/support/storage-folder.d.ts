import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';
import type { StorageIdentity } from '../../lib/storage/storage.js';
import type { RaftStorageFixture } from '../../lib/testing/storage-suite-crash.js';
declare class StorageFolder implements RaftStorageFixture {
    private readonly folders;
    readonly path: string;
    readonly storage: SqliteRaftStorage;
    readonly incarnation: number;
    private isClosed;
    private constructor();
    static open(folders: StorageFolders, path: string, changes?: Partial<StorageIdentity>): Promise<StorageFolder>;
    reopen(changes?: Partial<StorageIdentity>): Promise<StorageFolder>;
    crashCopy(): Promise<StorageFolder>;
    dispose(): Promise<void>;
}
export declare class StorageFolders {
    private readonly paths;
    private readonly opened;
    path(): string;
    keep(folder: StorageFolder): StorageFolder;
    create(): Promise<StorageFolder>;
    dispose(): Promise<void>;
}
export {};
