import { StateDatabase } from '../../lib/storage/typeorm/state-database.js';
import type { OpenedGroup } from '../../lib/storage/typeorm/state-port.js';
import { StoreFailure } from '../../lib/storage/typeorm/store-failure.js';
import type { StateStoreFixture } from '../../lib/testing/storage-suite-state.js';
export declare const OWNER: {
    deployment: string;
    nodeId: number;
};
export declare class StateFolder implements StateStoreFixture {
    private readonly folders;
    readonly path: string;
    readonly failure: StoreFailure;
    readonly file: string;
    readonly store: StateDatabase;
    opened: ReadonlyMap<number, OpenedGroup>;
    constructor(folders: StateFolders, path: string);
    open(): Promise<this>;
    /** What a crash leaves: the file and its WAL, not the WAL's index, which is in memory. */
    copyFiles(): StateFolder;
    crashCopy(): Promise<StateFolder>;
    reopen(): Promise<StateFolder>;
    dispose(): Promise<void>;
}
export declare class StateFolders {
    private readonly made;
    /** An empty folder, not opened. */
    folder(): StateFolder;
    at(path: string): StateFolder;
    create(): Promise<StateFolder>;
    dispose(): Promise<void>;
}
