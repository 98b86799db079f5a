import { describe, expect, it } from '@jest/globals';
import { positionAt, runRow } from '../../testing/storage-suite-model.js';
import { CLOSED, CLOSED_INDEX, GROUPS, HISTORY, META, REQUESTS, TIMERS, WORKFLOWS, closedIndexOf, closedIndexValues, groupOf, groupValues, historyOf, historyValues, requestOf, requestValues, runOf, runValues, timerOf, timerValues, } from './state-rows.js';
const FILE = 'state.db';
const bytes = (...values) => new Uint8Array(values);
const timer = { timerId: 1, dueMs: 12.5, purpose: 'sleep', key: 'k', occurrence: 3 };
const run = runRow(5, { runId: 'ü'.repeat(3000), timers: [timer], head: bytes(), startedMs: 0 });
const closedRun = runRow(6, { closedMs: 77.75 });
const group = {
    groupId: 3,
    position: positionAt(9, 4),
    requestsExpiredMs: 1.5,
    sweptMs: 0,
    installing: true,
    lastOrder: 6,
    openRows: 1,
    requestRows: 2,
    closedIndexRows: 0,
    part: bytes(1),
};
const history = { order: 5, fromWseq: 1, toWseq: 2 ** 40, events: bytes(0, 255) };
const request = { sequence: 1, lastExpiryMs: 5, requests: bytes() };
const closedIndex = { sequence: 1, lastClosedMs: 5, entries: bytes(1, 2) };
const place = { file: FILE, groupId: 3 };
/** Each table with a row, how it is read, and what it must be then. */
const ROWS = [
    [GROUPS, groupValues(group), (row) => groupOf(row, FILE), group],
    [WORKFLOWS, runValues(WORKFLOWS, 3, run), (row) => runOf(WORKFLOWS, row, [timer], place), run],
    [CLOSED, runValues(CLOSED, 3, closedRun), (row) => runOf(CLOSED, row, [], place), closedRun],
    [HISTORY, historyValues(3, history), (row) => historyOf(row, FILE), history],
    [TIMERS, timerValues(3, 5, timer), (row) => timerOf(row, FILE), { order: 5, ...timer }],
    [REQUESTS, requestValues(3, request), (row) => requestOf(row, FILE), request],
    [CLOSED_INDEX, closedIndexValues(3, closedIndex), (row) => closedIndexOf(row, FILE), closedIndex],
    [META, META.seal([1, 'deployment', 7, null]), (row) => META.verified(row, FILE).number('node_id'), 7],
];
const named = (table, values) => Object.fromEntries(table.columns.map(({ name }, at) => [name, values[at]]));
function changed(value) {
    if (typeof value === 'number')
        return [value + 1, null, String(value)];
    if (typeof value === 'string')
        return [`${value} `, value.slice(1), null, Buffer.from(value)];
    return [bytes(...value, 0), 'text', null];
}
describe('rows of state.db', () => {
    it.each(ROWS.map(([table, ...rest]) => [table.name, table, ...rest]))('%s: what was written is what is read', (...args) => {
        const [, table, values, read, expected] = args;
        expect(read(named(table, values))).toEqual(expected);
    });
    it.each(ROWS.map(([table, ...rest]) => [table.name, table, ...rest]))('%s: any change of any column is damage', (...args) => {
        const [, table, values, read] = args;
        const row = named(table, values);
        for (const { name } of table.columns) {
            for (const value of changed(row[name])) {
                expect(() => read({ ...row, [name]: value })).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }));
            }
        }
    });
    it('a row of one table is no row of another', () => {
        expect(() => runOf(CLOSED, named(WORKFLOWS, runValues(WORKFLOWS, 3, runRow(1))), [], place)).toThrow('checksum');
    });
    it('what is damaged is named: file, group, table and row', () => {
        const row = { ...named(HISTORY, historyValues(3, history)), events: bytes(1) };
        expect(() => historyOf(row, FILE)).toThrow(/^state\.db, group 3, table history, run_order 5, from_wseq 1: .*rejoin/);
    });
    it('a run without one of its timers is damaged', () => {
        expect(() => runOf(WORKFLOWS, named(WORKFLOWS, runValues(WORKFLOWS, 3, run)), [], place)).toThrow('0 timers instead of 1');
    });
});
//# sourceMappingURL=state-table.spec.js.map