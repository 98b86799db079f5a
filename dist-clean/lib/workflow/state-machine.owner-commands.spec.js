import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, NOTHING, failure, fateOf, json, wseqOf } from '../../test/support/workflow-machine.js';
import { EventKind } from './event.js';
function started(options = {}) {
    const m = new MachineUnderTest(options);
    m.start('a', { input: NOTHING });
    return m;
}
describe('values', () => {
    it('R2: every event of a run gets the next number of one history', () => {
        const m = started();
        const answers = [
            m.checkpoint('run-a', { key: 'x' }),
            m.signal('a'),
            m.computed('run-a', { key: 'y' }),
            m.sleep('run-a', { key: 'z' }),
            m.cancel('a'),
            m.finish('run-a'),
        ];
        expect(answers.map(wseqOf)).toEqual([2, 3, 4, 5, 6, 7]);
        expect(m
            .run('run-a')
            .history.events()
            .map((event) => event.wseq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(m.events.filter(({ runId }) => runId === 'run-a').map(({ event }) => event)).toEqual(m.run('run-a').history.events());
    });
    it('R10: a committed operation keeps epoch, key, occurrence, position, digest and value', () => {
        const m = started();
        m.checkpoint('run-a', { key: 'x', occurrence: 1, at: 1, value: json('new') });
        expect(m.last('run-a')).toEqual({
            kind: EventKind.CHECKPOINT,
            wseq: 2,
            timeMs: m.nowMs,
            epoch: 1,
            key: 'x',
            occurrence: 1,
            position: { wseq: 1, ordinal: 0 },
            argumentsDigest: 3,
            value: json('new'),
            error: null,
        });
        m.computed('run-a', { key: 'y', attempt: 3, value: NOTHING, error: failure('no stock') });
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.COMPUTE_RESULT, wseq: 3, attempt: 3, error: failure('no stock') });
    });
    it('P2, R18: the first value of (key, occurrence) wins; a second one of any kind is ignored', () => {
        const m = started();
        m.checkpoint('run-a', { value: json('first') });
        for (const again of [
            m.checkpoint('run-a', { value: json('second') }),
            m.computed('run-a'),
            m.sleep('run-a'),
            m.attemptFailed('run-a'),
            m.attemptStarted('run-a'),
        ]) {
            expect(fateOf(again)).toBe('ignored: the operation has an outcome');
        }
        expect(m.kinds('run-a')).toEqual(['STARTED', 'CHECKPOINT']);
        expect(Buffer.from(m.last('run-a').value).toString()).toBe('"first"');
    });
    it('R9: the answer of hasCheckpoint is an ordinary checkpoint under its own key', () => {
        const m = started();
        expect(fateOf(m.checkpoint('run-a', { key: '$has/status', value: json(false) }))).toBe('ok');
        expect(fateOf(m.checkpoint('run-a', { key: '$has/status', value: json(true) }))).toBe('ignored: the operation has an outcome');
        expect(fateOf(m.checkpoint('run-a', { key: 'status' }))).toBe('ok');
    });
    it('R18: a stale epoch, an unknown run and a closed run are ignored, with every owner command', () => {
        const m = started();
        m.changeOwner('run-a', 2);
        const events = m.events.length;
        const stale = { epoch: 1 };
        const future = { epoch: 3 };
        for (const old of [stale, future]) {
            const answers = [
                m.checkpoint('run-a', old),
                m.computed('run-a', old),
                m.attemptStarted('run-a', old),
                m.attemptFailed('run-a', old),
                m.sleep('run-a', old),
                m.finish('run-a', old),
            ];
            expect(new Set(answers.map(fateOf))).toEqual(new Set(['ignored: stale epoch']));
        }
        expect(fateOf(m.checkpoint('run-x'))).toBe('ignored: unknown run');
        expect(fateOf(m.fire('run-x', 1))).toBe('ignored: unknown run');
        expect(m.events.length).toBe(events);
        m.finish('run-a');
        const late = [
            m.checkpoint('run-a'),
            m.computed('run-a'),
            m.attemptStarted('run-a'),
            m.attemptFailed('run-a'),
            m.sleep('run-a'),
            m.finish('run-a'),
            m.fire('run-a', 1),
            m.decline('run-a', 2),
        ];
        expect(new Set(late.map(fateOf))).toEqual(new Set(['ignored: the run is closed']));
        expect(m.events.length).toBe(events + 1);
    });
    it('R18: in the epoch of a blocked run nobody is the owner', () => {
        const m = started();
        for (const node of [1, 2, 3])
            m.down(node);
        expect(m.run('run-a').status).toBe('blocked');
        expect(fateOf(m.checkpoint('run-a'))).toBe('ignored: stale epoch');
    });
    it('R32: occurrences may settle out of order; each once', () => {
        const m = started();
        const order = [3, 1, 5, 2, 7, 4, 6];
        for (const occurrence of order)
            expect(fateOf(m.computed('run-a', { occurrence }))).toBe('ok');
        for (const occurrence of order) {
            expect(m.run('run-a').settled('k', occurrence)).toBe(true);
            expect(fateOf(m.checkpoint('run-a', { occurrence }))).toBe('ignored: the operation has an outcome');
        }
        expect(m.run('run-a').settled('k', 8)).toBe(false);
        expect(m.run('run-a').settled('other', 1)).toBe(false);
    });
    it('R5: a position ahead of the history is ignored', () => {
        const m = started();
        expect(fateOf(m.checkpoint('run-a', { at: 2 }))).toBe('ignored: the position is ahead of the history');
        expect(fateOf(m.sleep('run-a', { at: 2 }))).toBe('ignored: the position is ahead of the history');
    });
});
describe('limits', () => {
    const failed = (message) => expect.objectContaining({
        name: 'RaftoralError',
        code: 'PAYLOAD_TOO_LARGE',
        message: expect.stringMatching(message),
        stack: '',
        cause: null,
    });
    it('R30: a value is committed at N - 1 and N; at N + 1 the failure of its operation is committed instead', () => {
        const m = started({ limits: { payloadBytesMax: 100 } });
        for (const [occurrence, bytes] of [99, 100].entries()) {
            m.checkpoint('run-a', { key: 'c', occurrence: occurrence + 1, value: new Uint8Array(bytes) });
            expect(m.last('run-a')).toMatchObject({ error: null, value: new Uint8Array(bytes) });
            m.computed('run-a', { key: 'd', occurrence: occurrence + 1, value: new Uint8Array(bytes) });
            expect(m.last('run-a')).toMatchObject({ error: null, value: new Uint8Array(bytes) });
        }
        expect(fateOf(m.checkpoint('run-a', { key: 'c', occurrence: 3, value: new Uint8Array(101) }))).toBe('ok');
        expect(m.last('run-a')).toMatchObject({ value: NOTHING, error: failed(/'c' \(occurrence 3\) has 101 bytes.*100/) });
        m.computed('run-a', { key: 'd', occurrence: 3, value: new Uint8Array(101) });
        expect(m.last('run-a')).toMatchObject({
            kind: EventKind.COMPUTE_RESULT,
            value: NOTHING,
            error: failed(/'d' \(occurrence 3\) has 101 bytes/),
        });
        expect(m.run('run-a').settled('d', 3)).toBe(true);
    });
    it('R30: an error counts with all its texts and causes', () => {
        const m = started({ limits: { payloadBytesMax: 100 } });
        const sized = (bytes) => ({
            ...failure('ü'.repeat(20)),
            name: '',
            cause: { ...failure('x'.repeat(bytes - 40)), name: '' },
        });
        m.computed('run-a', { occurrence: 1, value: NOTHING, error: sized(100) });
        expect(m.last('run-a')).toMatchObject({ error: sized(100) });
        m.computed('run-a', { occurrence: 2, value: NOTHING, error: sized(101) });
        expect(m.last('run-a')).toMatchObject({ error: failed(/101 bytes/) });
        m.attemptFailed('run-a', { occurrence: 3, error: sized(101) });
        expect(m.last('run-a')).toMatchObject({ error: failed(/attempt 1 of 'k' \(occurrence 3\) has 101 bytes/) });
    });
    it('R30: a result that is too large fails the run; so does the input of the next one', () => {
        const m = started({ limits: { payloadBytesMax: 100 } });
        m.finish('run-a', { result: new Uint8Array(101), digest: 5 });
        expect(m.run('run-a')).toMatchObject({ status: 'failed', result: NOTHING, error: failed(/result of workflow 'a' has 101 bytes/) });
        expect(m.last('run-a')).toMatchObject({ digest: 5 });
        m.start('b', { input: NOTHING });
        m.finish('run-b', { result: new Uint8Array(100) });
        expect(m.run('run-b')).toMatchObject({ status: 'completed', result: new Uint8Array(100) });
        m.start('c', { input: NOTHING });
        m.continueAsNew('run-c', { newRunId: 'run-c2', input: new Uint8Array(101) });
        expect(m.run('run-c')).toMatchObject({ status: 'failed', error: failed(/continues has 101 bytes/) });
        expect(m.machine.run('run-c2')).toBeUndefined();
    });
    it('R30: limits change by compare-and-set, for all replicas at one index', () => {
        const m = started();
        expect(m.machine.limitsRevision).toBe(0);
        expect(fateOf(m.limits({ payloadBytesMax: 10 }, 1))).toBe('ignored: stale revision');
        expect(fateOf(m.limits({ payloadBytesMax: 10 }, 0))).toBe('ok');
        expect(fateOf(m.limits({ payloadBytesMax: 20 }, 0))).toBe('ignored: stale revision');
        expect(m.machine.limitsRevision).toBe(1);
        expect(m.machine.limits.payloadBytesMax).toBe(10);
    });
});
describe('attempts', () => {
    it('R21: a failed attempt is counted and sets a retry timer at log time + delay', () => {
        const m = started();
        m.nowMs += 50;
        expect(fateOf(m.attemptFailed('run-a', { attempt: 1, retryDelayMs: 1000 }))).toBe('ok');
        expect(m.last('run-a')).toMatchObject({
            kind: EventKind.ATTEMPT_FAILED,
            attempt: 1,
            timerId: 1,
            dueMs: m.nowMs + 1000,
            error: failure('no stock'),
        });
        expect(m.run('run-a').failedAttempts('k', 1)).toBe(1);
        expect(m.run('run-a').retryPending('k', 1)).toBe(true);
        expect(m.machine.nextTimer()).toMatchObject({ dueMs: m.nowMs + 1000, runId: 'run-a', timerId: 1 });
        m.nowMs += 1000;
        m.fire('run-a', 1);
        expect(m.run('run-a').retryPending('k', 1)).toBe(false);
        expect(m.run('run-a').failedAttempts('k', 1)).toBe(1);
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.TIMER_FIRED, purpose: 'retry', key: 'k', occurrence: 1, timerId: 1 });
    });
    it('R21: an attempt that was counted is not counted again; attempts survive the owner', () => {
        const m = started();
        m.attemptFailed('run-a', { attempt: 1 });
        expect(fateOf(m.attemptFailed('run-a', { attempt: 1 }))).toMatch(/^ignored/);
        m.down(1);
        expect(m.run('run-a').failedAttempts('k', 1)).toBe(1);
        m.nowMs += 1000;
        m.fire('run-a', 1);
        expect(fateOf(m.attemptFailed('run-a', { attempt: 2 }))).toBe('ok');
        expect(m.run('run-a').failedAttempts('k', 1)).toBe(2);
        expect(m.last('run-a').timerId).toBe(2);
        expect(fateOf(m.attemptFailed('run-a', { attempt: 1 }))).toMatch(/^ignored/);
    });
    it('R21: a result ends the retries of its operation', () => {
        const m = started();
        m.attemptFailed('run-a');
        expect(fateOf(m.computed('run-a', { attempt: 2 }))).toBe('ok');
        expect(m.run('run-a').retryPending('k', 1)).toBe(false);
        expect(m.run('run-a').failedAttempts('k', 1)).toBe(0);
        expect(m.machine.nextTimer()).toBeUndefined();
        m.nowMs += 1000;
        expect(fateOf(m.fire('run-a', 1))).toBe('ignored: the timer is not pending');
    });
    it('R20: attempt-started is an event of its owner, once per attempt and epoch', () => {
        const m = started();
        expect(fateOf(m.attemptStarted('run-a', { attempt: 1 }))).toBe('ok');
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.ATTEMPT_STARTED, epoch: 1, key: 'k', occurrence: 1, attempt: 1, node: 1 });
        expect(fateOf(m.attemptStarted('run-a', { attempt: 1 }))).toMatch(/^ignored/);
        m.changeOwner('run-a', 3);
        expect(fateOf(m.attemptStarted('run-a', { attempt: 1 }))).toBe('ok');
        expect(m.last('run-a')).toMatchObject({ epoch: 2, node: 3 });
        m.attemptFailed('run-a', { attempt: 1 });
        expect(fateOf(m.attemptStarted('run-a', { attempt: 1 }))).toMatch(/^ignored/);
        expect(fateOf(m.attemptStarted('run-a', { attempt: 2 }))).toBe('ok');
    });
});
describe('timers', () => {
    it('R24: a sleep is due at log time + delay, fires once, and only then', () => {
        const m = started();
        m.nowMs += 7;
        m.sleep('run-a', { key: 's', delayMs: 500 });
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.SLEEP_SET, timerId: 1, dueMs: m.nowMs + 500 });
        expect(m.run('run-a').sleepSet('s', 1)).toBe(true);
        m.nowMs += 499;
        expect(fateOf(m.fire('run-a', 1))).toBe('ignored: the timer is not due');
        m.nowMs += 1;
        expect(fateOf(m.fire('run-a', 1))).toBe('ok');
        expect(fateOf(m.fire('run-a', 1))).toBe('ignored: the timer is not pending');
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.TIMER_FIRED, purpose: 'sleep', key: 's', occurrence: 1, timeMs: m.nowMs });
        expect(m.run('run-a').settled('s', 1)).toBe(true);
        expect(m.run('run-a').sleepSet('s', 1)).toBe(false);
    });
    it('R24: due is what the log says, not what the proposer says', () => {
        const m = started();
        m.sleep('run-a', { delayMs: 500 });
        const setAt = m.nowMs;
        m.nowMs = setAt + 600;
        m.hello(2); // raises the log time
        m.nowMs = setAt; // a new leader, whose clock is behind
        expect(fateOf(m.fire('run-a', 1))).toBe('ok');
        expect(m.last('run-a').timeMs).toBe(setAt + 600);
    });
    it('R24: a sleep that is sent again is set once; its operation takes no value', () => {
        const m = started();
        m.sleep('run-a', { key: 's' });
        expect(fateOf(m.sleep('run-a', { key: 's' }))).toMatch(/^ignored/);
        expect(fateOf(m.checkpoint('run-a', { key: 's' }))).toMatch(/^ignored/);
        expect(fateOf(m.attemptFailed('run-a', { key: 's' }))).toMatch(/^ignored/);
        expect(m.kinds('run-a')).toEqual(['STARTED', 'SLEEP_SET']);
    });
    it('R24: timers of all runs come in the order of (due, run, timer)', () => {
        const m = started();
        m.start('b', { input: NOTHING });
        m.sleep('run-b', { key: 'x', delayMs: 10 });
        m.sleep('run-a', { key: 'x', delayMs: 20 });
        m.sleep('run-a', { key: 'y', delayMs: 10 });
        m.sleep('run-a', { key: 'z', delayMs: 10 });
        const names = (limit) => m.machine.timersDue(m.nowMs + 15, limit).map((timer) => `${timer.runId}/${timer.timerId}`);
        expect(names(10)).toEqual(['run-a/2', 'run-a/3', 'run-b/1']);
        expect(names(2)).toEqual(['run-a/2', 'run-a/3']);
        expect(m.machine.timersDue(m.nowMs + 9, 10)).toEqual([]);
        expect(m.machine.nextTimer()).toMatchObject({ runId: 'run-a', timerId: 2 });
        expect(m.last('run-a').timerId).toBe(3);
    });
    it('R24: a timer fires for a blocked run too', () => {
        const m = started();
        m.sleep('run-a', { delayMs: 1 });
        for (const node of [1, 2, 3])
            m.down(node);
        m.nowMs += 1;
        expect(fateOf(m.fire('run-a', 1))).toBe('ok');
    });
    it('R23: log time is the greatest stamp so far: it never runs backwards', () => {
        const m = started();
        m.nowMs += 1000;
        m.checkpoint('run-a', { key: 'x' });
        const high = m.nowMs;
        m.nowMs -= 5000;
        m.checkpoint('run-a', { key: 'y' });
        expect(m.last('run-a').timeMs).toBe(high);
        expect(m.machine.logTimeMs).toBe(high);
        m.nowMs = high + 1;
        m.checkpoint('run-a', { key: 'z' });
        expect(m.last('run-a').timeMs).toBe(high + 1);
    });
});
//# sourceMappingURL=state-machine.owner-commands.spec.js.map