/**
 * One connection to a SQLite file, by promises. Owns the driver's handle.
 *
 * N1. It never waits for a lock (busy_timeout 0): who holds one holds it for the life of a process.
 * N2. The driver orders nothing among prepared statements: whoever writes awaits each call.
 * N3. Errors are the driver's, with its `code`; sqlite-error.ts translates them.
 * Tests: sqlite-storage.spec.ts, sqlite-error.spec.ts.
 */
import sqlite3 from 'sqlite3';

export type SqlValue = number | string | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export class SqliteStatement {
  constructor(private readonly statement: sqlite3.Statement) {}

  run(params: readonly SqlValue[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.statement.run(params, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  }

  all(params: readonly SqlValue[]): Promise<SqlRow[]> {
    return new Promise((resolve, reject) => {
      this.statement.all<SqlRow>(params, (error, rows) => (error === null ? resolve(rows) : reject(error)));
    });
  }

  finalize(): Promise<void> {
    return new Promise((resolve) => this.statement.finalize(() => resolve()));
  }
}

export class SqliteConnection {
  private constructor(private readonly handle: sqlite3.Database) {}

  /** Creates the file unless `isReadOnly`. The file itself is not touched before the first statement. */
  static open(file: string, options: { readonly isReadOnly?: boolean } = {}): Promise<SqliteConnection> {
    const mode = options.isReadOnly === true ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
    return new Promise((resolve, reject) => {
      const handle = new sqlite3.Database(file, mode | sqlite3.OPEN_PRIVATECACHE | sqlite3.OPEN_FULLMUTEX, (error) => {
        if (error !== null) {
          reject(error);
          return;
        }
        handle.configure('busyTimeout', 0);
        resolve(new SqliteConnection(handle));
      });
    });
  }

  /** Several statements, without parameters or results. */
  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.handle.exec(sql, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<void> {
    return new Promise((resolve, reject) => {
      this.handle.run(sql, params, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  }

  all(sql: string, params: readonly SqlValue[] = []): Promise<SqlRow[]> {
    return new Promise((resolve, reject) => {
      this.handle.all<SqlRow>(sql, params, (error, rows) => (error === null ? resolve(rows) : reject(error)));
    });
  }

  /** The first column of the first row, or null. */
  async value(sql: string, params: readonly SqlValue[] = []): Promise<SqlValue> {
    const [row] = await this.all(sql, params);
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  prepare(sql: string): Promise<SqliteStatement> {
    return new Promise((resolve, reject) => {
      const statement = this.handle.prepare(sql, (error: Error | null) =>
        error === null ? resolve(new SqliteStatement(statement)) : reject(error),
      );
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.handle.close((error) => (error === null ? resolve() : reject(error))));
  }
}
