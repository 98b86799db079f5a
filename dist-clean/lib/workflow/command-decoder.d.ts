import { BinaryReader } from '../state-machine/index.js';
import { type GroupLimits, type WorkflowCommand } from './command.js';
/**
 * The command of a frame. Throws GROUP_HALTED for a version or kind that this build does not know, MALFORMED_FRAME for anything else
 * that is no frame.
 */
export declare function decodeCommand(frame: Uint8Array): WorkflowCommand;
export declare function readLimits(from: BinaryReader): GroupLimits;
