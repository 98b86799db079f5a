/**
 * Installing configurations: at start, when a conf change is applied, from a snapshot. Pure.
 * Y1. A configuration takes effect when it is applied, on every node alike.
 * Y2. A leader acts on it at once: a smaller quorum may commit more and confirm reads; new members are probed.
 * Y3. A leader that is no longer a voter steps down if so configured, and a transfer to a non-voter is aborted.
 * Source: Raft thesis §4.1, §4.2, §4.3; applying on commit rather than on append follows etcd-io/raft.
 */
import { asV2 } from './conf-change.js';
import { isRefusal, restoreConfiguration } from './changer.js';
import { fail } from './invariant.js';
import { changeOutcome } from './propose.js';
import { releaseConfirmedReads, releasePostponedReads } from './reads.js';
import { broadcastAppend, maybeCommit, maybeSendAppend } from './replication.js';
import { becomeFollower } from './roles.js';
import { TraceEvent } from './trace.js';
import { NONE, Role } from './types.js';
/** Applies a committed conf change. Throws if the configuration cannot take it: all nodes would. */
export function applyConfChange(core, change) {
    const outcome = changeOutcome(core.tracker.confState, asV2(change));
    if (isRefusal(outcome))
        fail('committed conf change cannot be applied', { refusal: outcome, id: core.id });
    return switchToConfig(core, outcome);
}
/** Installs the configuration of a snapshot or of storage; nothing is known of its members' progress. */
export function restoreConfig(core, confState) {
    const outcome = restoreConfiguration(confState);
    if (isRefusal(outcome))
        fail('stored configuration is inconsistent', { refusal: outcome, id: core.id });
    switchToConfig(core, outcome);
}
function switchToConfig(core, change) {
    const tracker = core.tracker;
    tracker.install(change, core.log.lastIndex);
    if (core.sink !== null)
        core.sink.trace(TraceEvent.SwitchedConfiguration, core.id, change.confState);
    if (core.role !== Role.Leader)
        return change.confState;
    const self = tracker.self;
    if (self === null || self.isLearner) {
        if (core.config.stepDownOnRemoval)
            becomeFollower(core, core.term, NONE);
        return change.confState;
    }
    if (change.confState.voters.length === 0)
        return change.confState;
    if (maybeCommit(core)) {
        releasePostponedReads(core);
        broadcastAppend(core);
    }
    else {
        for (const peer of tracker.peers) {
            if (peer.id !== core.id)
                maybeSendAppend(core, peer, false);
        }
    }
    releaseConfirmedReads(core);
    if (core.transferee !== NONE && !tracker.isVoter(core.transferee))
        core.transferee = NONE;
    return change.confState;
}
//# sourceMappingURL=membership.js.map