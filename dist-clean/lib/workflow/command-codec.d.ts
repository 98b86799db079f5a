import { BinaryWriter } from '../state-machine/index.js';
import { type GroupLimits, type WorkflowCommand } from './command.js';
export { decodeCommand } from './command-decoder.js';
/**
 * A new frame, with time stamp 0, for a group of this codec level. Throws INVALID_ARGUMENT for what no decoder would take, MEMBERSHIP_REFUSED (retryable)
 * for what the group is not ready for.
 */
export declare function encodeCommand(command: WorkflowCommand, codecLevel?: number): Uint8Array;
export declare function writeLimits(into: BinaryWriter, limits: GroupLimits): void;
