/**
 * What AsyncLocalStorage carries for workflow code. Owns: the one store of this wing.
 *
 * S1. It serves context(), compute bodies and the attribution of rejections; a decorated method finds its run without it (R45).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkflowContext } from './context-types.js';
export type ScopeKind = 'run' | 'compute' | 'query';
export interface Scope {
    readonly kind: ScopeKind;
    readonly context: WorkflowContext;
    /** Compute bodies only. Worked out when it is asked for: a hash costs more than the rest of a short body's scope. */
    readonly idempotencyKey?: () => string;
    /** Rejections that nobody handles are told here (R6). */
    readonly owner: {
        reportRejection(reason: unknown): void;
    };
}
export declare const scopes: AsyncLocalStorage<Scope>;
