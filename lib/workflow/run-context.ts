/**
 * The three forms of context(): in workflow code, in a compute body, in a query body.
 *
 * N1. Only the first has operations; the others refuse them with INSIDE_COMPUTE (R8).
 * N2. A variable's get() is the last committed value; update() reads the value of the preceding call, committed or not (R8).
 * Tests: test/workflow/execution.spec.ts, compute.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { isWellFormed } from '../state-machine/index.js';
import { AbortScope } from './abort-scope.js';
import { canonicalText, decodeText } from './canonical-json.js';
import { rejected, type ReplicatedVariable, type RunInfo, type WorkflowContext } from './context.js';
import type { ChildHandle } from './child-handle.js';
import type { ChildOptions, ChildTarget, StartedChildOptions } from './child-options.js';
import type { ComputeOptions } from './definition.js';
import type { Operation } from './operation.js';
import type { RunCalls } from './run-calls.js';
import type { RunCore } from './run-core.js';
import { runRandom, runUuid } from './run-random.js';

export type QueryHandler = (...args: unknown[]) => unknown;

/** What the execution does on behalf of the context, beside operations. */
export interface ContextHost {
  onQuery(name: string, handler: QueryHandler): void;
  onSignal(name: string, handler: (payload: unknown) => unknown): void;
  continueAsNew(input: unknown): Promise<never>;
}

/** A replicated variable on one replica. */
interface VariableState {
  committedText: string;
  /** Of the last set or update in call order. */
  calledText: string;
}

export class RunContext implements WorkflowContext {
  readonly abortScope = new AbortScope();
  private readonly variables = new Map<string, VariableState>();
  private randomCounter = 0;
  private uuidCounter = 0;
  readonly info: RunInfo;

  constructor(
    private readonly core: RunCore,
    private readonly calls: RunCalls,
    private readonly host: ContextHost,
  ) {
    const { workflowId, runId, name, version } = core.view;
    this.info = { workflowId, runId, name, version, attempt: 0 };
  }

  get abortSignal(): AbortSignal {
    return this.abortScope.signal;
  }

  checkpoint<T>(name: string, initial?: T): ReplicatedVariable<T> {
    if (typeof name !== 'string' || name === '' || name.length > 256 || !isWellFormed(name)) {
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `the name given to checkpoint() is ${JSON.stringify(name)}; give a text of 1 to 256 characters`,
      );
    }
    let state = this.variables.get(name);
    if (state === undefined) {
      const text = canonicalText(initial, `the initial value of checkpoint('${name}')`);
      this.variables.set(name, (state = { committedText: text, calledText: text }));
    }
    return new Variable<T>(this.calls, name, state);
  }

  /** A variable's committed value arrived. */
  variableCommitted(key: string, text: string): void {
    const state = this.variables.get(key.slice('$var/'.length));
    if (state !== undefined) state.committedText = text;
  }

  compute<T>(key: string, body: () => T | Promise<T>, options?: ComputeOptions): Promise<T> {
    return this.calls.computeInline(key, body, options) as Promise<T>;
  }

  hasCheckpoint(key: string): Promise<boolean> {
    return this.calls.hasCheckpoint(key);
  }

  executeChild<Output>(workflow: ChildTarget, input: unknown, options: ChildOptions): Promise<Output> {
    return this.calls.executeChild(workflow, input, options) as Promise<Output>;
  }

  startChild<Output>(workflow: ChildTarget, input: unknown, options: StartedChildOptions): Promise<ChildHandle<Output>> {
    return this.calls.startChild(workflow, input, options) as Promise<ChildHandle<Output>>;
  }

  sleep(duration: number | string): Promise<void> {
    return this.calls.sleep(duration) as Promise<void>;
  }

  waitForSignal<T>(name: string, options?: { readonly timeout: number | string }): Promise<T> {
    return this.calls.waitForSignal(name, options) as Promise<T>;
  }

  now(): number {
    return this.core.windowTimeMs;
  }

  random(): number {
    this.calls.requireWindow('random()');
    return runRandom(this.info.runId, ++this.randomCounter);
  }

  uuid(): string {
    this.calls.requireWindow('uuid()');
    return runUuid(this.info.runId, ++this.uuidCounter);
  }

  onQuery(name: string, handler: (...args: never[]) => unknown): void {
    this.host.onQuery(name, handler as QueryHandler);
  }

  onSignal(name: string, handler: (payload: never) => unknown): void {
    this.calls.requireWindow('onSignal()');
    this.host.onSignal(name, handler as (payload: unknown) => unknown);
  }

  continueAsNew(input?: unknown): Promise<never> {
    return this.host.continueAsNew(input);
  }
}

class Variable<T> implements ReplicatedVariable<T> {
  constructor(
    private readonly calls: RunCalls,
    private readonly name: string,
    private readonly state: VariableState,
  ) {}

  get(): T {
    return decodeText(this.state.committedText) as T;
  }

  set(value: T): Promise<T> {
    return this.called(this.calls.variable(this.name, () => value, 'set'));
  }

  update(change: (current: T) => T): Promise<T> {
    return this.called(this.calls.variable(this.name, () => change(decodeText(this.state.calledText) as T), 'update'));
  }

  private called({ operation, promise }: { readonly operation: Operation | null; readonly promise: Promise<unknown> }): Promise<T> {
    if (operation !== null && operation.error === null) this.state.calledText = operation.valueText;
    return promise as Promise<T>;
  }
}

/** In a compute or query body: what may be read, and no operation. */
export class ReadOnlyContext implements WorkflowContext {
  constructor(
    readonly info: RunInfo,
    private readonly place: string,
    private readonly abortScope: AbortScope,
    private readonly nowMs: number,
  ) {}

  get abortSignal(): AbortSignal {
    return this.abortScope.signal;
  }

  now(): number {
    return this.nowMs;
  }

  checkpoint<T>(): ReplicatedVariable<T> {
    throw this.refusal('checkpoint()');
  }

  compute<T>(): Promise<T> {
    return rejected(this.refusal('compute()'));
  }

  hasCheckpoint(): Promise<boolean> {
    return rejected(this.refusal('hasCheckpoint()'));
  }

  executeChild<Output>(): Promise<Output> {
    return rejected(this.refusal('executeChild()'));
  }

  startChild<Output>(): Promise<ChildHandle<Output>> {
    return rejected(this.refusal('startChild()'));
  }

  sleep(): Promise<void> {
    return rejected(this.refusal('sleep()'));
  }

  waitForSignal<T>(): Promise<T> {
    return rejected(this.refusal('waitForSignal()'));
  }

  random(): number {
    throw this.refusal('random()');
  }

  uuid(): string {
    throw this.refusal('uuid()');
  }

  onQuery(): void {
    throw this.refusal('onQuery()');
  }

  onSignal(): void {
    throw this.refusal('onSignal()');
  }

  continueAsNew(): Promise<never> {
    return rejected(this.refusal('continueAsNew()'));
  }

  private refusal(call: string): RaftoralError {
    return new RaftoralError(
      'INSIDE_COMPUTE',
      `${call} was called inside the body of ${this.place}; call it from the workflow code and pass the value in`,
    );
  }
}
