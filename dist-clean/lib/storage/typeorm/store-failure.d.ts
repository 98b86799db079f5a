/**
 * The first failure of a node's files, shared by all that write to them. Owns that error.
 *
 * V1. The first error stays: a failed sync is never retried over, and whoever comes later is told the same (L7).
 * Tests: store-failure.spec.ts.
 */
import type { RaftoralError } from '../../errors/index.js';
export declare class StoreFailure {
    private first;
    get error(): RaftoralError | null;
    /** Keeps the first error, and returns that. */
    set(error: RaftoralError): RaftoralError;
    /** Throws the failure, if there was one. */
    check(): void;
}
