/**
 * @Checkpoint and @CheckpointCompute: replace the method once, at definition, by the call of an operation.
 *
 * D1. The run is found by WeakMap(instance → run), so calls through `this`, inheritance and private methods work (R45).
 * D2. What is wrong with the options is kept in the metadata and told at boot with all other problems, not thrown at import.
 */
import 'reflect-metadata';
import type { ComputeOptions } from '../workflow/definition.js';
/** What these decorators wrote on the replaced method. */
export interface OperationMetadata {
    readonly kind: 'checkpoint' | 'compute';
    readonly key: string;
    /** What is wrong with the options; null = nothing. */
    readonly problem: string | null;
}
/** Any method that returns a promise. */
type AsyncMethod = (...args: any[]) => Promise<unknown>;
export type AsyncMethodDecorator = <Method extends AsyncMethod>(target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<Method>) => void;
/**
 * A deterministic value: the body runs on every replica at the call, awaits nothing, and the owner commits what it returns.
 * @param key unique in the class; default: the method's name.
 */
export declare function Checkpoint(key?: string): AsyncMethodDecorator;
/**
 * A side effect: the body runs on the owner alone, at least once, and its result takes effect exactly once (P3).
 * In it `this` is read-only, and idempotencyKey() and context().abortSignal are there.
 * @param key unique in the class; default: the method's name.
 */
export declare function CheckpointCompute(key?: string, options?: ComputeOptions): AsyncMethodDecorator;
export {};
