/** Replication (§3.5, §5.3 of the paper). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, ELECTION_TICKS, RaftNetwork, bytes, entriesOf, entry, seededRandom, text, voters, } from '../../test/support/raft-network.js';
import { ProgressState } from './progress.js';
import { becomeFollower } from './roles.js';
import { Entry, EntryType, HardState, MessageType, NONE, Role, Snapshot, NO_BYTES, ProposeResult } from './types.js';
const { Append, AppendResp, Beat, Heartbeat, HeartbeatResp, Propose, Unreachable, Snap } = MessageType;
function leaderOf(ids, terms = [], patch = {}) {
    const made = new BareNode(1, { confState: voters(...ids), entries: entriesOf(...terms) }, patch);
    becomeFollower(made.core, terms.length === 0 ? 0 : terms[terms.length - 1], NONE);
    made.lead();
    return made;
}
function propose(made, payload = 'somedata') {
    made.step(Propose, { from: 1, entries: [entry(0, 0, payload)] });
}
const peerOf = (made, id) => made.core.tracker.get(id);
const brief = (sent) => [sent.type, sent.to, sent.index, sent.logTerm, sent.entries.length, sent.commit];
describe('heartbeats (§3.4)', () => {
    // TestLeaderBcastBeat, TestBcastBeat
    it('on the heartbeat tick the leader sends to all others: no entries, index 0, and no commit beyond what the peer has', () => {
        const made = leaderOf([1, 2, 3]);
        propose(made);
        made.take();
        made.core.log.commitTo(1);
        peerOf(made, 2).match = 1;
        made.core.log.commitTo(2);
        made.tick();
        expect(made.take().map(brief)).toEqual([
            [Heartbeat, 2, 0, 0, 0, 1],
            [Heartbeat, 3, 0, 0, 0, 0],
        ]);
    });
    // TestRecvMsgBeat
    it('only a leader sends heartbeats', () => {
        const made = leaderOf([1, 2, 3]);
        for (const [role, count] of [
            [Role.Leader, 2],
            [Role.Candidate, 0],
            [Role.Follower, 0],
        ]) {
            made.core.role = role;
            made.step(Beat, { from: 1 });
            expect(made.take().length).toBe(count);
        }
    });
    // TestHandleHeartbeat
    it('a follower commits up to what the heartbeat says, never back', () => {
        for (const [commit, expected] of [
            [3, 3],
            [1, 2],
        ]) {
            const made = new BareNode(1, { confState: voters(1, 2), entries: entriesOf(1, 2, 3) });
            becomeFollower(made.core, 2, 2);
            made.core.log.commitTo(2);
            made.step(Heartbeat, { from: 2, term: 2, commit });
            expect(made.core.log.committed).toBe(expected);
            expect(made.take().map((sent) => sent.type)).toEqual([HeartbeatResp]);
        }
    });
    // TestHandleHeartbeatResp
    it('the leader sends again to a follower that is behind, and not to one that is not', () => {
        const made = leaderOf([1, 2], [1, 2, 3]);
        made.core.log.commitTo(made.core.log.lastIndex);
        for (let i = 0; i < 2; i++) {
            made.step(HeartbeatResp, { from: 2, term: made.core.term });
            expect(made.take().map((sent) => sent.type)).toEqual([Append]);
        }
        const [last] = [made.core.log.lastIndex];
        made.step(AppendResp, { from: 2, term: made.core.term, index: last });
        made.take();
        made.step(HeartbeatResp, { from: 2, term: made.core.term });
        expect(made.take()).toEqual([]);
    });
});
describe('the leader sends entries (§3.5)', () => {
    // TestLeaderStartReplication
    it('a proposal is appended and sent in parallel, after the position before it', () => {
        const made = leaderOf([1, 2, 3]);
        for (const id of [2, 3])
            made.step(AppendResp, { from: id, term: 1, index: 1 });
        made.take();
        propose(made);
        expect([made.core.log.lastIndex, made.core.log.committed]).toEqual([2, 1]);
        const sent = made.take();
        expect(sent.map(brief)).toEqual([
            [Append, 2, 1, 1, 1, 1],
            [Append, 3, 1, 1, 1, 1],
        ]);
        expect(text(sent[0].entries[0].data)).toBe('somedata');
        expect(made.core.log.unstable.nextEntries().length).toBe(2);
    });
    // TestLeaderIncreaseNext
    it('next moves ahead of the acknowledgement only while replicating', () => {
        for (const [state, expected] of [
            [ProgressState.Replicate, 5],
            [ProgressState.Probe, 2],
        ]) {
            const made = leaderOf([1, 2], [1, 2]);
            const peer = peerOf(made, 2);
            peer.state = state;
            peer.next = 2;
            peer.appendPaused = false;
            propose(made);
            expect(peer.next).toBe(expected);
        }
    });
    // TestLeaderAppResp
    it('acknowledgements and rejections move progress, stale ones do not', () => {
        for (const [index, reject, match, next, count, sentIndex] of [
            [3, true, 0, 3, 0, 0],
            [2, true, 0, 2, 1, 1],
            [2, false, 2, 4, 2, 2],
            // What a probed peer acknowledges is no news, but lets it replicate from there.
            [0, false, 0, 4, 1, 0],
        ]) {
            const made = leaderOf([1, 2, 3], [0, 1].map(() => 1));
            const peer = peerOf(made, 2);
            peer.next = 3;
            peer.appendPaused = false;
            made.step(AppendResp, { from: 2, term: made.core.term, index, reject, rejectHint: index });
            expect([peer.match, peer.next]).toEqual([match, next]);
            const sent = made.take();
            expect(sent.filter((one) => one.to === 2).length).toBe(count === 2 ? 1 : count);
            if (sent.length > 0)
                expect(sent[0].index).toBe(sentIndex);
        }
    });
    // TestRecvMsgUnreachable
    it('an unreachable peer is probed from after its match', () => {
        const made = leaderOf([1, 2], [1, 2, 3]);
        const peer = peerOf(made, 2);
        peer.match = 3;
        peer.becomeReplicate();
        peer.next = 6;
        made.step(Unreachable, { from: 2 });
        expect([peer.state, peer.match, peer.next]).toEqual([ProgressState.Probe, 3, 4]);
    });
    // TestProgressLeader
    it('the own progress of the leader follows its disk', () => {
        const made = leaderOf([1, 2]);
        for (let i = 0; i < 5; i++) {
            propose(made);
            const self = peerOf(made, 1);
            expect([self.state, self.match]).toEqual([ProgressState.Replicate, i + 1]);
            made.take();
            expect(self.match).toBe(i + 2);
        }
    });
    // TestProgressPaused, TestSendAppendForProgressProbe, TestProgressResumeByHeartbeatResp, TestMsgAppRespWaitReset
    it('a probed peer gets one append with entries until it answers, or a heartbeat does', () => {
        const made = leaderOf([1, 2]);
        const peer = peerOf(made, 2);
        peer.becomeProbe();
        for (let i = 0; i < 3; i++)
            propose(made);
        expect(made.take().length).toBe(1);
        expect(peer.appendPaused).toBe(true);
        made.tick();
        expect(made.take().map((sent) => sent.type)).toEqual([Heartbeat]);
        expect(peer.appendPaused).toBe(true);
        made.step(HeartbeatResp, { from: 2, term: 1 });
        expect(made.take().map((sent) => sent.type)).toEqual([Append]);
        made.step(AppendResp, { from: 2, term: 1, index: 1 });
        expect([peer.state, peer.appendPaused]).toEqual([ProgressState.Replicate, false]);
    });
    // TestSendAppendForProgressReplicate, TestSendAppendForProgressSnapshot
    it('a replicating peer gets a stream, one that waits for a snapshot gets nothing', () => {
        const made = leaderOf([1, 2]);
        const peer = peerOf(made, 2);
        peer.becomeReplicate();
        for (let i = 0; i < 10; i++)
            propose(made);
        expect(made.take().map((sent) => sent.index)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        peer.becomeSnapshot(10);
        for (let i = 0; i < 10; i++)
            propose(made);
        expect(made.take()).toEqual([]);
    });
    // TestLogReplicationWithReorderedMessage
    it('a rejection that became stale by reordering does not move progress back', () => {
        const made = leaderOf([1, 2]);
        const peer = peerOf(made, 2);
        peer.becomeReplicate();
        for (let i = 0; i < 4; i++)
            propose(made);
        made.take();
        made.step(AppendResp, { from: 2, term: 1, index: 4 });
        made.take();
        made.step(AppendResp, { from: 2, term: 1, index: 3, reject: true, rejectHint: 1 });
        expect([peer.match, peer.next, peer.state]).toEqual([4, 6, ProgressState.Replicate]);
        expect(made.take()).toEqual([]);
        // In Probe as well: the rejection is not of the probe that is out.
        peer.becomeProbe();
        made.step(AppendResp, { from: 2, term: 1, index: 2, reject: true, rejectHint: 1 });
        expect([peer.match, peer.next]).toEqual([4, 5]);
    });
});
describe('the follower takes entries (§3.5)', () => {
    // TestFollowerCheckMsgApp
    it('an append is accepted iff its previous position matches; a rejection carries a hint', () => {
        for (const [logTerm, index, expected, isRejected, hint, hintTerm] of [
            [0, 0, 1, false, 0, 0],
            [1, 1, 1, false, 0, 0],
            [2, 2, 2, false, 0, 0],
            [1, 2, 2, true, 1, 1],
            [3, 3, 3, true, 2, 2],
        ]) {
            const made = new BareNode(1, { confState: voters(1, 2, 3), entries: entriesOf(1, 2), hardState: new HardState(1, 0, 1) });
            becomeFollower(made.core, 2, 2);
            made.step(Append, { from: 2, term: 3, logTerm, index });
            const [answer] = made.take();
            expect([answer.index, answer.reject, answer.rejectHint, answer.logTerm]).toEqual([expected, isRejected, hint, hintTerm]);
        }
    });
    // TestHandleMsgApp
    it('the commit index becomes the smaller of the leader’s and the last new entry', () => {
        for (const [logTerm, index, commit, terms, lastIndex, committed, isRejected] of [
            [3, 2, 3, [], 2, 0, true],
            [3, 3, 3, [], 2, 0, true],
            [1, 1, 1, [], 2, 1, false],
            [0, 0, 1, [2], 1, 1, false],
            [2, 2, 3, [2, 2], 4, 3, false],
            [2, 2, 4, [2], 3, 3, false],
            [1, 1, 4, [2], 2, 2, false],
            [1, 1, 3, [], 2, 1, false],
            [1, 1, 3, [2], 2, 2, false],
            [2, 2, 3, [], 2, 2, false],
            [2, 2, 4, [], 2, 2, false],
        ]) {
            const made = new BareNode(1, { confState: voters(1, 2), entries: entriesOf(1, 2) });
            becomeFollower(made.core, 2, NONE);
            const entries = terms.map((term, at) => entry(term, index + 1 + at));
            made.step(Append, { from: 2, term: 2, logTerm, index, commit, entries });
            expect([made.core.log.lastIndex, made.core.log.committed]).toEqual([lastIndex, committed]);
            expect(made.take()[0].reject).toBe(isRejected);
        }
    });
    // TestFollowerAppendEntries
    it('a conflicting suffix is removed, missing entries are added, equal ones are kept', () => {
        for (const [index, logTerm, terms, expected, unstable] of [
            [2, 2, [3], [1, 2, 3], [3]],
            [1, 1, [3, 4], [1, 3, 4], [3, 4]],
            [0, 0, [1], [1, 2], []],
            [0, 0, [3], [3], [3]],
        ]) {
            const made = new BareNode(1, { confState: voters(1, 2, 3), entries: entriesOf(1, 2) });
            becomeFollower(made.core, 2, 2);
            made.step(Append, { from: 2, term: 4, logTerm, index, entries: terms.map((term, at) => entry(term, index + 1 + at)) });
            expect(made.logTerms()).toEqual(expected);
            expect(made.core.log.unstable.nextEntries().map((one) => one.term)).toEqual(unstable);
        }
    });
    // openraft: append deletes committed entries after prev
    it('an append below the commit index deletes nothing and is answered with the commit index (openraft: committed entries deleted)', () => {
        const made = new BareNode(1, { confState: voters(1, 2), entries: entriesOf(1, 1, 1, 1) });
        becomeFollower(made.core, 1, 2);
        made.core.log.commitTo(3);
        made.step(Append, { from: 2, term: 1, index: 1, logTerm: 1, entries: [entry(1, 2)] });
        expect(made.logTerms()).toEqual([1, 1, 1, 1]);
        expect(made.take().map((sent) => [sent.type, sent.index, sent.reject])).toEqual([[AppendResp, 3, false]]);
        made.step(Append, { from: 2, term: 1, index: 3, logTerm: 1, entries: [] });
        expect(made.logTerms()).toEqual([1, 1, 1, 1]);
    });
});
describe('repairing logs (§3.5, fig. 7 of the paper)', () => {
    // TestLeaderSyncFollowerLog
    it('all the logs of figure 7 end equal to the leader’s', () => {
        const leaderTerms = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
        for (const follower of [
            [1, 1, 1, 4, 4, 5, 5, 6, 6],
            [1, 1, 1, 4],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
            [1, 1, 1, 4, 4, 4, 4],
            [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
        ]) {
            const seeds = [
                { entries: entriesOf(...leaderTerms), hardState: new HardState(8, 0, leaderTerms.length) },
                { entries: entriesOf(...follower), hardState: new HardState(7, 0, 0) },
                {},
            ];
            const network = new RaftNetwork({ seedOf: (id) => seeds[id - 1] });
            // The third node only votes: it is the majority against a follower with a longer log.
            network.elect(1);
            network.propose(1, 'x');
            const own = (network.core(1).log.entries(1, Infinity) ?? []).map((one) => [one.index, one.term]);
            const other = (network.core(2).log.entries(1, Infinity) ?? []).map((one) => [one.index, one.term]);
            expect(other).toEqual(own);
        }
    });
    // TestFastLogRejection, test_fast_log_rejection
    it('at most one probe a term finds the match', () => {
        for (const [leader, follower, hintTerm, hintIndex, nextTerm, nextIndex] of [
            [[1, 2, 2, 4, 4, 4, 4], [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3], 3, 7, 2, 3],
            [[1, 2, 2, 3, 4, 4, 4, 5], [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3], 3, 8, 3, 4],
            [[1, 1, 1, 1], [1, 1, 2, 2, 4], 1, 2, 1, 2],
            [[1, 1, 1, 1, 1, 1], [1, 1, 2, 2, 4], 1, 2, 1, 2],
            [[1, 1, 1, 1], [1, 1, 2, 2, 4, 4], 1, 2, 1, 2],
            [[1, 1, 1, 5, 5], [1, 1, 1, 4, 6, 6, 6, 6], 4, 4, 1, 3],
            [[2, 2, 2, 2, 2], [2, 4, 4, 4, 4, 4], 2, 1, 2, 1],
            [[2, 2, 2, 2, 2], [2, 4, 4, 4, 4, 4], 2, 1, 2, 1],
            [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 3, 3, 3, 3, 3], 1, 3, 1, 3],
        ]) {
            const ahead = new BareNode(1, {
                confState: voters(1, 2, 3),
                entries: entriesOf(...leader),
                hardState: new HardState(leader[leader.length - 1], 0, 0),
            });
            const behind = new BareNode(2, {
                confState: voters(1, 2, 3),
                entries: entriesOf(...follower),
                hardState: new HardState(follower[follower.length - 1], 0, 0),
            });
            ahead.core.term = Math.max(ahead.core.term, behind.core.term);
            ahead.lead();
            ahead.step(HeartbeatResp, { from: 2, term: ahead.core.term });
            const probe = ahead.take().find((sent) => sent.type === Append);
            behind.step(Append, probe);
            const [rejection] = behind.take();
            expect([rejection.reject, rejection.logTerm, rejection.rejectHint]).toEqual([true, hintTerm, hintIndex]);
            ahead.step(AppendResp, rejection);
            const next = ahead.take().find((sent) => sent.type === Append);
            expect([next.logTerm, next.index]).toEqual([nextTerm, nextIndex]);
        }
    });
    it('random diverged logs become equal, in no more probes than there are terms', () => {
        const random = seededRandom(15);
        // Terms of the one history are even, of the other odd: the logs differ wherever they do not share a prefix.
        const history = (from, parity) => {
            const terms = [];
            let term = from + ((from + parity) % 2);
            for (let i = 0; i < random(25); i++)
                terms.push((term += random(4) === 0 ? 2 : 0));
            return terms;
        };
        for (let run = 0; run < 60; run++) {
            const own = history(2, 0);
            const shared = random(own.length + 1);
            const other = own.slice(0, shared).concat(history((own[shared - 1] ?? 0) + 1, 1));
            const top = 60;
            const network = new RaftNetwork({
                seedOf: (id) => [
                    { entries: entriesOf(...own), hardState: new HardState(top, 0, 0) },
                    { entries: entriesOf(...other), hardState: new HardState(top, 0, 0) },
                    {},
                ][id - 1],
            });
            network.elect(1);
            if (!network.node(1).isLeader)
                continue;
            const terms = new Set([...own, ...other]).size;
            const rejections = network.delivered.filter((one) => one.type === AppendResp && one.from === 2 && one.reject).length;
            expect(rejections).toBeLessThanOrEqual(terms + 1);
            expect((network.core(2).log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual(own.concat([network.node(1).term]));
        }
    });
    // etcd-io/raft#31 (slow follower after compaction); willemt/raft#118 (prev index 0 accepted after compaction)
    it('a follower that lacks compacted entries gets a snapshot, and never an append from before the compaction (etcd-io/raft#31, willemt/raft#118)', () => {
        const made = leaderOf([1, 2], [1, 1, 1, 1]);
        made.core.log.commitTo(4);
        made.persist();
        made.storage.createSnapshot(4, voters(1, 2), NO_BYTES);
        made.storage.compact(4);
        const peer = peerOf(made, 2);
        peer.recentActive = true;
        made.step(AppendResp, { from: 2, term: made.core.term, index: peer.next - 1, reject: true, rejectHint: 0 });
        const sent = made.take();
        expect(sent.map((one) => one.type)).toEqual([Snap]);
        const follower = new BareNode(2, { snapshot: new Snapshot(4, 1, voters(1, 2), NO_BYTES) });
        becomeFollower(follower.core, 1, 1);
        follower.step(Append, { from: 1, term: 1, index: 0, logTerm: 0, entries: [entry(1, 1)] });
        // Index 0 is below the commit index: it is answered, not appended.
        expect([follower.core.log.lastIndex, follower.take()[0].index]).toEqual([4, 4]);
        follower.step(Append, { from: 1, term: 1, index: 3, logTerm: 1, entries: [entry(1, 4)] });
        expect(follower.core.log.lastIndex).toBe(4);
    });
});
describe('proposals (§3.5)', () => {
    // TestLogReplication, TestProposal
    it('proposals reach all, and none is taken without a leader', () => {
        const network = new RaftNetwork();
        expect(network.node(1).propose(bytes('early'))).toBe(ProposeResult.DroppedNoLeader);
        network.elect(1);
        network.propose(1, 'a');
        network.elect(2);
        network.propose(2, 'b');
        for (const id of [1, 2, 3])
            expect(network.peer(id).payloads()).toEqual(['a', 'b']);
        const alone = new RaftNetwork();
        alone.isolate(1);
        alone.elect(1);
        expect(alone.node(1).propose(bytes('candidate'))).toBe(ProposeResult.DroppedNoLeader);
    });
    // TestProposalByProxy
    it('a follower passes proposals on to the leader', () => {
        const network = new RaftNetwork();
        network.elect(1);
        expect(network.node(2).propose(bytes('forwarded'))).toBe(ProposeResult.Forwarded);
        network.settle();
        for (const id of [1, 2, 3])
            expect(network.peer(id).payloads()).toEqual(['forwarded']);
    });
    // TestDisableProposalForwarding
    it('it drops them if forwarding is disabled', () => {
        const network = new RaftNetwork({ patchOf: (id) => ({ disableProposalForwarding: id === 3 }) });
        network.elect(1);
        expect(network.node(2).propose(bytes('a'))).toBe(ProposeResult.Forwarded);
        expect(network.node(3).propose(bytes('b'))).toBe(ProposeResult.DroppedForwardingDisabled);
        network.settle();
        expect(network.peer(1).payloads()).toEqual(['a']);
    });
    it('the position of a proposal is known at once, and a batch takes consecutive positions in one append', () => {
        const network = new RaftNetwork();
        network.elect(1);
        const node = network.node(1);
        expect(node.proposeBatch(['a', 'b', 'c'].map(bytes))).toBe(ProposeResult.Appended);
        expect([node.proposedIndex, node.proposedTerm, node.lastIndex]).toEqual([2, 1, 4]);
        network.delivered.length = 0;
        network.settle();
        expect(network.delivered.filter((one) => one.type === Append && one.to === 2 && one.entries.length > 0).map((one) => one.entries.length)).toEqual([3]);
        expect(network.peer(3).payloads()).toEqual(['a', 'b', 'c']);
    });
    it('a proposal message that is delivered twice is appended twice, as two different entries', () => {
        const made = leaderOf([1, 2]);
        const proposal = { from: 2, entries: [new Entry(0, 0, EntryType.Normal, bytes('twice'))] };
        made.step(Propose, proposal);
        made.step(Propose, proposal);
        const entries = made.core.log.entries(2, Infinity) ?? [];
        expect(entries.map((one) => [one.index, one.term, text(one.data)])).toEqual([
            [2, 1, 'twice'],
            [3, 1, 'twice'],
        ]);
        expect([proposal.entries[0].index, proposal.entries[0].term]).toEqual([0, 0]);
    });
    it('a quiet group exchanges heartbeats and nothing else', () => {
        const network = new RaftNetwork();
        network.elect(1);
        network.propose(1, 'a');
        network.tickAll(2);
        network.delivered.length = 0;
        network.tickAll(ELECTION_TICKS);
        expect(new Set(network.delivered.map((one) => one.type))).toEqual(new Set([Heartbeat, HeartbeatResp]));
    });
});
//# sourceMappingURL=replication.spec.js.map