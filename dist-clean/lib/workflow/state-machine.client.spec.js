import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, fateOf, json, wseqOf } from '../../test/support/workflow-machine.js';
import { CommandKind } from './command.js';
import { EventKind } from './event.js';
describe('start', () => {
    it('R1, R2: a run begins with `started`, under the id that the command minted', () => {
        const m = new MachineUnderTest();
        expect(m.start('a', { starter: 2 })).toEqual({ ok: true, runId: 'run-a', wseq: 1, existing: false });
        expect(m.run('run-a')).toMatchObject({
            workflowId: 'a',
            status: 'running',
            owner: 2,
            epoch: 1,
            ownerBuildId: 'build-2',
            startedMs: m.nowMs,
            closedMs: 0,
        });
        expect(m.last('run-a')).toEqual({
            kind: EventKind.STARTED,
            wseq: 1,
            timeMs: m.nowMs,
            input: json({ item: 7 }),
            owner: 2,
            epoch: 1,
            buildId: 'build-2',
            continuedFrom: '',
        });
        expect(m.machine.current('a')).toBe(m.machine.run('run-a'));
        expect(m.machine.openRunCount).toBe(1);
    });
    it('R26: the same id, name and input is ALREADY_EXISTS with its run id, open or retained', () => {
        const m = new MachineUnderTest();
        m.start('a');
        expect(m.start('a', { runId: 'other' })).toMatchObject({ ok: false, code: 'ALREADY_EXISTS', runId: 'run-a' });
        m.finish('run-a');
        expect(m.start('a', { runId: 'other' })).toMatchObject({ ok: false, code: 'ALREADY_EXISTS', runId: 'run-a' });
        expect(m.machine.run('other')).toBeUndefined();
    });
    it('R26: the same id with another name or input is CONFLICT', () => {
        const m = new MachineUnderTest();
        m.start('a');
        expect(m.start('a', { runId: 'other', inputDigest: 8 })).toMatchObject({ ok: false, code: 'CONFLICT', runId: 'run-a' });
        expect(m.start('a', { runId: 'other', name: 'refund' })).toMatchObject({ ok: false, code: 'CONFLICT', runId: 'run-a' });
        expect(m.start('b', { runId: 'run-a' })).toMatchObject({ ok: false, code: 'CONFLICT', runId: 'run-a' });
    });
    it('R26: after continueAsNew the input of the first run still names the chain', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.continueAsNew('run-a', { newRunId: 'run-a2' });
        expect(m.start('a', { runId: 'x', inputDigest: 7 })).toMatchObject({ code: 'ALREADY_EXISTS', runId: 'run-a2' });
        expect(m.start('a', { runId: 'x', inputDigest: 8 })).toMatchObject({ code: 'ALREADY_EXISTS', runId: 'run-a2' });
        expect(m.start('a', { runId: 'x', inputDigest: 9 })).toMatchObject({ code: 'CONFLICT', runId: 'run-a2' });
    });
    it('R26: the same requestId gets the same answer until its expiry, refusals too', () => {
        const m = new MachineUnderTest();
        const request = { requestId: 'mine', expiryMs: m.nowMs + 1000 };
        const first = m.start('a', request);
        m.finish('run-a');
        expect(m.start('a', { ...request, runId: 'second-send-has-the-same-bytes-but-let-us-see' })).toEqual(first);
        const refused = m.start('a', { requestId: 'late', expiryMs: m.nowMs + 1000 });
        expect(fateOf(refused)).toBe('ALREADY_EXISTS');
        m.sweep(m.nowMs);
        expect(m.machine.run('run-a')).toBeUndefined();
        expect(m.start('a', { requestId: 'late', expiryMs: m.nowMs + 1000 })).toEqual(refused);
        expect(m.machine.openRunCount).toBe(0);
    });
    it('R26: a requestId that was used for another call is refused, not answered with that call', () => {
        const m = new MachineUnderTest();
        m.start('a', { requestId: 'mine' });
        m.start('b');
        expect(fateOf(m.start('c', { requestId: 'mine' }))).toBe('INVALID_ARGUMENT');
        expect(fateOf(m.signal('a', { requestId: 'mine' }))).toBe('INVALID_ARGUMENT');
        expect(m.kinds('run-a')).toEqual(['STARTED']);
        expect(fateOf(m.start('c', { requestId: '' }))).toBe('INVALID_ARGUMENT');
    });
    it('R26: past its expiry by log time a command does nothing, whatever the wall clock of its sender', () => {
        const m = new MachineUnderTest();
        const expiryMs = m.nowMs + 1000;
        m.nowMs = expiryMs;
        expect(fateOf(m.start('a', { expiryMs }))).toBe('ok');
        m.nowMs = expiryMs + 1;
        expect(fateOf(m.start('b', { expiryMs }))).toBe('REQUEST_EXPIRED');
        m.nowMs = 0; // a new leader with a clock that is behind
        expect(fateOf(m.start('b', { expiryMs }))).toBe('REQUEST_EXPIRED');
        expect(m.machine.run('run-b')).toBeUndefined();
    });
    it('R26: an answer is forgotten only after its expiry, and then it is', () => {
        const m = new MachineUnderTest();
        const expiryMs = m.nowMs + 1000;
        for (let i = 0; i < 100; i++)
            m.start(`a${i}`, { requestId: `r${i}`, expiryMs });
        const before = m.machine.snapshot().length;
        m.nowMs = expiryMs;
        expect(m.start('a0', { requestId: 'r0', expiryMs, runId: 'x' })).toMatchObject({ ok: true, runId: 'run-a0' });
        m.nowMs = expiryMs + 1;
        // The id is free for a new request at once, though its old answer may still wait to be forgotten.
        expect(fateOf(m.start('a99', { requestId: 'r99', expiryMs: expiryMs + 5000 }))).toBe('ALREADY_EXISTS');
        for (let i = 0; i < 10; i++)
            m.hello(1);
        expect(m.machine.snapshot().length).toBeLessThan(before - 100 * 20);
        expect(fateOf(m.start('a99', { requestId: 'r99', expiryMs: expiryMs + 5000 }))).toBe('ALREADY_EXISTS');
    });
    it('R40: an id that is none is INVALID_WORKFLOW_ID, and the message says why', () => {
        const m = new MachineUnderTest();
        expect(m.start('', { runId: 'x' })).toMatchObject({ code: 'INVALID_WORKFLOW_ID' });
        expect(m.start('a\nb')).toMatchObject({ code: 'INVALID_WORKFLOW_ID', message: expect.stringContaining('U+000A') });
        expect(m.start('a'.repeat(257))).toMatchObject({ code: 'INVALID_WORKFLOW_ID', message: expect.stringContaining('256') });
        expect(fateOf(m.start('a'.repeat(256)))).toBe('ok');
        expect(fateOf(m.start('b', { runId: '' }))).toBe('INVALID_ARGUMENT');
    });
    it('R40: a group refuses every command of a slot that it does not own, and remembers nothing of it', () => {
        const m = new MachineUnderTest({ groupId: 2 });
        const empty = m.machine.snapshot();
        expect(m.machine.ownsSlotOf('a')).toBe(false);
        expect(fateOf(m.start('a'))).toBe('WRONG_CLUSTER');
        expect(fateOf(m.signal('a'))).toBe('WRONG_CLUSTER');
        expect(fateOf(m.cancel('a'))).toBe('WRONG_CLUSTER');
        expect(fateOf(m.terminate('a'))).toBe('WRONG_CLUSTER');
        expect(fateOf(m.reset('a'))).toBe('WRONG_CLUSTER');
        expect(m.machine.snapshot()).toEqual(empty);
        expect(new MachineUnderTest({ groupId: 1 }).machine.ownsSlotOf('a')).toBe(true);
    });
    it('R30: the input limit holds at N - 1, N and N + 1', () => {
        const m = new MachineUnderTest({ limits: { payloadBytesMax: 100 } });
        expect(fateOf(m.start('a', { input: new Uint8Array(99) }))).toBe('ok');
        expect(fateOf(m.start('b', { input: new Uint8Array(100) }))).toBe('ok');
        expect(m.start('c', { input: new Uint8Array(101) })).toMatchObject({
            code: 'PAYLOAD_TOO_LARGE',
            message: expect.stringMatching(/101 bytes.*100/),
        });
    });
    it('R30: openRunsMax counts open runs; closing one makes room', () => {
        const m = new MachineUnderTest({ limits: { openRunsMax: 2 } });
        m.start('a');
        m.start('b');
        expect(fateOf(m.start('c'))).toBe('OVERLOADED');
        m.finish('run-a');
        expect(fateOf(m.start('c'))).toBe('ok');
    });
});
describe('signal', () => {
    it('R29: is recorded in the history of the current run, whoever owns it', () => {
        const m = new MachineUnderTest();
        m.start('a');
        expect(wseqOf(m.signal('a', { name: 'approve', payload: json('yes'), requestId: 'q' }))).toBe(2);
        expect(m.last('run-a')).toEqual({
            kind: EventKind.SIGNAL,
            wseq: 2,
            timeMs: m.nowMs,
            name: 'approve',
            payload: json('yes'),
            requestId: 'q',
        });
        expect(wseqOf(m.signal('a', { runId: 'run-a' }))).toBe(3);
    });
    it('R26: sent twice under one requestId it is recorded once', () => {
        const m = new MachineUnderTest();
        m.start('a');
        expect(m.signal('a', { requestId: 'q' })).toEqual(m.signal('a', { requestId: 'q' }));
        expect(m.kinds('run-a')).toEqual(['STARTED', 'SIGNAL']);
    });
    it('an unknown id is WORKFLOW_NOT_FOUND, so is a run of another workflow', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.start('b');
        expect(fateOf(m.signal('nobody'))).toBe('WORKFLOW_NOT_FOUND');
        expect(fateOf(m.signal('a', { runId: 'run-b' }))).toBe('WORKFLOW_NOT_FOUND');
        expect(fateOf(m.signal('a', { runId: 'run-x' }))).toBe('WORKFLOW_NOT_FOUND');
    });
    it('a closed run is WORKFLOW_CLOSED', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.finish('run-a');
        expect(m.signal('a')).toMatchObject({ code: 'WORKFLOW_CLOSED', runId: 'run-a' });
        expect(fateOf(m.cancel('a'))).toBe('WORKFLOW_CLOSED');
        expect(fateOf(m.terminate('a'))).toBe('WORKFLOW_CLOSED');
        expect(fateOf(m.reset('a'))).toBe('WORKFLOW_CLOSED');
        expect(m.kinds('run-a')).toEqual(['STARTED', 'FINISHED']);
    });
    it('R30: the payload limit holds at N - 1, N and N + 1', () => {
        const m = new MachineUnderTest({ limits: { payloadBytesMax: 100 } });
        m.start('a');
        expect(fateOf(m.signal('a', { payload: new Uint8Array(99) }))).toBe('ok');
        expect(fateOf(m.signal('a', { payload: new Uint8Array(100) }))).toBe('ok');
        expect(fateOf(m.signal('a', { payload: new Uint8Array(101) }))).toBe('PAYLOAD_TOO_LARGE');
    });
    it('R19: a blocked run still takes signals', () => {
        const m = new MachineUnderTest({ silent: [1, 2, 3] });
        m.start('a');
        expect(m.run('run-a').status).toBe('blocked');
        expect(fateOf(m.signal('a'))).toBe('ok');
    });
});
describe('cancel', () => {
    it('is an event; a second one is answered with the first', () => {
        const m = new MachineUnderTest();
        m.start('a');
        expect(m.cancel('a')).toEqual({ ok: true, runId: 'run-a', wseq: 2, existing: false });
        expect(m.cancel('a')).toEqual({ ok: true, runId: 'run-a', wseq: 2, existing: true });
        expect(m.run('run-a')).toMatchObject({ status: 'running', cancelRequested: true });
        expect(m.last('run-a')).toMatchObject({ kind: EventKind.CANCEL_REQUESTED, reason: 'enough' });
    });
    it('interrupts sleeps and leaves retries alone', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.sleep('run-a', { key: 's', delayMs: 10 });
        m.attemptFailed('run-a', { key: 'c', retryDelayMs: 10 });
        m.cancel('a');
        expect(m.run('run-a').settled('s', 1)).toBe(true);
        expect(m.run('run-a').sleepSet('s', 1)).toBe(false);
        expect(m.run('run-a').retryPending('c', 1)).toBe(true);
        m.nowMs += 10;
        expect(fateOf(m.fire('run-a', 1))).toBe('ignored: the timer is not pending');
        expect(fateOf(m.fire('run-a', 2))).toBe('ok');
    });
    it('interrupts a sleep that was called before it and committed after it; a later sleep is set', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.cancel('a'); // wseq 2
        expect(fateOf(m.sleep('run-a', { key: 's', occurrence: 1, at: 1 }))).toBe('ignored: a cancel came before');
        expect(m.run('run-a').settled('s', 1)).toBe(true);
        expect(fateOf(m.sleep('run-a', { key: 's', occurrence: 1, at: 2 }))).toBe('ignored: the operation has an outcome');
        expect(fateOf(m.sleep('run-a', { key: 's', occurrence: 2, at: 2 }))).toBe('ok');
        expect(m.kinds('run-a')).toEqual(['STARTED', 'CANCEL_REQUESTED', 'SLEEP_SET']);
    });
    it('R30: a reason above the payload limit is refused', () => {
        const m = new MachineUnderTest({ limits: { payloadBytesMax: 30 } });
        m.start('a', { input: json(1) });
        const cancel = { kind: CommandKind.CANCEL, workflowId: 'a', runId: '' };
        expect(fateOf(m.apply({ ...cancel, ...m.request(), reason: 'x'.repeat(11) }))).toBe('PAYLOAD_TOO_LARGE');
        expect(fateOf(m.apply({ ...cancel, ...m.request(), reason: 'x'.repeat(10) }))).toBe('ok');
    });
});
describe('terminate', () => {
    it('closes at once, without the owner', () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.sleep('run-a');
        m.signal('a');
        expect(fateOf(m.terminate('a'))).toBe('ok');
        expect(m.run('run-a')).toMatchObject({
            status: 'terminated',
            outcome: 'terminated',
            closedMs: m.nowMs,
            blockedReason: null,
            undelivered: [],
        });
        expect(m.machine.nextTimer()).toBeUndefined();
        expect(fateOf(m.checkpoint('run-a'))).toBe('ignored: the run is closed');
    });
    it('closes a blocked run', () => {
        const m = new MachineUnderTest({ silent: [1, 2, 3] });
        m.start('a');
        expect(fateOf(m.terminate('a'))).toBe('ok');
        expect(m.run('run-a')).toMatchObject({ status: 'terminated', blockedReason: null, owner: 0 });
        m.hello(1);
        expect(m.run('run-a').status).toBe('terminated');
    });
});
//# sourceMappingURL=state-machine.client.spec.js.map