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
import { BinaryReader, BinaryWriter, crc32 } from '../../state-machine/index.js';
import { readGroup, writeGroup } from './group-codec.js';
import { readRequest, writeRequest } from './snapshot-request.js';
import { readRun, writeRun } from './snapshot-run.js';
const MAGIC = [0x52, 0x57, 0x46, 0x53];
export const SNAPSHOT_VERSION = 1;
const CRC_OFFSET = 5;
const BODY_OFFSET = 9;
const RUN_BYTES_MIN = 20;
const REQUEST_BYTES_MIN = 10;
/** Header of a snapshot; seal() completes it. */
export function beginSnapshot(writer) {
    for (const byte of MAGIC)
        writer.u8(byte);
    writer.u8(SNAPSHOT_VERSION);
    writer.u32(0);
}
export function seal(bytes) {
    const crc = crc32(bytes, BODY_OFFSET);
    for (let i = 0; i < 4; i++)
        bytes[CRC_OFFSET + i] = crc >>> (8 * i);
    return bytes;
}
export function encodeSnapshot(state) {
    const writer = new BinaryWriter();
    beginSnapshot(writer);
    writeGroup(writer, state);
    writer.uint(state.runs.size, 'runs');
    for (const run of state.runs.values())
        writeRun(writer, run);
    writeRequests(writer, state);
    return seal(writer.finish());
}
export function writeRequests(writer, state) {
    writer.uint(state.requests.size, 'requests');
    for (const entry of state.requests.entries())
        writeRequest(writer, entry);
}
/** Reads all of it. Throws MALFORMED_FRAME, with offset and field. */
export function readSnapshot(groupId, bytes, visitorOf) {
    const reader = new BinaryReader('snapshot').open(bytes);
    for (const byte of MAGIC)
        if (reader.u8('magic') !== byte)
            reader.fail('magic', 'these bytes are no snapshot of an execution cluster');
    const version = reader.u8('version');
    if (version !== SNAPSHOT_VERSION)
        reader.fail('version', `${version} is not known to this build`);
    const crc = reader.u32('checksum');
    if (crc !== crc32(bytes, BODY_OFFSET))
        reader.fail('checksum', 'the snapshot is damaged');
    const state = readGroup(reader, groupId);
    const visitor = visitorOf(state);
    const runIds = new Set();
    for (let left = reader.count('runs', RUN_BYTES_MIN); left > 0; left--) {
        const { run, bounds } = readRun(reader, state.nextOrder(), (head) => visitor.keepsHistory(head));
        if (runIds.has(run.runId))
            reader.fail('runId', `run ${run.runId} stands here twice`);
        runIds.add(run.runId);
        visitor.run(run, bounds);
    }
    visitor.runsEnd(state);
    for (let left = reader.count('requests', REQUEST_BYTES_MIN); left > 0; left--) {
        const start = reader.offset;
        const entry = readRequest(reader);
        visitor.request(entry, start, reader.offset);
    }
    reader.end();
    return state;
}
/** Everything in memory. Throws MALFORMED_FRAME. */
export function decodeSnapshot(groupId, bytes) {
    return readSnapshot(groupId, bytes, (state) => ({
        run: (run) => state.adopt(run),
        keepsHistory: () => true,
        runsEnd: () => state.indexClosed(),
        request: (entry) => state.requests.remember(entry),
    }));
}
//# sourceMappingURL=snapshot-codec.js.map