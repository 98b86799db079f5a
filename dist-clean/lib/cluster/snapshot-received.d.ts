/**
 * A snapshot that was received, as it stands in its spool. Owns the spool.
 *
 * V1. What it hands out has the checksum that its sender gave to it, and the order that StateImage asks for; else MALFORMED_FRAME.
 * V2. In memory is one slice, however large the state is; the state machine's own bytes, where they come as a whole, at once.
 * V3. discard() ends it; reading to the end does not.
 * Tests: snapshot-codec.spec.ts, snapshot-receiver.spec.ts.
 */
import type { StateImage } from '../state-machine/index.js';
import type { SnapshotSpool } from '../storage/storage.js';
import { type StreamHeader } from './snapshot-codec.js';
export declare class ReceivedSnapshot {
    private readonly spool;
    private readonly totalBytes;
    readonly header: StreamHeader;
    /** Form ROWS. */
    readonly group: Uint8Array;
    private constructor();
    /** Reads the header, and the group's part. Throws MALFORMED_FRAME, or what the spool has against it. */
    static open(spool: SnapshotSpool, totalBytes: number): Promise<ReceivedSnapshot>;
    get isRows(): boolean;
    /** Form WHOLE: the state machine's bytes. */
    whole(): Promise<Uint8Array>;
    /** Form ROWS: reads all of it. */
    verify(): Promise<void>;
    /** Form ROWS. Closing it is discard(). */
    image(): StateImage;
    discard(): Promise<void>;
}
