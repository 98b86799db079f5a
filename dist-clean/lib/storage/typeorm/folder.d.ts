export declare const LOG_FILE = "log.db";
export declare const STATE_FILE = "state.db";
/** Creates it if it is missing. Throws STORAGE_READ_ONLY if it, or a file of the node in it, can not be written. */
export declare function prepareFolder(folder: string): Promise<void>;
/** Throws STORAGE_MISMATCH if a file is missing that never is: state.db is created after log.db, and a WAL after its file. */
export declare function checkFiles(folder: string): Promise<void>;
/** Gives the node's files other names, with the same number, never used before in the folder. Returns the suffix. */
export declare function dropFiles(folder: string): Promise<string>;
/** D1. */
export declare function syncFolder(folder: string): Promise<void>;
/** Names of the files there that are this engine's; the log and its side files last, so that whoever stops half-way leaves what tells the most. */
export declare function nodeFiles(folder: string): Promise<string[]>;
