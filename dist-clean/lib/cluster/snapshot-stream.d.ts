/**
 * A snapshot as a stream of bytes, made as it is read: one per reading. Owns the reading.
 *
 * M1. In memory are one slice of the image and one part, however large the state is.
 * M2. Two streams of one content are equal, byte for byte: a transfer goes on where another one stopped.
 * M3. `streamId` says so over restarts: it stands for who sends, the position, and what the header says.
 * Tests: snapshot-codec.spec.ts.
 */
import type { Snapshot } from '../raft/index.js';
import type { StateImage } from '../state-machine/index.js';
/** What is sent: rows, or, where the state is not stored in rows, the bytes that stand in the snapshot. */
export interface SnapshotContent {
    readonly snapshot: Snapshot;
    readonly image: StateImage | null;
}
export interface SnapshotPart {
    readonly offset: number;
    readonly bytes: Uint8Array;
    readonly isLast: boolean;
}
export declare class SnapshotStream {
    private readonly content;
    private readonly partBytesMax;
    readonly aboutBytes: number;
    private readonly image;
    private readonly writer;
    private held;
    private firstUsed;
    private offset;
    /** Pieces that are written: of the group's part, or of the whole. */
    private written;
    private isEnded;
    constructor(content: SnapshotContent, partBytesMax: number);
    /** The next part; null after the last one. Rejects with what the storage has against it. */
    next(): Promise<SnapshotPart | null>;
    private fill;
    private write;
    private take;
}
/** M3. */
export declare function streamIdOf(content: SnapshotContent, from: number): number;
