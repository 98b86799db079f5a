import type { SnapshotSpool } from './storage.js';
export declare class MemorySpool implements SnapshotSpool {
    private parts;
    /** Offset of each part. */
    private starts;
    private length;
    append(bytes: Uint8Array): Promise<void>;
    read(offset: number, length: number): Promise<Uint8Array>;
    discard(): Promise<void>;
    /** The last one that begins at or before the offset. */
    private partAt;
}
