/**
 * The whole state of an execution cluster as bytes, and back. Pure.
 *
 *   "RWFS"   magic
 *   u8       format version (1)
 *   u32      CRC-32 of everything after it
 *   ...      group id, log time, codec level, limits, membership, slots, hellos, runs (head and history), requests
 *
 * Z1. Equal states have equal bytes (S3 of the port): no order in them depends on when a machine was restored.
 * Z2. Decoding builds a new state and changes nothing else; indexes are rebuilt, not read. Damage is MALFORMED_FRAME.
 * Z3. A restored state shares no bytes with the snapshot: one small event would keep all of it in memory.
 */
import { BinaryWriter } from '../../state-machine/index.js';
import type { GroupState } from './group-state.js';
import type { RequestEntry } from './requests.js';
import type { RunRecord } from './run-record.js';
import { type RunBounds } from './snapshot-run.js';
export declare const SNAPSHOT_VERSION = 1;
/** Header of a snapshot; seal() completes it. */
export declare function beginSnapshot(writer: BinaryWriter): void;
export declare function seal(bytes: Uint8Array): Uint8Array;
export declare function encodeSnapshot(state: GroupState): Uint8Array;
export declare function writeRequests(writer: BinaryWriter, state: Pick<GroupState, 'requests'>): void;
/** What is made of the parts of a snapshot, in their order. `bytes` of a part is from its bounds. */
export interface SnapshotVisitor {
    /** Its history is read only if `keepsHistory` of its head. */
    run(run: RunRecord, bounds: RunBounds): void;
    keepsHistory(run: RunRecord): boolean;
    runsEnd(state: GroupState): void;
    request(entry: RequestEntry, start: number, end: number): void;
}
/** Reads all of it. Throws MALFORMED_FRAME, with offset and field. */
export declare function readSnapshot(groupId: number, bytes: Uint8Array, visitorOf: (state: GroupState) => SnapshotVisitor): GroupState;
/** Everything in memory. Throws MALFORMED_FRAME. */
export declare function decodeSnapshot(groupId: number, bytes: Uint8Array): GroupState;
