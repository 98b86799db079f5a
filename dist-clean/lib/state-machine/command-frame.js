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
export const COMMAND_FRAME_VERSION = 1;
export const COMMAND_KIND_OFFSET = 9;
export const COMMAND_BODY_OFFSET = 10;
const scratch = new DataView(new ArrayBuffer(8));
/** Writes the leader's clock into the frame. */
export function stampLogTime(frame, ms) {
    scratch.setFloat64(0, ms, true);
    for (let i = 0; i < 8; i++)
        frame[1 + i] = scratch.getUint8(i);
}
/** The stamp of a frame, ms since the epoch. */
export function readLogTimeStamp(frame) {
    for (let i = 0; i < 8; i++)
        scratch.setUint8(i, frame[1 + i]);
    return scratch.getFloat64(0, true);
}
//# sourceMappingURL=command-frame.js.map