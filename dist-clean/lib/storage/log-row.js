/**
 * One row of a group's log on disk, in bytes. Pure: the simulator runs it too.
 *
 *   uint8   format version                uint    vote
 *   uint8   flags: 1 = reset              uint    commit index
 *   uint    term                          uint    previous index, previous term
 *   uint    number of entries; each: uint term minus that of the one before, uint8 type, uint length, bytes
 *
 * uint: little-endian base 128. The first entry has the index after `previous`; the log right before it has `previous`. With the reset flag the log
 * is dropped, and `previous` is the position that it starts behind. A row without entries has the last position as `previous`.
 *
 * R1. Version 1 is never edited: another layout is another version (golden bytes in log-row.spec.ts).
 * R2. The checksum is CRC-32 over group, sequence and bytes: a row that is at another place is as damaged as one with other bytes.
 * R3. Nothing is read beyond the bytes, and nothing allocated that they do not pay for.
 * Source: R35. Tests: log-row.spec.ts.
 */
import { crc32 } from 'node:zlib';
import { RaftoralError, invariant } from '../errors/index.js';
import { Entry, EntryType, HardState, NO_BYTES } from '../raft/types.js';
export const LOG_ROW_VERSION = 1;
const FLAG_RESET = 1;
const VARINT_BYTES_MAX = 8;
/** Term difference, type, length. */
const ENTRY_BYTES_MIN = 3;
const HEADER_BYTES_MAX = 2 + 6 * VARINT_BYTES_MAX;
/** Index of the last entry of the log once the row is taken. */
export function lastIndexOf(row) {
    return row.previousIndex + row.entries.length;
}
export function storedRow(groupId, sequence, row) {
    const bytes = encodeLogRow(row);
    return { groupId, sequence, row: bytes, checksum: rowChecksum(groupId, sequence, bytes) };
}
const place = Buffer.alloc(16);
/** R2. */
export function rowChecksum(groupId, sequence, bytes) {
    place.writeDoubleLE(groupId, 0);
    place.writeDoubleLE(sequence, 8);
    return crc32(bytes, crc32(place));
}
export function encodeLogRow({ hardState, isReset, previousIndex, previousTerm, entries }) {
    let size = HEADER_BYTES_MAX;
    for (let i = 0; i < entries.length; i++)
        size += entries[i].data.length + 1 + 2 * VARINT_BYTES_MAX;
    const bytes = Buffer.allocUnsafe(size);
    bytes[0] = LOG_ROW_VERSION;
    bytes[1] = isReset ? FLAG_RESET : 0;
    let at = writeUint(bytes, 2, hardState.term);
    at = writeUint(bytes, at, hardState.vote);
    at = writeUint(bytes, at, hardState.commit);
    at = writeUint(bytes, at, previousIndex);
    at = writeUint(bytes, at, previousTerm);
    at = writeUint(bytes, at, entries.length);
    let term = previousTerm;
    for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        invariant(entry.index === previousIndex + 1 + i && entry.term >= term, () => `log row after (${previousIndex}, ${previousTerm}): entry ${i} is (${entry.index}, ${entry.term})`);
        at = writeUint(bytes, at, entry.term - term);
        term = entry.term;
        bytes[at++] = entry.type;
        at = writeUint(bytes, at, entry.data.length);
        bytes.set(entry.data, at);
        at += entry.data.length;
    }
    return bytes.subarray(0, at);
}
function writeUint(bytes, at, value) {
    invariant(Number.isSafeInteger(value) && value >= 0, () => `log row: ${value} is no safe integer of at least 0`);
    while (value > 0x7f) {
        bytes[at++] = (value % 128) | 0x80;
        value = Math.floor(value / 128);
    }
    bytes[at++] = value;
    return at;
}
/**
 * Verifies and decodes. Throws STORAGE_DAMAGED, or STORAGE_FORMAT for a sound row of another version, with file, group and sequence.
 * @param nextIndex behind the rows before it, where there are any: a row that can not be read is said to stand there.
 */
export function readLogRow(stored, file, nextIndex) {
    const { groupId, sequence, row, checksum } = stored;
    if (rowChecksum(groupId, sequence, row) !== checksum)
        throw damagedRow(file, groupId, sequence, 'the row does not have its checksum', nextIndex);
    if (row[0] !== LOG_ROW_VERSION) {
        throw new RaftoralError('STORAGE_FORMAT', `${file}, group ${groupId}: row ${sequence} has format version ${row[0]}, this engine reads ${LOG_ROW_VERSION}; start the engine that wrote it`, { details: { file, groupId, sequence, found: row[0] ?? null, expected: LOG_ROW_VERSION } });
    }
    const decoded = new RowDecoder(row).decode();
    if (typeof decoded === 'string')
        throw damagedRow(file, groupId, sequence, decoded, nextIndex);
    return decoded;
}
/** @param index of the log, where the damage is known to concern one. */
export function damagedRow(file, groupId, sequence, why, index) {
    const where = index === undefined ? '' : `, index ${index}`;
    return new RaftoralError('STORAGE_DAMAGED', `${file}, group ${groupId}${where}, row ${sequence}: ${why}; nothing was changed: keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)`, { details: { file, groupId, sequence, ...(index === undefined ? {} : { index }) } });
}
/** Decodes what has its checksum; still trusts no length. Returns why it can not. */
class RowDecoder {
    bytes;
    at = 2;
    isBroken = false;
    constructor(bytes) {
        this.bytes = bytes;
    }
    decode() {
        const { bytes } = this;
        const flags = bytes[1];
        if (flags === undefined || flags > FLAG_RESET)
            return `it has the flags ${flags}`;
        const hardState = new HardState(this.uint(), this.uint(), this.uint());
        const previousIndex = this.uint();
        const previousTerm = this.uint();
        const count = this.uint();
        if (this.isBroken || count * ENTRY_BYTES_MIN > bytes.length - this.at)
            return 'its header can not be read';
        const entries = [];
        let term = previousTerm;
        for (let i = 0; i < count; i++) {
            term += this.uint();
            const type = bytes[this.at++];
            const length = this.uint();
            if (this.isBroken || type === undefined || type > EntryType.ConfChangeV2 || length > bytes.length - this.at)
                return `entry ${previousIndex + 1 + i} can not be read`;
            entries.push(new Entry(previousIndex + 1 + i, term, type, this.view(length)));
        }
        if (this.at !== bytes.length)
            return `${bytes.length - this.at} bytes follow its last entry`;
        return { hardState, isReset: flags === FLAG_RESET, previousIndex, previousTerm, entries };
    }
    view(length) {
        if (length === 0)
            return NO_BYTES;
        const { buffer, byteOffset } = this.bytes;
        const view = new Uint8Array(buffer, byteOffset + this.at, length);
        this.at += length;
        return view;
    }
    uint() {
        let value = 0;
        let scale = 1;
        for (let i = 0; i < VARINT_BYTES_MAX; i++) {
            const byte = this.bytes[this.at++];
            if (byte === undefined)
                break;
            value += (byte & 0x7f) * scale;
            if (value > Number.MAX_SAFE_INTEGER)
                break;
            if (byte < 0x80)
                return value;
            scale *= 128;
        }
        this.isBroken = true;
        return 0;
    }
}
//# sourceMappingURL=log-row.js.map