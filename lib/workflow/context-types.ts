/**
 * What workflow code may ask of the engine: the types of context().
 */
import type { ChildHandle } from './child-handle.js';
import type { ChildOptions, ChildTarget, StartedChildOptions } from './child-options.js';
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
  /**
   * Starts another workflow as a child of this run, and resolves with its result. It is started once, whatever becomes of this run's owner, on whichever cluster
   * its id belongs to. Rejects with ChildWorkflowError; with WORKFLOW_CANCELLED once this run is cancelled, and its child with it. The functions executeChild()
   * and startChild() take a class, too, and know its types.
   */
  executeChild<Output = unknown>(workflow: ChildTarget, input: unknown, options: ChildOptions): Promise<Output>;
  /** The same without waiting for its end: resolves once it is started. */
  startChild<Output = unknown>(workflow: ChildTarget, input: unknown, options: StartedChildOptions): Promise<ChildHandle<Output>>;
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
