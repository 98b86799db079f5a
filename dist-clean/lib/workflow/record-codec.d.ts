import type { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import type { DeclineReason, FinishCommand, OwnerPolicy } from './command.js';
import type { CallPosition, ErrorRecord } from './event.js';
/** More than a workflow id may have: apply refuses the rest with INVALID_WORKFLOW_ID, which is an answer and not a halt. */
export declare const ID_BYTES_MAX = 1024;
export declare const KEY_BYTES_MAX = 1024;
export declare const NAME_BYTES_MAX = 1024;
/** An error's chain of causes; what is deeper is not encoded. */
export declare const ERROR_CAUSES_MAX = 16;
/** In the order of their numbers in a frame: append only. */
export declare const OWNER_POLICIES: readonly OwnerPolicy[];
export declare const DECLINE_REASONS: readonly DeclineReason[];
export declare const FINISH_OUTCOMES: readonly FinishCommand['outcome'][];
export declare function writePosition(writer: BinaryWriter, position: CallPosition): void;
export declare function readPosition(reader: BinaryReader): CallPosition;
export declare function writeError(writer: BinaryWriter, error: ErrorRecord | null, causesLeft?: number): void;
export declare function readError(reader: BinaryReader, causesLeft?: number): ErrorRecord | null;
/** An error where the format demands one. */
export declare function readErrorRequired(reader: BinaryReader): ErrorRecord;
export declare function writeChoice<T extends string>(writer: BinaryWriter, choices: readonly T[], value: T, field: string): void;
export declare function readChoice<T extends string>(reader: BinaryReader, choices: readonly T[], field: string): T;
/** Bytes of an error's texts, causes included: what the payload limit counts (R30). */
export declare function errorBytes(error: ErrorRecord): number;
