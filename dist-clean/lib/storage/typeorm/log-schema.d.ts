/** "RFTL": a file without it was not written by this engine. */
export declare const APPLICATION_ID = 1380340812;
export declare const LOG_FORMAT = 1;
/** What TypeORM makes before it begins the first migration: a file that ended there is a new one. */
export declare const BARE_TABLES: readonly string[];
/** Brings the tables up to date. Nobody else has the file open, and nothing of it stays open. */
export declare function migrateLog(file: string): Promise<void>;
