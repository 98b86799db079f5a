import { deferredStream } from '../cluster/event-bus-deferred.js';
import { RaftoralError } from '../errors/index.js';
import { decodeCanonical, encodeCanonical } from './canonical-json.js';
import { encodeCommand } from './command-codec.js';
import { CommandKind } from './command.js';
import { digestOfBytes } from './digest.js';
import { fromErrorRecord } from './error-record.js';
import { formatHistory } from './history-json.js';
import { checkSlot, checkWorkflowId, fetchRun, isOpen, lookUp, notFound } from './run-lookup.js';
import { listRuns } from './runtime-list.js';
import { describeRun, explainRun } from './runtime-views.js';
import { RuntimeQueries } from './runtime-queries.js';
import { RunWaiters } from './runtime-waiters.js';
import { workflowIdProblem } from './slot.js';
const EXPLAIN_TIMEOUT_MS = 500;
export class WorkflowRuntimeService {
    runtime;
    requestTimeoutMs;
    clusterId;
    nodeId;
    waiters;
    queries;
    group;
    constructor(runtime, 
    /** Deadline of calls that name none, ms. */
    requestTimeoutMs = 10_000) {
        this.runtime = runtime;
        this.requestTimeoutMs = requestTimeoutMs;
        this.group = runtime.options.group;
        this.clusterId = this.group.groupId;
        this.nodeId = this.group.nodeId;
        this.waiters = new RunWaiters(runtime.options.clock);
        this.queries = new RuntimeQueries(runtime, requestTimeoutMs);
        runtime.addListener({
            onFinished: (run) => this.waiters.settle(run),
            onBlocked: (run) => this.blocked(run),
            onRestored: () => this.restored(),
            onEnded: (error) => this.waiters.rejectAll(error),
        });
    }
    // --- writing --------------------------------------------------------------------------------------------------------------------
    async start(name, input, options = {}) {
        const requestId = this.requestId(options);
        return this.writing(requestId, async () => {
            const version = this.versionOf(name, options.version);
            const workflowId = options.workflowId ?? (workflowIdProblem(requestId) === null ? requestId : this.runtime.options.random.uuid());
            checkWorkflowId(workflowId);
            const bytes = this.payload(input, `the input of workflow '${name}'`);
            const definition = this.runtime.options.registry.get(name, version);
            if (bytes.length === 0 && definition?.takesInput === true) {
                throw new RaftoralError('MISSING_INPUT', `workflow '${name}' version ${version} takes an input, and none was given; pass it as the second argument of start()`);
            }
            const applied = await this.propose({
                kind: CommandKind.START,
                requestId,
                expiryMs: this.expiryMs(),
                workflowId,
                runId: this.runtime.options.random.uuid(),
                name,
                version,
                input: bytes,
                inputDigest: digestOfBytes(bytes),
                ownerPolicy: definition?.options.owner ?? 'starter',
                starter: this.nodeId,
                leaderHint: this.group.leaderId,
            }, requestId, options);
            const answer = applied.result;
            if (!answer.ok && !answer.ignored && answer.code === 'ALREADY_EXISTS' && options.onExisting === 'attach') {
                return { workflowId, runId: answer.runId, existing: true, requestId };
            }
            const { runId, existing } = accepted(answer);
            return { workflowId, runId, existing, requestId };
        });
    }
    async signal(ref, signal, payload, options = {}) {
        const requestId = this.requestId(options);
        await this.writing(requestId, async () => {
            if (typeof signal !== 'string' || signal === '' || signal.length > 256) {
                throw new RaftoralError('INVALID_ARGUMENT', `the name of a signal is ${JSON.stringify(signal)}; give a text of 1 to 256 characters`);
            }
            const bytes = this.payload(payload, `the payload of signal '${signal}'`);
            await this.command({ kind: CommandKind.SIGNAL, ...this.target(ref, requestId), name: signal, payload: bytes }, requestId, options);
        });
    }
    async cancel(ref, reason = '', options = {}) {
        const requestId = this.requestId(options);
        await this.writing(requestId, () => this.command({ kind: CommandKind.CANCEL, ...this.target(ref, requestId), reason: reason.slice(0, 1024) }, requestId, options));
    }
    async terminate(ref, options = {}) {
        const requestId = this.requestId(options);
        await this.writing(requestId, () => this.command({ kind: CommandKind.TERMINATE, ...this.target(ref, requestId) }, requestId, options));
    }
    async reset(ref, options = {}) {
        const requestId = this.requestId(options);
        await this.writing(requestId, () => this.command({ kind: CommandKind.RESET, ...this.target(ref, requestId) }, requestId, options));
    }
    // --- reading --------------------------------------------------------------------------------------------------------------------
    async result(ref, options = {}) {
        const { clock } = this.runtime.options;
        const deadlineMs = options.timeoutMs === undefined ? undefined : clock.monotonic() + options.timeoutMs;
        const known = ref.runId === undefined ? undefined : lookUp(this.runtime.options.state, ref); // what a run became never changes
        let run = known ?? (await this.find(ref, 'linearizable', options, 'last event'));
        for (;;) {
            run = await this.ended(run, deadlineMs);
            if (run.outcome !== 'continued')
                return outcomeOf(run);
            const last = run.history.last();
            run = await this.fetch({ workflowId: run.workflowId, runId: last !== undefined && 'continuedAs' in last ? last.continuedAs : '' });
        }
    }
    query(ref, query, args, options = {}) {
        return this.queries.query(ref, query, args, options);
    }
    async describe(ref, options = {}) {
        return describeRun(await this.find(ref, options.consistency, options, 'last event'));
    }
    async explain(ref, options = {}) {
        const run = await this.find(ref, options.consistency, options, 'last event');
        const others = this.runtime.options.state.voters.filter((node) => node !== this.nodeId);
        const asked = await Promise.all(others.map((node) => this.queries.positionAt(node, run.runId, Math.min(EXPLAIN_TIMEOUT_MS, options.timeoutMs ?? EXPLAIN_TIMEOUT_MS))));
        const positions = new Map(others.map((node, i) => [node, asked[i]]));
        positions.set(this.nodeId, this.queries.position(run.runId));
        return explainRun(this.runtime, this.runtime.options.state.run(run.runId) ?? run, positions);
    }
    async history(ref, options = {}) {
        return formatHistory(await this.find(ref, options.consistency, options, 'all events'));
    }
    async list(filter = {}) {
        this.refuseEnded();
        if ((filter.consistency ?? 'linearizable') === 'linearizable')
            await this.group.readIndex({ deadlineMs: this.requestTimeoutMs });
        return listRuns(this.runtime.options.state, filter);
    }
    runEvents(ref, after = 0, options = {}) {
        return deferredStream(async () => {
            const local = lookUp(this.runtime.options.state, ref);
            const run = local !== undefined && (ref.runId !== undefined || isOpen(local)) ? local : await this.find(ref, 'linearizable', {}, 'last event');
            return this.runtime.runEvents({ workflowId: run.workflowId, runId: run.runId }, after, options);
        });
    }
    get events$() {
        return this.runtime.bus.all();
    }
    events(options) {
        return this.runtime.bus.all(options);
    }
    // --- parts ----------------------------------------------------------------------------------------------------------------------
    /** Throws UNKNOWN_WORKFLOW, naming what is registered. */
    versionOf(name, wanted) {
        const { state, registry } = this.runtime.options;
        const version = wanted ?? state.defaultVersion(name) ?? registry.versions(name).at(-1);
        if (version !== undefined && (registry.get(name, version) !== undefined || state.isRegistered(name, version)))
            return version;
        const known = new Map();
        for (const list of [
            registry.list(),
            ...[...state.hellos.values()].map((hello) => [...hello.workflows].map(([of, versions]) => ({ name: of, versions }))),
        ]) {
            for (const entry of list)
                known.set(entry.name, new Set([...(known.get(entry.name) ?? []), ...entry.versions]));
        }
        const names = [...known].map(([of, versions]) => `'${of}' (${[...versions].sort((a, b) => a - b).join(', ')})`).sort();
        throw new RaftoralError('UNKNOWN_WORKFLOW', `workflow '${String(name)}'${wanted === undefined ? '' : ` version ${wanted}`} is registered by no member of cluster ${this.clusterId}; ${names.length === 0 ? 'none is' : `registered are ${names.join(', ')}`}`, { details: { known: [...known.keys()].sort() } });
    }
    payload(value, what) {
        const bytes = encodeCanonical(value, what);
        const max = this.runtime.options.state.limits.payloadBytesMax;
        if (bytes.length > max) {
            throw new RaftoralError('PAYLOAD_TOO_LARGE', `${what} has ${bytes.length} bytes, the limit is ${max}; store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax`, {
                details: { bytes: bytes.length, limit: max },
            });
        }
        return bytes;
    }
    requestId(options) {
        return options.requestId ?? this.runtime.options.random.uuid();
    }
    expiryMs() {
        const { state, clock } = this.runtime.options;
        return Math.max(state.logTimeMs, clock.now()) + state.limits.requestRetentionMs;
    }
    target(ref, requestId) {
        checkWorkflowId(ref.workflowId);
        return { requestId, expiryMs: this.expiryMs(), workflowId: ref.workflowId, runId: ref.runId ?? '' };
    }
    propose(command, requestId, options) {
        return this.group.propose(encodeCommand(command), { deadlineMs: options.timeoutMs ?? this.requestTimeoutMs, requestId });
    }
    async command(command, requestId, options) {
        accepted((await this.propose(command, requestId, options)).result);
    }
    /** Every error of a writing call carries its requestId (V1). */
    async writing(requestId, call) {
        try {
            this.refuseEnded();
            return await call();
        }
        catch (error) {
            if (!(error instanceof RaftoralError) || error.requestId !== undefined)
                throw error;
            throw new RaftoralError(error.code, error.message, { cause: error.cause, requestId, details: error.details });
        }
    }
    refuseEnded() {
        const { ended } = this.runtime;
        if (ended !== null)
            throw ended;
    }
    async find(ref, consistency, options, need) {
        this.refuseEnded();
        checkWorkflowId(ref.workflowId);
        if ((consistency ?? 'linearizable') === 'linearizable')
            await this.group.readIndex({ deadlineMs: Math.min(options.timeoutMs ?? this.requestTimeoutMs, this.requestTimeoutMs) });
        checkSlot(this.runtime.options.state, this.clusterId, ref.workflowId);
        return this.fetch(ref, need);
    }
    async fetch(ref, need = 'last event') {
        const run = await fetchRun(this.runtime.options.state, ref, need);
        if (run === undefined)
            throw notFound(ref);
        return run;
    }
    /** The run once it has ended. Between the look at the state and the waiting for it nothing is applied. */
    async ended(run, deadlineMs) {
        if (!isOpen(run))
            return this.withLastEvent(run);
        const now = this.runtime.options.state.run(run.runId);
        if (now !== undefined && isOpen(now))
            return this.withLastEvent(await this.ending(now, deadlineMs));
        return now === undefined ? this.fetch({ workflowId: run.workflowId, runId: run.runId }) : this.withLastEvent(now);
    }
    async withLastEvent(run) {
        return run.history.last() === undefined ? this.fetch({ workflowId: run.workflowId, runId: run.runId }) : run;
    }
    ending(run, deadlineMs) {
        const refusal = blockedForGood(run);
        if (refusal !== null)
            return Promise.reject(refusal);
        const remainingMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - this.runtime.options.clock.monotonic());
        return this.waiters.wait(run, remainingMs, () => new RaftoralError('OUTCOME_UNKNOWN', `workflow '${run.workflowId}' has not ended within the deadline of this call; it goes on, ask again`, { details: { workflowId: run.workflowId, runId: run.runId } }));
    }
    blocked(run) {
        const refusal = blockedForGood(run);
        if (refusal !== null)
            this.waiters.reject(run.runId, refusal);
    }
    /** Waiters at or below a snapshot are answered from its state (R36). */
    restored() {
        for (const ref of this.waiters.runs()) {
            const run = this.runtime.options.state.run(ref.runId);
            if (run === undefined)
                void this.settleFromDisk(ref);
            else if (!isOpen(run))
                this.waiters.settle(run);
        }
    }
    async settleFromDisk(ref) {
        const { runId } = ref;
        try {
            const run = await this.runtime.options.state.fetch(ref, 'last event');
            if (run !== undefined)
                return this.waiters.settle(run);
            const message = `run ${runId} ended and was forgotten while this node was behind; its outcome is not known here`;
            this.waiters.reject(runId, new RaftoralError('OUTCOME_UNKNOWN', message));
        }
        catch (error) {
            this.waiters.reject(runId, error);
        }
    }
}
function accepted(answer) {
    if (answer.ok)
        return answer;
    if (answer.ignored)
        throw new RaftoralError('INVARIANT_VIOLATED', `a client command was ignored: ${answer.reason}`);
    throw new RaftoralError(answer.code, answer.message, answer.runId === '' ? {} : { details: { runId: answer.runId } });
}
/** Blocked for a reason that only a person can take away: nobody is kept waiting for it. */
function blockedForGood(run) {
    if (run.status !== 'blocked' || run.blockedReason === 'no-implementation')
        return null;
    const why = run.declined.map(({ node, reason, message }) => `node ${node}: ${reason}: ${message}`);
    return new RaftoralError('WORKFLOW_BLOCKED', `workflow '${run.workflowId}' is blocked (${run.blockedReason})${why.length === 0 ? '' : `: ${why.join('; ')}`}; reset it once the reason is gone`, {
        details: { runId: run.runId, blockedReason: run.blockedReason, declined: run.declined },
    });
}
function outcomeOf(run) {
    const cause = run.error === null ? undefined : fromErrorRecord(run.error);
    const details = { workflowId: run.workflowId, runId: run.runId };
    switch (run.outcome) {
        case 'completed':
            return decodeCanonical(run.result);
        case 'failed':
            throw new RaftoralError('WORKFLOW_FAILED', `workflow '${run.workflowId}' failed: ${cause?.message ?? 'no reason was given'}`, {
                cause,
                details,
            });
        case 'cancelled':
            throw new RaftoralError('WORKFLOW_CANCELLED', `workflow '${run.workflowId}' was cancelled`, { cause, details });
        default:
            throw new RaftoralError('WORKFLOW_TERMINATED', `workflow '${run.workflowId}' was terminated by an operator`, { details });
    }
}
//# sourceMappingURL=runtime-service.js.map