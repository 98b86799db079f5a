/**
 * The frame around every replicated command. Owns the ten bytes that the leader may touch.
 *
 *   offset 0  u8   frame version (1)
 *   offset 1  f64  log time stamp, ms since the epoch, little endian; 0 until a leader stamps it (R23)
 *   offset 9  u8   command kind, then the body that the wing's codec defines
 *
 * F1. Only the leader that appends a frame stamps it, once. A frame that is sent again, or that came from another node,
 *     is copied first: entries of the log share their bytes by reference.
 * F2. The effective log time of an entry is max(log time before, stamp): computed by apply, so it never runs backwards.
 */
export declare const COMMAND_FRAME_VERSION = 1;
export declare const COMMAND_KIND_OFFSET = 9;
export declare const COMMAND_BODY_OFFSET = 10;
/** Writes the leader's clock into the frame. */
export declare function stampLogTime(frame: Uint8Array, ms: number): void;
/** The stamp of a frame, ms since the epoch. */
export declare function readLogTimeStamp(frame: Uint8Array): number;
