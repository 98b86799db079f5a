import { RaftoralError } from '../errors/index.js';
import { Entry, HardState } from '../raft/types.js';
export declare const LOG_ROW_VERSION = 1;
export interface LogRow {
    readonly hardState: HardState;
    readonly isReset: boolean;
    readonly previousIndex: number;
    readonly previousTerm: number;
    readonly entries: readonly Entry[];
}
/** A row as it stands in a file. `sequence` counts the rows of the group, from 1. */
export interface StoredRow {
    readonly groupId: number;
    readonly sequence: number;
    readonly row: Uint8Array;
    readonly checksum: number;
}
/** Index of the last entry of the log once the row is taken. */
export declare function lastIndexOf(row: LogRow): number;
export declare function storedRow(groupId: number, sequence: number, row: LogRow): StoredRow;
/** R2. */
export declare function rowChecksum(groupId: number, sequence: number, bytes: Uint8Array): number;
export declare function encodeLogRow({ hardState, isReset, previousIndex, previousTerm, entries }: LogRow): Uint8Array;
/**
 * Verifies and decodes. Throws STORAGE_DAMAGED, or STORAGE_FORMAT for a sound row of another version, with file, group and sequence.
 * @param nextIndex behind the rows before it, where there are any: a row that can not be read is said to stand there.
 */
export declare function readLogRow(stored: StoredRow, file: string, nextIndex?: number): LogRow;
/** @param index of the log, where the damage is known to concern one. */
export declare function damagedRow(file: string, groupId: number, sequence: number, why: string, index?: number): RaftoralError;
