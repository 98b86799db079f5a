/** The way of a snapshot from one node to another, and what may happen on it (DESIGN §4; R36). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { checksumOf } from '../../lib/cluster/snapshot-codec.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { EnvelopeKind, SnapshotPartStatus, } from '../../lib/transport/transport.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { codeOf, frame } from '../support/raft-cluster.js';
import { RowCluster, RowTextMachine } from '../support/row-cluster.js';
const tuning = {
    stateFlushEntriesMax: 10,
    compactionKeepEntries: 3,
    snapshotPartBytes: 64,
    snapshotRetryMs: 50,
    snapshotBytesPerSecondMax: 0,
};
let rows;
afterEach(() => rows.cluster.stop());
/** Parts as they leave; `change` may put another in its place, or drop it. */
class Wire {
    parts = [];
    answers = [];
    change = (part) => part;
    wrap = (transport) => ({
        start: (identity, handlers) => transport.start(identity, handlers),
        stop: () => transport.stop(),
        send: (to, sent) => transport.send(to, { ...sent, envelopes: sent.envelopes.flatMap((envelope) => this.pass(sent.from, to, envelope)) }),
    });
    offsetsSince(count) {
        return this.parts.slice(count).map(({ part }) => part.offset);
    }
    pass(from, to, envelope) {
        if (envelope.kind === EnvelopeKind.SNAPSHOT_PART_ANSWER)
            this.answers.push(envelope.status);
        if (envelope.kind !== EnvelopeKind.SNAPSHOT_PART)
            return [envelope];
        this.parts.push({ atMs: rows.time.nowMs, from, to, part: envelope });
        const passed = this.change(envelope);
        return passed === null ? [] : [passed];
    }
}
async function write(node, from, to) {
    for (let i = from; i < to; i++) {
        await rows.cluster.settled(node.group.propose(frame(`entry ${i}`)));
        await rows.time.advance(5);
    }
}
function isolate(id) {
    rows.cluster.network.partition([id], [...rows.cluster.nodes.keys()].filter((other) => other !== id));
}
/** Nodes that are ahead by more than their log has, and one that lags. */
async function lagging(options = {}) {
    const wire = new Wire();
    rows = await RowCluster.start([1, 2, 3], { wrapTransport: wire.wrap, ...options, tuning: { ...tuning, ...options.tuning } });
    const leader = await rows.cluster.elect();
    const late = rows.cluster.followers()[0];
    await write(leader, 0, 12);
    isolate(late.id);
    await write(leader, 12, 60);
    expect(leader.group.status().firstIndex).toBeGreaterThan(late.group.appliedIndex + 1);
    return { leader, late, wire };
}
async function caughtUp(id, maxMs = 30_000) {
    const isThere = () => {
        const leader = rows.cluster.leader;
        return leader !== undefined && rows.cluster.node(id).group.appliedIndex === leader.group.appliedIndex;
    };
    expect(await rows.time.runUntil(isThere, maxMs)).toBe(true);
    const node = rows.cluster.node(id);
    expect(node.machine.texts).toEqual(rows.cluster.leader.machine.texts);
    expect(node.group.status().snapshots).toEqual([]);
    expect(rows.storage(id).spools.size).toBe(0);
}
const partsOf = (wire, count) => rows.time.runUntil(() => wire.parts.length >= count, 10_000);
describe('the stream', () => {
    it('goes in parts of which several are on their way, each once; both sides tell how far it is', async () => {
        const { leader, late, wire } = await lagging({ readMs: 1 });
        rows.cluster.network.heal();
        await partsOf(wire, 20);
        const [to] = leader.group.status().snapshots;
        const [from] = late.group.status().snapshots;
        expect(to).toMatchObject({ direction: 'to', peer: late.id });
        expect(from).toMatchObject({ direction: 'from', peer: leader.id, index: to.index });
        expect(from.bytes).toBeGreaterThan(0);
        expect(to.bytes).toBeLessThanOrEqual(from.bytes);
        expect(to.aboutBytes).toBeGreaterThan(0);
        await caughtUp(late.id);
        const offsets = wire.offsetsSince(0);
        expect(offsets).toEqual(offsets.map((_, i) => i * 64));
        expect(wire.parts.filter(({ part }) => part.isLast)).toHaveLength(1);
        expect(leader.group.status().snapshots).toEqual([]);
    });
    it('a part that was changed on its way is sent again, and what arrives is whole', async () => {
        const { late, wire } = await lagging();
        let changed = 0;
        wire.change = (part) => {
            if (part.offset !== 64 * 7 || changed++ > 1)
                return part;
            return { ...part, part: part.part.map((byte, i) => (i === 5 ? byte ^ 4 : byte)) };
        };
        rows.cluster.network.heal();
        await caughtUp(late.id);
        expect(changed).toBeGreaterThan(2);
        expect(wire.answers).toContain(SnapshotPartStatus.GAP);
        expect(late.machine.restores).toBe(1);
    });
    it('one whose end does not fit to the rest is refused, leaves nothing, and the next one is received', async () => {
        const { late, wire } = await lagging();
        let spoilt = false;
        wire.change = (part) => {
            if (!part.isLast || spoilt)
                return part;
            spoilt = true;
            return null;
        };
        rows.cluster.network.heal();
        expect(await rows.time.runUntil(() => spoilt, 10_000)).toBe(true);
        // As a leader that has gone mad would end it.
        const { from, to, part } = wire.parts.at(-1);
        const bytes = part.part.map((byte, i) => (i === part.part.length - 1 ? byte ^ 1 : byte));
        rows.cluster.answerAs(from, to, { ...part, part: bytes, checksum: checksumOf(bytes) });
        await caughtUp(late.id);
        expect(wire.answers).toContain(SnapshotPartStatus.REFUSED);
        expect(late.machine.restores).toBe(1);
    });
    it('is throttled to what the node may send, over all of its time, while commits go on', async () => {
        const { leader, late, wire } = await lagging({ tuning: { snapshotBytesPerSecondMax: 2_000 } });
        rows.cluster.network.heal();
        await partsOf(wire, 1);
        const begunMs = rows.time.nowMs;
        let commits = 0;
        while (late.machine.restores === 0 && rows.time.nowMs < begunMs + 60_000) {
            const askedMs = rows.time.nowMs;
            await rows.cluster.settled(leader.group.propose(frame(`meanwhile ${commits++}`)));
            expect(rows.time.nowMs - askedMs).toBeLessThan(20);
            await rows.time.advance(5);
        }
        const sent = wire.parts.filter(({ atMs }) => atMs >= begunMs);
        const bytes = sent.reduce((sum, { part }) => sum + part.part.length, 0);
        const tookMs = sent.at(-1).atMs - begunMs;
        expect(bytes).toBeGreaterThan(2_000);
        // The last part leaves when what was sent before it has been paid for, but for one burst.
        expect(tookMs).toBeGreaterThanOrEqual(((bytes - 64) / 2_000) * 1000 - 50);
        expect(commits).toBeGreaterThan(50);
        await caughtUp(late.id);
    });
});
describe('a transfer that breaks off', () => {
    it('resumes where it was when the peer is back, from the same state', async () => {
        const { leader, late, wire } = await lagging({ readMs: 1 });
        rows.disk(leader.id).steps.length = 0;
        rows.cluster.network.heal();
        await partsOf(wire, 25);
        isolate(late.id);
        await rows.time.advance(5_000);
        expect(leader.group.status().snapshots).toEqual([]);
        const held = late.group.status().snapshots[0].bytes;
        expect(held).toBeGreaterThan(64 * 10);
        await write(leader, 60, 80);
        const before = wire.parts.length;
        rows.cluster.network.heal();
        await caughtUp(late.id);
        const [first, ...rest] = wire.offsetsSince(before);
        // The first part asks; what follows is what was missing.
        expect(first).toBe(0);
        expect(Math.min(...rest)).toBe(held);
        expect(rows.disk(leader.id).stepsOf('image')).toHaveLength(1);
        expect(late.machine.restores).toBe(1);
    });
    it('resumes where it was when its sender was restarted on the same state', async () => {
        const wire = new Wire();
        rows = await RowCluster.start([1], { tuning, wrapTransport: wire.wrap, readMs: 1 });
        const leader = await rows.cluster.elect();
        await write(leader, 0, 60);
        const late = await rows.add(2, { members: [], join: true });
        await rows.cluster.settled(leader.group.addLearner(2));
        await partsOf(wire, 25);
        rows.crash(1);
        await rows.time.advance(50);
        const held = late.group.status().snapshots[0].bytes;
        expect(held).toBeGreaterThan(64 * 10);
        const before = wire.parts.length;
        await rows.add(1);
        await caughtUp(2);
        const [first, ...rest] = wire.offsetsSince(before);
        expect(first).toBe(0);
        expect(Math.min(...rest)).toBe(held);
    });
    it('begins anew when its receiver was restarted, and nothing is left of what it had', async () => {
        const { leader, late, wire } = await lagging({ readMs: 1 });
        rows.cluster.network.heal();
        await partsOf(wire, 25);
        const again = await rows.restart(late.id);
        expect(rows.storage(late.id).spools.size).toBe(0);
        const before = wire.parts.length;
        await caughtUp(late.id);
        expect(wire.offsetsSince(before).filter((offset) => offset === 0).length).toBeGreaterThan(0);
        expect(again.machine.restores).toBe(1);
        expect(leader.alarms).toEqual([]);
    });
    it('begins anew with the next leader when its sender dies', async () => {
        const { leader, late, wire } = await lagging({ readMs: 1 });
        rows.cluster.network.heal();
        await partsOf(wire, 25);
        rows.crash(leader.id);
        await caughtUp(late.id);
        expect(new Set(wire.parts.map(({ from }) => from)).size).toBe(2);
        expect(late.machine.restores).toBe(1);
        await write(rows.cluster.leader, 60, 62);
    });
    it('is given up when the log has gone on without it, and the next one is of a later state', async () => {
        const { leader, late, wire } = await lagging({ readMs: 1, tuning: { snapshotResumeMs: 1_000 } });
        rows.disk(leader.id).steps.length = 0;
        rows.cluster.network.heal();
        await partsOf(wire, 25);
        isolate(late.id);
        await rows.time.advance(3_000);
        const { firstIndex } = leader.group.status();
        await write(leader, 60, 120);
        expect(leader.group.status().firstIndex).toBeGreaterThan(firstIndex + 20);
        rows.cluster.network.heal();
        await caughtUp(late.id);
        expect(rows.disk(leader.id).stepsOf('image').length).toBeGreaterThan(1);
    });
});
describe('the receiver', () => {
    it.each(['begin spool', 'begin spooled', 'begin replace', 'done reset'])('a crash at "%s" leaves a node that comes back and catches up', async (at) => {
        for (let turn = 1; turn <= 3; turn++) {
            const { late } = await lagging({ flushMs: 3, writeMs: 2 });
            let left = turn;
            rows.storage(late.id).watch = (step) => {
                if (step.startsWith(at) && --left === 0)
                    rows.crash(late.id);
            };
            rows.cluster.network.heal();
            await rows.time.runUntil(() => !rows.cluster.node(late.id).time.alive || late.machine.restores > 0, 20_000);
            if (rows.cluster.node(late.id).time.alive)
                expect(turn).toBeGreaterThan(1);
            else {
                await rows.time.advance(50);
                await rows.add(late.id);
            }
            await caughtUp(late.id);
            await rows.cluster.stop();
        }
    });
    it('a disk that is too full for the snapshot harms nothing else: the node follows and stores on, says so once, and takes it when there is room', async () => {
        const { leader, late, wire } = await lagging();
        const storage = rows.storage(late.id);
        storage.failing = { name: 'spool', error: new RaftoralError('STORAGE_FULL', 'snapshot-1-1.part: the disk is full') };
        rows.cluster.network.heal();
        await rows.time.advance(20_000);
        expect(late.alarms).toEqual([expect.stringContaining('the disk is full')]);
        expect(late.heard).not.toContain('halted');
        expect(storage.spools.size).toBe(0);
        // It is asked again at the pace of the retries, and not one attempt after the other.
        expect(wire.parts.length).toBeLessThanOrEqual(20_000 / tuning.snapshotRetryMs + 5);
        await write(leader, 60, 62);
        expect(await codeOf(rows.cluster.settled(late.group.request(leader.id, 'nobody', new Uint8Array(0), 100)))).not.toBe('STORAGE_FULL');
        storage.failing = null;
        await caughtUp(late.id);
        expect(late.machine.restores).toBe(1);
    });
    it('one that the core has no use for any more is discarded', async () => {
        const { leader, late } = await lagging();
        const release = rows.storage(late.id).hold('spooled');
        rows.cluster.network.heal();
        // Whole, and being read back, while the node hears of a later term.
        expect(await rows.time.runUntil(() => rows.storage(late.id).spools.size === 1 && late.group.status().snapshots.length === 1, 10_000)).toBe(true);
        await rows.time.advance(200);
        const other = rows.cluster.followers().find(({ id }) => id !== late.id);
        await rows.cluster.settled(leader.group.transferLeadership(other.id));
        release();
        await caughtUp(late.id);
    });
});
describe('nodes that keep their state differently', () => {
    const machine = () => new RowTextMachine();
    it('rows go to a node that keeps it in memory', async () => {
        const wire = new Wire();
        rows = await RowCluster.start([1], { tuning, wrapTransport: wire.wrap });
        const leader = await rows.cluster.elect();
        await write(leader, 0, 40);
        const late = await rows.cluster.add(2, { tuning, join: true, members: [], storage: new MemoryRaftStorage(), machine });
        await rows.cluster.settled(leader.group.addLearner(2));
        expect(await rows.time.runUntil(() => late.group.appliedIndex === leader.group.appliedIndex, 10_000)).toBe(true);
        expect(late.machine.texts).toEqual(leader.machine.texts);
        expect(late.machine.restores).toBe(1);
    });
    it('a state in memory goes to a node that stores rows', async () => {
        rows = new RowCluster({ tuning, machine });
        const memory = { tuning: { ...tuning, snapshotEntriesMax: 10 }, members: [1], storage: new MemoryRaftStorage(), machine };
        const leader = await rows.cluster.add(1, memory);
        await rows.cluster.elect();
        await write(leader, 0, 40);
        const late = await rows.add(2, { members: [], join: true });
        await rows.cluster.settled(leader.group.addLearner(2));
        expect(await rows.time.runUntil(() => late.group.appliedIndex === leader.group.appliedIndex, 10_000)).toBe(true);
        expect(late.machine.texts).toEqual(leader.machine.texts);
        expect(rows.disk(2).stepsOf('replace').length).toBe(1);
        await rows.restart(2, { members: [], join: true });
        await caughtUp(2);
    });
});
//# sourceMappingURL=snapshot-stream.spec.js.map