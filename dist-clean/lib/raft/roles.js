import { fail } from './invariant.js';
import { appendOwn } from './replication.js';
import { TraceEvent } from './trace.js';
import { Entry, EntryType, NONE, NO_BYTES, Role } from './types.js';
export function becomeFollower(core, term, lead) {
    reset(core, term);
    core.lead = lead;
    core.role = Role.Follower;
    if (core.sink !== null)
        core.sink.trace(TraceEvent.BecameFollower, core.id, null, core.term);
}
export function becomeCandidate(core) {
    if (core.role === Role.Leader)
        fail('a leader cannot become a candidate', { id: core.id, term: core.term });
    reset(core, core.term + 1);
    core.vote = core.id;
    core.role = Role.Candidate;
    if (core.sink !== null)
        core.sink.trace(TraceEvent.BecameCandidate, core.id, null, core.term);
}
export function becomePreCandidate(core) {
    if (core.role === Role.Leader)
        fail('a leader cannot become a pre-candidate', { id: core.id, term: core.term });
    core.tracker.resetVotes();
    core.lead = NONE;
    core.role = Role.PreCandidate;
    if (core.sink !== null)
        core.sink.trace(TraceEvent.BecamePreCandidate, core.id, null, core.term);
}
export function becomeLeader(core) {
    if (core.role === Role.Follower)
        fail('a follower cannot become leader', { id: core.id, term: core.term });
    reset(core, core.term);
    core.lead = core.id;
    core.role = Role.Leader;
    const self = core.tracker.self;
    if (self === null)
        fail('a node outside of the configuration became leader', { id: core.id, term: core.term });
    self.becomeReplicate();
    self.recentActive = true;
    core.pendingConfIndex = core.log.lastIndex;
    const empty = new Entry(core.log.lastIndex + 1, core.term, EntryType.Normal, NO_BYTES);
    if (!appendOwn(core, [empty]))
        fail('the empty entry of a new leader was dropped', { id: core.id, term: core.term });
    if (core.sink !== null)
        core.sink.trace(TraceEvent.BecameLeader, core.id, null, core.term);
}
function reset(core, term) {
    if (core.term !== term) {
        if (term < core.term || !Number.isSafeInteger(term))
            fail('term must rise', { term, current: core.term });
        core.term = term;
        core.vote = NONE;
    }
    core.lead = NONE;
    core.electionElapsed = 0;
    core.heartbeatElapsed = 0;
    core.drawElectionTimeout();
    core.transferee = NONE;
    core.tracker.resetVotes();
    const last = core.log.lastIndex;
    const peers = core.tracker.peers;
    for (let i = 0; i < peers.length; i++)
        peers[i].restart(peers[i].id === core.id ? last : 0, last + 1);
    core.pendingConfIndex = 0;
    core.uncommittedBytes = 0;
    core.readOnly.reset();
}
//# sourceMappingURL=roles.js.map