/** Commitment (§3.5, §3.6.2; §5.3, §5.4 of the paper) and handing out what is committed. */
import { describe, expect, it } from '@jest/globals';
import { BareNode, RaftNetwork, bytes, entriesOf, entry, seededRandom, text, voters } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1 } from './conf-change.js';
import { becomeFollower } from './roles.js';
import { ENTRY_OVERHEAD_BYTES, HardState, MessageType, Role } from './types.js';
const { Append, AppendResp, Propose } = MessageType;
function leaderOf(ids, terms, commit = 0) {
    const term = terms.length === 0 ? 0 : terms[terms.length - 1];
    const made = new BareNode(1, { confState: voters(...ids), entries: entriesOf(...terms), hardState: new HardState(term, 0, commit) });
    made.lead();
    return made;
}
const payloads = (entries) => entries.map((one) => text(one.data)).filter((one) => one !== '');
describe('commitment (§3.5)', () => {
    // TestLeaderCommitEntry
    it('an entry is committed once a majority has it, and later messages tell the followers', () => {
        const made = leaderOf([1, 2, 3], []);
        for (const id of [2, 3])
            made.step(AppendResp, { from: id, term: 1, index: 1 });
        made.take();
        made.step(Propose, { from: 1, entries: [entry(0, 0, 'somedata')] });
        for (const sent of made.take())
            made.step(AppendResp, { from: sent.to, term: 1, index: sent.index + sent.entries.length });
        expect(made.core.log.committed).toBe(2);
        const told = made.take().filter((sent) => sent.type === Append && sent.commit === 2);
        expect(new Set(told.map((sent) => sent.to))).toEqual(new Set([2, 3]));
    });
    // TestLeaderAcknowledgeCommit
    it('it depends on the number of acknowledgements alone', () => {
        for (const [size, acknowledging, expected] of [
            [1, [], true],
            [3, [], false],
            [3, [2], true],
            [3, [2, 3], true],
            [5, [], false],
            [5, [2], false],
            [5, [2, 3], true],
            [5, [2, 3, 4, 5], true],
        ]) {
            const made = leaderOf(Array.from({ length: size }, (_unused, at) => at + 1), []);
            for (let id = 2; id <= size; id++)
                made.step(AppendResp, { from: id, term: 1, index: 1 });
            made.take();
            made.step(Propose, { from: 1, entries: [entry(0, 0, 'x')] });
            made.settle();
            for (const id of acknowledging)
                made.step(AppendResp, { from: id, term: 1, index: 2 });
            expect(made.core.log.committed > 1).toBe(expected);
        }
    });
    // TestCommit
    it('the index that a majority has reached is committed if it is of the leader’s term', () => {
        for (const [matches, terms, term, expected] of [
            [[1], [1], 1, 1],
            [[1], [1], 2, 0],
            [[2], [1, 2], 2, 2],
            [[1], [2], 2, 1],
            [[2, 1, 1], [1, 2], 1, 1],
            [[2, 1, 1], [1, 1], 2, 0],
            [[2, 1, 2], [1, 2], 2, 2],
            [[2, 1, 2], [1, 1], 2, 0],
            [[2, 1, 1, 1], [1, 2], 1, 1],
            [[2, 1, 1, 2], [1, 2], 2, 0],
            [[2, 1, 2, 2], [1, 2], 2, 2],
            [[2, 1, 2, 2], [1, 1], 2, 0],
        ]) {
            const ids = matches.map((_match, at) => at + 1);
            const made = new BareNode(1, { confState: voters(...ids), entries: entriesOf(...terms) });
            made.core.term = term;
            matches.forEach((match, at) => (made.core.tracker.get(at + 1).match = match));
            made.core.log.maybeCommit(made.core.tracker.committed(), term);
            expect(made.core.log.committed).toBe(expected);
        }
    });
    // TestLeaderOnlyCommitsLogFromCurrentTerm, TestCannotCommitWithoutNewTermEntry; logcabin#44
    it('a leader never commits an entry of an earlier term by counting replicas (§5.4.2, logcabin#44)', () => {
        for (const [index, expected] of [
            [1, 0],
            [2, 0],
            [3, 3],
        ]) {
            const made = leaderOf([1, 2], [1, 2]);
            made.take();
            made.step(AppendResp, { from: 2, term: made.core.term, index });
            expect(made.core.log.committed).toBe(expected);
        }
        const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5] });
        network.elect(1);
        for (const id of [3, 4, 5])
            network.cut(1, id);
        network.propose(1, 'some data');
        network.propose(1, 'some data');
        expect(network.node(1).commitIndex).toBe(1);
        network.heal();
        // Node 2 has the entries; its own empty entry is lost on the way to the others.
        network.filter = (one) => !(one.type === Append && one.entries.some((item) => item.term === 2));
        network.elect(2);
        expect([network.node(2).isLeader, network.node(2).commitIndex]).toEqual([true, 1]);
        network.heal();
        // TestCommitWithoutNewTermEntry: its first entry commits all before it.
        network.propose(2, 'new term');
        network.tick(2);
        expect(network.node(2).commitIndex).toBe(5);
    });
    // TestLeaderCommitPrecedingEntries, TestCommitWithoutNewTermEntry
    it('the empty entry of a new leader commits all before it, and they are applied in order', () => {
        for (const terms of [[], [2], [1, 2], [1]]) {
            const network = new RaftNetwork({
                seedOf: (id) => ({
                    entries: entriesOf(...terms).map((one) => entry(one.term, one.index, `${id}-${one.index}`)),
                    hardState: new HardState(2, 0, 0),
                }),
            });
            network.elect(1);
            network.propose(1, 'some data');
            expect(network.peer(1).applied.map((one) => [one.index, one.term])).toEqual([...terms, 3, 3].map((term, at) => [at + 1, term]));
        }
    });
    // TestFollowerCommitEntry
    it('a follower applies committed entries in order, once', () => {
        for (const [entries, commit] of [
            [['some data'], 1],
            [['some data', 'some data2'], 2],
            [['some data2', 'some data'], 2],
            [['some data', 'some data2'], 1],
        ]) {
            const made = new BareNode(1, { confState: voters(1, 2, 3) });
            becomeFollower(made.core, 1, 2);
            made.step(Append, { from: 2, term: 1, commit, entries: entries.map((payload, at) => entry(1, at + 1, payload)) });
            expect(made.core.log.committed).toBe(commit);
            expect(payloads(made.apply())).toEqual(entries.slice(0, commit));
            expect(made.apply()).toEqual([]);
        }
    });
    // TestSingleNodeCommit
    it('one voter commits alone', () => {
        const network = new RaftNetwork({ ids: [1] });
        network.elect(1);
        network.propose(1, 'a');
        network.propose(1, 'b');
        expect(network.node(1).commitIndex).toBe(3);
    });
    // TestCommitAfterRemoveNode
    it('a smaller quorum commits pending entries when the removal is applied', () => {
        const network = new RaftNetwork({ ids: [1, 2] });
        network.elect(1);
        // Node 2 acknowledges its removal (index 2), and nothing after it.
        network.filter = (one) => one.type !== AppendResp || one.index <= 2;
        network.node(1).proposeConfChange(confChangeV1(ConfChangeType.RemoveNode, 2));
        network.node(1).propose(bytes('pending'));
        network.settle();
        expect([network.node(1).confState, network.node(1).commitIndex]).toEqual([voters(1), 3]);
        expect(network.peer(1).payloads()).toEqual(['pending']);
    });
    // TestLearnerLogReplication
    it('a learner gets every entry and does not count', () => {
        const network = new RaftNetwork({ ids: [1, 2], seedOf: () => ({ confState: { ...voters(1), learners: [2] } }) });
        network.elect(1);
        network.isolate(2);
        network.propose(1, 'alone');
        expect(network.node(1).commitIndex).toBe(2);
        network.heal();
        network.tick(1);
        expect(network.peer(2).payloads()).toEqual(['alone']);
        expect(network.core(1).tracker.get(2).match).toBe(2);
    });
    it('what is committed stays, whatever elections and losses follow; all nodes apply the same', () => {
        const random = seededRandom(5);
        for (let run = 0; run < 15; run++) {
            const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5], patch: { random: seededRandom(run), preVote: run % 2 === 0 } });
            const lossy = () => random(10) > 2;
            for (let i = 0; i < 60; i++) {
                network.filter = lossy;
                const id = 1 + random(5);
                if (random(3) === 0)
                    network.elect(id);
                else if (random(5) === 0)
                    network.peer(id).restart();
                else
                    network.propose(id, `${run}-${i}`);
                network.tickAll();
            }
            network.heal();
            network.elect(network.leader() || 1);
            network.tickAll(60);
            const lead = network.leader();
            expect(lead).not.toBe(0);
            network.propose(lead, 'last');
            network.tickAll(3);
            const reference = network.peer(lead).applied.map((one) => [one.index, one.term, text(one.data)]);
            expect(reference.map((one) => one[0])).toEqual(reference.map((_one, at) => at + 1));
            for (const peer of network.peers.values()) {
                expect(peer.applied.map((one) => [one.index, one.term, text(one.data)])).toEqual(reference);
            }
        }
    });
});
describe('handing out in pages', () => {
    // test_committed_entries_pagination, test_committed_entries_pagination_after_restart, TestCommitPagination, TestNodeCommitPaginationAfterRestart, TestRawNodeCommitPaginationAfterRestart
    it('a limit in bytes splits what is handed out and never skips an entry, also after a restart', () => {
        const network = new RaftNetwork({ ids: [1], patch: { committedBytesPerReadyMax: 2048 } });
        network.elect(1);
        const node = network.node(1);
        for (let i = 0; i < 3; i++)
            node.propose(new Uint8Array(1000).fill(97 + i));
        const sizes = [];
        const peer = network.peer(1);
        while (node.hasReady()) {
            const ready = node.ready();
            peer.storage.append(ready.entries);
            if (ready.hardState !== null)
                peer.storage.setHardState(ready.hardState);
            sizes.push(ready.committedEntries.length);
            for (const one of ready.committedEntries)
                peer.applied.push(one);
            node.advance();
        }
        expect(sizes.filter((count) => count > 0)).toEqual([2, 1]);
        expect(peer.applied.map((one) => one.index)).toEqual([1, 2, 3, 4]);
        peer.applied.length = 0;
        peer.storage.setHardState(new HardState(1, 1, 4));
        peer.restart({ committedBytesPerReadyMax: 1000 + ENTRY_OVERHEAD_BYTES });
        network.settle();
        expect(peer.applied.map((one) => one.index)).toEqual([1, 2, 3, 4]);
    });
    it('a leader that is alone in its view commits nothing (partition)', () => {
        const network = new RaftNetwork();
        network.elect(1);
        network.isolate(1);
        network.propose(1, 'lost');
        expect([network.node(1).commitIndex, network.node(1).role]).toEqual([1, Role.Leader]);
        network.elect(2);
        network.propose(2, 'kept');
        network.heal();
        network.tickAll();
        for (const id of [1, 2, 3])
            expect(network.peer(id).payloads()).toEqual(['kept']);
    });
});
//# sourceMappingURL=commit.spec.js.map