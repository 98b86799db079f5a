/**
 * What becomes of values above the replicated limits (R30). Pure.
 *
 * A value that is too large is committed as the failure of what it belongs to: no replica throws it locally.
 */
import type { GroupLimits } from '../command.js';
import type { ErrorRecord } from '../event.js';
import { errorBytes } from '../record-codec.js';

export function tooLargeMessage(what: string, bytes: number, limits: GroupLimits): string {
  return `${what} has ${bytes} bytes, and at most ${limits.payloadBytesMax} are allowed: store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax.`;
}

/** The error that stands for `value` or `error` in the history, if one of them is too large; else null. */
export function tooLarge(limits: GroupLimits, what: string, value: Uint8Array, error: ErrorRecord | null): ErrorRecord | null {
  let bytes = value.length;
  if (bytes <= limits.payloadBytesMax) {
    if (error === null) return null;
    bytes = errorBytes(error);
    if (bytes <= limits.payloadBytesMax) return null;
  }
  return { name: 'RaftoralError', message: tooLargeMessage(what, bytes, limits), code: 'PAYLOAD_TOO_LARGE', stack: '', cause: null };
}
