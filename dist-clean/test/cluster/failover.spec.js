/** Between a death and the next leader (R39): how soon it is known, who campaigns, and what a flapping link may not do. Virtual time. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { TestCluster, TextMachine, codeOf, frame } from '../support/raft-cluster.js';
let cluster;
const handlers = new Map();
afterEach(() => cluster.stop());
/** Keeps what the host gave its transport, to play the part of one that hears of broken and refused connections. */
function listening(id) {
    return (transport) => ({
        start: (identity, given) => {
            handlers.set(id, given);
            return transport.start(identity, given);
        },
        send: (to, sent) => transport.send(to, sent),
        stop: () => transport.stop(),
    });
}
async function start(ids, optionsOf = () => ({})) {
    cluster = new TestCluster();
    for (const id of ids)
        await cluster.add(id, { members: ids, wrapTransport: listening(id), ...optionsOf(id) });
}
async function lead(id) {
    const leader = await cluster.elect();
    if (leader.id !== id)
        await cluster.settled(leader.group.transferLeadership(id));
    await cluster.time.advance(200);
    return cluster.elect();
}
/** What a node's transport says when a peer's process is gone: the connection broke, and nobody listens. */
function refuse(at, peer) {
    handlers.get(at).onPeerDisconnected(peer);
    handlers.get(at).onPeerRefused(peer);
}
/** The process dies, and the others' transports say so after so long. */
function kill(id, knownAfterMs) {
    cluster.network.crash(id);
    cluster.node(id).time.kill();
    for (const [at, ms] of Object.entries(knownAfterMs))
        cluster.time.schedule(cluster.time.nowMs + ms, () => refuse(Number(at), id));
}
describe('a dead leader (R39)', () => {
    it('is replaced by the lowest live voter as soon as its address refuses a connection: nobody waits for a tick', async () => {
        await start([1, 2, 3]);
        await lead(1);
        const atMs = cluster.time.nowMs;
        kill(1, { 2: 1, 3: 1 });
        const next = await cluster.elect();
        expect(next.id).toBe(2);
        expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(1 + 5);
        expect(next.heard).toContain('down 1');
    });
    it('is replaced soon where one hears of its death later than the other', async () => {
        for (const [first, second] of [
            [2, 3],
            [3, 2],
        ]) {
            await start([1, 2, 3]);
            await lead(1);
            const atMs = cluster.time.nowMs;
            kill(1, { [first]: 1, [second]: 75 });
            await cluster.elect();
            expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(75 + 40);
            await cluster.stop();
        }
    });
    it('is replaced soon where the lowest live voter lacks an entry: the next one has its turn', async () => {
        await start([1, 2, 3]);
        await lead(1);
        cluster.dropEnvelopes(1, 2, [EnvelopeKind.RAFT]);
        await cluster.settled(cluster.node(1).group.propose(frame('only on 1 and 3')));
        const atMs = cluster.time.nowMs;
        kill(1, { 2: 1, 3: 1 });
        const next = await cluster.elect();
        expect(next.id).toBe(3);
        expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(60);
        expect(await cluster.time.runUntil(() => cluster.node(2).machine.texts.includes('only on 1 and 3'), 1_000)).toBe(true);
    });
    it('of five is replaced soon, whoever of the others hears of it first; terms do not run away', async () => {
        for (let seed = 0; seed < 10; seed++) {
            await start([1, 2, 3, 4, 5]);
            const leader = await lead(3);
            const { term } = leader.group;
            const atMs = cluster.time.nowMs;
            kill(3, { 1: (seed * 7) % 30, 2: (seed * 11) % 30, 4: (seed * 13) % 30, 5: (seed * 17) % 30 });
            const next = await cluster.elect();
            expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(200);
            expect(next.group.term - term).toBeLessThanOrEqual(3);
            await cluster.stop();
        }
    });
});
describe('what is no death', () => {
    it('a link that flaps, refused each time, makes no election where others hear the leader (hashicorp/raft#609)', async () => {
        await start([1, 2, 3]);
        const leader = await lead(1);
        const { term } = leader.group;
        for (let i = 0; i < 30; i++) {
            cluster.network.partition([2], [1]);
            refuse(2, 1);
            await cluster.time.advance(i % 2 === 0 ? 30 : 1_500);
            cluster.network.heal();
            await cluster.time.advance(100);
            expect(cluster.node(2).group.leaderId).toBe(1);
        }
        expect(leader.group.term).toBe(term);
        expect(leader.group.isLeader).toBe(true);
    });
    it('a node that only a bridge reaches deposes nobody, and the leader keeps its quorum (openraft#2080)', async () => {
        await start([1, 2, 3]);
        const leader = await lead(1);
        const { term } = leader.group;
        cluster.network.partition([3], [1]);
        refuse(3, 1);
        for (let i = 0; i < 20; i++) {
            await cluster.time.advance(1_000);
            await cluster.settled(leader.group.propose(frame(`command ${i}`)));
        }
        expect(leader.group.term).toBe(term);
        cluster.network.heal();
        expect(await cluster.time.runUntil(() => cluster.node(3).machine.texts.includes('command 19'), 2_000)).toBe(true);
        expect(leader.group.term).toBe(term);
    });
    it('a refused connection of a peer that was heard since: it listens elsewhere, and lives', async () => {
        await start([1, 2, 3], () => ({ tuning: { hibernateAfterTicks: 0 } }));
        await lead(1);
        handlers.get(2).onPeerDisconnected(3);
        await cluster.time.advance(20);
        handlers.get(2).onPeerRefused(3);
        await cluster.time.advance(1_000);
        expect(cluster.node(2).heard).not.toContain('down 3');
    });
});
describe('a group that halted on a node that lives (R19, R39)', () => {
    class Fragile extends TextMachine {
        apply(index, term, bytes) {
            if (Buffer.from(bytes).includes('break'))
                throw new Error('this replica can not apply it');
            return super.apply(index, term, bytes);
        }
    }
    const fragile = (id) => (other) => (other === id ? { machine: () => new Fragile() } : {});
    it('counts as down for this group, at once and once, though its node is heard; the others go to sleep without it', async () => {
        await start([1, 2, 3], fragile(3));
        const leader = await lead(1);
        await cluster.settled(leader.group.propose(frame('break')));
        const atMs = cluster.time.nowMs;
        expect(await cluster.time.runUntil(() => leader.heard.includes('down 3'), 1_000)).toBe(true);
        expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(1);
        await cluster.time.advance(5_000);
        expect(leader.heard.filter((text) => text === 'down 3')).toHaveLength(1);
        expect(leader.group.livePeers()).toEqual([1, 2]);
        expect(leader.host.status().peers.find((peer) => peer.id === 3)).toMatchObject({ isDown: false });
        expect(await cluster.time.runUntil(() => leader.group.status().hibernating, 20_000)).toBe(true);
    });
    it('a leader that did not hear of it is told when it sends', async () => {
        await start([1, 2, 3], fragile(3));
        await lead(1);
        cluster.dropEnvelopes(3, 2, [EnvelopeKind.REQUEST]);
        await cluster.settled(cluster.node(1).group.propose(frame('break')));
        await cluster.time.advance(2_000);
        expect(cluster.node(2).group.livePeers()).toEqual([1, 2, 3]);
        cluster.restoreLinks();
        await cluster.settled(cluster.node(1).group.transferLeadership(2));
        expect(await cluster.time.runUntil(() => cluster.node(2).heard.includes('down 3'), 2_000)).toBe(true);
    });
    it('a leader whose own group halts is replaced at once, and gets no leadership back', async () => {
        await start([1, 2, 3], fragile(1));
        const leader = await lead(1);
        const atMs = cluster.time.nowMs;
        const outcome = codeOf(leader.group.propose(frame('break')));
        const next = await cluster.elect(cluster.followers());
        expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(5);
        expect(await cluster.settled(outcome)).toBe('GROUP_HALTED');
        await cluster.settled(next.group.propose(frame('after')));
        expect(await cluster.settled(codeOf(next.group.transferLeadership(1)))).not.toBe('resolved');
    });
});
describe('a long stall', () => {
    it('is counted, said and alarmed; its leader is replaced meanwhile, answers no read with what was, and follows when it wakes', async () => {
        await start([1, 2, 3], () => ({ tuning: { hibernateAfterTicks: 0 } }));
        const leader = await lead(1);
        leader.time.pause();
        await cluster.time.advance(1_500);
        const next = await cluster.elect([cluster.node(2), cluster.node(3)]);
        await cluster.settled(next.group.propose(frame('while it slept')));
        const read = leader.group.readIndex().then(() => leader.machine.texts.includes('while it slept'));
        expect(leader.group.longStalls).toBe(1);
        leader.time.resume();
        expect(await cluster.settled(read)).toBe(true);
        expect(leader.group.isLeader).toBe(false);
        expect(leader.host.status()).toMatchObject({ stalls: 1, longStalls: 1, alarm: null });
        expect(leader.alarms[0]).toMatch(/event loop of node 1 stood still for \d+ ms; others may have taken over/);
        expect(leader.heard.filter((text) => text.startsWith('down'))).toEqual([]);
        expect(next.group.isLeader).toBe(true);
    });
    it('a call whose answer waits in the socket when the loop goes on is answered, though its deadline is past', async () => {
        await start([1, 2, 3], () => ({ tuning: { hibernateAfterTicks: 0 } }));
        await lead(1);
        cluster.node(2).group.handle('slow', async () => {
            await new Promise((resolve) => void cluster.node(2).time.setTimer(50, resolve));
            return Uint8Array.of(7);
        });
        const answer = cluster.node(3).group.request(2, 'slow', new Uint8Array(0), 400);
        await cluster.time.advance(10);
        cluster.node(3).time.pause();
        await cluster.time.advance(450);
        cluster.node(3).time.resume();
        expect(await cluster.settled(answer)).toEqual(Uint8Array.of(7));
    });
});
//# sourceMappingURL=failover.spec.js.map