/** Flow control: the window to a peer, sizes of messages, the limit of uncommitted bytes (§10.2.1, §11.2). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, RaftNetwork, bytes, voters } from '../../test/support/raft-network.js';
import { ConfChangeTransition, ConfChangeType, confChangeV2 } from './conf-change.js';
import { ENTRY_OVERHEAD_BYTES, Entry, EntryType, MessageType, NO_BYTES, ProposeResult, Role, entryBytes, payloadBytes, } from './types.js';
const { Append, AppendResp, HeartbeatResp, Propose } = MessageType;
function leader(patch) {
    const made = new BareNode(1, { confState: voters(1, 2) }, patch);
    made.lead();
    return { made, peer: made.core.tracker.get(2) };
}
function propose(made, size, count = 1) {
    for (let i = 0; i < count; i++)
        made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, new Uint8Array(size))] });
}
const withEntries = (sent) => sent.filter((one) => one.type === Append && one.entries.length > 0);
describe('the window to a peer (§10.2.1)', () => {
    function replicating() {
        const all = leader({ inflightMessagesMax: 8 });
        all.made.step(AppendResp, { from: 2, term: 1, index: 1 });
        all.made.take();
        return all;
    }
    // TestMsgAppFlowControlFull
    it('it fills, and then no more entries are sent', () => {
        const { made, peer } = replicating();
        for (let i = 0; i < 8; i++) {
            propose(made, 4);
            expect(withEntries(made.take()).length).toBe(1);
        }
        expect([peer.inflights.isFull(), peer.isPaused()]).toEqual([true, true]);
        propose(made, 4, 10);
        expect(made.take()).toEqual([]);
    });
    // TestMsgAppFlowControlMoveForward
    it('an acknowledgement frees everything at or below its index, a stale one nothing', () => {
        const { made, peer } = replicating();
        propose(made, 4, 8);
        made.take();
        for (let index = 2; index < 9; index++) {
            made.step(AppendResp, { from: 2, term: 1, index });
            made.take();
            propose(made, 4);
            expect(withEntries(made.take()).length).toBe(1);
            expect(peer.inflights.isFull()).toBe(true);
            for (let stale = 0; stale < index; stale++) {
                made.step(AppendResp, { from: 2, term: 1, index: stale });
                expect(peer.inflights.isFull()).toBe(true);
            }
        }
    });
    // TestMsgAppFlowControlRecvHeartbeat
    it('a heartbeat response lets one append through, without entries, and frees nothing', () => {
        const { made, peer } = replicating();
        propose(made, 4, 8);
        made.take();
        for (let round = 0; round < 5; round++) {
            for (let i = 0; i < 3; i++) {
                made.step(HeartbeatResp, { from: 2, term: 1 });
                expect(made.take().map((sent) => [sent.type, sent.entries.length])).toEqual([[Append, 0]]);
                expect([peer.isPaused(), peer.inflights.count]).toEqual([true, 8]);
            }
            propose(made, 4, 3);
            expect(made.take()).toEqual([]);
        }
    });
    // TestProgressFlowControl
    it('the limits by count and by bytes both hold, and a message is as large as allowed', () => {
        for (const [inflightMessagesMax, inflightBytesMax] of [
            [3, Infinity],
            [100, 2500],
        ]) {
            const { made, peer } = leader({ inflightMessagesMax, inflightBytesMax, messageBytesMax: 2048 });
            peer.becomeProbe();
            propose(made, 1000, 10);
            let sent = withEntries(made.take());
            // Probing: one message, the empty entry of the leader and what fits besides.
            expect(sent.length).toBe(1);
            expect(sent[0].entries.length).toBe(2);
            made.step(AppendResp, { from: 2, term: 1, index: 2 });
            let acknowledged = 2;
            let total = 0;
            while (acknowledged < 11) {
                sent = withEntries(made.take());
                expect(sent.length).toBeGreaterThan(0);
                expect(sent.length).toBeLessThanOrEqual(inflightMessagesMax);
                for (const one of sent) {
                    expect(one.entries.length).toBeLessThanOrEqual(2);
                    total += one.entries.length;
                }
                // The window in bytes is overshot by less than one message.
                expect(peer.inflights.bytes).toBeLessThan(Math.min(inflightBytesMax, 1e9) + 2048);
                acknowledged = sent[sent.length - 1].index + sent[sent.length - 1].entries.length;
                made.step(AppendResp, { from: 2, term: 1, index: acknowledged });
            }
            expect(total).toBe(9);
            expect(peer.inflights.count).toBe(0);
        }
    });
    // R test_msg_app_flow_control_with_freeing_resources
    it('it holds nothing once all was acknowledged', () => {
        const { made, peer } = replicating();
        propose(made, 10, 5);
        made.take();
        expect([peer.inflights.count, peer.inflights.bytes]).toEqual([5, 50]);
        made.step(AppendResp, { from: 2, term: 1, index: 6 });
        expect([peer.inflights.count, peer.inflights.bytes]).toEqual([0, 0]);
    });
    // R test_disable_progress: here the smallest window
    it('a window of one message still makes progress', () => {
        const network = new RaftNetwork({ patch: { inflightMessagesMax: 1 } });
        network.elect(1);
        for (let i = 0; i < 10; i++)
            network.node(1).propose(bytes(`${i}`));
        network.settle();
        expect(network.peer(3).payloads().length).toBe(10);
    });
    // TestAppendPagination
    it('no append exceeds its limit, but one entry always fits; after a loss entries are sent in larger pages', () => {
        const network = new RaftNetwork({ patch: { messageBytesMax: 2048 } });
        let isLarge = false;
        network.filter = (one) => {
            if (one.type === Append) {
                expect(one.entries.length <= 1 || entryBytes(one.entries) <= 2048).toBe(true);
                if (payloadBytes(one.entries) > 1000)
                    isLarge = true;
            }
            return true;
        };
        network.elect(1);
        const filter = network.filter;
        network.isolate(1);
        for (let i = 0; i < 5; i++)
            network.propose(1, 'x'.repeat(1000 - ENTRY_OVERHEAD_BYTES));
        network.propose(1, 'y'.repeat(5000));
        network.heal();
        network.filter = filter;
        network.tick(1, 3);
        expect(isLarge).toBe(true);
        expect(network.peer(2).payloads().length).toBe(6);
    });
});
describe('the limit of uncommitted bytes (§11.2)', () => {
    // TestUncommittedEntryLimit
    it('proposals are dropped once the tail is full; it drains to exactly zero; empty entries never count', () => {
        const maxEntries = 1024;
        const payload = bytes('testdata');
        const made = new BareNode(1, { confState: voters(1, 2, 3) }, { uncommittedBytesMax: maxEntries * payload.length });
        made.lead();
        expect(made.core.uncommittedBytes).toBe(0);
        for (let i = 0; i < maxEntries; i++)
            expect(made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, payload)] })).toBe(0);
        expect(made.core.uncommittedBytes).toBe(maxEntries * payload.length);
        expect(made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, payload)] })).not.toBe(0);
        // Empty ones are taken all the same.
        expect(made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, NO_BYTES)] })).toBe(0);
        made.settle();
        const last = made.core.log.lastIndex;
        for (const id of [2, 3])
            made.step(AppendResp, { from: id, term: 1, index: last });
        const committed = made.core.log.nextCommitted(true);
        expect(committed.length).toBe(maxEntries + 2);
        made.core.log.acceptApplying(last, 0, true);
        made.step(MessageType.StorageApplyResp, { from: -2, entries: committed });
        expect(made.core.uncommittedBytes).toBe(0);
        // An empty tail takes one proposal of any size.
        expect(made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, new Uint8Array(10 * maxEntries * payload.length))] })).toBe(0);
        expect(made.step(Propose, { from: 1, entries: [new Entry(0, 0, EntryType.Normal, payload)] })).not.toBe(0);
    });
    // TestRawNodeBoundedLogGrowthWithPartition, test_bounded_uncommitted_entries_growth_with_partition
    it('a leader that is cut off does not grow its log without bound', () => {
        const network = new RaftNetwork({ patch: { uncommittedBytesMax: 16 * 8 } });
        network.elect(1);
        network.isolate(1);
        let dropped = 0;
        for (let i = 0; i < 1024; i++)
            if (network.node(1).propose(bytes('testdata')) === ProposeResult.DroppedUncommittedFull)
                dropped++;
        network.settle();
        expect([dropped, network.node(1).lastIndex, network.node(1).uncommittedBytes]).toEqual([1024 - 16, 17, 128]);
        network.heal();
        network.tick(1, 3);
        expect(network.node(1).uncommittedBytes).toBe(0);
        expect(network.node(1).propose(bytes('testdata'))).toBe(ProposeResult.Appended);
    });
    // R test_uncommitted_entry_after_leader_election, test_uncommitted_state_advance_ready_from_last_term
    it('the account starts anew with each leadership, and applying entries of an older term does not make it negative', () => {
        const network = new RaftNetwork({ patch: { uncommittedBytesMax: 100 } });
        network.elect(1);
        network.isolate(1);
        network.propose(1, 'x'.repeat(90));
        expect(network.node(1).uncommittedBytes).toBe(90);
        network.heal();
        network.elect(2);
        expect([network.node(1).role, network.node(1).uncommittedBytes]).toEqual([Role.Follower, 0]);
        network.elect(1);
        expect(network.node(1).uncommittedBytes).toBe(0);
        network.propose(1, 'y'.repeat(90));
        network.propose(1, 'z'.repeat(90));
        expect(network
            .peer(2)
            .payloads()
            .filter((one) => one.startsWith('z')).length).toBe(1);
    });
    it('the step out of a joint configuration is never refused for its size', () => {
        const network = new RaftNetwork({ ids: [1], patch: { uncommittedBytesMax: 8 } });
        network.elect(1);
        network.proposeConfChange(1, confChangeV2([{ type: ConfChangeType.UpdateNode, nodeId: 1 }], ConfChangeTransition.JointImplicit, bytes('larger than the limit')));
        expect(network.node(1).confState).toEqual(voters(1));
    });
});
//# sourceMappingURL=flow-control.spec.js.map