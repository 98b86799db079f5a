import { stampLogTime } from '../../lib/state-machine/index.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, DEFAULT_LIMITS, } from '../../lib/workflow/command.js';
import { conf, failure } from './workflow-machine.js';
const POLICIES = ['starter', 'leader', 'spread'];
const REASONS = ['diverged', 'foreign-await', 'instantiation-failed', 'over-budget', 'draining'];
const MEMBERSHIPS = [
    conf([1, 2, 3]),
    conf([1, 2, 3, 4, 5]),
    conf([2, 3, 4]),
    conf([1, 2], { votersOutgoing: [1, 2, 3] }),
    conf([1, 3], { learners: [2] }),
];
export function xorshift(seed) {
    let state = seed | 0 || 1;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 0;
    };
}
export class WorkflowChaos {
    random;
    nowMs = 1_000;
    serial = 0;
    index = 0;
    incarnations = new Map();
    recent = [];
    constructor(random) {
        this.random = random;
    }
    /** Applies the next entry to all machines, which must be in the same state. */
    step(machines) {
        const { index, frame, membership } = this.next(machines[0]);
        for (const machine of machines) {
            if (frame === null)
                machine.applyMembership(index, membership);
            else
                machine.apply(index, 1, frame);
        }
    }
    /** The next entry, for a machine in the state before it. */
    next(machine) {
        const index = ++this.index;
        if (this.index === 1 || this.below(60) === 0) {
            return { index, frame: null, membership: this.index === 1 ? MEMBERSHIPS[0] : this.pick(MEMBERSHIPS) };
        }
        this.nowMs += this.below(30) === 0 ? -5 : this.below(200);
        return { index, frame: this.nextFrame(machine), membership: null };
    }
    get appliedIndex() {
        return this.index;
    }
    nextFrame(machine) {
        // A frame that is sent again, as it was: a retry, or a duplicate of the network.
        if (this.recent.length > 0 && this.below(8) === 0)
            return this.stamped(this.pick(this.recent).slice());
        const frame = encodeCommand(this.command(machine), CODEC_LEVEL_MAX);
        this.recent.push(frame);
        if (this.recent.length > 40)
            this.recent.shift();
        return this.stamped(frame.slice());
    }
    stamped(frame) {
        stampLogTime(frame, this.nowMs);
        return frame;
    }
    command(machine) {
        const runs = [...machine.openRuns()];
        const roll = this.below(100);
        if (roll < 12 || runs.length === 0)
            return this.below(4) === 0 ? this.hello() : this.start();
        const run = this.pick(runs);
        if (roll < 70)
            return this.ownerCommand(machine, run);
        return this.otherCommand(machine, run, roll);
    }
    start() {
        const id = this.below(60);
        return {
            kind: CommandKind.START,
            ...this.request(),
            workflowId: this.below(50) === 0 ? 'bad\u0000id' : `wf-${id}`,
            runId: this.below(30) === 0 ? this.someRunId() : `run-${++this.serial}`,
            name: 'order',
            version: 1 + this.below(3),
            input: this.value(),
            inputDigest: this.below(3),
            ownerPolicy: this.pick(POLICIES),
            starter: 1 + this.below(5),
            leaderHint: 1 + this.below(5),
        };
    }
    ownerCommand(machine, run) {
        const { runId } = run;
        const epoch = this.below(10) === 0 ? Math.max(0, run.epoch - 1) : run.epoch;
        const key = `k${this.below(3)}`;
        const occurrence = 1 + this.below(12);
        const position = { wseq: 1 + this.below(run.history.length), ordinal: this.below(3) };
        const operation = { runId, epoch, key, occurrence, position, argumentsDigest: this.below(5) };
        const attempt = 1 + this.below(4);
        const error = this.below(4) === 0 ? failure(`e${this.below(9)}`) : null;
        switch (this.below(9)) {
            case 0:
            case 1:
                return { kind: CommandKind.CHECKPOINT, ...operation, value: this.value(), error };
            case 2:
            case 3:
                return { kind: CommandKind.COMPUTE_RESULT, ...operation, attempt, value: this.value(), error };
            case 4:
                return { kind: CommandKind.ATTEMPT_STARTED, runId, epoch, key, occurrence, attempt };
            case 5:
                return {
                    kind: CommandKind.ATTEMPT_FAILED,
                    runId,
                    epoch,
                    key,
                    occurrence,
                    attempt,
                    retryDelayMs: this.below(500),
                    error: failure('again'),
                };
            case 6:
                return { kind: CommandKind.SLEEP, ...operation, delayMs: this.below(1000) };
            case 7:
                return this.timer(machine, run);
            default:
                return this.ending(run, epoch);
        }
    }
    timer(machine, run) {
        const due = machine.timersDue(this.nowMs, 5);
        if (due.length > 0 && this.below(4) > 0) {
            const { runId, timerId } = this.pick(due);
            return { kind: CommandKind.TIMER_FIRED, runId, timerId };
        }
        return { kind: CommandKind.TIMER_FIRED, runId: run.runId, timerId: 1 + this.below(4) };
    }
    ending(run, epoch) {
        const { runId } = run;
        const consumedWseq = Math.max(0, run.history.length - this.below(4));
        const digest = this.below(100);
        if (this.below(3) > 0)
            return { kind: CommandKind.FINISH, runId, epoch, consumedWseq, outcome: 'completed', result: this.value(), error: null, digest };
        const version = 1 + this.below(3);
        return {
            kind: CommandKind.CONTINUE_AS_NEW,
            runId,
            epoch,
            consumedWseq,
            newRunId: this.below(10) === 0 ? this.someRunId() : `run-${++this.serial}`,
            version,
            input: this.value(),
            inputDigest: this.below(3),
            digest,
        };
    }
    otherCommand(machine, run, roll) {
        const target = this.target(run);
        const node = 1 + this.below(5);
        const incarnation = Math.max(1, this.incarnation(node) - (this.below(10) === 0 ? 1 : 0));
        if (roll < 76)
            return { kind: CommandKind.SIGNAL, ...this.request(), ...target, name: 'go', payload: this.value() };
        if (roll < 78)
            return { kind: CommandKind.CANCEL, ...this.request(), ...target, reason: 'enough' };
        if (roll < 79)
            return { kind: CommandKind.TERMINATE, ...this.request(), ...target };
        if (roll < 81)
            return { kind: CommandKind.RESET, ...this.request(), ...target };
        if (roll < 85)
            return { kind: CommandKind.NODE_DOWN, node, incarnation };
        if (roll < 90)
            return this.hello();
        if (roll < 91)
            return this.ofLevelTwo(machine);
        if (roll < 95) {
            return {
                kind: CommandKind.DECLINE,
                runId: run.runId,
                epoch: this.pick([0, run.epoch]),
                node,
                incarnation,
                reason: this.pick(REASONS),
                message: 'no',
            };
        }
        if (roll < 97)
            return { kind: CommandKind.CHANGE_OWNER, runId: run.runId, expectedEpoch: run.epoch, to: node };
        if (roll < 98)
            return { kind: CommandKind.RETENTION_SWEEP, cutoffMs: this.nowMs - this.below(20_000) };
        const limits = {
            ...DEFAULT_LIMITS,
            payloadBytesMax: 20 + this.below(40),
            openRunsMax: 20 + this.below(40),
            crashSuspectLimit: this.below(4),
        };
        return { kind: CommandKind.SET_LIMITS, expectedRevision: machine.limitsRevision, limits };
    }
    ofLevelTwo(machine) {
        if (machine.codecLevel < 2 && this.below(2) === 0)
            return { kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 };
        // Also where it is too early: apply ignores it.
        return { kind: CommandKind.RESERVE_NODE_ID, token: `token-${this.below(20)}`, above: this.below(50) };
    }
    /** Mostly an open run; one that is closed, swept, or never was, too. */
    target(run) {
        if (this.below(4) > 0)
            return { workflowId: run.workflowId, runId: this.below(3) === 0 ? run.runId : '' };
        return { workflowId: `wf-${this.below(60)}`, runId: this.below(3) === 0 ? this.someRunId() : '' };
    }
    someRunId() {
        return `run-${1 + this.below(this.serial + 1)}`;
    }
    hello() {
        const node = 1 + this.below(5);
        if (this.below(4) === 0)
            this.incarnations.set(node, this.incarnation(node) + 1);
        const versions = [1, 2, 3].filter(() => this.below(3) > 0);
        const draining = this.below(6) === 0;
        const workflows = [{ name: 'order', versions }];
        return {
            kind: CommandKind.MEMBER_HELLO,
            node,
            incarnation: this.incarnation(node),
            workflows,
            codecLevelMax: 2,
            buildId: `b${this.below(3)}`,
            draining,
        };
    }
    incarnation(node) {
        return this.incarnations.get(node) ?? 1;
    }
    request() {
        return { requestId: `q-${++this.serial}`, expiryMs: this.nowMs + this.below(10_000) };
    }
    value() {
        return new Uint8Array(this.below(70)).fill(65 + this.below(26));
    }
    below(bound) {
        return this.random() % bound;
    }
    pick(items) {
        return items[this.below(items.length)];
    }
}
//# sourceMappingURL=workflow-chaos.js.map