import type { StateCut, StateImage, StatePosition } from '../../state-machine/rows.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { type StoredGroup } from './state-rows.js';
/** What the image handed out could not be read: the file is as it was. */
export declare class ImageError extends Error {
    readonly cause: unknown;
    constructor(cause: unknown);
}
export declare class StateWriter {
    private readonly connection;
    /** Bytes and rows since the last checkpoint, roughly. */
    private writtenBytes;
    /** Of the largest statements, by their text: to prepare one costs as much as to run it. */
    private readonly prepared;
    constructor(connection: SqliteConnection);
    get bytesSinceCheckpoint(): number;
    flush(lastOrder: number, groupId: number, position: StatePosition, cut: StateCut): Promise<StoredGroup>;
    replace(groupId: number, position: StatePosition, image: StateImage): Promise<StoredGroup>;
    confirmInstalled(groupId: number, file: string): Promise<void>;
    /**
     * Copies what is committed from the WAL into the file, as far as no reader needs the old, and syncs it. Asked for, and not left to SQLite, which does
     * it at a commit of its own choice and says nothing when it fails.
     */
    checkpoint(): Promise<void>;
    /** The connection can be closed then. */
    close(): Promise<void>;
    private nextOf;
    private giveUp;
    private writeSlice;
    private writeShared;
    /** Counts what belongs to the group: a row that a damaged index hides is missed at the next load. */
    private writeGroup;
    private sweep;
    private deleteByOrder;
    private insert;
    private runInsert;
}
