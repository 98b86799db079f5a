/** The Ready contract, in synchronous and in asynchronous mode, and what is refused at the door (§3.8, §10.2.1). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, RaftNetwork, bytes, configOf, entriesOf, entry, message, seededRandom, storageWith, text, voters, } from '../../test/support/raft-network.js';
import { RawNode } from './raw-node.js';
import { APPEND_THREAD, APPLY_THREAD, HardState, MessageType, NO_BYTES, ProposeResult, Role, Snapshot, StepResult, isEmptyHardState, } from './types.js';
import { isLocalType, isResponseType } from './wire-check.js';
const { Append, AppendResp, Propose, StorageAppend, StorageAppendResp, StorageApply } = MessageType;
function single(storage = storageWith({ confState: voters(1) }), patch = {}) {
    return new RawNode(configOf(1, storage, patch));
}
/** Handles one Ready as a host does. */
function handle(node, storage) {
    const ready = node.ready();
    if (ready.hardState !== null)
        storage.setHardState(ready.hardState);
    if (ready.snapshot !== null)
        storage.applySnapshot(ready.snapshot);
    storage.append(ready.entries);
    node.advance();
    return ready;
}
function lead(node, storage) {
    node.campaign();
    while (node.hasReady())
        handle(node, storage);
    if (!node.isLeader)
        throw new Error('not elected');
}
describe('the door', () => {
    // TestRawNodeStep, TestIsLocalMsg
    it('a local message type from the network is refused, whatever it is', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1, 2) })));
        for (const type of Object.values(MessageType)) {
            if (!isLocalType(type))
                continue;
            expect(node.step(message(type, { from: 2, to: 1, term: 1 }))).toBe(StepResult.LocalMessage);
        }
        expect(Object.values(MessageType).filter(isLocalType).length).toBe(9);
        expect([node.term, node.role]).toEqual([0, Role.Follower]);
    });
    // TestIsResponseMsg, TestStepPeerNotFound
    it('a response of a node outside of the configuration is refused', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1, 2) })));
        for (const type of Object.values(MessageType)) {
            if (!isResponseType(type) || isLocalType(type))
                continue;
            expect(node.step(message(type, { from: 9, to: 1, term: 1 }))).toBe(StepResult.PeerNotFound);
        }
        expect(Object.values(MessageType).filter(isResponseType).length).toBe(8);
    });
    it('a storage thread can only acknowledge', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1) })));
        expect(node.step(message(MessageType.Hup, { from: APPEND_THREAD, to: 1 }))).toBe(StepResult.LocalMessage);
        expect(node.step(message(Append, { from: APPLY_THREAD, to: 1, term: 1 }))).toBe(StepResult.LocalMessage);
        expect(node.step(message(StorageAppendResp, { from: APPEND_THREAD, to: 1 }))).toBe(StepResult.Ok);
    });
    it('a message for another node, or without the shape of its type, is refused and changes nothing', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1, 2), entries: entriesOf(1) })));
        const malformed = [
            [Append, { term: 0 }],
            [Append, { term: 2, index: 1, logTerm: 1, entries: [entry(1, 3)] }],
            [Append, { term: 2, index: 1, logTerm: 1, entries: [entry(1, 2), entry(1, 4)] }],
            [Append, { term: 2, index: 1, logTerm: 1, entries: [entry(2, 2), entry(1, 3)] }],
            [Append, { term: 2, index: 1, logTerm: 1, entries: [entry(3, 2)] }],
            [Append, { term: 2, index: 1, logTerm: 3 }],
            [MessageType.Vote, { term: 0 }],
            [MessageType.Snap, { term: 2 }],
            [MessageType.Snap, { term: 2, snapshot: new Snapshot(9, 1, { ...voters(1, 2), learners: [1] }, NO_BYTES) }],
            [Propose, {}],
            [MessageType.ReadIndex, {}],
            [MessageType.ReadIndex, { entries: [entry(0, 0), entry(0, 0)] }],
        ];
        for (const [type, fields] of malformed)
            expect(node.step(message(type, { from: 2, to: 1, ...fields }))).toBe(StepResult.Malformed);
        expect(node.step(message(Append, { from: 2, to: 3, term: 2 }))).toBe(StepResult.Misaddressed);
        expect([node.term, node.lastIndex, node.hasReady()]).toEqual([0, 1, false]);
    });
});
describe('the door of a leader', () => {
    it('an acknowledgement of what the leader does not have is refused: it can commit nothing', () => {
        const network = new RaftNetwork();
        network.elect(1);
        const node = network.node(1);
        for (const reject of [false, true]) {
            expect(node.step(message(AppendResp, { from: 2, to: 1, term: 1, index: 99, reject }))).toBe(StepResult.Malformed);
        }
        expect(node.status().peers[1].match).toBe(1);
    });
});
describe('synchronous mode', () => {
    // TestRawNodeStart, TestNodeStart
    it('a node from nothing: what each Ready holds, in order', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage);
        expect(node.hasReady()).toBe(false);
        node.campaign();
        let ready = handle(node, storage);
        expect([ready.hardState, ready.softState, ready.mustSync]).toEqual([new HardState(1, 1, 0), { lead: 0, role: Role.Candidate }, true]);
        expect(ready.entries).toEqual([]);
        ready = handle(node, storage);
        expect([ready.entries.length, ready.softState, ready.mustSync]).toEqual([1, { lead: 1, role: Role.Leader }, true]);
        expect(node.propose(bytes('foo'))).toBe(ProposeResult.Appended);
        ready = handle(node, storage);
        // The first entry is committed and applied as the second is being appended.
        expect([ready.entries.map((one) => one.index), ready.committedEntries.map((one) => one.index)]).toEqual([[2], [1]]);
        ready = handle(node, storage);
        expect([ready.entries, ready.committedEntries.map((one) => text(one.data)), ready.mustSync]).toEqual([[], ['foo'], false]);
        expect([node.hasReady(), node.appliedIndex]).toEqual([false, 2]);
    });
    // TestRawNodeRestart, TestRawNodeRestartFromSnapshot, TestNodeRestart
    it('a restarted node hands out what is committed behind its applied index, and nothing twice', () => {
        const storage = storageWith({ confState: voters(1, 2), entries: entriesOf(1, 1), hardState: new HardState(1, 0, 1) });
        const node = single(storage);
        expect(node.hasReady()).toBe(true);
        const ready = handle(node, storage);
        expect([ready.committedEntries.map((one) => one.index), ready.hardState, ready.entries, ready.mustSync]).toEqual([
            [1],
            null,
            [],
            false,
        ]);
        expect(node.hasReady()).toBe(false);
        const applied = single(storage, { applied: 1 });
        expect(applied.hasReady()).toBe(false);
        const behind = storageWith({
            snapshot: new Snapshot(2, 1, voters(1, 2), NO_BYTES),
            entries: [entry(1, 3)],
            hardState: new HardState(1, 0, 3),
        });
        const restarted = single(behind);
        expect(handle(restarted, behind).committedEntries.map((one) => one.index)).toEqual([3]);
    });
    it('a stored commit index outside of the log stops the node', () => {
        expect(() => single(storageWith({ confState: voters(1), entries: entriesOf(1), hardState: new HardState(1, 0, 2) }))).toThrow(/commit index/);
        const compacted = storageWith({ snapshot: new Snapshot(5, 1, voters(1), NO_BYTES), hardState: new HardState(1, 0, 4) });
        expect(() => single(compacted)).toThrow(/commit index/);
    });
    // TestNodeAdvance
    it('one Ready at a time: the next needs advance()', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage);
        node.campaign();
        node.ready();
        expect(() => node.ready()).toThrow(/before advance/);
        node.advance();
        expect(() => node.advance()).toThrow(/without a ready/);
    });
    // TestRawNodeConsumeReady
    it('looking does not consume, and what comes after a Ready waits for the next', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1, 2) })));
        node.campaign();
        expect([node.hasReady(), node.hasReady()]).toEqual([true, true]);
        const first = node.ready();
        expect(first.messages.length).toBe(1);
        node.step(message(MessageType.PreVote, { from: 2, to: 1, term: 5 }));
        expect(first.messages.length).toBe(1);
        node.advance();
        expect(node.ready().messages.map((one) => one.type)).toEqual([MessageType.PreVoteResp]);
    });
    // TestSoftStateEqual, TestIsHardStateEqual
    it('states are handed out only when they changed', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage);
        lead(node, storage);
        node.propose(bytes('x'));
        const ready = handle(node, storage);
        expect([ready.softState, ready.hardState]).toEqual([null, null]);
        expect([isEmptyHardState(null), isEmptyHardState(new HardState(0, 0, 0)), isEmptyHardState(new HardState(0, 0, 1))]).toEqual([
            true,
            true,
            false,
        ]);
    });
    // TestRawNodeStatus
    it('the status shows the peers of a leader only, and is a copy', () => {
        const network = new RaftNetwork();
        network.elect(1);
        const status = network.node(1).status();
        expect(status.peers.map((peer) => [peer.id, peer.match, peer.next])).toEqual([
            [1, 1, 2],
            [2, 1, 2],
            [3, 1, 2],
        ]);
        expect([status.lead, status.commit, status.applied, status.term, status.vote]).toEqual([1, 1, 1, 1, 1]);
        network.propose(1, 'x');
        expect(status.peers[1].match).toBe(1);
        expect(network.node(2).status().peers).toEqual([]);
        expect(network.node(2).basicStatus()).toMatchObject({ id: 2, lead: 1, role: Role.Follower, transferee: 0 });
    });
    // TestBlockProposal, TestNodeProposeWaitDropped
    it('a proposal without a leader returns at once, with the reason', () => {
        const node = new RawNode(configOf(1, storageWith({ confState: voters(1, 2) })));
        expect(node.propose(bytes('x'))).toBe(ProposeResult.DroppedNoLeader);
        expect(node.proposeBatch([bytes('x')])).toBe(ProposeResult.DroppedNoLeader);
        expect(node.hasReady()).toBe(false);
    });
    it('single voter: nothing is committed before advance() says that it is durable (etcd#14370)', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage);
        lead(node, storage);
        node.propose(bytes('x'));
        const ready = node.ready();
        expect([ready.entries.length, ready.committedEntries.length, node.commitIndex]).toEqual([1, 0, 1]);
        storage.append(ready.entries);
        node.advance();
        expect(node.commitIndex).toBe(2);
    });
});
describe('asynchronous mode', () => {
    const ASYNC = { asyncStorageWrites: true };
    function work(node) {
        const { messages } = node.ready();
        return {
            append: messages.find((one) => one.type === StorageAppend) ?? null,
            apply: messages.find((one) => one.type === StorageApply) ?? null,
            sent: messages.filter((one) => one.to > 0),
        };
    }
    function deliver(node, responses) {
        for (const response of responses)
            if (response.to === node.id)
                node.step(response);
    }
    it('advance() is not for it', () => {
        const node = single(storageWith({ confState: voters(1) }), ASYNC);
        expect(() => node.advance()).toThrow(/asynchronous/);
    });
    // R test_async_ready_leader; TestLeaderStartReplication
    it('a leader sends before its own disk is done, and counts itself only when it is', () => {
        const network = new RaftNetwork({ patch: ASYNC });
        network.elect(1);
        network.held.add(1);
        network.node(1).propose(bytes('x'));
        network.settle();
        // Both others have it: committed without the leader's disk.
        expect([network.node(1).commitIndex, network.peer(2).payloads()]).toEqual([2, ['x']]);
        // But the leader does not apply what it has not stored.
        expect(network.peer(1).payloads()).toEqual([]);
        network.held.clear();
        network.doWork(1);
        network.settle();
        expect(network.peer(1).payloads()).toEqual(['x']);
        network.held.add(1);
        network.isolate(3);
        network.held.add(2);
        network.node(1).propose(bytes('y'));
        network.settle();
        expect(network.node(1).commitIndex).toBe(2);
    });
    // R test_async_ready_follower; tikv#994, etcd#10166: acknowledged before fsync
    it('a follower acknowledges only what its disk has: the answer is attached to the write (tikv#994, etcd#10166)', () => {
        const network = new RaftNetwork({ patch: ASYNC });
        network.elect(1);
        network.held.add(2);
        network.held.add(3);
        for (let i = 0; i < 10; i++)
            network.propose(1, `${i}`);
        expect(network.node(1).commitIndex).toBe(1);
        expect(network.delivered.filter((one) => one.type === AppendResp && one.index > 1)).toEqual([]);
        network.doWork(2, false);
        network.settle();
        expect(network.node(1).commitIndex).toBe(2);
        network.doWork(2);
        network.settle();
        expect(network.node(1).commitIndex).toBe(11);
    });
    it('a vote is published only once it is durable', () => {
        const network = new RaftNetwork({ patch: ASYNC });
        for (const id of [1, 2, 3])
            network.held.add(id);
        network.elect(1);
        expect(network.node(1).role).toBe(Role.Candidate);
        network.doWork(2);
        network.settle();
        expect(network.node(1).role).toBe(Role.Candidate);
        network.doWork(1);
        network.settle();
        expect(network.node(1).role).toBe(Role.Leader);
        expect(network.peer(1).storage.initialState().hardState.vote).toBe(1);
    });
    // R test_async_ready_become_leader; TestLeaderMsgAppSelfAckAfterTermChange
    it('the own acknowledgement of an older term does not count in the new one', () => {
        const made = new BareNode(1, { confState: voters(1, 2, 3) });
        made.lead();
        made.step(Propose, { from: 1, entries: [entry(0, 0, 'x')] });
        const own = made.core.afterAppend.splice(0);
        made.step(Append, { from: 2, term: 2, index: 0, entries: [entry(2, 1)] });
        for (const one of own)
            made.step(one.type, one);
        expect([made.core.role, made.core.log.committed, made.core.log.lastIndex]).toEqual([Role.Follower, 0, 1]);
        made.settle();
        made.step(MessageType.Hup);
        for (const one of own)
            made.step(one.type, one);
        expect(made.core.log.committed).toBe(0);
    });
    // R test_raw_node_with_async_entries, test_raw_node_with_async_entries_on_follower, test_async_ready_multiple_snapshot
    it('many Readys may be in flight; each entry is handed out once and becomes stable with its own write', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage, ASYNC);
        node.campaign();
        deliver(node, work(node).append.responses);
        const writes = [];
        for (let i = 0; i < 5; i++) {
            node.propose(bytes(`${i}`));
            writes.push(work(node).append);
        }
        expect(writes.map((write) => write.entries.map((one) => one.index))).toEqual([[1, 2], [3], [4], [5], [6]]);
        for (const [at, write] of writes.entries()) {
            storage.append(write.entries);
            deliver(node, write.responses);
            expect(node.commitIndex).toBe(at + 2);
        }
        const applied = work(node).apply;
        expect(applied.entries.map((one) => one.index)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(node.appliedIndex).toBe(0);
        deliver(node, applied.responses);
        expect(node.appliedIndex).toBe(6);
    });
    // R test_raw_node_with_async_apply; TestCommitPaginationWithAsyncStorageWrites
    it('what is handed out for applying is bounded until it is acknowledged', () => {
        const storage = storageWith({ confState: voters(1) });
        const node = single(storage, { ...ASYNC, committedBytesPerReadyMax: 2048 });
        node.campaign();
        deliver(node, work(node).append.responses);
        for (let i = 0; i < 10; i++)
            node.propose(new Uint8Array(1000));
        const write = work(node).append;
        storage.append(write.entries);
        deliver(node, write.responses);
        const pages = [];
        const pending = [];
        while (pages.length < 20) {
            while (node.hasReady()) {
                const { apply, append } = work(node);
                if (append !== null)
                    deliver(node, append.responses);
                if (apply !== null) {
                    pages.push(apply.entries.map((one) => one.index));
                    pending.push(apply);
                }
            }
            expect(pending.length).toBeLessThanOrEqual(1);
            const done = pending.shift();
            if (done === undefined)
                break;
            deliver(node, done.responses);
        }
        expect(pages.flat()).toEqual(Array.from({ length: 11 }, (_unused, at) => at + 1));
        expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(3);
    });
    // R test_raw_node_overwrite_entries, test_raw_node_with_async_entries_with_leader_change
    it('entries that a new leader overwrites while they are written do not become stable by the old write', () => {
        const storage = storageWith({ confState: voters(1, 2, 3) });
        const node = single(storage, ASYNC);
        node.step(message(Append, { from: 2, to: 1, term: 1, entries: [entry(1, 1, 'a'), entry(1, 2, 'b'), entry(1, 3, 'c')] }));
        const first = work(node).append;
        node.step(message(Append, { from: 3, to: 1, term: 2, index: 1, logTerm: 1, entries: [entry(2, 2, 'B')] }));
        const second = work(node).append;
        expect(second.entries.map((one) => [one.index, one.term])).toEqual([[2, 2]]);
        storage.append(first.entries);
        deliver(node, first.responses);
        expect(node.lastIndex).toBe(2);
        storage.append(second.entries);
        deliver(node, second.responses);
        expect([storage.lastIndex(), storage.term(2)]).toEqual([2, 2]);
        node.step(message(Append, { from: 3, to: 1, term: 2, index: 2, logTerm: 2, commit: 2 }));
        expect(work(node).apply.entries.map((one) => text(one.data))).toEqual(['a', 'B']);
    });
    // The ABA race: the same entries again, after others in between
    it('the acknowledgement of a write of an older term is not taken for one of the same entries written again', () => {
        const storage = storageWith({ confState: voters(1, 2, 3) });
        const node = single(storage, ASYNC);
        const old = [entry(1, 1, 'a'), entry(1, 2, 'b')];
        node.step(message(Append, { from: 2, to: 1, term: 1, entries: old }));
        const first = work(node).append;
        node.step(message(Append, { from: 3, to: 1, term: 2, entries: [entry(2, 1, 'x'), entry(2, 2, 'y')] }));
        const second = work(node).append;
        node.step(message(Append, { from: 2, to: 1, term: 3, entries: old }));
        const third = work(node).append;
        const unstable = node.core.log.unstable;
        storage.append(first.entries);
        deliver(node, first.responses);
        expect(unstable.offset).toBe(1);
        storage.append(second.entries);
        deliver(node, second.responses);
        expect(unstable.offset).toBe(1);
        storage.append(third.entries);
        deliver(node, third.responses);
        expect([unstable.offset, storage.term(2)]).toEqual([3, 1]);
    });
    it('an acknowledgement dropped for its term is made up for by the next write, even without entries', () => {
        const storage = storageWith({ confState: voters(1, 2, 3) });
        const node = single(storage, ASYNC);
        node.step(message(Append, { from: 2, to: 1, term: 1, entries: [entry(1, 1, 'a')] }));
        const first = work(node).append;
        node.step(message(MessageType.Heartbeat, { from: 3, to: 1, term: 2 }));
        const second = work(node).append;
        expect([second.entries.length, second.term]).toEqual([0, 2]);
        storage.append(first.entries);
        deliver(node, first.responses);
        const unstable = node.core.log.unstable;
        expect(unstable.length).toBe(1);
        deliver(node, second.responses);
        expect(unstable.length).toBe(0);
    });
    it('any order of storage work, elections and losses ends with equal state on all nodes', () => {
        for (let run = 0; run < 12; run++) {
            const random = seededRandom(run + 1);
            const network = new RaftNetwork({ patch: { ...ASYNC, random: seededRandom(run), preVote: true, checkQuorum: run % 2 === 0 } });
            network.elect(1);
            for (let i = 0; i < 120; i++) {
                const id = 1 + random(3);
                switch (random(6)) {
                    case 0:
                        network.held.add(id);
                        break;
                    case 1:
                        network.held.delete(id);
                        network.doWork(id);
                        break;
                    case 2:
                        network.doWork(id, false);
                        break;
                    case 3:
                        network.elect(id);
                        break;
                    default:
                        network.propose(network.leader() || id, `${i}`);
                }
                network.filter = () => random(8) > 0;
                network.tickAll();
            }
            network.heal();
            network.held.clear();
            for (const id of [1, 2, 3])
                network.doWork(id);
            network.tickAll(60);
            network.propose(network.leader(), 'last');
            network.tickAll(3);
            const reference = network.peer(network.leader()).applied.map((one) => `${one.index}/${one.term}/${text(one.data)}`);
            expect(reference[reference.length - 1]).toMatch(/last$/);
            for (const peer of network.peers.values()) {
                expect(peer.applied.map((one) => `${one.index}/${one.term}/${text(one.data)}`)).toEqual(reference);
            }
        }
    });
    it('order of a Ready: messages first, then the write, then the apply; answers to others ride on the write', () => {
        const network = new RaftNetwork({ patch: ASYNC });
        network.elect(1);
        const node = network.node(1);
        node.propose(bytes('x'));
        node.step(message(AppendResp, { from: 2, to: 1, term: 1, index: 1 }));
        node.step(message(MessageType.Vote, { from: 2, to: 1, term: 1 }));
        const { messages } = node.ready();
        expect(messages.map((one) => one.type)).toEqual([Append, Append, StorageAppend]);
        expect(messages[2].responses.map((one) => [one.type, one.to])).toEqual([
            [AppendResp, 1],
            [MessageType.VoteResp, 2],
            [StorageAppendResp, 1],
        ]);
    });
});
//# sourceMappingURL=raw-node.spec.js.map