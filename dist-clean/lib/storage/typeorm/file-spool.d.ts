import type { SnapshotSpool } from '../storage.js';
/** F1. Throws STORAGE_READ_ONLY and its like. */
export declare function removeSpools(folder: string): Promise<void>;
export declare class FileSpool implements SnapshotSpool {
    private readonly groupId;
    private readonly file;
    private readonly queue;
    private handle;
    private length;
    private isDiscarded;
    constructor(folder: string, groupId: number);
    append(bytes: Uint8Array): Promise<void>;
    read(offset: number, length: number): Promise<Uint8Array>;
    discard(): Promise<void>;
    private use;
}
