/** Groups over a storage that keeps their state in rows: flush, compaction, restart, failure (R27, R32, R34). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../lib/errors/index.js';
import { RaftHost } from '../../lib/cluster/index.js';
import { EMPTY_CONF_STATE, NO_BYTES } from '../../lib/raft/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { DEPLOYMENT, TextMachine, codeOf, frame } from '../support/raft-cluster.js';
import { RowCluster, RowTextMachine } from '../support/row-cluster.js';
import { RowStorage } from '../support/row-storage.js';
const tuning = { stateFlushEntriesMax: 10, compactionKeepEntries: 3 };
let rows;
afterEach(() => rows.cluster.stop());
async function write(node, from, to, everyMs = 0) {
    for (let i = from; i < to; i++) {
        await rows.cluster.settled(node.group.propose(frame(`entry ${i}`)));
        if (everyMs > 0)
            await rows.time.advance(everyMs);
    }
}
async function single(options = {}) {
    rows = await RowCluster.start([1], { tuning, ...options });
    return rows.cluster.elect();
}
const texts = (from, to) => Array.from({ length: to - from }, (_, at) => `entry ${from + at}`);
const positionOf = (id) => rows.disk(id).states.get(1).position.index;
describe('flush and compaction', () => {
    it('a flush comes after so many entries, and the next start replays only what was applied after it', async () => {
        const node = await single();
        await write(node, 0, 35, 10);
        const flushed = positionOf(1);
        const { appliedIndex } = node.group;
        expect(rows.disk(1).stepsOf('flush')).toHaveLength(3);
        expect(appliedIndex - flushed).toBeGreaterThan(0);
        expect(appliedIndex - flushed).toBeLessThan(10);
        const again = await rows.restart(1);
        expect(rows.machine(1).loadedAt).toBe(flushed);
        await rows.cluster.elect();
        expect(rows.machine(1).applied).toEqual(Array.from({ length: appliedIndex - flushed }, (_, at) => flushed + 1 + at));
        expect(rows.machine(1).texts).toEqual(texts(0, 35));
        await write(again, 35, 36);
        expect(rows.machine(1).texts).toEqual(texts(0, 36));
    });
    it('a flush comes after so many bytes too, and then the log is not kept by the number of its entries', async () => {
        const node = await single({ tuning: { stateFlushBytesMax: 2_000, compactionKeepEntries: 1_000 } });
        for (let i = 0; i < 20; i++) {
            await rows.cluster.settled(node.group.propose(frame(`${i}`.repeat(300))));
            await rows.time.advance(10);
        }
        expect(rows.disk(1).stepsOf('flush').length).toBeGreaterThan(3);
        expect(node.group.status().firstIndex).toBeGreaterThan(10);
    });
    it('R34: the log is compacted only behind a position that is durable', async () => {
        const node = await single();
        const release = rows.storage(1).hold('flush');
        await write(node, 0, 40);
        await rows.time.advance(1_000);
        expect(rows.storage(1).flushesInFlight).toBe(0);
        expect(node.group.status().firstIndex).toBe(2);
        expect(rows.disk(1).stepsOf('compact')).toEqual([]);
        release();
        await rows.time.advance(1_000);
        const flushed = positionOf(1);
        expect(rows.disk(1).steps.slice(-2)).toEqual([`flush 1 ${flushed}`, `compact 1 ${flushed - 3}`]);
        expect(node.group.status().firstIndex).toBe(flushed - 2);
        // What came while it was held is flushed with the next entry, as one.
        await write(node, 40, 41);
        await rows.time.advance(1_000);
        expect(rows.disk(1).stepsOf('flush')).toHaveLength(2);
        expect(positionOf(1)).toBe(node.group.appliedIndex);
    });
    it('commands are applied and answered while a flush is going on, and the flush is the state of its beginning', async () => {
        const node = await single();
        await write(node, 0, 9);
        const release = rows.storage(1).hold('flush');
        await write(node, 9, 20);
        const [cut] = rows.machine(1).cuts;
        release();
        await rows.time.advance(1_000);
        expect(positionOf(1)).toBe(cut);
        const stored = rows.disk(1).states.get(1);
        expect(stored.runs.map((row) => Buffer.from(row.head).toString())).toEqual(texts(0, Number(Buffer.from(stored.group).toString())));
        expect(stored.runs.length).toBeLessThan(20);
    });
    it('a run that is encoded for a flush is one of a slice: no slice is larger than the option says', async () => {
        const node = await single({ tuning: { ...tuning, stateSliceRunsMax: 1 } });
        const sizes = [];
        const machine = rows.machine(1);
        const cut = machine.cut.bind(machine);
        machine.cut = () => {
            const made = cut();
            return { ...made, next: (runsMax) => (sizes.push(runsMax), made.next(runsMax)) };
        };
        await write(node, 0, 12);
        await rows.time.advance(1_000);
        expect(Math.max(...sizes)).toBe(1);
        expect(rows.disk(1).stepsOf('flush')).toHaveLength(1);
    });
    it('a state machine without rows is stored as its group part', async () => {
        const node = await single({ isPlain: true });
        await write(node, 0, 25);
        await rows.time.advance(100);
        const { appliedIndex } = node.group;
        expect(rows.disk(1).states.get(1).runs).toEqual([]);
        await rows.restart(1, { isPlain: true });
        expect(rows.cluster.node(1).machine.restores).toBe(1);
        await rows.cluster.elect();
        expect(rows.cluster.node(1).group.appliedIndex).toBeGreaterThan(appliedIndex);
        expect(rows.cluster.node(1).machine.texts).toEqual(texts(0, 25));
    });
    it('a graceful stop leaves nothing to replay', async () => {
        const node = await single();
        await write(node, 0, 7);
        const { appliedIndex } = node.group;
        await rows.cluster.settled(node.host.stop());
        expect(positionOf(1)).toBe(appliedIndex);
        await rows.restart(1);
        await rows.cluster.elect();
        expect(rows.machine(1).applied).toEqual([]);
        expect(rows.machine(1).texts).toEqual(texts(0, 7));
    });
    it('an entry without a command is part of the flush that it ends: the cut is of the position, though the state machine never saw it', async () => {
        const node = await single();
        await rows.cluster.settled(node.host.stop());
        // The first membership, and the empty entry of the new leader.
        expect(rows.disk(1).stepsOf('flush')).toEqual(['flush 1 2']);
        await rows.restart(1);
        expect(rows.machine(1).loadedAt).toBe(2);
    });
    it('a graceful stop waits for the flush that is going on, and flushes the rest', async () => {
        const node = await single({ flushMs: 50 });
        await write(node, 0, 12);
        const { appliedIndex } = node.group;
        expect(positionOf(1)).toBeLessThan(appliedIndex);
        await rows.cluster.settled(node.host.stop());
        expect(positionOf(1)).toBe(appliedIndex);
    });
    it('a state machine that can not be cut does not keep a graceful stop from closing the storage', async () => {
        const node = await single();
        await write(node, 0, 3);
        rows.machine(1).cut = () => {
            throw new Error('no room for a cut');
        };
        let isClosed = false;
        rows.storage(1).close = async () => void (isClosed = true);
        await rows.cluster.settled(node.host.stop());
        expect(isClosed).toBe(true);
        expect(node.alarms.join()).toMatch(/no room for a cut/);
    });
    it('at a graceful stop no flush begins after the time for it is over', async () => {
        const node = await single({ tuning: { ...tuning, stopFlushMs: 0 } });
        await write(node, 0, 7);
        await rows.cluster.settled(node.host.stop());
        expect(positionOf(1)).toBe(1);
    });
});
describe('what is fetched before it is applied (R27)', () => {
    it('entries wait for the fetch, those behind them too, and nobody overtakes; then they are answered in order', async () => {
        const node = await single();
        const machine = rows.machine(1);
        const answered = [];
        const propose = (text) => void node.group.propose(frame(text)).then(({ result }) => answered.push(result));
        propose('fetch a');
        await rows.time.runUntil(() => machine.fetches.length === 1, 1_000);
        propose('b');
        propose('fetch c');
        const read = node.group.readIndex();
        let isRead = false;
        void read.then(() => (isRead = true));
        await rows.time.advance(1_000);
        expect(machine.fetches).toHaveLength(1);
        expect([machine.texts, answered, isRead]).toEqual([[], [], false]);
        machine.fetches[0].resolve();
        await rows.time.runUntil(() => machine.fetches.length === 2, 1_000);
        expect(machine.texts).toEqual(['fetch a']);
        expect(answered).toEqual(['fetch a@0']);
        machine.fetches[1].resolve();
        await rows.time.advance(100);
        expect(machine.texts).toEqual(['fetch a', 'b', 'fetch c']);
        expect(answered).toEqual(['fetch a@0', 'b@1', 'fetch c@2']);
        expect(isRead).toBe(true);
    });
    it('a follower that fetches does not hold up the others, and catches up', async () => {
        rows = await RowCluster.start([1, 2, 3], { tuning });
        const leader = await rows.cluster.elect();
        const slow = rows.cluster.followers()[0];
        const proposed = leader.group.propose(frame('fetch x'));
        await rows.time.runUntil(() => rows.cluster.alive.every(({ id }) => rows.machine(id).fetches.length === 1), 1_000);
        for (const { id } of rows.cluster.alive)
            if (id !== slow.id)
                rows.machine(id).fetches[0].resolve();
        await rows.cluster.settled(proposed);
        await write(leader, 0, 20);
        await rows.time.advance(200);
        expect(slow.machine.texts).toEqual([]);
        rows.machine(slow.id).fetches[0].resolve();
        await rows.time.advance(200);
        expect(slow.machine.texts).toEqual(leader.machine.texts);
    });
    it('a change of membership behind a fetch waits with it', async () => {
        const node = await single();
        const machine = rows.machine(1);
        void node.group.propose(frame('fetch a'));
        await rows.time.runUntil(() => machine.fetches.length === 1, 1_000);
        const added = node.group.addLearner(2);
        await rows.time.advance(200);
        expect(node.group.membership.learners).toEqual([]);
        machine.fetches[0].resolve();
        await rows.cluster.settled(added);
        expect(node.group.membership.learners).toEqual([2]);
    });
    it('a row that can not be read stops the node, with the code of the storage', async () => {
        const node = await single();
        const proposed = codeOf(node.group.propose(frame('fetch a')));
        await rows.time.runUntil(() => rows.machine(1).fetches.length === 1, 1_000);
        rows.machine(1).fetches[0].reject(new RaftoralError('STORAGE_DAMAGED', 'state.db: group 1, row 3 of history'));
        expect(await rows.cluster.settled(proposed)).toBe('STORAGE_DAMAGED');
        expect(node.alarms[0]).toMatch(/row 3 of history/);
        expect(node.group.status().halted).toMatch(/^STORAGE_DAMAGED: /);
    });
    it('a fetch that fails for another reason halts the group, and nothing behind it is applied', async () => {
        const node = await single();
        const proposed = codeOf(node.group.propose(frame('fetch a')));
        await rows.time.runUntil(() => rows.machine(1).fetches.length === 1, 1_000);
        const behind = codeOf(node.group.propose(frame('b')));
        rows.machine(1).fetches[0].reject(new Error('no such column'));
        expect(await rows.cluster.settled(proposed)).toBe('GROUP_HALTED');
        expect(await rows.cluster.settled(behind)).toBe('GROUP_HALTED');
        expect(rows.machine(1).texts).toEqual([]);
    });
    it('a group that ends while it fetches applies nothing when the fetch is over', async () => {
        const node = await single();
        const proposed = codeOf(node.group.propose(frame('fetch a')));
        await rows.time.runUntil(() => rows.machine(1).fetches.length === 1, 1_000);
        await rows.cluster.settled(node.host.stop());
        rows.machine(1).fetches[0].resolve();
        await rows.time.advance(100);
        expect(await proposed).toBe('SHUTTING_DOWN');
        expect(rows.machine(1).texts).toEqual([]);
    });
});
describe('what an acknowledgement rests on', () => {
    it('a majority holds the entry on disk before anybody is answered [tikv#994, etcd#10166]', async () => {
        rows = await RowCluster.start([1, 2, 3], { tuning, writeMs: 5 });
        const leader = await rows.cluster.elect();
        const releases = rows.cluster.followers().map(({ id }) => rows.storage(id).hold('write'));
        let isAnswered = false;
        const proposed = leader.group.propose(frame('held'), { deadlineMs: 60_000 }).then(() => (isAnswered = true));
        await rows.time.advance(300);
        expect(isAnswered).toBe(false);
        releases[0]();
        await rows.cluster.settled(proposed);
        const holding = [1, 2, 3].filter((id) => rows.disk(id).log(1).lastIndex() >= leader.group.appliedIndex);
        expect(holding).toHaveLength(2);
        releases[1]();
    });
    it('a single voter answers only when its log is durable: what it did not answer may be gone after a crash, what it answered is not [etcd#14370]', async () => {
        const node = await single({ writeMs: 20 });
        await rows.time.runUntilIdle();
        const startMs = rows.time.nowMs;
        await rows.cluster.settled(node.group.propose(frame('kept')));
        expect(rows.time.nowMs - startMs).toBeCloseTo(20);
        let isAnswered = false;
        void node.group.propose(frame('too late')).then(() => (isAnswered = true));
        await rows.time.advance(19);
        expect([isAnswered, rows.machine(1).texts]).toEqual([false, ['kept']]);
        await rows.restart(1);
        await rows.cluster.elect();
        expect(rows.machine(1).texts).toEqual(['kept']);
        expect(isAnswered).toBe(false);
    });
    it('nothing is applied, and no state flushed, that is not in the durable log of the node [etcd#10508, etcd#20426]', async () => {
        let checked = 0;
        class Suspicious extends RowTextMachine {
            id;
            constructor(id) {
                super();
                this.id = id;
            }
            apply(index, term, bytes) {
                checked++;
                expect(rows.disk(this.id()).log(1).lastIndex()).toBeGreaterThanOrEqual(index);
                expect(rows.disk(this.id()).log(1).term(index)).toBe(term);
                return super.apply(index, term, bytes);
            }
        }
        rows = new RowCluster({ members: [1, 2, 3], tuning, flushMs: 1 });
        for (const id of [1, 2, 3])
            await rows.add(id, { writeMs: id * 4, machine: () => new Suspicious(() => id) });
        for (const id of [1, 2, 3]) {
            rows.storage(id).watch = (step) => {
                if (step.startsWith('done flush'))
                    expect(rows.disk(id).log(1).lastIndex()).toBeGreaterThanOrEqual(positionOf(id));
            };
        }
        const leader = await rows.cluster.elect();
        await write(leader, 0, 40);
        await rows.time.advance(200);
        expect(checked).toBe(120);
        for (const { id, machine } of rows.cluster.alive) {
            expect(machine.texts).toEqual(texts(0, 40));
            expect(rows.disk(id).stepsOf('flush').length).toBeGreaterThan(2);
        }
    });
});
describe('a storage that fails', () => {
    it('a failed flush stops the node with the code that the storage gave; nothing is compacted, and the others go on', async () => {
        rows = await RowCluster.start([1, 2, 3], { tuning });
        const leader = await rows.cluster.elect();
        rows.storage(leader.id).failing = { name: 'flush', error: new RaftoralError('STORAGE_FULL', 'state.db: no space left; make room') };
        const waiting = codeOf(leader.group.waitApplied(1_000));
        expect(await codeOf(write(leader, 0, 50, 5))).toBe('STORAGE_FULL');
        expect(await rows.cluster.settled(waiting)).toBe('STORAGE_FULL');
        expect(await rows.cluster.settled(codeOf(leader.group.propose(frame('more'))))).toBe('STORAGE_FULL');
        expect(leader.host.status().alarm).toMatch(/no space left/);
        expect(leader.group.status().halted).toMatch(/^STORAGE_FULL: /);
        expect(rows.disk(leader.id).stepsOf('compact')).toEqual([]);
        expect(leader.alarms).toHaveLength(1);
        const next = await rows.cluster.elect(rows.cluster.alive.filter((node) => node !== leader));
        await write(next, 100, 101);
    });
    it('a group can not be opened on a node whose storage failed', async () => {
        const node = await single();
        rows.storage(1).failing = { name: 'write', error: new RaftoralError('STORAGE_READ_ONLY', 'log.db is read-only') };
        expect(await rows.cluster.settled(codeOf(node.group.propose(frame('a'))))).toBe('STORAGE_READ_ONLY');
        const opened = node.host.createGroup({ groupId: 2, stateMachine: new TextMachine(), members: [1] });
        expect(await rows.cluster.settled(codeOf(opened))).toBe('STORAGE_READ_ONLY');
    });
    it('a state that fails to flush at a graceful stop raises an alarm', async () => {
        const node = await single();
        await write(node, 0, 5);
        rows.storage(1).failing = { name: 'flush', error: new Error('input/output error') };
        await rows.cluster.settled(node.host.stop());
        expect(node.alarms.join()).toMatch(/input\/output error/);
    });
});
describe('a node that comes back', () => {
    it('keeps its term and its vote, takes the next incarnation, and says so to its peers', async () => {
        rows = await RowCluster.start([1, 2, 3], { tuning });
        const leader = await rows.cluster.elect();
        await write(leader, 0, 12);
        const { id } = rows.cluster.followers()[0];
        const { hardState } = rows.disk(id).log(1).initialState();
        expect(hardState.vote).toBe(leader.id);
        const sent = [];
        const again = await rows.restart(id, {
            wrapTransport: (transport) => ({
                start: (identity, handlers) => {
                    expect(identity.incarnation).toBe(2);
                    return transport.start(identity, handlers);
                },
                stop: () => transport.stop(),
                send: (to, frames) => (sent.push(frames), transport.send(to, frames)),
            }),
        });
        expect(again.host.incarnation).toBe(2);
        expect(again.group.term).toBe(hardState.term);
        await rows.cluster.elect();
        expect(again.group.term).toBe(leader.group.term);
        await write(leader, 12, 14);
        await rows.time.advance(50);
        expect(again.machine.texts).toEqual(texts(0, 14));
        expect(new Set(sent.map((frames) => frames.incarnation))).toEqual(new Set([2]));
    });
    it('numbers its calls behind those of the process before it', async () => {
        rows = await RowCluster.start([1, 2], { tuning });
        const callIds = (frames) => frames.flatMap(({ envelopes }) => envelopes.flatMap((envelope) => ('callId' in envelope ? [envelope.callId] : [])));
        const sent = [];
        const again = await rows.restart(2, {
            wrapTransport: (transport) => ({
                ...transport,
                start: transport.start,
                stop: transport.stop,
                send: (to, f) => (sent.push(f), transport.send(to, f)),
            }),
        });
        await rows.cluster.elect();
        void again.group.request(1, 'any', new Uint8Array(0), 100).catch(() => undefined);
        await rows.time.advance(200);
        expect(callIds(sent).length).toBeGreaterThan(0);
        for (const callId of callIds(sent))
            expect(callId).toBeGreaterThan(2 * 2 ** 32);
    });
    it('knows the members of its flushed position, and those that the log behind it tells', async () => {
        const node = await single();
        await rows.cluster.settled(node.group.addLearner(2));
        await write(node, 0, 12);
        await rows.time.advance(50);
        await rows.cluster.settled(node.group.addLearner(3));
        expect(rows.disk(1).states.get(1).position.confState.learners).toEqual([2]);
        const again = await rows.restart(1);
        expect(again.machine.memberships[0].learners).toEqual([2]);
        await rows.cluster.elect();
        expect(again.group.membership.learners).toEqual([2, 3]);
    });
    it('a change of members is flushed at once: whether a node may drop its files is read from there', async () => {
        const node = await single();
        await rows.cluster.settled(node.group.addLearner(2));
        await rows.time.advance(50);
        expect(rows.disk(1).states.get(1).position.confState.learners).toEqual([2]);
        await rows.cluster.settled(node.group.addLearner(3));
        await rows.time.advance(50);
        expect(rows.disk(1).states.get(1).position.confState.learners).toEqual([2, 3]);
    });
    it('a whole cluster that was killed comes back with all that was acknowledged', async () => {
        rows = await RowCluster.start([1, 2, 3], { tuning, writeMs: 2, flushMs: 3 });
        const leader = await rows.cluster.elect();
        await write(leader, 0, 33);
        for (const id of [1, 2, 3])
            rows.crash(id);
        for (const id of [1, 2, 3])
            await rows.add(id);
        const next = await rows.cluster.elect();
        expect(next.machine.texts).toEqual(texts(0, 33));
        await write(next, 33, 40);
        await rows.time.advance(100);
        for (const node of rows.cluster.alive)
            expect(node.machine.texts).toEqual(texts(0, 40));
    });
    it.each(['begin replace', 'done replace', 'begin reset', 'done reset'])('a crash while the first membership is written (%s) leaves a node that starts all the same', async (at) => {
        rows = new RowCluster({ members: [1], tuning });
        let hasDied = false;
        const dying = rows.open(1, {
            onStorage: (storage) => {
                storage.watch = (step) => {
                    if (!step.startsWith(at))
                        return;
                    hasDied = true;
                    rows.cluster.network.crash(1);
                    rows.lastTime.kill();
                };
            },
        });
        void dying.catch(() => undefined);
        await rows.time.advance(100);
        expect(hasDied).toBe(true);
        const node = await rows.add(1);
        await rows.cluster.elect();
        await write(node, 0, 3);
        expect(node.machine.texts).toEqual(texts(0, 3));
        expect(node.group.membership.voters).toEqual([1]);
    });
    it.each([
        ['a gap', 20, 1],
        ['a state beyond the log', 3, 9],
        ['a state of another term', 5, 5],
    ])('log and state that do not fit are refused: %s', async (what, base, position) => {
        rows = new RowCluster();
        const disk = rows.disk(1);
        const time = rows.time.createNode();
        const storage = new RowStorage({ disk, time: () => time });
        const confState = { ...EMPTY_CONF_STATE, voters: [1] };
        // As if one of two files had been put back from a copy: past what a store that is opened can see.
        storage.open = async () => ({ incarnation: 1 });
        const log = disk.log(1);
        log.saveSnapshot({ index: base, term: 7, confState, data: NO_BYTES });
        log.take({ groupId: 1, hardState: null, entries: [], reset: { index: base, term: 7, confState, data: NO_BYTES }, mustSync: true });
        const term = what === 'a state of another term' ? 6 : 7;
        disk.states.set(1, { position: { index: position, term, confState }, group: NO_BYTES, runs: [] });
        const host = new RaftHost({
            nodeId: 1,
            deployment: DEPLOYMENT,
            incarnation: 1,
            clock: time,
            scheduler: time,
            random: new SeededRandom(1),
            storage,
            transport: rows.cluster.network.createTransport(),
        });
        await host.start();
        const opened = host.createGroup({ groupId: 1, stateMachine: new RowTextMachine(), members: [1] });
        await expect(opened).rejects.toMatchObject({ code: 'STORAGE_MISMATCH', details: { groupId: 1, index: position } });
        expect(disk.steps).toEqual([]);
        host.crash();
    });
});
//# sourceMappingURL=stored-state.spec.js.map