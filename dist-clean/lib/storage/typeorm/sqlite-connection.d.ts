/**
 * One connection to a SQLite file, by promises. Owns the driver's handle.
 *
 * N1. It never waits for a lock (busy_timeout 0): who holds one holds it for the life of a process.
 * N2. The driver orders nothing among prepared statements: whoever writes awaits each call.
 * N3. Errors are the driver's, with its `code`; sqlite-error.ts translates them.
 * Tests: log-database.spec.ts.
 */
import sqlite3 from 'sqlite3';
export type SqlValue = number | string | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;
export declare class SqliteStatement {
    private readonly statement;
    constructor(statement: sqlite3.Statement);
    run(params: readonly SqlValue[]): Promise<void>;
    all(params: readonly SqlValue[]): Promise<SqlRow[]>;
    finalize(): Promise<void>;
}
export declare class SqliteConnection {
    private readonly handle;
    private constructor();
    /** Creates the file unless `isReadOnly`. The file itself is not touched before the first statement. */
    static open(file: string, options?: {
        readonly isReadOnly?: boolean;
    }): Promise<SqliteConnection>;
    /** Several statements, without parameters or results. */
    exec(sql: string): Promise<void>;
    run(sql: string, params?: readonly SqlValue[]): Promise<void>;
    all(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
    /** The first column of the first row, or null. */
    value(sql: string, params?: readonly SqlValue[]): Promise<SqlValue>;
    prepare(sql: string): Promise<SqliteStatement>;
    close(): Promise<void>;
}
