import { fail } from './invariant.js';
import { ProgressState } from './progress.js';
import { TraceEvent } from './trace.js';
import { MessageType, NO_ENTRIES, payloadBytes } from './types.js';
/** Sends an append with whatever entries there are, even none. */
export function sendAppend(core, peer) {
    maybeSendAppend(core, peer, true);
}
/** Sends an append if the peer's flow allows it. Returns whether anything was sent. */
export function maybeSendAppend(core, peer, sendIfEmpty) {
    if (peer.isPaused())
        return false;
    const log = core.log;
    const prevIndex = peer.next - 1;
    const prevTerm = log.term(prevIndex);
    if (prevTerm < 0)
        return maybeSendSnapshot(core, peer);
    let entries = NO_ENTRIES;
    // A full window lets only empty appends through: they find out what was lost without adding to it.
    if (peer.state !== ProgressState.Replicate || !peer.inflights.isFull())
        entries = log.entries(peer.next, core.config.messageBytesMax);
    if (entries === null)
        return sendIfEmpty ? maybeSendSnapshot(core, peer) : false;
    if (entries.length === 0 && !sendIfEmpty)
        return false;
    const message = core.message(MessageType.Append, peer.id);
    message.index = prevIndex;
    message.logTerm = prevTerm;
    message.entries = entries;
    message.commit = log.committed;
    core.send(message);
    peer.sentEntries(entries.length, payloadBytes(entries));
    peer.sentCommitTo(log.committed);
    return true;
}
/** Sends everything that the peer's flow allows, without an empty append. */
export function sendRemaining(core, peer) {
    let more = true;
    while (more)
        more = maybeSendAppend(core, peer, false);
}
export function broadcastAppend(core) {
    const peers = core.tracker.peers;
    for (let i = 0; i < peers.length; i++) {
        if (peers[i].id !== core.id)
            maybeSendAppend(core, peers[i], true);
    }
}
/** Heartbeats to all, asking them to confirm the read round (0 = none). */
export function broadcastHeartbeat(core, readRound) {
    const peers = core.tracker.peers;
    for (let i = 0; i < peers.length; i++) {
        const peer = peers[i];
        if (peer.id === core.id) {
            if (readRound > peer.readRound)
                peer.readRound = readRound;
            continue;
        }
        const message = core.message(MessageType.Heartbeat, peer.id);
        message.commit = peer.match < core.log.committed ? peer.match : core.log.committed;
        message.context = readRound;
        core.send(message);
        peer.sentCommitTo(message.commit);
    }
}
/** Advances the commit index to what a quorum holds. Returns whether it moved. */
export function maybeCommit(core) {
    return core.log.maybeCommit(core.tracker.committed(), core.term);
}
/**
 * Appends fresh entries of the current term that follow the last index. Returns false, with nothing changed, if they exceed the
 * limit of uncommitted bytes. The leader's own acknowledgement is sent to itself, and arrives once the entries are durable.
 */
export function appendOwn(core, entries) {
    const bytes = payloadBytes(entries);
    // An empty tail takes a proposal of any size, and an empty payload is never refused: new leaders and auto-leave need it.
    if (core.uncommittedBytes > 0 && bytes > 0 && core.uncommittedBytes + bytes > core.config.uncommittedBytesMax) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ProposalDroppedUncommittedFull, core.id, null);
        return false;
    }
    core.uncommittedBytes += bytes;
    const last = core.log.append(entries);
    if (last >= Number.MAX_SAFE_INTEGER)
        fail('log index exceeds the safe integers', { last });
    core.proposedIndex = entries[0].index;
    core.proposedTerm = core.term;
    const acknowledgement = core.message(MessageType.AppendResp, core.id);
    acknowledgement.index = last;
    core.sendAfterAppend(acknowledgement);
    return true;
}
/** Entries with this payload size were applied. */
export function reduceUncommitted(core, bytes) {
    core.uncommittedBytes = bytes > core.uncommittedBytes ? 0 : core.uncommittedBytes - bytes;
}
function maybeSendSnapshot(core, peer) {
    const sink = core.sink;
    if (!peer.recentActive) {
        if (sink !== null)
            sink.trace(TraceEvent.SnapshotPeerInactive, core.id, null, peer.id);
        return false;
    }
    const snapshot = core.log.snapshot();
    if (snapshot === null) {
        if (sink !== null)
            sink.trace(TraceEvent.SnapshotUnavailable, core.id, null, peer.id);
        return false;
    }
    if (snapshot.index === 0)
        fail('a snapshot is needed but the storage has only the empty one', { peer: peer.id, next: peer.next });
    if (sink !== null) {
        sink.trace(TraceEvent.SnapshotSent, core.id, peer, core.log.firstIndex, core.log.committed, snapshot.index, snapshot.term, peer.id);
    }
    peer.becomeSnapshot(snapshot.index);
    if (sink !== null)
        sink.trace(TraceEvent.ReplicationPaused, core.id, peer, peer.id);
    const message = core.message(MessageType.Snap, peer.id);
    message.snapshot = snapshot;
    core.send(message);
    return true;
}
//# sourceMappingURL=replication.js.map