import { stampLogTime } from '../../lib/state-machine/index.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, DEFAULT_LIMITS, } from '../../lib/workflow/command.js';
import { EventKind } from '../../lib/workflow/event.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
export const NOTHING = new Uint8Array(0);
export function json(value) {
    return new TextEncoder().encode(JSON.stringify(value));
}
export function failure(message) {
    return { name: 'Error', message, code: '', stack: '', cause: null };
}
export function conf(voters, more = {}) {
    return { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false, ...more };
}
/** Only if it was carried out: its number, else a failing test. */
export function wseqOf(answer) {
    if (!answer.ok)
        throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer.wseq;
}
/** Code of a refusal, reason of what was ignored, or 'ok'. */
export function fateOf(answer) {
    if (answer.ok)
        return 'ok';
    return answer.ignored ? `ignored: ${answer.reason}` : answer.code;
}
export class MachineUnderTest {
    machine;
    events = [];
    /** The leader's clock. */
    nowMs = 1_000_000;
    index = 0;
    requests = 0;
    constructor(options = {}) {
        const { groupId = 1, voters = [1, 2, 3], silent = [], limits } = options;
        this.machine = new WorkflowStateMachine({ groupId, sink: (run, event) => this.events.push({ runId: run.runId, event }) });
        this.machine.applyMembership(++this.index, conf(voters));
        for (const node of voters)
            if (!silent.includes(node))
                this.hello(node);
        if (limits !== undefined)
            this.limits(limits);
    }
    apply(command) {
        const frame = encodeCommand(command, CODEC_LEVEL_MAX);
        stampLogTime(frame, this.nowMs);
        return this.machine.apply(++this.index, 1, frame);
    }
    membership(membership) {
        this.machine.applyMembership(++this.index, membership);
    }
    hello(node, more = {}) {
        const workflows = [{ name: 'order', versions: [1, 2] }];
        return this.apply({
            kind: CommandKind.MEMBER_HELLO,
            node,
            incarnation: 1,
            workflows,
            codecLevelMax: 1,
            buildId: `build-${node}`,
            draining: false,
            ...more,
        });
    }
    limits(limits, expectedRevision = this.machine.limitsRevision) {
        return this.apply({ kind: CommandKind.SET_LIMITS, expectedRevision, limits: { ...DEFAULT_LIMITS, ...limits } });
    }
    down(node, incarnation = 1) {
        return this.apply({ kind: CommandKind.NODE_DOWN, node, incarnation });
    }
    request() {
        return { requestId: `request-${++this.requests}`, expiryMs: this.nowMs + 600_000 };
    }
    start(workflowId, more = {}) {
        return this.apply({
            kind: CommandKind.START,
            ...this.request(),
            workflowId,
            runId: `run-${workflowId}`,
            name: 'order',
            version: 1,
            input: json({ item: 7 }),
            inputDigest: 7,
            ownerPolicy: 'starter',
            starter: 1,
            leaderHint: 2,
            ...more,
        });
    }
    checkpoint(runId, call = {}) {
        return this.apply({
            kind: CommandKind.CHECKPOINT,
            ...this.operation(runId, call),
            value: call.value ?? json('v'),
            error: call.error ?? null,
        });
    }
    computed(runId, call = {}) {
        const { value = json('v'), error = null, attempt = 1 } = call;
        return this.apply({ kind: CommandKind.COMPUTE_RESULT, ...this.operation(runId, call), attempt, value, error });
    }
    attemptStarted(runId, call = {}) {
        const { key = 'k', occurrence = 1, attempt = 1 } = call;
        return this.apply({ kind: CommandKind.ATTEMPT_STARTED, runId, epoch: this.epoch(runId, call), key, occurrence, attempt });
    }
    attemptFailed(runId, call = {}) {
        const { key = 'k', occurrence = 1, attempt = 1, retryDelayMs = 1000, error } = call;
        const epoch = this.epoch(runId, call);
        return this.apply({
            kind: CommandKind.ATTEMPT_FAILED,
            runId,
            epoch,
            key,
            occurrence,
            attempt,
            retryDelayMs,
            error: error ?? failure('no stock'),
        });
    }
    sleep(runId, call = {}) {
        return this.apply({ kind: CommandKind.SLEEP, ...this.operation(runId, call), delayMs: call.delayMs ?? 1000 });
    }
    fire(runId, timerId) {
        return this.apply({ kind: CommandKind.TIMER_FIRED, runId, timerId });
    }
    finish(runId, more = {}) {
        const epoch = this.epoch(runId, {});
        const consumedWseq = this.run(runId).history.length;
        return this.apply({
            kind: CommandKind.FINISH,
            runId,
            epoch,
            consumedWseq,
            outcome: 'completed',
            result: json('done'),
            error: null,
            digest: 9,
            ...more,
        });
    }
    continueAsNew(runId, more) {
        const consumedWseq = more.consumedWseq ?? this.run(runId).history.length;
        const { newRunId, input = json('next'), version = 1 } = more;
        return this.apply({
            kind: CommandKind.CONTINUE_AS_NEW,
            runId,
            epoch: this.epoch(runId, {}),
            consumedWseq,
            newRunId,
            version,
            input,
            inputDigest: 8,
            digest: 9,
        });
    }
    signal(workflowId, more = {}) {
        const { runId = '', name = 'go', payload = json(1) } = more;
        const request = this.request();
        return this.apply({
            kind: CommandKind.SIGNAL,
            ...request,
            requestId: more.requestId ?? request.requestId,
            workflowId,
            runId,
            name,
            payload,
        });
    }
    cancel(workflowId) {
        return this.apply({ kind: CommandKind.CANCEL, ...this.request(), workflowId, runId: '', reason: 'enough' });
    }
    terminate(workflowId) {
        return this.apply({ kind: CommandKind.TERMINATE, ...this.request(), workflowId, runId: '' });
    }
    reset(workflowId) {
        return this.apply({ kind: CommandKind.RESET, ...this.request(), workflowId, runId: '' });
    }
    changeOwner(runId, to, expectedEpoch = this.run(runId).epoch) {
        return this.apply({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch, to });
    }
    decline(runId, node, reason = 'diverged', more = {}) {
        const { epoch = 0, incarnation = 1 } = more;
        return this.apply({ kind: CommandKind.DECLINE, runId, epoch, node, incarnation, reason, message: `node ${node} can not go on` });
    }
    sweep(cutoffMs) {
        return this.apply({ kind: CommandKind.RETENTION_SWEEP, cutoffMs });
    }
    run(runId) {
        const run = this.machine.run(runId);
        if (run === undefined)
            throw new Error(`no run ${runId}`);
        return run;
    }
    last(runId) {
        return this.run(runId).history.last();
    }
    /** Names of the run's events, in order. */
    kinds(runId) {
        return this.run(runId)
            .history.events()
            .map((event) => KIND_NAMES.get(event.kind));
    }
    epoch(runId, call) {
        return call.epoch ?? this.machine.run(runId)?.epoch ?? 1;
    }
    operation(runId, call) {
        const { key = 'k', occurrence = 1, at = 1 } = call;
        return { runId, epoch: this.epoch(runId, call), key, occurrence, position: { wseq: at, ordinal: 0 }, argumentsDigest: 3 };
    }
}
const KIND_NAMES = new Map(Object.entries(EventKind).map(([name, kind]) => [kind, name]));
//# sourceMappingURL=workflow-machine.js.map