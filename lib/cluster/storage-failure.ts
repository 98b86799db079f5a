/**
 * What callers see of a storage that failed: the code that says why stays (full, read-only, damaged, …). Pure.
 */
import { RaftoralError } from '../errors/index.js';

export function isStorageError(error: unknown): error is RaftoralError {
  return error instanceof RaftoralError && error.code.startsWith('STORAGE_');
}

/** Its code says more than that the group is halted. */
export function saysMore(error: unknown): error is RaftoralError {
  return isStorageError(error) || (error instanceof RaftoralError && error.code === 'STATE_DIVERGED');
}

export function storageFailure(nodeId: number, cause: unknown): RaftoralError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `the storage of node ${nodeId} failed: ${why}; the node takes no part any more`;
  return new RaftoralError(isStorageError(cause) ? cause.code : 'STORAGE_FAILED', text, { cause });
}
