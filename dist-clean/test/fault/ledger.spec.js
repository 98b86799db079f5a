/** The book-keeping of the fault tests can fail: each kind of loss, planted in a history, is found. */
import { describe, expect, it } from '@jest/globals';
import { Ledger, checkList, checkRun, readEffects } from './ledger.js';
const VALUE = '00000000-0000-4000-8000-000000000001';
const INPUT = { steps: 1, padBytes: 0, sleepMs: 0, signals: 1 };
const TIME_MS = 1_700_000_000_000;
const { effects } = readEffects(`r1 work 0 ${VALUE} key-1\n`);
const EVENTS = [
    { wseq: 1, event: 'started', timeMs: TIME_MS, input: INPUT, owner: 1 },
    { wseq: 2, event: 'compute-result', timeMs: TIME_MS, key: 'work', occurrence: 1, attempt: 1, value: VALUE },
    { wseq: 3, event: 'signal', timeMs: TIME_MS, name: 'poke', payload: 'w/0', requestId: 'q1' },
    { wseq: 4, event: 'finished', timeMs: TIME_MS, outcome: 'completed', result: { values: [VALUE], notes: [], received: ['w/0'] } },
];
function historyOf(events, runId = 'r1') {
    return [{ raftoral: 'history', runId }, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
}
function reported(runId = 'r1', value = VALUE) {
    const time = new Date(TIME_MS).toISOString();
    return {
        workflowId: 'w',
        runId,
        event: { wseq: 2, kind: 'compute-result', time, key: 'work', occurrence: 1, attempt: 1, value, error: null },
    };
}
function acknowledged() {
    const ledger = new Ledger();
    const record = ledger.intend('w', 's1', INPUT, [{ requestId: 'q1', payload: 'w/0' }]);
    ledger.started(record, 'r1');
    ledger.happened(reported());
    ledger.signalled(record, record.signals[0]);
    ledger.finished(record, { received: ['w/0'], notes: [], values: [VALUE] });
    return { ledger, record };
}
function kinds(events, runId) {
    const history = events === null ? null : historyOf(events, runId);
    return checkRun(acknowledged().record, history, effects).map(({ kind }) => kind);
}
describe('the ledger of the fault tests', () => {
    it('finds nothing in a history that has everything', () => {
        const { ledger, record } = acknowledged();
        expect(checkRun(record, historyOf(EVENTS), effects)).toEqual([]);
        expect(ledger.contradictions).toEqual([]);
        expect(ledger.acknowledged).toEqual({ starts: 1, signals: 1, checkpoints: 1, results: 1 });
        expect(ledger.unfinished()).toEqual([]);
    });
    it.each([
        ['a run that is gone', null, 'lost'],
        ['a reported checkpoint that is gone', EVENTS.slice(0, 1), 'lost'],
        ['an acknowledged signal that is gone', EVENTS.slice(0, 2), 'lost'],
        ['an acknowledged result that is gone', EVENTS.slice(0, 3), 'lost'],
        ['a hole in the numbers', [EVENTS[0], { ...EVENTS[1], wseq: 3 }], 'lost'],
        ['a signal that is there twice', [...EVENTS.slice(0, 3), { ...EVENTS[2], wseq: 4 }], 'doubled'],
        ['an operation with two outcomes', [...EVENTS.slice(0, 2), { ...EVENTS[1], wseq: 3 }], 'doubled'],
        ['a value that is another', [EVENTS[0], { ...EVENTS[1], value: `${VALUE.slice(0, 35)}2` }, ...EVENTS.slice(2)], 'altered'],
        ['a result that its history does not give', [...EVENTS.slice(0, 3), { ...EVENTS[3], result: { values: [] } }], 'altered'],
        ['a signal that nobody sent', [...EVENTS.slice(0, 3), { ...EVENTS[2], wseq: 4, payload: 'w/9', requestId: 'q9' }], 'invented'],
    ])('%s', (_name, events, kind) => {
        expect(kinds(events)).toContain(kind);
    });
    it('a second run under the id of the first', () => {
        expect(kinds(EVENTS, 'r2')).toContain('doubled');
    });
    it('a value that no body made', () => {
        const { record } = acknowledged();
        const none = readEffects('').effects;
        expect(checkRun(record, historyOf(EVENTS), none).map(({ kind }) => kind)).toEqual(['invented']);
    });
    it('an event that is reported again must be the same one', () => {
        const { ledger } = acknowledged();
        ledger.happened(reported());
        expect(ledger.contradictions).toEqual([]);
        ledger.happened(reported('r1', 'another'));
        ledger.happened(reported('r2'));
        expect(ledger.contradictions.map(({ kind }) => kind)).toEqual(['altered', 'doubled']);
    });
    it('what is in doubt may be missing, and what was acknowledged must be listed once', () => {
        const { ledger, record } = acknowledged();
        const doubtful = ledger.intend('x', 's2', INPUT, []);
        expect(checkRun(doubtful, null, effects)).toEqual([]);
        expect(checkList(ledger, [{ workflowId: 'w', runId: 'r1' }])).toEqual([]);
        expect(checkList(ledger, []).map(({ kind }) => kind)).toEqual(['lost']);
        const twice = [record, record].map(({ workflowId }, n) => ({ workflowId, runId: `r${n}` }));
        expect(checkList(ledger, twice).map(({ kind }) => kind)).toEqual(['doubled']);
    });
    it('a body that ran under two idempotency keys', () => {
        expect(readEffects('r1 work 0 a key-1\nr1 work 0 b key-1\nr1 work 1 c key-2\n').problems).toEqual([]);
        expect(readEffects('r1 work 0 a key-1\nr1 work 0 b key-2\n').problems.map(({ kind }) => kind)).toEqual(['doubled']);
    });
});
//# sourceMappingURL=ledger.spec.js.map