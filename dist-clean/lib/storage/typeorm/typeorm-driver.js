/**
 * The SQLite driver as TypeORM gets it.
 *
 * V1. TypeORM asks its driver for verbose mode, which from then on records a stack for every call of every connection of the process, those of the
 *     log's hot path among them: it gets the driver without it.
 */
import sqlite3 from 'sqlite3';
export const quietDriver = { verbose: () => sqlite3 };
//# sourceMappingURL=typeorm-driver.js.map