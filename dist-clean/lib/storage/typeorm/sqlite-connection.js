/**
 * One connection to a SQLite file, by promises. Owns the driver's handle.
 *
 * N1. It never waits for a lock (busy_timeout 0): who holds one holds it for the life of a process.
 * N2. The driver orders nothing among prepared statements: whoever writes awaits each call.
 * N3. Errors are the driver's, with its `code`; sqlite-error.ts translates them.
 * Tests: log-database.spec.ts.
 */
import sqlite3 from 'sqlite3';
export class SqliteStatement {
    statement;
    constructor(statement) {
        this.statement = statement;
    }
    run(params) {
        return new Promise((resolve, reject) => {
            this.statement.run(params, (error) => (error === null ? resolve() : reject(error)));
        });
    }
    all(params) {
        return new Promise((resolve, reject) => {
            this.statement.all(params, (error, rows) => (error === null ? resolve(rows) : reject(error)));
        });
    }
    finalize() {
        return new Promise((resolve) => this.statement.finalize(() => resolve()));
    }
}
export class SqliteConnection {
    handle;
    constructor(handle) {
        this.handle = handle;
    }
    /** Creates the file unless `isReadOnly`. The file itself is not touched before the first statement. */
    static open(file, options = {}) {
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
    exec(sql) {
        return new Promise((resolve, reject) => {
            this.handle.exec(sql, (error) => (error === null ? resolve() : reject(error)));
        });
    }
    run(sql, params = []) {
        return new Promise((resolve, reject) => {
            this.handle.run(sql, params, (error) => (error === null ? resolve() : reject(error)));
        });
    }
    all(sql, params = []) {
        return new Promise((resolve, reject) => {
            this.handle.all(sql, params, (error, rows) => (error === null ? resolve(rows) : reject(error)));
        });
    }
    /** The first column of the first row, or null. */
    async value(sql, params = []) {
        const [row] = await this.all(sql, params);
        return row === undefined ? null : (Object.values(row)[0] ?? null);
    }
    prepare(sql) {
        return new Promise((resolve, reject) => {
            const statement = this.handle.prepare(sql, (error) => error === null ? resolve(new SqliteStatement(statement)) : reject(error));
        });
    }
    close() {
        return new Promise((resolve, reject) => this.handle.close((error) => (error === null ? resolve() : reject(error))));
    }
}
//# sourceMappingURL=sqlite-connection.js.map