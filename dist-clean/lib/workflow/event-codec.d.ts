import { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import { type BlockedReason, type OwnerChangeCause, type RunEvent, type RunOutcome } from './event.js';
export declare const EVENT_VERSION = 1;
/** In the order of their numbers on disk: append only. */
export declare const OUTCOMES: readonly RunOutcome[];
export declare const BLOCKED_REASONS: readonly BlockedReason[];
export declare const CAUSES: readonly OwnerChangeCause[];
export declare const PURPOSES: ReadonlyArray<'sleep' | 'retry'>;
export declare function encodeEvent(event: RunEvent): Uint8Array;
/** Payloads are views of `bytes`. Throws MALFORMED_FRAME. */
export declare function decodeEvent(bytes: Uint8Array): RunEvent;
export declare function writeEvent(writer: BinaryWriter, event: RunEvent): void;
/** Payloads are views of the reader's bytes. */
export declare function readEvent(reader: BinaryReader): RunEvent;
