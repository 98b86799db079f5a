import type { EntitySchema } from 'typeorm';
import { RaftoralError } from '../../errors/index.js';
import type { SqlRow, SqlValue } from './sqlite-connection.js';
import type { StateRecord } from './entities/state-entities.js';
interface Column {
    readonly name: string;
    readonly type: string;
    readonly isKey: boolean;
}
export declare class StateTable {
    readonly name: string;
    /** Every column, in order: of a list of values too. */
    readonly columns: readonly Column[];
    private readonly checksumAt;
    private readonly seed;
    private readonly inserts;
    private readonly conflict;
    /** @param upsert columns that an existing row takes over; without it an existing row is an error. */
    constructor(entity: EntitySchema<StateRecord>, upsert?: 'replaces all' | readonly string[] | null);
    /** "a", "b", … for a SELECT. */
    get columnList(): string;
    insertSql(rowCount: number): string;
    /** Puts the checksum into its place among the values of a row. */
    seal(values: SqlValue[]): SqlValue[];
    /** The row's values under their names. Throws STORAGE_DAMAGED. */
    verified(row: SqlRow, file: string): VerifiedRow;
    private damaged;
    private sum;
}
/** A row whose checksum was right: its columns have the types that the entity names. */
export declare class VerifiedRow {
    private readonly row;
    constructor(row: SqlRow);
    number(column: string): number;
    text(column: string): string;
    /** A plain Uint8Array: slice() of the driver's Buffer would be a view. */
    bytes(column: string): Uint8Array;
}
export interface RowName {
    readonly file: string;
    readonly groupId: SqlValue;
    readonly table: string;
    readonly row: string;
}
export declare function damaged(name: RowName, why: string): RaftoralError;
export {};
