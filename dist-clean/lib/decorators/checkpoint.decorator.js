/**
 * @Checkpoint and @CheckpointCompute: replace the method once, at definition, by the call of an operation.
 *
 * D1. The run is found by WeakMap(instance → run), so calls through `this`, inheritance and private methods work (R45).
 * D2. What is wrong with the options is kept in the metadata and told at boot with all other problems, not thrown at import.
 */
import 'reflect-metadata';
import { OPERATION_METADATA } from '../raftoral.constants.js';
import { planFor, refusalOf, rejected, runOfInstance } from '../workflow/context.js';
/**
 * A deterministic value: the body runs on every replica at the call, awaits nothing, and the owner commits what it returns.
 * @param key unique in the class; default: the method's name.
 */
export function Checkpoint(key) {
    return (_target, name, descriptor) => replace('checkpoint', key ?? String(name), String(name), descriptor, undefined);
}
/**
 * A side effect: the body runs on the owner alone, at least once, and its result takes effect exactly once (P3).
 * In it `this` is read-only, and idempotencyKey() and context().abortSignal are there.
 * @param key unique in the class; default: the method's name.
 */
export function CheckpointCompute(key, options) {
    return (_target, name, descriptor) => replace('compute', key ?? String(name), String(name), descriptor, options);
}
function replace(kind, key, name, descriptor, options) {
    const body = descriptor.value;
    const planned = kind === 'compute' ? planFor(options, `compute '${key}' (${name})`) : { plan: null, problem: null };
    const method = { key, method: name, body, plan: planned.plan };
    const replaced = kind === 'checkpoint'
        ? function (...args) {
            const run = runOfInstance.get(this);
            return run === undefined ? rejected(refusalOf(this, name)) : run.callCheckpoint(method, this, args);
        }
        : function (...args) {
            const run = runOfInstance.get(this);
            return run === undefined ? rejected(refusalOf(this, name)) : run.callCompute(method, this, args);
        };
    Object.defineProperty(replaced, 'name', { value: name, configurable: true });
    Object.defineProperty(replaced, 'length', { value: body.length, configurable: true });
    for (const metadataKey of Reflect.getOwnMetadataKeys(body))
        Reflect.defineMetadata(metadataKey, Reflect.getOwnMetadata(metadataKey, body), replaced);
    const metadata = { kind, key, problem: planned.problem };
    Reflect.defineMetadata(OPERATION_METADATA, metadata, replaced);
    descriptor.value = replaced;
}
//# sourceMappingURL=checkpoint.decorator.js.map