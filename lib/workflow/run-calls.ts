/**
 * The operations of workflow code, from the call to the pending operation. Owns: key, occurrence, position, argument digest.
 *
 * K1. Everything that names an operation is fixed synchronously at the call (R5); nothing here settles a promise but with what
 *     was consumed before (a signal that was kept, an answer of hasCheckpoint without a record).
 * K2. A call outside a window, in a body, or after the end is a typed error and never becomes an operation (R4).
 * K3. Keys that begin with `$` are the engine's: `$var/`, `$sleep`, `$signal/`, `$wait/`, `$has/`, and those of child-operation.ts.
 * Tests: test/workflow/execution.spec.ts, waiting.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { isWellFormed } from '../state-machine/index.js';
import { canonicalText } from './canonical-json.js';
import type { ChildStart } from './child-calls.js';
import type { ChildHandle } from './child-handle.js';
import type { ChildOptions } from './child-options.js';
import { CHILD_PREFIX, checkedChild, childStart, type CheckedChild, type ChildOperation, type ChildParent } from './child-operation.js';
import { planOf, type ComputePlan } from './compute-plan.js';
import { isThenable } from './compute-runner.js';
import { rejected, type OperationMethod } from './context.js';
import { scopes } from './runtime-scopes.js';
import type { ComputeOptions } from './definition.js';
import { digestOfText } from './digest.js';
import { parseDuration } from './duration.js';
import { toErrorRecord } from './error-record.js';
import type { ErrorRecord } from './event.js';
import { Operation, type OperationKind } from './operation.js';
import { callReadOnly } from './read-only-this.js';
import type { RunCore } from './run-core.js';
import { idempotencyKeyOf, type RunOwner } from './run-owner.js';
import type { SignalMailbox } from './signal-mailbox.js';

const NEVER: Promise<never> = new Promise<never>(() => undefined);
const NO_ARGUMENTS_DIGEST = digestOfText('[]');

export class RunCalls {
  constructor(
    private readonly core: RunCore,
    private readonly owner: RunOwner,
    private readonly mailbox: SignalMailbox,
  ) {}

  // --- decorated methods ------------------------------------------------------------------------------------------------

  checkpoint(method: OperationMethod, self: object, args: unknown[]): Promise<unknown> {
    const refused = this.refuse(method.method);
    if (refused !== null) return refused;
    const operation = this.operation('checkpoint', method.key, args, `checkpoint '${method.key}' (${method.method})`);
    this.core.pending.append(operation);
    if (operation.error === null) this.evaluate(operation, () => method.body.apply(self, args));
    else this.settleBody(operation);
    return operation.promise;
  }

  compute(method: OperationMethod, self: object, args: unknown[]): Promise<unknown> {
    const refused = this.refuse(method.method);
    if (refused !== null) return refused;
    const operation = this.operation('compute', method.key, args, `compute '${method.key}' (${method.method})`);
    operation.plan = method.plan;
    operation.body = () => callReadOnly(self, operation.label, this.override(method.key) ?? method.body, args);
    return this.pend(operation);
  }

  // --- context() ---------------------------------------------------------------------------------------------------------

  computeInline(key: string, body: () => unknown, options: ComputeOptions | undefined): Promise<unknown> {
    const refused = this.refuse(`compute('${key}')`) ?? refuseKey(key, 'compute') ?? refuseFunction(body, `the body of compute('${key}')`);
    if (refused !== null) return refused;
    const label = `compute '${key}'`;
    let plan;
    try {
      plan = planOf(options, label);
    } catch (error) {
      return rejected(error as Error);
    }
    const operation = this.operation('compute', key, null, label);
    operation.plan = plan;
    operation.body = () => (this.override(key) ?? body)();
    return this.pend(operation);
  }

  /** What a test put in the place of a body; asked when the body would run. */
  private override(key: string): ((...args: unknown[]) => unknown) | undefined {
    const { environment, view } = this.core;
    return environment.computeOverride?.(view.name, view.version, key);
  }

  // --- children -----------------------------------------------------------------------------------------------------------

  executeChild(target: unknown, input: unknown, options: unknown): Promise<unknown> {
    return this.callChild('executeChild', target, input, options, (operation, child, inputText) => {
      const { key, occurrence } = operation;
      const startOf = (attempt: number): ChildStart =>
        childStart(this.parent(), child, { key, occurrence, inputText }, { key, occurrence }, attempt);
      return { startOf, run: (calls, attempt) => calls.execute(startOf(attempt.number), attempt) };
    });
  }

  startChild(target: unknown, input: unknown, options: unknown): Promise<unknown> {
    let made: { readonly child: CheckedChild; readonly start: ChildStart } | null = null;
    const started = this.callChild('startChild', target, input, options, (operation, child, inputText) => {
      const { key, occurrence } = operation;
      const awaitedAs = { key: `$result/${child.key}/${occurrence}`, occurrence: 1 };
      const start = childStart(this.parent(), child, { key, occurrence, inputText }, awaitedAs, 1);
      made = { child, start };
      return { startOf: () => start, run: (calls, attempt) => calls.startOnly(start, attempt) };
    });
    const handleOf = (ids: unknown): ChildHandle => this.handle(made!.child, made!.start, ids as { workflowId: string; runId: string });
    const handle = started.then(handleOf);
    handle.catch(() => undefined); // R6: user code may handle it late
    return handle;
  }

  private callChild(
    call: 'executeChild' | 'startChild',
    target: unknown,
    input: unknown,
    options: unknown,
    make: (
      operation: Operation,
      child: CheckedChild,
      inputText: string,
    ) => Pick<ChildOperation, 'run'> & { startOf(attempt: number): ChildStart },
  ): Promise<unknown> {
    const refused = this.refuse(`${call}()`);
    if (refused !== null) return refused;
    let child: CheckedChild;
    let plan: ComputePlan;
    try {
      child = checkedChild(call, target, options);
      const { retry } = options as ChildOptions;
      plan = planOf(call === 'startChild' || retry === undefined ? undefined : { retry }, `${call}('${child.key}')`);
    } catch (error) {
      return rejected(error as Error);
    }
    const { name, version = null, workflowId = null, onClose } = child;
    const label = `child workflow '${name}' (${call} '${child.key}')`;
    let inputText = '';
    let problem: ErrorRecord | null = null;
    try {
      inputText = canonicalText(input, `the input of ${label}`);
    } catch (error) {
      problem = toErrorRecord(error, false);
    }
    const operation = this.operation(
      'compute',
      `${CHILD_PREFIX}${child.key}`,
      [call, name, version, workflowId, onClose, inputText],
      label,
    );
    operation.error = problem;
    operation.plan = plan;
    const { startOf, run } = make(operation, child, inputText);
    operation.child = { name, workflowId: (attempt) => startOf(attempt).workflowId, run };
    return this.pend(operation);
  }

  private handle(child: CheckedChild, start: ChildStart, { workflowId, runId }: { workflowId: string; runId: string }): ChildHandle {
    let result: Promise<unknown> | null = null;
    const { name } = child;
    const { key } = start.parent;
    const perform = (
      what: string,
      operationKey: string,
      args: readonly unknown[],
      run: (operation: Operation) => ChildOperation['run'],
    ): Promise<unknown> => {
      const label = `${what} of child workflow '${name}' (${workflowId})`;
      const refused = this.refuse(label);
      if (refused !== null) return refused;
      const operation = this.operation('compute', operationKey, args, label);
      operation.plan = planOf(undefined, label);
      operation.child = { name, workflowId: () => workflowId, run: run(operation) };
      return this.pend(operation);
    };
    const requestIdOf = ({ key: called, occurrence }: Operation): string => this.parent().tokenOf(called, occurrence);
    return {
      workflowId,
      runId,
      result: () => (result ??= perform('result()', key, [], () => (calls, attempt) => calls.result(start, attempt))),
      signal: (signal, payload) =>
        perform('signal()', `$childSignal/${child.key}`, [workflowId, signal, payload], (operation) => {
          const text = operation.error === null ? canonicalText(payload, 'the payload') : '';
          return (calls, attempt) => calls.signal(workflowId, signal, text, requestIdOf(operation), attempt);
        }) as Promise<void>,
      cancel: (reason = '') =>
        perform(
          'cancel()',
          `$childCancel/${child.key}`,
          [workflowId, reason],
          (operation) => (calls, attempt) => calls.cancel(workflowId, reason, requestIdOf(operation), attempt),
        ) as Promise<void>,
    };
  }

  private parent(): ChildParent {
    const { view, environment } = this.core;
    const { workflowId, runId } = view;
    return { workflowId, runId, tokenOf: (key, occurrence) => idempotencyKeyOf(environment.deployment, runId, key, occurrence) };
  }

  sleep(duration: number | string): Promise<unknown> {
    const refused = this.refuse('sleep()');
    if (refused !== null) return refused;
    let delayMs: number;
    try {
      delayMs = parseDuration(duration, 'the duration of sleep()');
    } catch (error) {
      return rejected(error as Error);
    }
    const operation = this.operation('sleep', '$sleep', [delayMs], 'sleep()');
    operation.delayMs = delayMs;
    return this.refuseCancelled(operation) ?? this.pend(operation);
  }

  waitForSignal(name: string, options: { readonly timeout?: number | string } | undefined): Promise<unknown> {
    const refused = this.refuse(`waitForSignal('${name}')`) ?? refuseName(name, 'waitForSignal');
    if (refused !== null) return refused;
    let timeoutMs = -1;
    try {
      if (options?.timeout !== undefined) timeoutMs = parseDuration(options.timeout, `the timeout of waitForSignal('${name}')`);
    } catch (error) {
      return rejected(error as Error);
    }
    const operation = this.operation('signal', `$signal/${name}`, null, `waitForSignal('${name}')`);
    const timer = timeoutMs < 0 ? null : this.operation('sleep', `$wait/${name}`, [timeoutMs], `time-out of waitForSignal('${name}')`);
    const interrupted = this.refuseCancelled(operation);
    if (interrupted !== null) {
      if (timer !== null) this.core.retire(timer);
      return interrupted;
    }
    const kept = this.mailbox.take(name);
    if (kept !== undefined) {
      this.core.retire(operation);
      if (timer !== null) this.core.retire(timer);
      operation.settle(kept.payload);
      return operation.promise;
    }
    this.mailbox.wait(name, operation);
    this.core.pending.append(operation);
    if (timer !== null) {
      timer.delayMs = timeoutMs;
      timer.partner = operation;
      operation.partner = timer;
      void this.pend(timer);
    }
    return operation.promise;
  }

  /** R9. */
  hasCheckpoint(key: string): Promise<boolean> {
    const refused = this.refuse(`hasCheckpoint('${key}')`) ?? refuseKey(key, 'hasCheckpoint');
    if (refused !== null) return refused;
    const { core } = this;
    const recordKey = `$has/${key}`;
    const occurrence = core.key(recordKey).peekOccurrence();
    if (core.ownerBuildId !== core.environment.buildId && !core.liesAhead(recordKey, occurrence)) {
      const ahead = core.liesAhead(key);
      core.answered.set(`${recordKey} ${core.key(recordKey).nextOccurrence()}`, ahead);
      return Promise.resolve(ahead);
    }
    const operation = this.operation('checkpoint', recordKey, null, `hasCheckpoint('${key}')`);
    operation.valueText = 'false';
    operation.ready = true;
    return this.pend(operation) as Promise<boolean>;
  }

  /** A replicated variable's set or update; `evaluate` runs now. */
  variable(
    name: string,
    evaluate: () => unknown,
    what: string,
  ):
    { readonly operation: Operation; readonly promise: Promise<unknown> } | { readonly operation: null; readonly promise: Promise<never> } {
    const refused = this.refuse(`checkpoint('${name}').${what}()`);
    if (refused !== null) return { operation: null, promise: refused };
    const operation = this.operation('checkpoint', `$var/${name}`, null, `checkpoint('${name}').${what}()`);
    const { core } = this;
    const outer = core.insideBody;
    core.insideBody = operation.label;
    try {
      operation.valueText = canonicalText(evaluate(), `the value of checkpoint('${name}')`);
    } catch (error) {
      operation.error = toErrorRecord(error, false);
    } finally {
      core.insideBody = outer;
    }
    operation.ready = true;
    return { operation, promise: this.pend(operation) };
  }

  /** Throws what refuse() would reject with: for synchronous calls that need a window. */
  requireWindow(label: string): void {
    const refusal = this.refusal(label);
    if (refusal !== null) throw refusal;
  }

  // --- parts ---------------------------------------------------------------------------------------------------------------

  private operation(kind: OperationKind, key: string, args: readonly unknown[] | null, label: string): Operation {
    const { core } = this;
    let digest = NO_ARGUMENTS_DIGEST;
    let error: ErrorRecord | null = null;
    if (args !== null && args.length !== 0) {
      try {
        digest = digestOfText(argumentsText(args, label));
      } catch (refusal) {
        error = toErrorRecord(refusal, false);
        digest = digestOfText(error.message);
      }
    }
    const state = core.key(key);
    const operation = new Operation(kind, key, state.nextOccurrence(), { wseq: core.windowWseq, ordinal: core.ordinal++ }, digest, label);
    operation.error = error;
    if (kind !== 'signal') state.expected.push(operation);
    return operation;
  }

  private pend(operation: Operation): Promise<unknown> {
    this.core.pending.append(operation);
    this.owner.offer(operation);
    return operation.promise;
  }

  /** Runs a deterministic body at the call; its outcome has to be there within this window (R8). */
  private evaluate(operation: Operation, body: () => unknown): void {
    const { core } = this;
    const outer = core.insideBody;
    core.insideBody = operation.label;
    let outcome: unknown;
    try {
      outcome = body();
    } catch (error) {
      operation.error = toErrorRecord(error, false);
    } finally {
      core.insideBody = outer;
    }
    if (operation.error === null && isThenable(outcome)) {
      core.openBodies++;
      outcome.then(
        (value) => this.bodySettled(operation, value, null),
        (error: unknown) => this.bodySettled(operation, undefined, toErrorRecord(error, false)),
      );
      return;
    }
    this.takeValue(operation, outcome);
    this.settleBody(operation);
  }

  private bodySettled(operation: Operation, value: unknown, error: ErrorRecord | null): void {
    this.core.openBodies--;
    if (this.core.phase === 'stopped' || this.core.phase === 'abandoned') return;
    operation.error = error;
    this.takeValue(operation, value);
    this.settleBody(operation);
  }

  private takeValue(operation: Operation, value: unknown): void {
    if (operation.error !== null) return;
    try {
      operation.valueText = canonicalText(value, `the value of ${operation.label}`);
    } catch (error) {
      operation.error = toErrorRecord(error, false);
    }
  }

  private settleBody(operation: Operation): void {
    operation.ready = true;
    this.owner.offer(operation);
  }

  /** A cancel that found nothing to interrupt interrupts the next sleep or wait. */
  private refuseCancelled(operation: Operation): Promise<unknown> | null {
    if (!this.core.cancelUndelivered) return null;
    this.core.cancelUndelivered = false;
    this.core.retire(operation);
    operation.fail(cancelledError());
    return operation.promise;
  }

  private refuse(label: string): Promise<never> | null {
    const { core } = this;
    if (core.windowOpen && core.phase === 'running' && core.insideBody === '' && core.environment.computes.size === 0) return null;
    const refusal = this.refusal(label);
    if (refusal !== null) return rejected(refusal);
    return core.phase === 'running' ? null : NEVER;
  }

  private refusal(label: string): RaftoralError | null {
    const { core } = this;
    const inside = core.insideBody !== '' ? core.insideBody : scopes.getStore()?.kind === 'compute' ? 'a compute body' : '';
    if (inside !== '')
      return new RaftoralError(
        'INSIDE_COMPUTE',
        `${label} was called inside the body of ${inside}; call it from the workflow code and pass the value in`,
      );
    if (core.phase === 'concluded' || core.phase === 'closed') {
      return new RaftoralError(
        'RUN_ENDED',
        `${label} was called after run ${core.view.runId} of '${core.view.workflowId}' had ended; await every operation before run() returns`,
      );
    }
    if (core.phase !== 'running' || core.windowOpen) return null;
    return new RaftoralError(
      'FOREIGN_AWAIT',
      core.foreignAwait(
        `${label} was called when no event of the run was being handled: the code was resumed by something that is not in the log`,
      ),
    );
  }
}

