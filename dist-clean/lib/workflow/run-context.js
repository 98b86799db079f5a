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
import { rejected } from './context.js';
import { runRandom, runUuid } from './run-random.js';
export class RunContext {
    core;
    calls;
    host;
    abortScope = new AbortScope();
    variables = new Map();
    randomCounter = 0;
    uuidCounter = 0;
    info;
    constructor(core, calls, host) {
        this.core = core;
        this.calls = calls;
        this.host = host;
        const { workflowId, runId, name, version } = core.view;
        this.info = { workflowId, runId, name, version, attempt: 0 };
    }
    get abortSignal() {
        return this.abortScope.signal;
    }
    checkpoint(name, initial) {
        if (typeof name !== 'string' || name === '' || name.length > 256 || !isWellFormed(name)) {
            throw new RaftoralError('INVALID_ARGUMENT', `the name given to checkpoint() is ${JSON.stringify(name)}; give a text of 1 to 256 characters`);
        }
        let state = this.variables.get(name);
        if (state === undefined) {
            const text = canonicalText(initial, `the initial value of checkpoint('${name}')`);
            this.variables.set(name, (state = { committedText: text, calledText: text }));
        }
        return new Variable(this.calls, name, state);
    }
    /** A variable's committed value arrived. */
    variableCommitted(key, text) {
        const state = this.variables.get(key.slice('$var/'.length));
        if (state !== undefined)
            state.committedText = text;
    }
    compute(key, body, options) {
        return this.calls.computeInline(key, body, options);
    }
    hasCheckpoint(key) {
        return this.calls.hasCheckpoint(key);
    }
    sleep(duration) {
        return this.calls.sleep(duration);
    }
    waitForSignal(name, options) {
        return this.calls.waitForSignal(name, options);
    }
    now() {
        return this.core.windowTimeMs;
    }
    random() {
        this.calls.requireWindow('random()');
        return runRandom(this.info.runId, ++this.randomCounter);
    }
    uuid() {
        this.calls.requireWindow('uuid()');
        return runUuid(this.info.runId, ++this.uuidCounter);
    }
    onQuery(name, handler) {
        this.host.onQuery(name, handler);
    }
    onSignal(name, handler) {
        this.calls.requireWindow('onSignal()');
        this.host.onSignal(name, handler);
    }
    continueAsNew(input) {
        return this.host.continueAsNew(input);
    }
}
class Variable {
    calls;
    name;
    state;
    constructor(calls, name, state) {
        this.calls = calls;
        this.name = name;
        this.state = state;
    }
    get() {
        return decodeText(this.state.committedText);
    }
    set(value) {
        return this.called(this.calls.variable(this.name, () => value, 'set'));
    }
    update(change) {
        return this.called(this.calls.variable(this.name, () => change(decodeText(this.state.calledText)), 'update'));
    }
    called({ operation, promise }) {
        if (operation !== null && operation.error === null)
            this.state.calledText = operation.valueText;
        return promise;
    }
}
/** In a compute or query body: what may be read, and no operation. */
export class ReadOnlyContext {
    info;
    place;
    abortScope;
    nowMs;
    constructor(info, place, abortScope, nowMs) {
        this.info = info;
        this.place = place;
        this.abortScope = abortScope;
        this.nowMs = nowMs;
    }
    get abortSignal() {
        return this.abortScope.signal;
    }
    now() {
        return this.nowMs;
    }
    checkpoint() {
        throw this.refusal('checkpoint()');
    }
    compute() {
        return rejected(this.refusal('compute()'));
    }
    hasCheckpoint() {
        return rejected(this.refusal('hasCheckpoint()'));
    }
    sleep() {
        return rejected(this.refusal('sleep()'));
    }
    waitForSignal() {
        return rejected(this.refusal('waitForSignal()'));
    }
    random() {
        throw this.refusal('random()');
    }
    uuid() {
        throw this.refusal('uuid()');
    }
    onQuery() {
        throw this.refusal('onQuery()');
    }
    onSignal() {
        throw this.refusal('onSignal()');
    }
    continueAsNew() {
        return rejected(this.refusal('continueAsNew()'));
    }
    refusal(call) {
        return new RaftoralError('INSIDE_COMPUTE', `${call} was called inside the body of ${this.place}; call it from the workflow code and pass the value in`);
    }
}
//# sourceMappingURL=run-context.js.map