/**
 * What becomes of values above the replicated limits (R30). Pure.
 *
 * A value that is too large is committed as the failure of what it belongs to: no replica throws it locally.
 */
import type { GroupLimits } from '../command.js';
import type { ErrorRecord } from '../event.js';
export declare function tooLargeMessage(what: string, bytes: number, limits: GroupLimits): string;
/** The error that stands for `value` or `error` in the history, if one of them is too large; else null. */
export declare function tooLarge(limits: GroupLimits, what: string, value: Uint8Array, error: ErrorRecord | null): ErrorRecord | null;
