/**
 * One run, head and history, as a part of a snapshot or of a row. Pure.
 *
 * The head does not lean on the history: that is on disk, and a head alone must say what apply has to know (R27, R32).
 */
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import type { RunEvent } from '../event.js';
import { RunHistory } from './run-history.js';
import { RunRecord } from './run-record.js';
/** Offsets of one run in the bytes that it was read from. The history begins with the count of its events. */
export interface RunBounds {
    readonly start: number;
    readonly headEnd: number;
    readonly eventsStart: number;
    readonly end: number;
}
export declare function writeRun(writer: BinaryWriter, run: RunRecord): void;
export declare function writeRunHead(writer: BinaryWriter, run: RunRecord): void;
/** Belongs to no state yet. Without its history if `keepsHistory` says so of its head: then all of that counts as dropped. */
export declare function readRun(reader: BinaryReader, order: number, keepsHistory: (head: RunRecord) => boolean): {
    readonly run: RunRecord;
    readonly bounds: RunBounds;
};
export declare function readRunHead(reader: BinaryReader, order: number, history?: RunHistory): RunRecord;
/** With a copy of the payload: a view would keep all that it was read from in memory. */
export declare function withOwnBytes(event: RunEvent): RunEvent;
