/**
 * @Checkpoint and @CheckpointCompute: replace the method once, at definition, by the call of an operation.
 *
 * D1. The run is found by WeakMap(instance → run), so calls through `this`, inheritance and private methods work (R45).
 * D2. What is wrong with the options is kept in the metadata and told at boot with all other problems, not thrown at import.
 */
import 'reflect-metadata';
import { OPERATION_METADATA } from '../raftoral.constants.js';
import { planFor, refusalOf, rejected, runOfInstance, type OperationMethod } from '../workflow/context.js';
import type { ComputeOptions } from '../workflow/definition.js';

/** What these decorators wrote on the replaced method. */
export interface OperationMetadata {
  readonly kind: 'checkpoint' | 'compute';
  readonly key: string;
  /** What is wrong with the options; null = nothing. */
  readonly problem: string | null;
}

/** Any method that returns a promise. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parameters are the user's: any method that returns a promise
type AsyncMethod = (...args: any[]) => Promise<unknown>;

export type AsyncMethodDecorator = <Method extends AsyncMethod>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * A deterministic value: the body runs on every replica at the call, awaits nothing, and the owner commits what it returns.
 * @param key unique in the class; default: the method's name.
 */
export function Checkpoint(key?: string): AsyncMethodDecorator {
  return (_target, name, descriptor) => replace('checkpoint', key ?? String(name), String(name), descriptor, undefined);
}

/**
 * A side effect: the body runs on the owner alone, at least once, and its result takes effect exactly once (P3).
 * In it `this` is read-only, and idempotencyKey() and context().abortSignal are there.
 * @param key unique in the class; default: the method's name.
 */
export function CheckpointCompute(key?: string, options?: ComputeOptions): AsyncMethodDecorator {
  return (_target, name, descriptor) => replace('compute', key ?? String(name), String(name), descriptor, options);
}

function replace<Method extends AsyncMethod>(
  kind: OperationMetadata['kind'],
  key: string,
  name: string,
  descriptor: TypedPropertyDescriptor<Method>,
  options: ComputeOptions | undefined,
): void {
  const body = descriptor.value as unknown as OperationMethod['body'];
  const planned = kind === 'compute' ? planFor(options, `compute '${key}' (${name})`) : { plan: null, problem: null };
  const method: OperationMethod = { key, method: name, body, plan: planned.plan };
  const replaced =
    kind === 'checkpoint'
      ? function (this: object, ...args: unknown[]): Promise<unknown> {
          const run = runOfInstance.get(this);
          return run === undefined ? rejected(refusalOf(this, name)) : run.callCheckpoint(method, this, args);
        }
      : function (this: object, ...args: unknown[]): Promise<unknown> {
          const run = runOfInstance.get(this);
          return run === undefined ? rejected(refusalOf(this, name)) : run.callCompute(method, this, args);
        };
  Object.defineProperty(replaced, 'name', { value: name, configurable: true });
  Object.defineProperty(replaced, 'length', { value: body.length, configurable: true });
  for (const metadataKey of Reflect.getOwnMetadataKeys(body) as unknown[])
    Reflect.defineMetadata(metadataKey, Reflect.getOwnMetadata(metadataKey, body), replaced);
  const metadata: OperationMetadata = { kind, key, problem: planned.problem };
  Reflect.defineMetadata(OPERATION_METADATA, metadata, replaced);
  descriptor.value = replaced as unknown as Method;
}