export function cancelledError(): RaftoralError {
  return new RaftoralError('WORKFLOW_CANCELLED', 'the run was cancelled');
}

/** Canonical text of an argument list; trailing undefined does not count, so optional parameters may be added. */
function argumentsText(args: readonly unknown[], label: string): string {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  let text = '[';
  for (let i = 0; i < length; i++)
    text += `${i === 0 ? '' : ','}${args[i] === undefined ? 'null' : canonicalText(args[i], `argument ${i + 1} of ${label}`)}`;
  return `${text}]`;
}

function refuseKey(key: unknown, call: string): Promise<never> | null {
  if (typeof key === 'string' && key !== '' && !key.startsWith('$') && key.length <= 256 && isWellFormed(key)) return null;
  return rejected(
    new RaftoralError(
      'INVALID_ARGUMENT',
      `the key of ${call}() is ${JSON.stringify(key)}; give a text of 1 to 256 characters that does not begin with '$'`,
    ),
  );
}

function refuseName(name: unknown, call: string): Promise<never> | null {
  if (typeof name === 'string' && name !== '' && name.length <= 256 && isWellFormed(name)) return null;
  return rejected(
    new RaftoralError('INVALID_ARGUMENT', `the name given to ${call}() is ${JSON.stringify(name)}; give a text of 1 to 256 characters`),
  );
}

function refuseFunction(body: unknown, what: string): Promise<never> | null {
  return typeof body === 'function' ? null : rejected(new RaftoralError('INVALID_ARGUMENT', `${what} is not a function`));
}
