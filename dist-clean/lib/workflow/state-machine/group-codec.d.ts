/**
 * What an execution cluster replicates besides runs and answers: log time, codec level, limits, membership, slots, hellos, and from codec level 2 on
 * node ids; as a part of a snapshot, and as the group's own row. Pure.
 *
 *   u8    version of the row (1)
 *   ...   of this node alone: sequence of the last row of answers, threshold of the forgotten ones, numbers of the closings
 *   ...   from here on as in a snapshot
 */
import { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { GroupState } from './group-state.js';
export declare const GROUP_ROW_VERSION = 1;
/** Where the rows of a group stand, on this node. */
export interface RowNumbers {
    readonly requestSequence: number;
    readonly forgottenMs: number;
    readonly forgottenId: string;
    readonly closings: number;
    readonly sweptClosings: number;
    readonly newestSweptMs: number;
}
export declare function writeGroupRow(writer: BinaryWriter, numbers: RowNumbers): void;
/** Up to where the part of the snapshot begins. */
export declare function readGroupRow(reader: BinaryReader): RowNumbers;
export declare function writeGroup(writer: BinaryWriter, state: GroupState): void;
/** A new state without runs and answers. */
export declare function readGroup(reader: BinaryReader, groupId: number): GroupState;
