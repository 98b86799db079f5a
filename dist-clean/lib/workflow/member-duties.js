import { encodeCommand } from './command-codec.js';
import { CommandKind } from './command.js';
const RETRY_AFTER_MS = 500;
const HANDED_OVER_AT_ONCE = 500;
export class MemberDuties {
    options;
    draining = false;
    /** Runs to be handed over, and those whose change of owner is under way. */
    toHandOver = [];
    handingOver = [];
    stopped = false;
    underWay = new Set();
    retry = null;
    workflows;
    constructor(options) {
        this.options = options;
        this.workflows = options.registry.list();
    }
    /** After a batch was applied, and whenever leadership, membership or liveness changed. */
    review() {
        if (this.stopped)
            return;
        const { group, state } = this.options;
        const own = state.hellos.get(group.nodeId);
        if ((own === undefined || this.outdated(own)) && this.isMember())
            this.propose('hello', this.hello());
        if (group.isLeader)
            this.reviewAsLeader();
        if (this.toHandOver.length !== 0 || this.handingOver.length !== 0)
            this.handOver();
    }
    /** A drain came to nothing: the node takes runs again. */
    resume() {
        this.draining = false;
        this.toHandOver.length = 0;
        this.review();
    }
    /** Tells the group that this node takes no more runs, and hands its own over to others that can. */
    drain() {
        const { group, state } = this.options;
        this.draining = true;
        for (const run of state.openRuns())
            if (run.owner === group.nodeId)
                this.toHandOver.push(run.runId);
        this.review();
    }
    handOver() {
        const { group, state } = this.options;
        const pending = [];
        for (const handOver of this.handingOver) {
            const run = state.run(handOver.runId);
            if (run?.owner !== group.nodeId)
                continue;
            // What was proposed can not succeed any more: once again, to another.
            if (run.epoch !== handOver.epoch || !state.eligible(run).includes(handOver.to))
                this.toHandOver.push(run.runId);
            else
                pending.push(handOver);
        }
        let turn = 0;
        while (pending.length < HANDED_OVER_AT_ONCE) {
            const runId = this.toHandOver.pop();
            if (runId === undefined)
                break;
            const run = state.run(runId);
            if (run?.owner !== group.nodeId)
                continue;
            const heirs = state.eligible(run).filter((node) => node !== group.nodeId);
            if (heirs.length === 0)
                continue;
            const to = heirs[turn++ % heirs.length];
            group.submit(encodeCommand({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch: run.epoch, to }));
            pending.push({ runId, epoch: run.epoch, to });
        }
        this.handingOver = pending;
    }
    reviewAsLeader() {
        const { group, state } = this.options;
        let live = null;
        for (const hello of state.hellos.values()) {
            if (hello.down || hello.node === group.nodeId)
                continue;
            live ??= group.livePeers();
            if (live.includes(hello.node))
                continue;
            this.propose(`down ${hello.node}`, { kind: CommandKind.NODE_DOWN, node: hello.node, incarnation: hello.incarnation });
        }
        if (state.limitsRevision === 0)
            this.proposeLimits();
        if (state.codecLevel < this.options.codecLevelMax)
            this.proposeCodecLevel();
    }
    proposeLimits() {
        const { state, limits } = this.options;
        const keys = Object.keys(limits);
        if (keys.every((key) => limits[key] === undefined || state.limits[key] === limits[key]))
            return;
        const wanted = { ...state.limits, ...limits };
        this.propose('limits', { kind: CommandKind.SET_LIMITS, expectedRevision: 0, limits: wanted });
    }
    proposeCodecLevel() {
        const { state } = this.options;
        let level = this.options.codecLevelMax;
        for (const voter of state.voters)
            level = Math.min(level, state.hellos.get(voter)?.codecLevelMax ?? 0);
        if (state.voters.length !== 0 && level > state.codecLevel)
            this.propose('codec', { kind: CommandKind.RAISE_CODEC_LEVEL, level });
    }
    isMember() {
        const { voters, votersOutgoing, learners, learnersNext } = this.options.group.membership;
        const id = this.options.group.nodeId;
        return voters.includes(id) || learners.includes(id) || votersOutgoing.includes(id) || learnersNext.includes(id);
    }
    /** A higher incarnation is another process under this id: this one can not speak over it. */
    outdated(own) {
        const { incarnation, buildId } = this.options;
        if (own.incarnation !== incarnation)
            return own.incarnation < incarnation;
        return own.down || own.draining !== this.draining || own.buildId !== buildId;
    }
    hello() {
        const { group, incarnation, buildId, codecLevelMax } = this.options;
        return {
            kind: CommandKind.MEMBER_HELLO,
            node: group.nodeId,
            incarnation,
            workflows: this.workflows,
            codecLevelMax,
            buildId,
            draining: this.draining,
        };
    }
    propose(name, command) {
        if (this.underWay.has(name))
            return;
        this.underWay.add(name);
        this.options.group.propose(encodeCommand(command)).then(({ result }) => {
            if (!result.ok)
                return this.failed(name);
            this.underWay.delete(name);
            this.review();
        }, () => this.failed(name));
    }
    /** No leader, an outcome that is not known, or a refusal: it is compared again after a pause. */
    failed(name) {
        this.underWay.delete(name);
        if (this.stopped || this.retry !== null)
            return;
        this.retry = this.options.clock.setTimer(RETRY_AFTER_MS, () => {
            this.retry = null;
            this.review();
        }, { unref: true });
    }
    stop() {
        this.stopped = true;
        this.retry?.cancel();
    }
}
//# sourceMappingURL=member-duties.js.map