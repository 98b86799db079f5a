import { describe, expect, it } from '@jest/globals';
import { WorkflowChaos, xorshift } from '../../test/support/workflow-chaos.js';
import { MachineUnderTest, conf, failure, json } from '../../test/support/workflow-machine.js';
import { isRaftoralError } from '../errors/index.js';
import { crc32 } from '../state-machine/index.js';
import { WorkflowStateMachine } from './state-machine.js';
const HEADER_BYTES = 9;
/** magic, version, checksum; then group 1, log time 0, codec level 1, revision 0, default limits, no members, all slots, nothing else. */
const EMPTY_SNAPSHOT = '5257465301bf730da70100000000000000000100808040c0843d03000000007099944100000000804f2241000000000001018020000000';
/** A released snapshot: every later build must restore it. */
const RELEASED_SNAPSHOT = [
    '5257465301f9e7a247010000000080842e410101e807c0843d03000000007099944100000000804f224103010203000104000001018020030101076275696c64',
    '2d3100000101056f726465720201020201076275696c642d3200000101056f726465720201020301076275696c642d3300010101056f72646572020102060261',
    '000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e056f726465720107000000000000070000000000000000000080842e41000101076275696c642d3100000000000000',
    '00000000030102010b6f7665722d627564676574146e6f646520322063616e206e6f7420676f206f6e020100000000508c2e41010163010200000000508c2e41',
    '00017301030673746174757301010300016300000101010101010001730000010100000000020801010000000080842e410a7b226974656d223a377d01010762',
    '75696c642d310102020000000080842e41010673746174757301010003000000000000032276220002030000000080842e410106737461747573030100030000',
    '000000000322762201054572726f72076772c3b6c39f6500000004040000000080842e4101016301010105050000000080842e41010163010101054572726f72',
    '086e6f2073746f636b0000000100000000508c2e4106060000000080842e41010173010100030000000000000200000000508c2e4108070000000080842e4102',
    '676f0522796573220a726571756573742d320b080000000080842e41020b6f7665722d627564676574146e6f646520322063616e206e6f7420676f206f6e0262',
    '0672756e2d62056f726465720907000000000000070000000000000000000080842e410100000100000000000000000003000001000000030101000000008084',
    '2e410a7b226974656d223a377d000100010c020000000080842e410009030000000080842e4106656e6f75676802630672756e2d63056f726465720107000000',
    '000000070000000000000000000080842e41020101076275696c642d310000000080842e41000000010000000301010000000080842e410a7b226974656d223a',
    '377d0101076275696c642d310108020000000080842e41046c61746501310a726571756573742d360d030000000080842e4100010622646f6e65220009000000',
    '0000000102640672756e2d64056f726465720107000000000000070000000000000000000080842e41060101076275696c642d310000000080842e4100000001',
    '0000000201010000000080842e410a7b226974656d223a377d0101076275696c642d31010d020000000080842e4104010000090000000000000772756e2d6432',
    '02640772756e2d6432056f726465720108000000000000070000000000000000000080842e41000101076275696c642d31000000000000000000000001000000',
    '0101010000000080842e4106226e657874220101076275696c642d310672756e2d6402650672756e2d65056f7264657201070000000000000700000000000000',
    '00000080842e41000202076275696c642d3200000000000000000001010100000101630000010100020100000401010000000080842e410a7b226974656d223a',
    '377d0301076275696c642d330104020000000080842e410101630101030a030000000080842e41020200076275696c642d3204040000000080842e4102016301',
    '0102090a726571756573742d3100000000006a38410a026100000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e010a726571756573742d3200000000006a38410b0261',
    '00000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e070a726571756573742d3300000000006a38410a0262000672756e2d62010a726571756573742d3400000000006a',
    '38410c0262000672756e2d62030a726571756573742d3500000000006a38410a0263000672756e2d63010a726571756573742d3600000000006a38410b026300',
    '0672756e2d63020a726571756573742d3700000000006a38410a0264000672756e2d64010a726571756573742d3800000000006a38410a0261020e414c524541',
    '44595f4558495354536d576f726b666c6f772027612720286f7264657229206973206f70656e2061732072756e2030623566376331652d386633612d34633537',
    '2d396332652d3066396131623263336434653a2061747461636820746f2069742c206f722063686f6f736520616e6f746865722069642e000b5f7c1e8f3a4c57',
    '9c2e0f9a1b2c3d4e0a726571756573742d3900000000006a38410a0265000672756e2d6501',
].join('');
function hex(bytes) {
    return Buffer.from(bytes).toString('hex');
}
function codeOf(act) {
    try {
        act();
    }
    catch (error) {
        if (isRaftoralError(error))
            return error.code;
        throw error;
    }
    return 'none';
}
/** Everything that a snapshot can hold. */
function populated() {
    const m = new MachineUnderTest({ limits: { payloadBytesMax: 1000 } });
    m.start('a', { runId: '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e' });
    const runId = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
    m.checkpoint(runId, { key: 'status', occurrence: 1 });
    m.checkpoint(runId, { key: 'status', occurrence: 3, error: failure('größe') });
    m.attemptStarted(runId, { key: 'c' });
    m.attemptFailed(runId, { key: 'c' });
    m.sleep(runId, { key: 's' });
    m.signal('a', { payload: json('yes') });
    m.decline(runId, 2, 'over-budget');
    m.start('b', { version: 9 });
    m.cancel('b');
    m.start('c');
    m.signal('c', { name: 'late' });
    m.finish('run-c', { consumedWseq: 1 });
    m.start('d');
    m.continueAsNew('run-d', { newRunId: 'run-d2' });
    m.start('a');
    m.start('e', { starter: 3 });
    m.attemptStarted('run-e', { key: 'c' });
    m.down(3);
    m.attemptStarted('run-e', { key: 'c' });
    m.membership(conf([1, 2, 3], { learners: [4] }));
    return m;
}
function sealed(bytes) {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(5, crc32(copy, HEADER_BYTES), true);
    return copy;
}
describe('the form', () => {
    it('R31: the snapshot of a new group is pinned', () => {
        expect(hex(new WorkflowStateMachine({ groupId: 1 }).snapshot())).toBe(EMPTY_SNAPSHOT);
    });
    it('R31: a snapshot with everything in it is pinned, and restores', () => {
        const m = populated();
        expect(hex(m.machine.snapshot())).toBe(RELEASED_SNAPSHOT);
        const restored = new WorkflowStateMachine({ groupId: 1 });
        restored.restore(99, Uint8Array.from(Buffer.from(RELEASED_SNAPSHOT, 'hex')));
        expect(hex(restored.snapshot())).toBe(RELEASED_SNAPSHOT);
    });
});
describe('restore', () => {
    it('R27: brings back open and closed runs, answers, timers, hellos, down marks, limits, log time and membership', () => {
        const m = populated();
        const { machine } = m;
        const restored = new WorkflowStateMachine({ groupId: 1 });
        restored.restore(m.index, machine.snapshot());
        expect([...restored.allRuns()].map((run) => ({ ...run, operations: null, timers: null }))).toEqual([...machine.allRuns()].map((run) => ({ ...run, operations: null, timers: null })));
        expect(restored.hellos).toEqual(machine.hellos);
        expect(restored.hellos.get(3).down).toBe(true);
        expect(restored.limits).toEqual(machine.limits);
        expect([restored.logTimeMs, restored.limitsRevision, restored.codecLevel, restored.appliedIndex]).toEqual([m.nowMs, 1, 1, m.index]);
        expect([restored.openRunCount, restored.closedRunCount]).toEqual([machine.openRunCount, machine.closedRunCount]);
        expect(restored.voters).toEqual([1, 2, 3]);
        expect(restored.timersDue(Infinity, 10).map(({ dueMs, runId, timerId, purpose }) => [dueMs, runId, timerId, purpose])).toEqual(machine.timersDue(Infinity, 10).map(({ dueMs, runId, timerId, purpose }) => [dueMs, runId, timerId, purpose]));
        expect(restored.run('run-c').undelivered.map((event) => event.name)).toEqual(['late']);
    });
    it('S3: a machine that was restored answers like the one that was not', () => {
        const a = populated();
        const b = populated();
        b.machine.restore(b.index, a.machine.snapshot());
        a.limits({ crashSuspectLimit: 2 });
        b.limits({ crashSuspectLimit: 2 });
        const runId = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
        for (const m of [a, b]) {
            m.nowMs += 5000;
            m.checkpoint(runId, { key: 'status', occurrence: 3 });
            m.checkpoint(runId, { key: 'status', occurrence: 2 });
            m.fire(runId, 1);
            m.fire(runId, 2);
            m.down(m.run('run-e').owner);
            m.sweep(m.nowMs);
            m.hello(3, { incarnation: 2, workflows: [{ name: 'order', versions: [9] }] });
        }
        expect(Buffer.compare(a.machine.snapshot(), b.machine.snapshot())).toBe(0);
        expect(b.run('run-b').owner).toBe(3);
        expect(b.run('run-e').blockedReason).toBe('crash-suspect');
    });
    it('the sink stays, hears nothing of the restore, and everything after it', () => {
        const m = populated();
        const events = m.events.length;
        m.machine.restore(m.index, m.machine.snapshot());
        expect(m.events.length).toBe(events);
        m.signal('b');
        expect(m.events.length).toBe(events + 1);
    });
    it('shares no bytes with the snapshot', () => {
        const m = populated();
        const bytes = m.machine.snapshot();
        m.machine.restore(m.index, bytes);
        bytes.fill(0);
        expect(m.machine.run('run-c').result).toEqual(json('done'));
        expect(hex(m.machine.snapshot())).toBe(RELEASED_SNAPSHOT);
    });
});
describe('damage', () => {
    it('P8: any flipped bit, any cut and any tail is MALFORMED_FRAME, and the state stays as it was', () => {
        const m = populated();
        const bytes = m.machine.snapshot();
        for (let bit = 0; bit < bytes.length * 8; bit += 11) {
            const damaged = bytes.slice();
            damaged[bit >>> 3] ^= 1 << (bit & 7);
            expect(codeOf(() => m.machine.restore(1, damaged))).toBe('MALFORMED_FRAME');
        }
        for (let length = 0; length < bytes.length; length += 3)
            expect(codeOf(() => m.machine.restore(1, bytes.slice(0, length)))).toBe('MALFORMED_FRAME');
        expect(codeOf(() => m.machine.restore(1, Uint8Array.of(...bytes, 0)))).toBe('MALFORMED_FRAME');
        expect(hex(m.machine.snapshot())).toBe(RELEASED_SNAPSHOT);
    });
    it('P8: bytes that were changed together with their checksum restore to something, or are MALFORMED_FRAME', () => {
        const bytes = populated().machine.snapshot();
        const random = xorshift(4711);
        const fates = new Map();
        for (let round = 0; round < 6_000; round++) {
            const damaged = bytes.slice();
            for (let changes = 1 + (random() % 3); changes > 0; changes--)
                damaged[HEADER_BYTES + (random() % (bytes.length - HEADER_BYTES))] = random() & 0xff;
            const machine = new WorkflowStateMachine({ groupId: 1 });
            const fate = codeOf(() => machine.restore(1, sealed(damaged)));
            fates.set(fate, (fates.get(fate) ?? 0) + 1);
        }
        expect([...fates.keys()].sort()).toEqual(['MALFORMED_FRAME', 'none']);
    });
    it('R42: a snapshot of another group is refused by its name', () => {
        const other = new WorkflowStateMachine({ groupId: 2 });
        expect(() => other.restore(1, new WorkflowStateMachine({ groupId: 1 }).snapshot())).toThrow(/it is of cluster 1, not of 2/);
    });
    it('a snapshot of a large random state survives the way there and back', () => {
        const machine = new WorkflowStateMachine({ groupId: 1 });
        const chaos = new WorkflowChaos(xorshift(99));
        for (let i = 0; i < 6_000; i++)
            chaos.step([machine]);
        const bytes = machine.snapshot();
        const restored = new WorkflowStateMachine({ groupId: 1 });
        restored.restore(chaos.appliedIndex, bytes);
        expect(Buffer.compare(restored.snapshot(), bytes)).toBe(0);
    });
});
//# sourceMappingURL=state-machine.snapshot.spec.js.map