/**
 * What callers see of a storage that failed: the code that says why stays (full, read-only, damaged, …). Pure.
 */
import { RaftoralError } from '../errors/index.js';
export function isStorageError(error) {
    return error instanceof RaftoralError && error.code.startsWith('STORAGE_');
}
export function storageFailure(nodeId, cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const text = `the storage of node ${nodeId} failed: ${why}; the node takes no part any more`;
    return new RaftoralError(isStorageError(cause) ? cause.code : 'STORAGE_FAILED', text, { cause });
}
//# sourceMappingURL=storage-failure.js.map