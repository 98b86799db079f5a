import type { SqliteConnection } from './sqlite-connection.js';
import type { FileOwner } from './state-port.js';
import { type StoredGroup } from './state-rows.js';
/** null: the file is still to be made. Throws STORAGE_FORMAT, STORAGE_DAMAGED. */
export declare function readOwner(connection: SqliteConnection, file: string): Promise<FileOwner | null>;
export declare function writeOwner(connection: SqliteConnection, owner: FileOwner): Promise<void>;
/** The row of a group, verified; null: nothing is stored of it. */
export declare function readGroup(connection: SqliteConnection, file: string, groupId: number): Promise<StoredGroup | null>;
/** The rows of all groups, verified. */
export declare function readGroups(connection: SqliteConnection, file: string): Promise<StoredGroup[]>;
