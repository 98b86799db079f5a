import { restoreConfig } from './membership.js';
import { appliedTo } from './propose.js';
import { becomeFollower } from './roles.js';
import { TraceEvent } from './trace.js';
import { MessageType, NONE, Role } from './types.js';
export function handleSnapshot(core, message, snapshot) {
    const isRestored = restore(core, snapshot);
    if (core.sink !== null) {
        const event = isRestored ? TraceEvent.SnapshotHandled : TraceEvent.SnapshotIgnored;
        core.sink.trace(event, core.id, null, core.log.committed, snapshot.index, snapshot.term);
    }
    const response = core.message(MessageType.AppendResp, message.from);
    response.index = isRestored ? core.log.lastIndex : core.log.committed;
    core.sendAfterAppend(response);
}
/** Storage has installed the snapshot and the state machine has taken it over. */
export function appliedSnapshot(core, snapshot) {
    core.log.unstable.stableSnapshotTo(snapshot.index);
    appliedTo(core, snapshot.index, 0);
}
function restore(core, snapshot) {
    const { log, sink } = core;
    if (snapshot.index <= log.committed)
        return false;
    if (core.role !== Role.Follower) {
        // Never expected; a term of its own keeps whatever led here from doing harm.
        if (sink !== null)
            sink.trace(TraceEvent.SnapshotNotFollower, core.id, null);
        becomeFollower(core, core.term + 1, NONE);
        return false;
    }
    if (!isMember(snapshot.confState, core.id)) {
        if (sink !== null)
            sink.trace(TraceEvent.SnapshotNotMember, core.id, snapshot.confState);
        return false;
    }
    const isFastForward = log.matchesTerm(snapshot.index, snapshot.term);
    if (isFastForward) {
        traceRestored(core, TraceEvent.SnapshotFastForwarded, snapshot);
        log.commitTo(snapshot.index);
        return false;
    }
    log.restore(snapshot);
    restoreConfig(core, snapshot.confState);
    traceRestored(core, TraceEvent.SnapshotRestored, snapshot);
    return true;
}
function traceRestored(core, event, snapshot) {
    if (core.sink === null)
        return;
    const log = core.log;
    core.sink.trace(event, core.id, null, log.committed, log.lastIndex, log.lastTerm, snapshot.index, snapshot.term);
}
/** learnersNext need not be searched: they are voters of the outgoing half. */
function isMember(confState, id) {
    return confState.voters.includes(id) || confState.learners.includes(id) || confState.votersOutgoing.includes(id);
}
//# sourceMappingURL=snapshot.js.map