import { cut, formatFields, formatTable, visible } from './text-table.js';
const DETAIL_LENGTH_MAX = 120;
const NONE = '-';
export function renderDescription(run) {
    const error = run.error === null ? [] : [['error', `${run.error.name}: ${run.error.message}`]];
    return formatFields([
        ['status', statusOf(run)],
        ...error,
        ['workflow', `${run.name} version ${run.version}`],
        ['workflow id', run.workflowId],
        ['run id', run.runId],
        ['owner', run.owner === 0 ? 'nobody' : `node ${run.owner} (epoch ${run.epoch})`],
        ['started', run.startedAt],
        ['closed', run.closedAt ?? NONE],
        ['events', String(run.events)],
        ...(run.cancelRequested ? [['cancel', 'requested']] : []),
    ]);
}
export function renderExplanation(run) {
    const { cluster } = run;
    const blocks = [visible(run.summary), renderDescription(run)];
    if (run.awaiting.length > 0) {
        const rows = run.awaiting.map((one) => [
            one.kind,
            one.key,
            String(one.occurrence),
            String(one.sinceWseq),
            one.attempt === undefined ? '' : String(one.attempt),
            one.dueAt ?? '',
        ]);
        blocks.push(`Waits for\n${formatTable([
            { title: 'KIND' },
            { title: 'KEY' },
            { title: '#', align: 'right' },
            { title: 'SINCE EVENT', align: 'right' },
            { title: 'ATTEMPT', align: 'right' },
            { title: 'DUE' },
        ], rows)}`);
    }
    const replicas = run.replicas.map(({ node, alive, runsCode, consumedWseq, stopped }) => [
        `${node === run.owner ? '*' : ''}${node}`,
        alive ? 'yes' : 'NO',
        runsCode ? 'yes' : 'no',
        consumedWseq === null ? NONE : String(consumedWseq),
        stopped ?? '',
    ]);
    blocks.push(`Replicas (* owner)\n${formatTable([
        { title: 'NODE', align: 'right' },
        { title: 'ALIVE' },
        { title: 'RUNS CODE' },
        { title: 'AT EVENT', align: 'right' },
        { title: 'STOPPED', widthMax: DETAIL_LENGTH_MAX },
    ], replicas)}`);
    if (run.declined.length > 0) {
        const rows = run.declined.map(({ node, reason, message }) => [String(node), reason, message]);
        blocks.push(`Declined by\n${formatTable([{ title: 'NODE', align: 'right' }, { title: 'REASON' }, { title: 'MESSAGE', widthMax: DETAIL_LENGTH_MAX }], rows)}`);
    }
    const leader = cluster.leader === 0 ? 'NO LEADER' : `leader node ${cluster.leader}`;
    const quorum = cluster.hasQuorum ? '' : ', NO MAJORITY';
    blocks.push(`Cluster ${cluster.clusterId}: ${leader}, term ${cluster.term}, voters ${cluster.voters.join(', ')}, heard ${cluster.live.join(', ')}${quorum}`);
    return blocks.join('\n\n');
}
export function renderList({ items, next }) {
    if (items.length === 0)
        return 'No runs.';
    const rows = items.map((run) => [
        run.workflowId,
        `${run.name} ${run.version}`,
        statusOf(run),
        run.owner === 0 ? NONE : String(run.owner),
        String(run.events),
        run.startedAt,
        run.closedAt ?? NONE,
    ]);
    const table = formatTable([
        { title: 'WORKFLOW ID', widthMax: 64 },
        { title: 'WORKFLOW' },
        { title: 'STATUS' },
        { title: 'OWNER', align: 'right' },
        { title: 'EVENTS', align: 'right' },
        { title: 'STARTED' },
        { title: 'CLOSED' },
    ], rows);
    return next === null ? table : `${table}\nMore: --cursor '${next}', or --all`;
}
export function parseHistoryLines(text) {
    const [header = {}, ...events] = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    return { header, events };
}
const HISTORY_HIDDEN = new Set([
    'wseq',
    'event',
    'timeMs',
    'position',
    'argumentsDigest',
    'digest',
    'epoch',
    'buildId',
    'key',
    'occurrence',
]);
export function renderHistory({ header, events }) {
    const rows = events.map((event) => [
        String(event['wseq']),
        new Date(Number(event['timeMs'])).toISOString(),
        String(event['event']),
        event['key'] === undefined ? '' : `${textOf(event['key'])} #${textOf(event['occurrence'])}`,
        detailsOf(event, HISTORY_HIDDEN),
    ]);
    const head = `${textOf(header['workflow'])} version ${textOf(header['workflowVersion'])}, workflow id ${visible(textOf(header['workflowId']))}, run ${textOf(header['runId'])}: ${textOf(header['status'])}`;
    return `${head}\n${formatTable([
        { title: 'EVENT', align: 'right' },
        { title: 'TIME' },
        { title: 'KIND' },
        { title: 'KEY' },
        { title: 'DETAILS', widthMax: DETAIL_LENGTH_MAX },
    ], rows)}`;
}
const EVENT_HIDDEN = new Set(['wseq', 'kind', 'time', 'key', 'occurrence']);
/** One line. `isOne`: of one run, whose id need not be said again. */
export function renderStreamItem(item, isOne) {
    const who = isOne ? '' : `${visible(item.workflowId)}  `;
    if (item.type === 'gap')
        return `${who}(events ${item.from} to ${item.to} were missed: this reader was too slow; \`workflow history\` has them)`;
    if (item.type === 'diverged')
        return visible(`${who}DIVERGED on node ${item.node} at event ${item.wseq}, ${item.method}: committed ${item.committed}, computed ${item.computed}`);
    const { event } = item;
    const key = 'key' in event ? ` ${event.key} #${event.occurrence}` : '';
    const details = detailsOf(event, EVENT_HIDDEN);
    return visible(`${event.time}  ${who}${event.wseq} ${event.kind}${key}${details === '' ? '' : `  ${cut(details, DETAIL_LENGTH_MAX)}`}`);
}
function statusOf(run) {
    if (run.status === 'blocked')
        return `BLOCKED (${run.blockedReason ?? 'unknown'})`;
    return run.cancelRequested && run.status === 'running' ? 'running, cancel requested' : run.status;
}
/** What is worth a look: no empty values. */
function detailsOf(event, hidden) {
    return Object.entries(event)
        .filter(([name, value]) => !hidden.has(name) && value !== null && value !== '' && value !== undefined)
        .map(([name, value]) => {
        if (name === 'error')
            return `error=${errorText(value)}`;
        return name.endsWith('Ms') && typeof value === 'number'
            ? `${name.slice(0, -2)}=${new Date(value).toISOString()}`
            : `${name}=${textOf(value)}`;
    })
        .join(' ');
}
function errorText(value) {
    const error = value;
    return `${error.name ?? 'Error'}: ${error.message ?? ''}`;
}
function textOf(value) {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
//# sourceMappingURL=render-run.js.map