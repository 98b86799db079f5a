/** How far a replica may be behind before it is called a problem, entries. */
const LAG_ENTRIES_MAX = 10_000;
/** Silence of the event loop that is worth a word, ms. */
const LOOP_LAG_MS_MAX = 500;
const NO_RUNS = { open: 0, closed: 0, blocked: 0, owners: [] };
export function reportMembers({ group, live, addresses }) {
    const { voters, votersOutgoing, learners, learnersNext } = group.membership;
    const addressOf = new Map(addresses.map(({ nodeId, address }) => [nodeId, address]));
    const allVoters = sorted([...voters, ...votersOutgoing]);
    const allLearners = sorted([...learners, ...learnersNext].filter((node) => !allVoters.includes(node)));
    const member = (nodeId) => ({
        nodeId,
        role: allVoters.includes(nodeId) ? 'voter' : 'learner',
        isLeader: nodeId === group.leaderId,
        isAlive: live.includes(nodeId),
        address: addressOf.get(nodeId) ?? null,
    });
    return {
        clusterId: group.groupId,
        leader: group.leaderId,
        term: group.term,
        voters: allVoters,
        learners: allLearners,
        isChanging: votersOutgoing.length > 0,
        members: sorted([...allVoters, ...allLearners]).map(member),
    };
}
export function reportNode(sources) {
    const { nodeId, deployment, incarnation, state, progress, failure, address, host, connections } = sources;
    const clusters = (host?.groups ?? []).map((group) => reportCluster(group, sources));
    const report = {
        nodeId,
        deployment,
        incarnation,
        state,
        progress,
        failure,
        alarm: host?.alarm ?? null,
        address,
        loopLagMs: host?.loopLagMs ?? 0,
        loopLagMsMax: host?.loopLagMsMax ?? 0,
        stalls: host?.stalls ?? 0,
        clusters,
        connections,
    };
    return { ...report, problems: problemsOf(report) };
}
function reportCluster(group, { live, addresses, runs }) {
    const counted = runs.get(group.groupId);
    return {
        ...reportMembers({ group, live, addresses }),
        role: group.role,
        firstIndex: group.firstIndex,
        lastIndex: group.lastIndex,
        commitIndex: group.commitIndex,
        appliedIndex: group.appliedIndex,
        isHibernating: group.hibernating,
        halted: group.halted,
        replication: group.progress.map(({ id, match, state }) => ({
            nodeId: id,
            matchIndex: match,
            lagEntries: Math.max(0, group.lastIndex - match),
            state,
        })),
        runs: counted === undefined ? NO_RUNS : countRuns(counted),
    };
}
function countRuns(runs) {
    const owners = new Map();
    let blocked = 0;
    for (const { owner, status } of runs.openRuns()) {
        owners.set(owner, (owners.get(owner) ?? 0) + 1);
        if (status === 'blocked')
            blocked++;
    }
    return {
        open: runs.openRunCount,
        closed: runs.closedRunCount,
        blocked,
        owners: [...owners].sort(([a], [b]) => a - b).map(([nodeId, count]) => ({ nodeId, runs: count })),
    };
}
function problemsOf(report) {
    const problems = [];
    if (report.failure !== null)
        problems.push(`This node has stopped: ${report.failure}`);
    if (report.state === 'left')
        problems.push('This node has left its cluster for good.');
    for (const cluster of report.clusters)
        problems.push(...problemsOfCluster(cluster, report));
    const known = new Set(report.clusters.flatMap(({ members }) => members.map((member) => member.nodeId)));
    for (const { nodeId, address, state, problem } of report.connections) {
        // One that is no member (any more) may be away. Before the node has its cluster everybody counts.
        if (problem !== null && state !== 'connected' && (known.size === 0 || nodeId === 0 || known.has(nodeId))) {
            const name = nodeId === 0 ? `the process at ${address ?? 'an unknown address'}` : `node ${nodeId} (${address ?? 'address unknown'})`;
            problems.push(`No connection to ${name}: ${problem}`);
        }
    }
    if (report.loopLagMs > LOOP_LAG_MS_MAX)
        problems.push(`The event loop of this process stood still for ${Math.round(report.loopLagMs)} ms.`);
    if (report.alarm !== null && report.alarm !== report.failure)
        problems.push(`Last alarm: ${report.alarm}`);
    return problems;
}
function problemsOfCluster(cluster, { nodeId, state }) {
    const problems = [];
    const name = `cluster ${cluster.clusterId}`;
    if (cluster.halted !== null)
        problems.push(`${name} is halted on this node: ${cluster.halted}`);
    const silent = cluster.members.filter(({ isAlive }) => !isAlive);
    const liveVoters = cluster.members.filter(({ role, isAlive }) => role === 'voter' && isAlive).length;
    if (cluster.voters.length > 0 && liveVoters * 2 <= cluster.voters.length)
        problems.push(`${name} has no majority: ${liveVoters} of ${cluster.voters.length} voters are heard; nothing is decided until another comes back.`);
    else if (cluster.leader === 0 && state === 'running')
        problems.push(`${name} has no leader that this node knows.`);
    if (silent.length > 0)
        problems.push(`${name}: not heard: ${silent.map((member) => `node ${member.nodeId}`).join(', ')}.`);
    if (cluster.voters.length > 0 && !cluster.members.some((member) => member.nodeId === nodeId) && state === 'running')
        problems.push(`This node is no member of ${name}.`);
    if (cluster.isChanging)
        problems.push(`${name}: a change of the voters is under way.`);
    for (const { nodeId: behind, lagEntries } of cluster.replication)
        if (lagEntries > LAG_ENTRIES_MAX)
            problems.push(`${name}: node ${behind} is ${lagEntries} entries behind.`);
    if (cluster.runs.blocked > 0)
        problems.push(`${name}: ${cluster.runs.blocked} ${cluster.runs.blocked === 1 ? 'run is' : 'runs are'} blocked; \`workflow list --status blocked\` names them.`);
    return problems;
}
function sorted(nodes) {
    return [...new Set(nodes)].sort((a, b) => a - b);
}
//# sourceMappingURL=node-report.js.map