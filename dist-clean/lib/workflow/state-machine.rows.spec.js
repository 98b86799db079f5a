import { describe, expect, it } from '@jest/globals';
import { RowStore, flushWhole } from '../../test/support/row-store.js';
import { MachineUnderTest, conf, fateOf, json } from '../../test/support/workflow-machine.js';
import { stampLogTime } from '../state-machine/index.js';
import { encodeCommand } from './command-codec.js';
import { CommandKind } from './command.js';
import { EventKind } from './event.js';
import { WorkflowStateMachine } from './state-machine.js';
const MEMBERS = conf([1, 2, 3]);
function hex(bytes) {
    return Buffer.from(bytes).toString('hex');
}
function bytesOf(text) {
    return Uint8Array.from(Buffer.from(text, 'hex'));
}
/** A machine over a store, with the words of MachineUnderTest; fetches before each command. */
class Stored extends MachineUnderTest {
    store = new RowStore({ index: 0, term: 0, confState: conf([]) });
    constructor() {
        super();
        this.machine.load(this.store.load(), this.store.source);
        this.index = 0;
        this.membership(MEMBERS);
        for (const node of [1, 2, 3])
            this.hello(node);
    }
    flush() {
        flushWhole(this.store, this.machine, this.position);
    }
    get position() {
        return { index: this.index, term: 1, confState: MEMBERS };
    }
    /** A new process over the same rows. */
    restart() {
        const machine = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => this.events.push({ runId: run.runId, event }) });
        machine.load(this.store.load(), this.store.source);
        this.machine = machine;
        this.index = machine.appliedIndex;
        return machine;
    }
    async send(command) {
        const frame = encodeCommand(command);
        stampLogTime(frame, this.nowMs);
        await this.machine.prefetch([frame]);
        return this.machine.apply(++this.index, 1, frame);
    }
    sent(more) {
        const runId = `run-${more.workflowId}-again`;
        const input = { input: json({ item: 7 }), inputDigest: 7 };
        const owner = { ownerPolicy: 'starter', starter: 1, leaderHint: 2 };
        return this.send({ kind: CommandKind.START, ...this.request(), runId, name: 'order', version: 1, ...input, ...owner, ...more });
    }
    signalled(workflowId, runId = '') {
        return this.send({ kind: CommandKind.SIGNAL, ...this.request(), workflowId, runId, name: 'go', payload: json(1) });
    }
}
function all(cut) {
    const runs = [];
    const history = [];
    for (let slice = cut.next(1); slice !== null; slice = cut.next(1)) {
        runs.push(...slice.runs);
        history.push(...slice.history);
    }
    return { runs, history };
}
/** Released rows: every later build must read them. */
const RELEASED = {
    group: [
        '010100000000000000000101000000000000000000010000000080842e410100808040c0843d03000000007099944100000000804f22410301020300',
        '00000001018020030101076275696c642d3100000101056f726465720201020201076275696c642d3200000101056f72646572020102030107627569',
        '6c642d3300000101056f72646572020102',
    ].join(''),
    requests: [
        '01030a726571756573742d3100000000006a38410a026100000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e010a726571756573742d3200000000006a3841',
        '0a0263000672756e2d63010a726571756573742d3300000000006a38410b0263000672756e2d6302',
    ].join(''),
    closed: '01010000000080842e4110a35bef8d5df942bc6c7cfd0a6f2a43',
    open: [
        '010000050261000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e056f726465720107000000000000070000000000000000000080842e41000101076275696c',
        '642d3100000000000000000000000300020100000000508c2e41010163010200000000508c2e41000173010306737461747573000102000163000001',
        '0101010101000173000001010000000002',
    ].join(''),
    ended: [
        '0101010302630672756e2d63056f726465720107000000000000070000000000000000000080842e41020101076275696c642d310000000080842e41',
        '00000001000000',
    ].join(''),
    openHistory: [
        '01000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e01010000000080842e410a7b226974656d223a377d0101076275696c642d310102020000000080842e41',
        '010673746174757302010003000000000000032276220004030000000080842e4101016301010105040000000080842e41010163010101054572726f',
        '72086e6f2073746f636b0000000100000000508c2e4106050000000080842e41010173010100030000000000000200000000508c2e41',
    ].join(''),
    endedHistory: [
        '010672756e2d6301010000000080842e410a7b226974656d223a377d0101076275696c642d310108020000000080842e41046c61746501310a726571',
        '756573742d330d030000000080842e4100010622646f6e6522000900000000000001',
    ].join(''),
};
/** One of everything that rows can hold. */
function populated() {
    const m = new Stored();
    m.start('a', { runId: '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e' });
    const runId = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
    m.checkpoint(runId, { key: 'status', occurrence: 2 });
    m.attemptStarted(runId, { key: 'c' });
    m.attemptFailed(runId, { key: 'c' });
    m.sleep(runId, { key: 's' });
    m.start('c');
    m.signal('c', { name: 'late' });
    m.finish('run-c', { consumedWseq: 1 });
    return m;
}
/** The event loop is held up by what a command changes, and not by all that waits to be flushed. */
it('a hello, a node that is down and a membership encode for an open cut those runs only that they change', async () => {
    const m = new Stored();
    for (const id of ['a', 'b', 'c'])
        await m.sent({ workflowId: id, runId: `run-${id}`, starter: id === 'a' ? 1 : 2 });
    const waiting = () => ['a', 'b', 'c'].filter((id) => m.machine.run(`run-${id}`).waiting);
    const cut = m.machine.cut();
    m.hello(3);
    expect(waiting()).toEqual(['a', 'b', 'c']);
    m.down(1);
    expect(waiting()).toEqual(['b', 'c']);
    m.membership(conf([1, 3]));
    expect(waiting()).toEqual([]);
    const rows = all(cut).runs;
    expect(rows.map(({ runId, owner }) => [runId, owner]).sort()).toEqual([
        ['run-a', 1],
        ['run-b', 2],
        ['run-c', 2],
    ]);
});
describe('the form of the rows', () => {
    const columns = [
        {
            order: 1,
            runId: '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e',
            workflowId: 'a',
            name: 'order',
            version: 1,
            status: 'running',
            owner: 1,
            startedMs: 1000000,
            closedMs: 0,
            events: 5,
            timers: [
                { timerId: 1, dueMs: 1001000, purpose: 'retry', key: 'c', occurrence: 1 },
                { timerId: 2, dueMs: 1001000, purpose: 'sleep', key: 's', occurrence: 1 },
            ],
            head: RELEASED.open,
        },
        {
            order: 2,
            runId: 'run-c',
            workflowId: 'c',
            name: 'order',
            version: 1,
            status: 'completed',
            owner: 1,
            startedMs: 1000000,
            closedMs: 1000000,
            events: 3,
            timers: [],
            head: RELEASED.ended,
        },
    ];
    it('R31: is pinned', () => {
        const cut = populated().machine.cut();
        expect([cut.index, cut.requestsExpiredMs, cut.sweptMs]).toEqual([12, 0, 0]);
        expect(hex(cut.group)).toBe(RELEASED.group);
        expect(cut.requests.map((row) => [row.sequence, row.lastExpiryMs, hex(row.requests)])).toEqual([[1, 1_600_000, RELEASED.requests]]);
        expect(cut.closed.map((row) => [row.sequence, row.lastClosedMs, hex(row.entries)])).toEqual([[1, 1_000_000, RELEASED.closed]]);
        const { runs, history } = all(cut);
        expect(runs.map((run) => ({ ...run, head: hex(run.head) }))).toEqual(columns);
        expect(history.map((row) => [row.order, row.fromWseq, row.toWseq, hex(row.events)])).toEqual([
            [1, 1, 5, RELEASED.openHistory],
            [2, 1, 3, RELEASED.endedHistory],
        ]);
    });
    it('R31: rows of a released build are read', async () => {
        const runs = columns.map((run) => ({ ...run, head: bytesOf(run.head) }));
        const history = [
            { order: 1, fromWseq: 1, toWseq: 5, events: bytesOf(RELEASED.openHistory) },
            { order: 2, fromWseq: 1, toWseq: 3, events: bytesOf(RELEASED.endedHistory) },
        ];
        const store = new RowStore({ index: 0, term: 0, confState: conf([]) });
        const requests = [{ sequence: 1, lastExpiryMs: 1_600_000, requests: bytesOf(RELEASED.requests) }];
        const closed = [{ sequence: 1, lastClosedMs: 1_000_000, entries: bytesOf(RELEASED.closed) }];
        const slices = [{ runs, history, requests, closed }];
        await store.replace({ index: 12, term: 1, confState: MEMBERS }, {
            position: { index: 12, term: 1, confState: MEMBERS },
            group: bytesOf(RELEASED.group),
            runCount: 2,
            bytesAbout: 0,
            next: async () => slices.shift() ?? null,
            again: () => {
                throw new Error('read once');
            },
            close: async () => undefined,
        });
        const machine = new WorkflowStateMachine({ groupId: 1 });
        machine.load(store.load(), store.source);
        const m = populated();
        m.flush();
        expect(hex(await machine.bytesOf(store.image()))).toBe(hex(await m.machine.bytesOf(m.store.image())));
        expect((await machine.fetch({ workflowId: 'c' }, 'all events')).undelivered.map((event) => event.name)).toEqual(['late']);
        expect([machine.openRunCount, machine.closedRunCount, machine.timersDue(Infinity, 9).length]).toEqual([1, 1, 2]);
    });
});
describe('a cut', () => {
    it('O2, R34: what is applied while it is being written is not in it, and is in the next', async () => {
        const m = new Stored();
        for (const id of ['a', 'b', 'c', 'd', 'e'])
            m.start(id);
        const before = new MachineUnderTest();
        for (const id of ['a', 'b', 'c', 'd', 'e'])
            before.start(id);
        const flush = m.store.flush(m.position, m.machine.cut());
        flush.step(1);
        for (const machine of [m]) {
            machine.checkpoint('run-a');
            machine.checkpoint('run-c');
            machine.signal('b');
            machine.finish('run-d');
            machine.down(1);
            machine.start('f');
        }
        flush.commit(true);
        expect(hex(await m.machine.bytesOf(m.store.image()))).toBe(hex(before.machine.snapshot()));
        // Replayed over the rows, the same commands give the same answers: none is found applied.
        m.restart();
        expect(fateOf(m.checkpoint('run-a'))).toBe('ok');
        expect(fateOf(m.checkpoint('run-c'))).toBe('ok');
        expect(fateOf(m.finish('run-d'))).toBe('ok');
        expect(m.run('run-a').history.length).toBe(2);
    });
    it('R32: the next one holds only what changed, and only its new events', () => {
        const m = new Stored();
        for (const id of ['a', 'b', 'c'])
            m.start(id);
        m.flush();
        m.checkpoint('run-b');
        m.checkpoint('run-b', { occurrence: 2 });
        const cut = m.machine.cut();
        const { runs, history } = all(cut);
        expect(runs.map((run) => run.runId)).toEqual(['run-b']);
        expect(history.map(({ order, fromWseq, toWseq }) => [order, fromWseq, toWseq])).toEqual([[2, 2, 3]]);
        expect([cut.requests, cut.closed]).toEqual([[], []]);
    });
    it('is asked for one at a time, and is done once it was read', () => {
        const m = new Stored();
        m.start('a');
        const cut = m.machine.cut();
        expect(() => m.machine.cut()).toThrow(/is not done/);
        expect(() => cut.done()).toThrow(/before it was read/);
        all(cut);
        cut.done();
        expect(m.machine.cut().index).toBe(m.index);
    });
    it('of a run that is never on disk and swept again is empty; one that is on disk as open is written as closed', () => {
        const m = new Stored();
        m.start('flushed');
        m.flush();
        m.start('never');
        m.finish('run-flushed');
        m.finish('run-never');
        m.nowMs += 1;
        m.sweep(m.nowMs - 1);
        const cut = m.machine.cut();
        expect(all(cut).runs.map((run) => [run.runId, run.status])).toEqual([['run-flushed', 'completed']]);
        expect(cut.closed).toEqual([]);
        expect(cut.sweptMs).toBe(m.nowMs - 1);
    });
    it('a long history goes into rows of bounded length, and its end is read alone', async () => {
        const m = new Stored();
        m.start('a');
        for (let occurrence = 1; occurrence <= 2000; occurrence++)
            m.checkpoint('run-a', { occurrence, value: new Uint8Array(200) });
        m.flush();
        const lengths = [];
        m.store.damage(({ history }) => lengths.push(...history.get(1).map((row) => row.events.length)));
        expect(lengths.length).toBeGreaterThan(5);
        expect(Math.max(...lengths)).toBeLessThan(70_000);
        expect(m.run('run-a').history.firstInMemory).toBe(2002);
        const found = await m.machine.fetch({ workflowId: 'a' }, 'last event');
        expect([found.history.length, found.history.firstInMemory, found.history.last().wseq]).toEqual([2001, 2001, 2001]);
    });
    it('of a machine that was never loaded holds all of it, and nothing leaves its memory', async () => {
        const m = new MachineUnderTest();
        m.start('a');
        m.start('b');
        m.finish('run-b');
        const store = new RowStore({ index: 0, term: 0, confState: conf([]) });
        flushWhole(store, m.machine, { index: m.index, term: 1, confState: MEMBERS });
        expect(hex(await m.machine.bytesOf(store.image()))).toBe(hex(m.machine.snapshot()));
        expect(m.machine.run('run-b').history.events().length).toBe(2);
        expect(m.machine.prefetch([])).toBeNull();
        expect(m.machine.hold('run-a')).toBeNull();
        expect(await m.machine.listStored({ limit: 10 })).toEqual([]);
    });
});
describe('closed runs on disk', () => {
    it('R26, R27: a closed id is taken after its record left memory, and after a restart', async () => {
        const m = new Stored();
        m.start('a');
        m.finish('run-a');
        m.flush();
        for (const machine of [m.machine, m.restart()]) {
            expect([...machine.allRuns()]).toEqual([]);
            expect([machine.openRunCount, machine.closedRunCount]).toEqual([0, 1]);
            const same = await m.sent({ workflowId: 'a' });
            expect(same).toMatchObject({ code: 'ALREADY_EXISTS', runId: 'run-a' });
            expect(fateOf(await m.sent({ workflowId: 'a', inputDigest: 8 }))).toBe('CONFLICT');
            expect(fateOf(await m.sent({ workflowId: 'other', runId: 'run-a' }))).toBe('CONFLICT');
            expect(fateOf(await m.signalled('a'))).toBe('WORKFLOW_CLOSED');
            expect(fateOf(await m.signalled('a', 'run-a'))).toBe('WORKFLOW_CLOSED');
            expect(fateOf(await m.signalled('b', 'run-a'))).toBe('WORKFLOW_NOT_FOUND');
            expect(fateOf(m.checkpoint('run-a'))).toBe('ignored: the run is closed');
            expect(fateOf(m.checkpoint('run-x'))).toBe('ignored: unknown run');
        }
    });
    it('R28: a swept run is absent at its index, though its row is still there', async () => {
        const m = new Stored();
        m.start('a');
        m.finish('run-a');
        m.flush();
        m.sweep(m.nowMs);
        m.store.damage(({ runs }) => expect([...runs.values()].map((run) => run.runId)).toEqual(['run-a']));
        expect(m.machine.closedRunCount).toBe(0);
        expect(await m.machine.fetch({ workflowId: 'a' }, 'last event')).toBeUndefined();
        expect(await m.machine.fetch({ workflowId: 'a', runId: 'run-a' }, 'last event')).toBeUndefined();
        expect(await m.machine.listStored({ limit: 10 })).toEqual([]);
        expect(fateOf(await m.sent({ workflowId: 'a', runId: 'run-a' }))).toBe('ok');
    });
    it('R28: a run that closes at the very time up to which others were swept is there, on disk too', async () => {
        const m = new Stored();
        m.start('a');
        m.start('b');
        m.finish('run-a');
        m.flush();
        m.sweep(m.nowMs);
        m.finish('run-b');
        m.flush();
        m.restart();
        const found = await m.machine.listStored({ limit: 1 });
        expect(found.map((run) => run.runId)).toEqual(['run-b']);
        expect((await m.machine.fetch({ workflowId: 'b' }, 'last event')).result).toEqual(json('done'));
        expect(await m.machine.fetch({ workflowId: 'a' }, 'last event')).toBeUndefined();
        const memory = new WorkflowStateMachine({ groupId: 1 });
        memory.restore(m.index, await m.machine.bytesOf(m.store.image()));
        expect([...memory.allRuns()].map((run) => run.runId)).toEqual(['run-b']);
    });
    it('R28: between its fetch and its start, a sweep in the same batch makes the id free', async () => {
        const m = new Stored();
        m.start('a');
        m.finish('run-a');
        m.flush();
        const owner = { ownerPolicy: 'starter', starter: 1, leaderHint: 2 };
        const start = {
            kind: CommandKind.START,
            workflowId: 'a',
            runId: 'run-2',
            name: 'order',
            version: 1,
            input: json(1),
            ...owner,
        };
        const frames = [
            { ...start, inputDigest: 1, ...m.request() },
            { kind: CommandKind.RETENTION_SWEEP, cutoffMs: m.nowMs },
            { ...start, inputDigest: 1, ...m.request() },
        ].map((command) => {
            const frame = encodeCommand(command);
            stampLogTime(frame, m.nowMs);
            return frame;
        });
        await m.machine.prefetch(frames);
        expect(frames.map((frame) => fateOf(m.machine.apply(++m.index, 1, frame)))).toEqual(['CONFLICT', 'ok', 'ok']);
    });
    it('T2: a run that is found in memory stays there until the frames that need it are applied', () => {
        const m = new Stored();
        m.start('a');
        m.finish('run-a');
        const flush = m.store.flush(m.position, m.machine.cut());
        const frame = encodeCommand({ kind: CommandKind.SIGNAL, ...m.request(), workflowId: 'a', runId: '', name: 'go', payload: json(1) });
        stampLogTime(frame, m.nowMs);
        expect(m.machine.prefetch([frame])).toBeNull();
        flush.commit(true);
        expect(m.machine.run('run-a')).toBeDefined();
        expect(fateOf(m.machine.apply(++m.index, 1, frame))).toBe('WORKFLOW_CLOSED');
        expect(m.machine.run('run-a')).toBeUndefined();
    });
    it('what may be on disk and was not fetched stops the node: it never decides without it', () => {
        const m = new Stored();
        m.start('a');
        m.finish('run-a');
        m.flush();
        expect(() => m.start('a', { runId: 'run-2' })).toThrow(/of 'a' was not fetched before apply/);
        expect(() => m.machine.snapshot()).toThrow(/bytesOf\(\) makes its snapshot/);
    });
    it('a chain continues: left-over signals are read back, and the id of a closed run is taken', async () => {
        const m = new Stored();
        m.start('old');
        m.finish('run-old');
        m.start('a');
        m.signal('a', { name: 's2' });
        m.signal('a', { name: 's3' });
        m.flush();
        m.restart();
        expect(m.run('run-a').history.firstInMemory).toBe(4);
        const next = { kind: CommandKind.CONTINUE_AS_NEW, runId: 'run-a', epoch: 1, consumedWseq: 2 };
        const rest = { version: 1, input: json('next'), inputDigest: 8, digest: 9 };
        expect(fateOf(await m.send({ ...next, newRunId: 'run-old', ...rest }))).toBe('ignored: the new run id is taken');
        expect(fateOf(await m.send({ ...next, newRunId: 'run-a2', ...rest }))).toBe('ok');
        const signals = m
            .run('run-a2')
            .history.events()
            .filter((event) => event.kind === EventKind.SIGNAL);
        expect(signals.map((event) => event.name)).toEqual(['s3']);
    });
});
describe('answers', () => {
    it('R26: survive a restart, until their expiry, and not beyond', async () => {
        const m = new Stored();
        const request = { requestId: 'q', expiryMs: m.nowMs + 1000 };
        const first = await m.sent({ workflowId: 'a', ...request });
        m.flush();
        m.restart();
        expect(await m.sent({ workflowId: 'a', ...request })).toEqual(first);
        m.nowMs += 1001;
        expect(fateOf(await m.sent({ workflowId: 'a', ...request }))).toBe('REQUEST_EXPIRED');
        m.flush();
        m.nowMs += 600_000;
        // The threshold of what is forgotten is beyond the first row now.
        for (let i = 0; i < 3; i++) {
            expect(fateOf(await m.sent({ workflowId: `b-${i}`, requestId: `late-${i}`, expiryMs: m.nowMs }))).toBe('ok');
            m.nowMs += 5;
        }
        m.flush();
        const stored = m.store.load();
        expect(stored.requests.map((row) => row.sequence)).toEqual([2]);
        expect(stored.requests[0].lastExpiryMs).toBe(m.nowMs - 5);
    });
    it('R26: a requestId that is used again after its expiry has its new answer after a restart', async () => {
        const m = new Stored();
        // More than are forgotten with one command, so that an expired one is still there when its id comes again.
        for (let i = 0; i < 40; i++)
            m.signal('nobody', { requestId: `q-${i}` });
        m.nowMs += 600_001;
        expect(fateOf(m.start('z', { requestId: 'q-9', expiryMs: m.nowMs + 5 }))).toBe('ok');
        const memory = m.nowMs;
        m.flush();
        const bytes = await m.machine.bytesOf(m.store.image());
        m.restart();
        m.nowMs = memory;
        expect(fateOf(await m.sent({ workflowId: 'z', requestId: 'q-9', expiryMs: m.nowMs + 5 }))).toBe('ok');
        const other = new WorkflowStateMachine({ groupId: 1 });
        other.restore(m.index, bytes);
        expect(other.openRunCount).toBe(1);
    });
});
describe('histories', () => {
    it('R33: leave memory when nobody holds the run, come back when somebody does, and stay then', async () => {
        const m = new Stored();
        m.start('a');
        m.start('b');
        expect(m.machine.hold('run-b')).toBeNull();
        m.flush();
        expect([m.run('run-a').history.firstInMemory, m.run('run-b').history.firstInMemory]).toEqual([2, 1]);
        m.signal('a');
        const holding = m.machine.hold('run-a');
        m.signal('a');
        await holding;
        expect(m.kinds('run-a')).toEqual(['STARTED', 'SIGNAL', 'SIGNAL']);
        m.machine.release('run-a');
        // What is not durable stays.
        expect(m.run('run-a').history.firstInMemory).toBe(2);
        m.flush();
        expect(m.run('run-a').history.firstInMemory).toBe(4);
    });
    it('a run that is released, and held again, before the first read has ended is whole in the end', async () => {
        const m = new Stored();
        m.start('a');
        m.flush();
        m.signal('a');
        const first = m.machine.hold('run-a');
        m.machine.release('run-a');
        m.flush();
        const second = m.machine.hold('run-a');
        await Promise.all([first, second]);
        expect(m.kinds('run-a')).toEqual(['STARTED', 'SIGNAL']);
    });
    it('a run that ends while its history is on the way has it all the same, and nobody waits for ever', async () => {
        const m = new Stored();
        m.start('a');
        m.flush();
        const run = m.run('run-a');
        const holding = m.machine.hold('run-a');
        m.finish('run-a');
        await holding;
        expect(run.history.events().length).toBe(2);
        expect(m.machine.hold('run-a')).toBeNull();
        expect(m.machine.hold('nothing')).toBeNull();
    });
    it('undelivered signals of a closed run are read with its last event', async () => {
        const m = new Stored();
        m.start('a');
        m.signal('a', { name: 's2' });
        m.signal('a', { name: 's3' });
        m.flush();
        m.finish('run-a', { consumedWseq: 2 });
        const inMemory = await m.machine.fetch({ workflowId: 'a' }, 'last event');
        expect(inMemory.undelivered.map((event) => event.name)).toEqual(['s3']);
        m.flush();
        expect(m.machine.run('run-a')).toBeUndefined();
        const onDisk = await m.machine.fetch({ workflowId: 'a' }, 'last event');
        expect([onDisk.undelivered.map((event) => event.name), onDisk.history.firstInMemory]).toEqual([['s3'], 3]);
        expect([onDisk.outcome, onDisk.result]).toEqual(['completed', json('done')]);
    });
});
describe('a snapshot from another node', () => {
    it('R36: reads that were under way when the rows changed answer from the new state', async () => {
        const m = new Stored();
        for (const id of ['x', 'a', 'b'])
            m.start(id);
        m.finish('run-x');
        m.flush();
        const other = new MachineUnderTest();
        for (const id of ['b', 'a'])
            other.start(id);
        other.signal('b');
        const snapshot = other.machine.snapshot();
        const position = { ...m.position, index: m.index + 10 };
        const image = m.machine.rowsOf(position, snapshot);
        await m.store.replace(position, image);
        // Order 2 and 3 are others now, and the machine does not know yet.
        const reads = Promise.all([
            m.machine.fetch({ workflowId: 'a' }, 'all events'),
            m.machine.fetch({ workflowId: 'b' }, 'all events'),
            m.machine.fetch({ workflowId: 'x' }, 'all events'),
            m.machine.hold('run-b'),
        ]);
        for (let i = 0; i < 20; i++)
            await Promise.resolve();
        m.machine.load(m.store.load(), m.store.source);
        const [a, b, x] = await reads;
        expect([a.history.length, b.history.events().length, x]).toEqual([1, 2, undefined]);
        expect(hex(await m.machine.bytesOf(m.store.image()))).toBe(hex(snapshot));
    });
    it('P8: a damaged one is MALFORMED_FRAME before any row is made', () => {
        const m = new Stored();
        const bytes = new MachineUnderTest().machine.snapshot();
        bytes[20] ^= 1;
        expect(() => m.machine.rowsOf(m.position, bytes)).toThrow(/damaged/);
    });
});
describe('damage', () => {
    const codeOf = async (act) => {
        try {
            await act();
        }
        catch (error) {
            return error.code;
        }
        return 'none';
    };
    it('P8: a head, a row of history, of answers, of fingerprints, or the group that can not be read is STORAGE_DAMAGED', async () => {
        const m = new Stored();
        m.start('a');
        m.start('b');
        m.finish('run-b');
        m.flush();
        const stored = m.store.load();
        const load = (change) => codeOf(() => new WorkflowStateMachine({ groupId: 1 }).load({ ...stored, ...change }, m.store.source));
        const cut = (bytes) => bytes.subarray(0, bytes.length - 1);
        expect(await load({})).toBe('none');
        expect(await load({ group: cut(stored.group) })).toBe('STORAGE_DAMAGED');
        expect(await load({ requests: stored.requests.map((row) => ({ ...row, requests: cut(row.requests) })) })).toBe('STORAGE_DAMAGED');
        expect(await load({ closed: stored.closed.map((row) => ({ ...row, entries: cut(row.entries) })) })).toBe('STORAGE_DAMAGED');
        expect(await load({ closed: [] })).toBe('STORAGE_DAMAGED');
        expect(await load({ closed: [{ ...stored.closed[0], sequence: 2 }] })).toBe('STORAGE_DAMAGED');
        expect(await load({ openRuns: stored.openRuns.map((row) => ({ ...row, head: cut(row.head) })) })).toBe('STORAGE_DAMAGED');
        m.store.damage(({ runs, history }) => {
            for (const [order, rows] of history)
                history.set(order, [{ ...rows[0], events: cut(rows[0].events) }]);
            for (const [order, run] of runs)
                runs.set(order, { ...run, head: run.head.map((byte, i) => (i === 0 ? 9 : byte)) });
        });
        expect(await codeOf(() => m.machine.hold('run-a'))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.sent({ workflowId: 'b' }))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.machine.fetch({ workflowId: 'b' }, 'all events'))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.machine.listStored({ limit: 5 }))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.machine.bytesOf(m.store.image()))).toBe('STORAGE_DAMAGED');
    });
    it('P8: events that are missing are STORAGE_DAMAGED, and name the run', async () => {
        const m = new Stored();
        m.start('a');
        m.flush();
        m.store.damage(({ history }) => history.clear());
        expect(await codeOf(() => m.machine.hold('run-a'))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.machine.fetch({ workflowId: 'a' }, 'last event'))).toBe('STORAGE_DAMAGED');
        expect(await codeOf(() => m.machine.bytesOf(m.store.image()))).toBe('STORAGE_DAMAGED');
    });
});
//# sourceMappingURL=state-machine.rows.spec.js.map