/**
 * What callers see of a storage that failed: the code that says why stays (full, read-only, damaged, …). Pure.
 */
import { RaftoralError } from '../errors/index.js';
export declare function isStorageError(error: unknown): error is RaftoralError;
export declare function storageFailure(nodeId: number, cause: unknown): RaftoralError;
