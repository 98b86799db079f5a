import { RaftoralError } from '../errors/index.js';
import { AbortScope } from './abort-scope.js';
import { scopes } from './runtime-scopes.js';
export class ComputeAttempt {
    id;
    epoch;
    number;
    timeoutMs;
    label;
    scopeOf;
    body;
    done;
    abortScope = new AbortScope();
    /** The body was called. */
    launched = false;
    /** The outcome was reported, or is not wanted any more. */
    over = false;
    bodySettled = false;
    timer = null;
    constructor(
    /** Names the operation on this node: runId, key, occurrence. */
    id, epoch, number, timeoutMs, label, scopeOf, body, done) {
        this.id = id;
        this.epoch = epoch;
        this.number = number;
        this.timeoutMs = timeoutMs;
        this.label = label;
        this.scopeOf = scopeOf;
        this.body = body;
        this.done = done;
    }
    /** Asks the body to stop; its outcome still counts (cancel). */
    abort(cause, message) {
        this.abortScope.abort(cause, message);
    }
    /** Gives the attempt up: the body is asked to stop and its outcome is dropped. */
    drop(cause, message) {
        this.over = true;
        this.timer?.cancel();
        this.abort(cause, message);
    }
}
export class ComputeRunner {
    clock;
    gate;
    fencedGraceMs;
    /** The body that runs for each operation, given up or not. */
    inFlight = new Map();
    waiting = new Map();
    constructor(clock, gate, fencedGraceMs = 10_000) {
        this.clock = clock;
        this.gate = gate;
        this.fencedGraceMs = fencedGraceMs;
    }
    /** Bodies that have not settled, those given up included. */
    get size() {
        return this.inFlight.size;
    }
    start(attempt) {
        if (!this.inFlight.has(attempt.id)) {
            this.gate.pass(() => this.launch(attempt));
            return;
        }
        this.waiting.get(attempt.id)?.timer.cancel();
        const timer = this.clock.setTimer(this.fencedGraceMs, () => this.release(attempt.id), { unref: true });
        this.waiting.set(attempt.id, { attempt, timer });
    }
    launch(attempt) {
        if (attempt.over)
            return;
        attempt.launched = true;
        this.inFlight.set(attempt.id, attempt);
        if (attempt.timeoutMs > 0)
            attempt.timer = this.clock.setTimer(attempt.timeoutMs, () => this.timeOut(attempt));
        let outcome;
        try {
            outcome = scopes.run(attempt.scopeOf(attempt), attempt.body);
        }
        catch (error) {
            this.settle(attempt, true, error);
            return;
        }
        if (isThenable(outcome)) {
            outcome.then((value) => this.settle(attempt, false, value), (error) => this.settle(attempt, true, error));
        }
        else
            this.settle(attempt, false, outcome);
    }
    settle(attempt, failed, outcome) {
        if (attempt.bodySettled)
            return;
        attempt.bodySettled = true;
        if (this.inFlight.get(attempt.id) === attempt)
            this.inFlight.delete(attempt.id);
        this.report(attempt, failed, outcome);
        if (!this.inFlight.has(attempt.id))
            this.release(attempt.id);
    }
    timeOut(attempt) {
        attempt.abort('timeout', `${attempt.label} did not settle within ${attempt.timeoutMs} ms`);
        this.report(attempt, true, new RaftoralError('COMPUTE_TIMEOUT', `${attempt.label} did not settle within its timeout of ${attempt.timeoutMs} ms; raise the timeout, or let the body stop when its abortSignal fires`));
    }
    report(attempt, failed, outcome) {
        if (attempt.over)
            return;
        attempt.over = true;
        attempt.timer?.cancel();
        attempt.done(attempt, failed, outcome);
    }
    /** The older body settled, or its grace is over. */
    release(id) {
        const grace = this.waiting.get(id);
        if (grace === undefined)
            return;
        this.waiting.delete(id);
        grace.timer.cancel();
        this.gate.pass(() => this.launch(grace.attempt));
    }
    /** No body will be waited for any more (shutdown). */
    stop() {
        for (const { timer } of this.waiting.values())
            timer.cancel();
        this.waiting.clear();
        for (const attempt of this.inFlight.values())
            attempt.drop('shutdown', 'this node is shutting down');
    }
}
export function isThenable(value) {
    return typeof value === 'object' && value !== null && typeof value.then === 'function';
}
//# sourceMappingURL=compute-runner.js.map