/**
 * The first failure of a node's files, shared by all that write to them. Owns that error.
 *
 * V1. The first error stays: a failed sync is never retried over, and whoever comes later is told the same (L7).
 * Tests: store-failure.spec.ts.
 */
import type { RaftoralError } from '../../errors/index.js';

export class StoreFailure {
  private first: RaftoralError | null = null;

  get error(): RaftoralError | null {
    return this.first;
  }

  /** Keeps the first error, and returns that. */
  set(error: RaftoralError): RaftoralError {
    this.first ??= error;
    return this.first;
  }

  /** Throws the failure, if there was one. */
  check(): void {
    if (this.first !== null) throw this.first;
  }
}
