/**
 * A table of state.db as its writer and its readers see it: statements, and the checksum of a row. Made from the entity. Pure.
 *
 * T1. The checksum is a CRC-32 over the table's name and every other column of the row, in the entity's order: integers and times as 8 bytes
 *     (IEEE 754, little endian), text and bytes behind their length.
 * T2. A row is checked before anything of it is used. What it does not hold up to is STORAGE_DAMAGED, naming file, group, table and row.
 * Tests: state-table.spec.ts.
 */
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../../errors/index.js';
const CHECKSUM = 'checksum';
const scratch = Buffer.alloc(4096);
export class StateTable {
    name;
    /** Every column, in order: of a list of values too. */
    columns;
    checksumAt;
    seed;
    inserts = new Map();
    conflict;
    /** @param upsert columns that an existing row takes over; without it an existing row is an error. */
    constructor(entity, upsert = null) {
        const { tableName, columns } = entity.options;
        this.name = tableName;
        this.columns = Object.entries(columns).map(([name, column]) => ({
            name,
            type: String(column.type),
            isKey: column.primary === true,
        }));
        this.checksumAt = this.columns.findIndex(({ name }) => name === CHECKSUM);
        this.seed = crc32(this.name);
        const keys = this.columns.filter(({ isKey }) => isKey);
        const others = upsert === 'replaces all' ? this.columns.filter(({ isKey }) => !isKey).map(({ name }) => name) : (upsert ?? []);
        this.conflict =
            others.length === 0
                ? ''
                : ` ON CONFLICT (${keys.map(quoted).join(', ')}) DO UPDATE SET ${others.map((name) => `"${name}" = excluded."${name}"`).join(', ')}`;
    }
    /** "a", "b", … for a SELECT. */
    get columnList() {
        return this.columns.map(quoted).join(', ');
    }
    insertSql(rowCount) {
        let sql = this.inserts.get(rowCount);
        if (sql === undefined) {
            const row = `(${this.columns.map(() => '?').join(', ')})`;
            sql = `INSERT INTO "${this.name}" (${this.columnList}) VALUES ${Array(rowCount).fill(row).join(', ')}${this.conflict}`;
            this.inserts.set(rowCount, sql);
        }
        return sql;
    }
    /** Puts the checksum into its place among the values of a row. */
    seal(values) {
        values[this.checksumAt] = this.sum(values);
        return values;
    }
    /** The row's values under their names. Throws STORAGE_DAMAGED. */
    verified(row, file) {
        const values = this.columns.map(({ name }) => row[name] ?? null);
        const wrong = this.columns.find(({ type }, at) => !hasType(values[at], type));
        if (wrong !== undefined)
            throw this.damaged(row, file, `its column ${wrong.name} is no ${wrong.type}`);
        if (this.sum(values) !== values[this.checksumAt])
            throw this.damaged(row, file, 'it does not have its checksum');
        return new VerifiedRow(row);
    }
    damaged(row, file, why) {
        const where = this.columns.filter(({ name, isKey }) => isKey && name !== 'group_id').map(({ name }) => `${name} ${String(row[name])}`);
        return damaged({ file, groupId: row['group_id'] ?? null, table: this.name, row: where.join(', ') }, why);
    }
    sum(values) {
        let crc = this.seed;
        let at = 0;
        for (let i = 0; i < values.length; i++) {
            if (i === this.checksumAt)
                continue;
            const value = values[i];
            if (at > scratch.length - 16) {
                crc = crc32(scratch.subarray(0, at), crc);
                at = 0;
            }
            if (typeof value === 'number') {
                // SQLite keeps no negative zero.
                at = scratch.writeDoubleLE(value + 0, at);
                continue;
            }
            if (typeof value === 'string' && value.length * 3 + 4 <= scratch.length - at) {
                const length = scratch.write(value, at + 4);
                at = scratch.writeUInt32LE(length, at) + length;
                continue;
            }
            const bytes = typeof value === 'string' ? Buffer.from(value) : value;
            at = scratch.writeUInt32LE(bytes.length, at);
            // Of no bytes at all zlib answers 0, whatever came before.
            if (bytes.length === 0)
                continue;
            crc = crc32(bytes, crc32(scratch.subarray(0, at), crc));
            at = 0;
        }
        return at === 0 ? crc : crc32(scratch.subarray(0, at), crc);
    }
}
/** A row whose checksum was right: its columns have the types that the entity names. */
export class VerifiedRow {
    row;
    constructor(row) {
        this.row = row;
    }
    number(column) {
        return this.row[column];
    }
    text(column) {
        return this.row[column];
    }
    /** A plain Uint8Array: slice() of the driver's Buffer would be a view. */
    bytes(column) {
        const { buffer, byteOffset, byteLength } = this.row[column];
        return new Uint8Array(buffer, byteOffset, byteLength);
    }
}
export function damaged(name, why) {
    const { file, groupId, table, row } = name;
    const group = groupId === null ? '' : `, group ${String(groupId)}`;
    return new RaftoralError('STORAGE_DAMAGED', `${file}${group}, table ${table}${row === '' ? '' : `, ${row}`}: ${why}; nothing was overwritten. Keep the files, and let the node rejoin empty under a new node id (rejoinEmpty).`, { details: { file, ...(typeof groupId === 'number' ? { groupId } : {}), table, row } });
}
function hasType(value, type) {
    if (type === 'text')
        return typeof value === 'string';
    if (type === 'blob')
        return value instanceof Uint8Array;
    return typeof value === 'number' && (type === 'real' ? Number.isFinite(value) : Number.isSafeInteger(value));
}
const quoted = ({ name }) => `"${name}"`;
//# sourceMappingURL=state-table.js.map