import { RaftoralError } from '../../errors/index.js';
export interface FileContext {
    readonly file: string;
    /** What was being done, as in "could not <doing>". */
    readonly doing: string;
    readonly groupId?: number;
}
/** `details.reason` of a file whose first bytes are not those of SQLite: its header is damaged, or it never was ours. */
export declare const NOT_A_DATABASE = "not a database";
/** The error to reject with. */
export declare function storageError(cause: unknown, context: FileContext): RaftoralError;
