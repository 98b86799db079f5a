/**
 * What workflow code may ask of the engine, and how it finds its run.
 *
 * X1. A decorated method finds its run by WeakMap(instance → run): calls through `this`, inheritance and private methods work.
 *     AsyncLocalStorage serves context(), compute bodies and the attribution of rejections only (R45).
 * X2. In a compute or query body context() answers, but every operation of it is refused with INSIDE_COMPUTE.
 * Source: RULES R4, R8, R45; DESIGN §6. Tests: test/workflow/execution.spec.ts, service.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { planOf } from './compute-plan.js';
import { scopes } from './runtime-scopes.js';
/** Instances that the engine made. */
export const runOfInstance = new WeakMap();
/** Read-only stand-ins for `this` in compute and query bodies. */
export const guards = new WeakSet();
/** The run that the calling code belongs to. Throws OUTSIDE_RUN. */
export function context() {
    const scope = scopes.getStore();
    if (scope === undefined) {
        throw new RaftoralError('OUTSIDE_RUN', 'context() was called outside a workflow run; call it from run() or a method that run() calls, and start runs with WorkflowClient.start()');
    }
    return scope.context;
}
/**
 * Equal for all attempts of the compute body that calls it, on whichever node, and for no other operation: hand it to the
 * service whose effect must happen once. 64 hexadecimal digits. Throws OUTSIDE_RUN elsewhere.
 */
export function idempotencyKey() {
    const keyOf = scopes.getStore()?.idempotencyKey;
    if (keyOf === undefined)
        throw new RaftoralError('OUTSIDE_RUN', 'idempotencyKey() was called outside a compute body; call it inside @CheckpointCompute or context().compute()');
    return keyOf();
}
const ignore = () => undefined;
/** A rejection that user code may handle late or never (R6). */
export function rejected(error) {
    const promise = Promise.reject(error);
    promise.catch(ignore);
    return promise;
}
/** The run of `self` for a decorated method, or the error that says why there is none. */
export function refusalOf(self, method) {
    if (typeof self === 'object' && self !== null && guards.has(self)) {
        return new RaftoralError('INSIDE_COMPUTE', `'${method}' was called inside a compute or query body; call it from the workflow code and pass the value in`);
    }
    return new RaftoralError('OUTSIDE_RUN', `'${method}' was called on an instance that no run belongs to; start the workflow with WorkflowClient.start()`);
}
/** The plan of a decorated compute, or what is wrong with its options. */
export function planFor(options, what) {
    try {
        return { plan: planOf(options, what), problem: null };
    }
    catch (error) {
        return { plan: planOf(undefined, what), problem: error.message };
    }
}
//# sourceMappingURL=context.js.map