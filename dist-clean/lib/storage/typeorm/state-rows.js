import { ClosedIndexEntity, ClosedWorkflowEntity, GroupEntity, HistoryEntity, MetaEntity, RequestEntity, TimerEntity, WorkflowEntity, } from './entities/state-entities.js';
import { StateTable, damaged } from './state-table.js';
const RUN_CHANGES = ['version', 'status', 'owner', 'closed_ms', 'events', 'timers', 'checksum', 'head'];
export const META = new StateTable(MetaEntity);
export const GROUPS = new StateTable(GroupEntity, 'replaces all');
export const WORKFLOWS = new StateTable(WorkflowEntity, RUN_CHANGES);
export const CLOSED = new StateTable(ClosedWorkflowEntity, RUN_CHANGES);
export const HISTORY = new StateTable(HistoryEntity);
export const TIMERS = new StateTable(TimerEntity);
export const REQUESTS = new StateTable(RequestEntity);
export const CLOSED_INDEX = new StateTable(ClosedIndexEntity);
export function groupValues(group) {
    const { position } = group;
    const { voters, votersOutgoing, learners, learnersNext, autoLeave } = position.confState;
    return GROUPS.seal([
        group.groupId,
        position.index,
        position.term,
        JSON.stringify({ voters, votersOutgoing, learners, learnersNext, autoLeave }),
        group.requestsExpiredMs,
        group.sweptMs,
        group.installing ? 1 : 0,
        group.lastOrder,
        group.openRows,
        group.requestRows,
        group.closedIndexRows,
        null,
        group.part,
    ]);
}
export function groupOf(row, file) {
    const it = GROUPS.verified(row, file);
    return {
        groupId: it.number('group_id'),
        position: {
            index: it.number('position_index'),
            term: it.number('position_term'),
            confState: JSON.parse(it.text('conf_state')),
        },
        requestsExpiredMs: it.number('requests_expired_ms'),
        sweptMs: it.number('swept_ms'),
        installing: it.number('installing') === 1,
        lastOrder: it.number('last_order'),
        openRows: it.number('open_rows'),
        requestRows: it.number('request_rows'),
        closedIndexRows: it.number('closed_index_rows'),
        part: it.bytes('part'),
    };
}
export function runValues(table, groupId, run) {
    return table.seal([
        groupId,
        run.order,
        run.runId,
        run.workflowId,
        run.name,
        run.version,
        run.status,
        run.owner,
        run.startedMs,
        run.closedMs,
        run.events,
        run.timers.length,
        null,
        run.head,
    ]);
}
/** @param timers all rows of `timers` of this run, ascending by id. */
export function runOf(table, row, timers, place) {
    const it = table.verified(row, place.file);
    const order = it.number('run_order');
    const expected = it.number('timers');
    if (timers.length !== expected)
        throw damaged({ ...place, table: TIMERS.name, row: `run_order ${order}` }, `it has ${timers.length} timers instead of ${expected}`);
    return {
        order,
        runId: it.text('run_id'),
        workflowId: it.text('workflow_id'),
        name: it.text('name'),
        version: it.number('version'),
        status: it.text('status'),
        owner: it.number('owner'),
        startedMs: it.number('started_ms'),
        closedMs: it.number('closed_ms'),
        events: it.number('events'),
        head: it.bytes('head'),
        timers,
    };
}
export function historyValues(groupId, row) {
    return HISTORY.seal([groupId, row.order, row.fromWseq, row.toWseq, null, row.events]);
}
export function historyOf(row, file) {
    const it = HISTORY.verified(row, file);
    return { order: it.number('run_order'), fromWseq: it.number('from_wseq'), toWseq: it.number('to_wseq'), events: it.bytes('events') };
}
export function timerValues(groupId, order, timer) {
    return TIMERS.seal([groupId, order, timer.timerId, timer.dueMs, timer.purpose, timer.key, timer.occurrence, null]);
}
export function timerOf(row, file) {
    const it = TIMERS.verified(row, file);
    return {
        order: it.number('run_order'),
        timerId: it.number('timer_id'),
        dueMs: it.number('due_ms'),
        purpose: it.text('purpose'),
        key: it.text('key'),
        occurrence: it.number('occurrence'),
    };
}
/** The timers of each run of `rows`, which are in order of runs and timer ids. */
export function timersByOrder(rows, file) {
    const timers = new Map();
    for (const row of rows) {
        const { order, ...timer } = timerOf(row, file);
        const known = timers.get(order);
        if (known === undefined)
            timers.set(order, [timer]);
        else
            known.push(timer);
    }
    return timers;
}
export function requestValues(groupId, row) {
    return REQUESTS.seal([groupId, row.sequence, row.lastExpiryMs, null, row.requests]);
}
export function requestOf(row, file) {
    const it = REQUESTS.verified(row, file);
    return { sequence: it.number('sequence'), lastExpiryMs: it.number('last_expiry_ms'), requests: it.bytes('answers') };
}
export function closedIndexValues(groupId, row) {
    return CLOSED_INDEX.seal([groupId, row.sequence, row.lastClosedMs, null, row.entries]);
}
export function closedIndexOf(row, file) {
    const it = CLOSED_INDEX.verified(row, file);
    return { sequence: it.number('sequence'), lastClosedMs: it.number('last_closed_ms'), entries: it.bytes('entries') };
}
//# sourceMappingURL=state-rows.js.map