/**
 * The operations of workflow code, from the call to the pending operation. Owns: key, occurrence, position, argument digest.
 *
 * K1. Everything that names an operation is fixed synchronously at the call (R5); nothing here settles a promise but with what
 *     was consumed before (a signal that was kept, an answer of hasCheckpoint without a record).
 * K2. A call outside a window, in a body, or after the end is a typed error and never becomes an operation (R4).
 * K3. Keys that begin with `$` are the engine's: `$var/`, `$sleep`, `$signal/`, `$wait/`, `$has/`.
 * Tests: test/workflow/execution.spec.ts, waiting.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { isWellFormed } from '../state-machine/index.js';
import { canonicalText } from './canonical-json.js';
import { planOf } from './compute-plan.js';
import { isThenable } from './compute-runner.js';
import { rejected } from './context.js';
import { scopes } from './runtime-scopes.js';
import { digestOfText } from './digest.js';
import { parseDuration } from './duration.js';
import { toErrorRecord } from './error-record.js';
import { Operation } from './operation.js';
import { callReadOnly } from './read-only-this.js';
const NEVER = new Promise(() => undefined);
const NO_ARGUMENTS_DIGEST = digestOfText('[]');
export class RunCalls {
    core;
    owner;
    mailbox;
    constructor(core, owner, mailbox) {
        this.core = core;
        this.owner = owner;
        this.mailbox = mailbox;
    }
    // --- decorated methods ------------------------------------------------------------------------------------------------
    checkpoint(method, self, args) {
        const refused = this.refuse(method.method);
        if (refused !== null)
            return refused;
        const operation = this.operation('checkpoint', method.key, args, `checkpoint '${method.key}' (${method.method})`);
        this.core.pending.append(operation);
        if (operation.error === null)
            this.evaluate(operation, () => method.body.apply(self, args));
        else
            this.settleBody(operation);
        return operation.promise;
    }
    compute(method, self, args) {
        const refused = this.refuse(method.method);
        if (refused !== null)
            return refused;
        const operation = this.operation('compute', method.key, args, `compute '${method.key}' (${method.method})`);
        operation.plan = method.plan;
        operation.body = () => callReadOnly(self, operation.label, this.override(method.key) ?? method.body, args);
        return this.pend(operation);
    }
    // --- context() ---------------------------------------------------------------------------------------------------------
    computeInline(key, body, options) {
        const refused = this.refuse(`compute('${key}')`) ?? refuseKey(key, 'compute') ?? refuseFunction(body, `the body of compute('${key}')`);
        if (refused !== null)
            return refused;
        const label = `compute '${key}'`;
        let plan;
        try {
            plan = planOf(options, label);
        }
        catch (error) {
            return rejected(error);
        }
        const operation = this.operation('compute', key, null, label);
        operation.plan = plan;
        operation.body = () => (this.override(key) ?? body)();
        return this.pend(operation);
    }
    /** What a test put in the place of a body; asked when the body would run. */
    override(key) {
        const { environment, view } = this.core;
        return environment.computeOverride?.(view.name, view.version, key);
    }
    sleep(duration) {
        const refused = this.refuse('sleep()');
        if (refused !== null)
            return refused;
        let delayMs;
        try {
            delayMs = parseDuration(duration, 'the duration of sleep()');
        }
        catch (error) {
            return rejected(error);
        }
        const operation = this.operation('sleep', '$sleep', [delayMs], 'sleep()');
        operation.delayMs = delayMs;
        return this.refuseCancelled(operation) ?? this.pend(operation);
    }
    waitForSignal(name, options) {
        const refused = this.refuse(`waitForSignal('${name}')`) ?? refuseName(name, 'waitForSignal');
        if (refused !== null)
            return refused;
        let timeoutMs = -1;
        try {
            if (options?.timeout !== undefined)
                timeoutMs = parseDuration(options.timeout, `the timeout of waitForSignal('${name}')`);
        }
        catch (error) {
            return rejected(error);
        }
        const operation = this.operation('signal', `$signal/${name}`, null, `waitForSignal('${name}')`);
        const timer = timeoutMs < 0 ? null : this.operation('sleep', `$wait/${name}`, [timeoutMs], `time-out of waitForSignal('${name}')`);
        const interrupted = this.refuseCancelled(operation);
        if (interrupted !== null) {
            if (timer !== null)
                this.core.retire(timer);
            return interrupted;
        }
        const kept = this.mailbox.take(name);
        if (kept !== undefined) {
            this.core.retire(operation);
            if (timer !== null)
                this.core.retire(timer);
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
    hasCheckpoint(key) {
        const refused = this.refuse(`hasCheckpoint('${key}')`) ?? refuseKey(key, 'hasCheckpoint');
        if (refused !== null)
            return refused;
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
        return this.pend(operation);
    }
    /** A replicated variable's set or update; `evaluate` runs now. */
    variable(name, evaluate, what) {
        const refused = this.refuse(`checkpoint('${name}').${what}()`);
        if (refused !== null)
            return { operation: null, promise: refused };
        const operation = this.operation('checkpoint', `$var/${name}`, null, `checkpoint('${name}').${what}()`);
        const { core } = this;
        const outer = core.insideBody;
        core.insideBody = operation.label;
        try {
            operation.valueText = canonicalText(evaluate(), `the value of checkpoint('${name}')`);
        }
        catch (error) {
            operation.error = toErrorRecord(error, false);
        }
        finally {
            core.insideBody = outer;
        }
        operation.ready = true;
        return { operation, promise: this.pend(operation) };
    }
    /** Throws what refuse() would reject with: for synchronous calls that need a window. */
    requireWindow(label) {
        const refusal = this.refusal(label);
        if (refusal !== null)
            throw refusal;
    }
    // --- parts ---------------------------------------------------------------------------------------------------------------
    operation(kind, key, args, label) {
        const { core } = this;
        let digest = NO_ARGUMENTS_DIGEST;
        let error = null;
        if (args !== null && args.length !== 0) {
            try {
                digest = digestOfText(argumentsText(args, label));
            }
            catch (refusal) {
                error = toErrorRecord(refusal, false);
                digest = digestOfText(error.message);
            }
        }
        const state = core.key(key);
        const operation = new Operation(kind, key, state.nextOccurrence(), { wseq: core.windowWseq, ordinal: core.ordinal++ }, digest, label);
        operation.error = error;
        if (kind !== 'signal')
            state.expected.push(operation);
        return operation;
    }
    pend(operation) {
        this.core.pending.append(operation);
        this.owner.offer(operation);
        return operation.promise;
    }
    /** Runs a deterministic body at the call; its outcome has to be there within this window (R8). */
    evaluate(operation, body) {
        const { core } = this;
        const outer = core.insideBody;
        core.insideBody = operation.label;
        let outcome;
        try {
            outcome = body();
        }
        catch (error) {
            operation.error = toErrorRecord(error, false);
        }
        finally {
            core.insideBody = outer;
        }
        if (operation.error === null && isThenable(outcome)) {
            core.openBodies++;
            outcome.then((value) => this.bodySettled(operation, value, null), (error) => this.bodySettled(operation, undefined, toErrorRecord(error, false)));
            return;
        }
        this.takeValue(operation, outcome);
        this.settleBody(operation);
    }
    bodySettled(operation, value, error) {
        this.core.openBodies--;
        if (this.core.phase === 'stopped' || this.core.phase === 'abandoned')
            return;
        operation.error = error;
        this.takeValue(operation, value);
        this.settleBody(operation);
    }
    takeValue(operation, value) {
        if (operation.error !== null)
            return;
        try {
            operation.valueText = canonicalText(value, `the value of ${operation.label}`);
        }
        catch (error) {
            operation.error = toErrorRecord(error, false);
        }
    }
    settleBody(operation) {
        operation.ready = true;
        this.owner.offer(operation);
    }
    /** A cancel that found nothing to interrupt interrupts the next sleep or wait. */
    refuseCancelled(operation) {
        if (!this.core.cancelUndelivered)
            return null;
        this.core.cancelUndelivered = false;
        this.core.retire(operation);
        operation.fail(cancelledError());
        return operation.promise;
    }
    refuse(label) {
        const { core } = this;
        if (core.windowOpen && core.phase === 'running' && core.insideBody === '' && core.environment.computes.size === 0)
            return null;
        const refusal = this.refusal(label);
        if (refusal !== null)
            return rejected(refusal);
        return core.phase === 'running' ? null : NEVER;
    }
    refusal(label) {
        const { core } = this;
        const inside = core.insideBody !== '' ? core.insideBody : scopes.getStore()?.kind === 'compute' ? 'a compute body' : '';
        if (inside !== '')
            return new RaftoralError('INSIDE_COMPUTE', `${label} was called inside the body of ${inside}; call it from the workflow code and pass the value in`);
        if (core.phase === 'concluded' || core.phase === 'closed') {
            return new RaftoralError('RUN_ENDED', `${label} was called after run ${core.view.runId} of '${core.view.workflowId}' had ended; await every operation before run() returns`);
        }
        if (core.phase !== 'running' || core.windowOpen)
            return null;
        return new RaftoralError('FOREIGN_AWAIT', core.foreignAwait(`${label} was called when no event of the run was being handled: the code was resumed by something that is not in the log`));
    }
}
export function cancelledError() {
    return new RaftoralError('WORKFLOW_CANCELLED', 'the run was cancelled');
}
/** Canonical text of an argument list; trailing undefined does not count, so optional parameters may be added. */
function argumentsText(args, label) {
    let length = args.length;
    while (length > 0 && args[length - 1] === undefined)
        length--;
    let text = '[';
    for (let i = 0; i < length; i++)
        text += `${i === 0 ? '' : ','}${args[i] === undefined ? 'null' : canonicalText(args[i], `argument ${i + 1} of ${label}`)}`;
    return `${text}]`;
}
function refuseKey(key, call) {
    if (typeof key === 'string' && key !== '' && !key.startsWith('$') && key.length <= 256 && isWellFormed(key))
        return null;
    return rejected(new RaftoralError('INVALID_ARGUMENT', `the key of ${call}() is ${JSON.stringify(key)}; give a text of 1 to 256 characters that does not begin with '$'`));
}
function refuseName(name, call) {
    if (typeof name === 'string' && name !== '' && name.length <= 256 && isWellFormed(name))
        return null;
    return rejected(new RaftoralError('INVALID_ARGUMENT', `the name given to ${call}() is ${JSON.stringify(name)}; give a text of 1 to 256 characters`));
}
function refuseFunction(body, what) {
    return typeof body === 'function' ? null : rejected(new RaftoralError('INVALID_ARGUMENT', `${what} is not a function`));
}
//# sourceMappingURL=run-calls.js.map