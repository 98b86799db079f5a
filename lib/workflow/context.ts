/**
 * What workflow code may ask of the engine, and how it finds its run.
 *
 * X1. A decorated method finds its run by WeakMap(instance → run): calls through `this`, inheritance and private methods work.
 *     AsyncLocalStorage serves context(), compute bodies and the attribution of rejections only (R45).
 * X2. In a compute or query body context() answers, but every operation of it is refused with INSIDE_COMPUTE.
 * Source: RULES R4, R8, R45; DESIGN §6. Tests: context.spec.ts, run-execution.spec.ts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { RaftoralError } from '../errors/index.js';
import type { ComputePlan } from './compute-plan.js';
import type { ComputeOptions } from './definition.js';

export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  /** In a compute body: 1 for the first attempt, committed failures of other owners counted. Elsewhere 0. */
  readonly attempt: number;
}

/** A variable of the run whose values are committed. */
export interface ReplicatedVariable<T> {
  /** The last committed value, decoded afresh; the initial one before the first commit. */
  get(): T;
  /** Resolves with the committed value. */
  set(value: T): Promise<T>;
  /** `change` gets the value of the preceding set or update in call order, committed or not, and runs at the call on each replica. */
  update(change: (current: T) => T): Promise<T>;
}

export interface WorkflowContext {
  readonly info: RunInfo;
  /** Fires when the run is cancelled; in a compute body also on time-out and when another node took over. */
  readonly abortSignal: AbortSignal;
  checkpoint<T>(name: string): ReplicatedVariable<T | undefined>;
  checkpoint<T>(name: string, initial: T): ReplicatedVariable<T>;
  /** Runs `body` on the owner alone; all replicas get its result (P3). */
  compute<T>(key: string, body: () => T | Promise<T>, options?: ComputeOptions): Promise<T>;
  /** Whether history that older code wrote holds this key ahead (R9): the way to change the code of a running workflow. */
  hasCheckpoint(key: string): Promise<boolean>;
  /** A durable timer: ms, or a text like '10s'. */
  sleep(duration: number | string): Promise<void>;
  /** The next signal of this name, first in first out; one that came earlier was kept. */
  waitForSignal<T = unknown>(name: string): Promise<T>;
  /** Undefined when the time-out was first. */
  waitForSignal<T = unknown>(name: string, options: { readonly timeout: number | string }): Promise<T | undefined>;
  /** Log time of the event that is being handled, ms since the epoch; equal on all replicas (R23). */
  now(): number;
  /** In [0, 1), equal on all replicas. */
  random(): number;
  /** Version 4 form, lower case, equal on all replicas. */
  uuid(): string;
  /** Answers queries of this name; `handler` must be synchronous and change nothing. */
  onQuery(name: string, handler: (...args: never[]) => unknown): void;
  /** Handles signals of this name, those that were kept included. */
  onSignal(name: string, handler: (payload: never) => unknown): void;
  /** Ends this run and starts the next one of the same id with `input`. Never settles: return it. */
  continueAsNew(input?: unknown): Promise<never>;
}

export type ScopeKind = 'run' | 'compute' | 'query';

/** What AsyncLocalStorage carries. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly context: WorkflowContext;
  /** Compute bodies only. */
  readonly idempotencyKey?: string;
  /** Rejections that nobody handles are told here (R6). */
  readonly owner: { reportRejection(reason: unknown): void };
}

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

export const scopes = new AsyncLocalStorage<Scope>();
/** Instances that the engine made. */
export const runOfInstance = new WeakMap<object, RunOperations>();
/** Read-only stand-ins for `this` in compute and query bodies. */
export const guards = new WeakSet<object>();

/** The run that the calling code belongs to. Throws OUTSIDE_RUN. */
export function context(): WorkflowContext {
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
export function idempotencyKey(): string {
  const key = scopes.getStore()?.idempotencyKey;
  if (key === undefined) throw new RaftoralError('OUTSIDE_RUN', 'idempotencyKey() was called outside a compute body; call it inside @CheckpointCompute or context().compute()');
  return key;
}

const ignore = (): void => undefined;

/** A rejection that user code may handle late or never (R6). */
export function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

/** The run of `self` for a decorated method, or the error that says why there is none. */
export function refusalOf(self: unknown, method: string): RaftoralError {
  if (typeof self === 'object' && self !== null && guards.has(self)) {
    return new RaftoralError('INSIDE_COMPUTE', `'${method}' was called inside a compute or query body; call it from the workflow code and pass the value in`);
  }
  return new RaftoralError('OUTSIDE_RUN', `'${method}' was called on an instance that no run belongs to; start the workflow with WorkflowClient.start()`);
}
