export class RaftoralHealthIndicator {
    node;
    clock;
    scheduler;
    thresholds;
    constructor(node, clock, scheduler, thresholds) {
        this.node = node;
        this.clock = clock;
        this.scheduler = scheduler;
        this.thresholds = thresholds;
    }
    /** Liveness. Answers within `loopDelayMsMax`, or as soon as the loop moves again. */
    async isAlive(key = 'raftoral') {
        const loopDelayMs = Math.round(await this.measureTurn());
        const { nodeId, running, failure, progress } = this.node.nodeStatus();
        const problem = failure ??
            (running || progress !== null ? null : 'the node does not run') ??
            (loopDelayMs > this.thresholds.loopDelayMsMax ? `a turn of the event loop took ${loopDelayMs} ms` : null);
        return result(key, problem, { nodeId, loopDelayMs });
    }
    /** Readiness. */
    async isReady(key = 'raftoral') {
        const { nodeId, running, failure, progress, live, groups } = this.node.nodeStatus();
        let problem = failure ?? (progress === null ? null : `the node ${progress}`) ?? (running ? null : 'the node does not run');
        const details = groups.map(({ groupId, role, leaderId, term, commitIndex, appliedIndex, membership }) => {
            const applyLag = commitIndex - appliedIndex;
            const heard = membership.voters.filter((voter) => live.includes(voter)).length;
            if (leaderId === 0 && heard * 2 <= membership.voters.length && membership.voters.length > 0)
                problem ??= `cluster ${groupId} has no quorum: ${heard} of ${membership.voters.length} voters are heard here`;
            else if (leaderId === 0)
                problem ??= `cluster ${groupId} has no leader that this node knows of`;
            else if (applyLag > this.thresholds.applyLagEntriesMax)
                problem ??= `cluster ${groupId} is ${applyLag} entries behind on this node`;
            return { clusterId: groupId, role, leader: leaderId, term, applyLag };
        });
        return result(key, problem, { nodeId, clusters: details });
    }
    async measureTurn() {
        const started = this.clock.monotonic();
        await new Promise((resolve) => {
            const timer = this.clock.setTimer(this.thresholds.loopDelayMsMax + 1, resolve, { unref: true });
            this.scheduler.turn(() => {
                timer.cancel();
                resolve();
            });
        });
        return this.clock.monotonic() - started;
    }
}
function result(key, problem, details) {
    const value = problem === null ? { status: 'up', ...details } : { status: 'down', message: problem, ...details };
    return { [key]: value };
}
//# sourceMappingURL=raftoral-health-indicator.js.map