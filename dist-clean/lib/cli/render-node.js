import { formatFields, formatTable, visible } from './text-table.js';
const YES = 'yes';
const UNKNOWN = '-';
export function renderStatus(report) {
    const { problems } = report;
    const name = report.nodeId === 0 ? 'A node without an id' : `Node ${report.nodeId}`;
    const verdict = problems.length === 0 ? 'all is well' : problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const blocks = [
        [
            `${name}: ${report.state}, ${verdict}`,
            ...(report.progress === null ? [] : [`  … ${visible(report.progress)}`]),
            ...problems.map((problem) => `  ! ${visible(problem)}`),
        ].join('\n'),
        ...report.clusters.map((cluster) => renderCluster(cluster, report)),
        renderConnections(report),
        formatFields([
            ['deployment', report.deployment || UNKNOWN],
            ['address', report.address ?? UNKNOWN],
            ['incarnation', String(report.incarnation)],
            [
                'event loop',
                `${Math.round(report.loopLagMs)} ms late at the last tick, ${Math.round(report.loopLagMsMax)} ms at worst, ${report.stalls} stalls`,
            ],
        ]),
    ];
    return blocks.filter((block) => block !== '').join('\n\n');
}
export function renderMembers(report) {
    const rows = report.members.map(({ nodeId, role, isLeader, isAlive, address }) => [
        String(nodeId),
        role,
        isLeader ? YES : '',
        isAlive ? YES : 'NO',
        address ?? UNKNOWN,
    ]);
    const table = formatTable([{ title: 'NODE', align: 'right' }, { title: 'ROLE' }, { title: 'LEADER' }, { title: 'ALIVE' }, { title: 'ADDRESS' }], rows);
    return `${headOf(report)}\n${table}`;
}
export function renderNodes({ deployment, nodes }) {
    const rows = nodes.map(({ nodeId, address, incarnation }) => [String(nodeId), address, String(incarnation)]);
    const table = formatTable([{ title: 'NODE', align: 'right' }, { title: 'ADDRESS' }, { title: 'INCARNATION', align: 'right' }], rows);
    return `Deployment ${deployment || UNKNOWN}\n${table}`;
}
function headOf(report) {
    const leader = report.leader === 0 ? 'NO LEADER' : `leader node ${report.leader}`;
    const learners = report.learners.length === 0 ? '' : `, ${count(report.learners.length, 'learner')}`;
    const change = report.isChanging ? ', a change of the voters is under way' : '';
    return `Cluster ${report.clusterId}: ${leader}, term ${report.term}, ${count(report.voters.length, 'voter')}${learners}${change}`;
}
function renderCluster(cluster, { nodeId: self }) {
    const lagOf = new Map(cluster.replication.map(({ nodeId, lagEntries, state }) => [nodeId, { lagEntries, state }]));
    const runsOf = new Map(cluster.runs.owners.map(({ nodeId, runs }) => [nodeId, runs]));
    const rows = cluster.members.map(({ nodeId, role, isLeader, isAlive, address }) => [
        `${nodeId === self ? '*' : ''}${nodeId}`,
        role,
        isLeader ? YES : '',
        isAlive ? YES : 'NO',
        lagOf.has(nodeId) ? String(lagOf.get(nodeId).lagEntries) : UNKNOWN,
        String(runsOf.get(nodeId) ?? 0),
        address ?? UNKNOWN,
    ]);
    const table = formatTable([
        { title: 'NODE', align: 'right' },
        { title: 'ROLE' },
        { title: 'LEADER' },
        { title: 'ALIVE' },
        { title: 'LAG', align: 'right' },
        { title: 'OWNS', align: 'right' },
        { title: 'ADDRESS' },
    ], rows);
    const nobody = runsOf.get(0) ?? 0;
    const fields = formatFields([
        [
            'this node',
            `${cluster.role}${cluster.isHibernating ? ', hibernating' : ''}${cluster.halted === null ? '' : `, HALTED: ${cluster.halted}`}`,
        ],
        ['log', `first ${cluster.firstIndex}, applied ${cluster.appliedIndex}, committed ${cluster.commitIndex}, last ${cluster.lastIndex}`],
        [
            'runs',
            `${cluster.runs.open} open, ${cluster.runs.blocked} blocked, ${cluster.runs.closed} closed and retained${nobody === 0 ? '' : `, ${nobody} owned by nobody`}`,
        ],
    ]);
    return `${headOf(cluster)}\n${table}\n${fields}`;
}
function renderConnections({ connections }) {
    if (connections.length === 0)
        return '';
    const rows = connections.map(({ nodeId, address, state, framesDropped, problem }) => [
        nodeId === 0 ? UNKNOWN : String(nodeId),
        state,
        address ?? UNKNOWN,
        String(framesDropped),
        problem ?? '',
    ]);
    return `Connections\n${formatTable([
        { title: 'NODE', align: 'right' },
        { title: 'STATE' },
        { title: 'ADDRESS' },
        { title: 'DROPPED', align: 'right' },
        { title: 'PROBLEM', widthMax: 160 },
    ], rows)}`;
}
function count(number, noun) {
    return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
//# sourceMappingURL=render-node.js.map