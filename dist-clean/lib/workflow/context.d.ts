/**
 * What workflow code may ask of the engine, and how it finds its run.
 *
 * X1. A decorated method finds its run by WeakMap(instance → run): calls through `this`, inheritance and private methods work.
 *     AsyncLocalStorage serves context(), compute bodies and the attribution of rejections only (R45).
 * X2. In a compute or query body context() answers, but every operation of it is refused with INSIDE_COMPUTE.
 * Source: RULES R4, R8, R45; DESIGN §6. Tests: test/workflow/execution.spec.ts, service.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type ComputePlan } from './compute-plan.js';
import type { ComputeOptions } from './definition.js';
import type { WorkflowContext } from './context-types.js';
export type { ReplicatedVariable, RunInfo, WorkflowContext } from './context-types.js';
/** A decorated method, as its run sees it. Made once, at definition. */
export interface OperationMethod {
    readonly key: string;
    readonly method: string;
    readonly body: (...args: unknown[]) => unknown;
    /** Compute only. */
    readonly plan: ComputePlan | null;
}
/** What a decorated method needs of its run. */
export interface RunOperations {
    callCheckpoint(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
    callCompute(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
}
/** Instances that the engine made. */
export declare const runOfInstance: WeakMap<object, RunOperations>;
/** Read-only stand-ins for `this` in compute and query bodies. */
export declare const guards: WeakSet<object>;
/** The run that the calling code belongs to. Throws OUTSIDE_RUN. */
export declare function context(): WorkflowContext;
/**
 * Equal for all attempts of the compute body that calls it, on whichever node, and for no other operation: hand it to the
 * service whose effect must happen once. 64 hexadecimal digits. Throws OUTSIDE_RUN elsewhere.
 */
export declare function idempotencyKey(): string;
/** A rejection that user code may handle late or never (R6). */
export declare function rejected(error: Error): Promise<never>;
/** The run of `self` for a decorated method, or the error that says why there is none. */
export declare function refusalOf(self: unknown, method: string): RaftoralError;
/** The plan of a decorated compute, or what is wrong with its options. */
export declare function planFor(options: ComputeOptions | undefined, what: string): {
    readonly plan: ComputePlan;
    readonly problem: string | null;
};
