/**
 * Proposals at the leader, and the automatic step out of a joint configuration. Pure.
 * E1. At most one conf change is pending: one that may be, or that does not fit, is replaced by an empty entry.
 * E2. A change that the configuration would refuse when applied does not enter the log (unless validation is off).
 * E3. Entries of a message are copied: the same message may be delivered twice.
 * Source: Raft thesis §4.1, §4.3.
 */
import { asV2, entersJoint, leavesAutomatically, leavesJoint } from './conf-change.js';
import { ConfChangeDecodeError, decodeConfChange } from './conf-change-codec.js';
import { enterJoint, isJoint, isRefusal, leaveJoint, simpleChange } from './changer.js';
import { fail } from './invariant.js';
import { appendOwn, broadcastAppend } from './replication.js';
import { ConfChangeCheck, TraceEvent } from './trace.js';
import { Entry, EntryType, NONE, NO_BYTES, ProposeResult, Role } from './types.js';
/** Appends the proposed entries (their types and payloads) under the leader's term and sends them out. */
export function proposeOnLeader(core, proposed) {
    if (proposed.length === 0)
        fail('empty proposal', { id: core.id });
    const blocked = proposalBlock(core);
    if (blocked !== ProposeResult.Appended)
        return blocked;
    const pendingBefore = core.pendingConfIndex;
    const first = core.log.lastIndex + 1;
    let result = ProposeResult.Appended;
    const entries = [];
    for (let i = 0; i < proposed.length; i++) {
        let { type, data } = proposed[i];
        if (type !== EntryType.Normal) {
            const change = decodeOrNull(type, data);
            if (change === null) {
                core.pendingConfIndex = pendingBefore;
                return ProposeResult.DroppedMalformed;
            }
            if (!admitConfChange(core, change, first + i)) {
                type = EntryType.Normal;
                data = NO_BYTES;
                result = ProposeResult.ConfChangeRefused;
            }
        }
        entries.push(new Entry(first + i, core.term, type, data));
    }
    result = appendAndSend(core, entries, result);
    // What did not enter the log is not pending.
    if (result === ProposeResult.DroppedUncommittedFull)
        core.pendingConfIndex = pendingBefore;
    return result;
}
/** The same for one payload of this node's own: nothing to copy or to decode. */
export function proposePayload(core, data) {
    const blocked = proposalBlock(core);
    if (blocked !== ProposeResult.Appended)
        return blocked;
    const entry = new Entry(core.log.lastIndex + 1, core.term, EntryType.Normal, data);
    return appendAndSend(core, [entry], ProposeResult.Appended);
}
/** What a conf change makes of a configuration. */
export function changeOutcome(config, change) {
    if (leavesJoint(change))
        return leaveJoint(config);
    if (entersJoint(change))
        return enterJoint(config, leavesAutomatically(change), change.changes);
    return simpleChange(config, change.changes);
}
/** The state machine has applied up to `index`. May start to leave a joint configuration. */
export function appliedTo(core, index, bytes) {
    const applied = index > core.log.applied ? index : core.log.applied;
    core.log.appliedTo(applied, bytes);
    if (!core.tracker.confState.autoLeave || core.role !== Role.Leader || applied < core.pendingConfIndex)
        return;
    // An empty change without payload: the limit of uncommitted bytes cannot refuse it. A transfer in progress can; then the next
    // applied entry, or the new leader, tries again.
    const result = proposeOnLeader(core, [new Entry(0, 0, EntryType.ConfChangeV2, NO_BYTES)]);
    if (core.sink !== null) {
        const event = result === ProposeResult.Appended ? TraceEvent.AutoLeaveStarted : TraceEvent.AutoLeaveNotStarted;
        core.sink.trace(event, core.id, core.tracker.confState);
    }
}
function decodeOrNull(type, data) {
    try {
        return decodeConfChange(type, data);
    }
    catch (error) {
        if (error instanceof ConfChangeDecodeError)
            return null;
        throw error;
    }
}
function proposalBlock(core) {
    // A leader that was removed and still serves takes nothing new.
    if (core.tracker.self === null)
        return ProposeResult.DroppedNotMember;
    if (core.transferee === NONE)
        return ProposeResult.Appended;
    if (core.sink !== null)
        core.sink.trace(TraceEvent.ProposalDroppedTransfer, core.id, null, core.term, core.transferee);
    return ProposeResult.DroppedTransfer;
}
function appendAndSend(core, entries, result) {
    if (!appendOwn(core, entries))
        return ProposeResult.DroppedUncommittedFull;
    broadcastAppend(core);
    return result;
}
function admitConfChange(core, change, index) {
    const check = core.config.disableConfChangeValidation ? ConfChangeCheck.Passed : checkConfChange(core, asV2(change));
    if (check === ConfChangeCheck.Passed) {
        core.pendingConfIndex = index;
        return true;
    }
    if (core.sink !== null) {
        const subject = { change, config: core.tracker.confState };
        core.sink.trace(TraceEvent.ConfChangeIgnored, core.id, subject, check, core.pendingConfIndex, core.log.applied);
    }
    return false;
}
function checkConfChange(core, change) {
    const config = core.tracker.confState;
    const wantsToLeave = change.changes.length === 0;
    if (core.pendingConfIndex > core.log.applied)
        return ConfChangeCheck.PossiblyPending;
    if (isJoint(config) && !wantsToLeave)
        return ConfChangeCheck.MustLeaveJointFirst;
    if (!isJoint(config) && wantsToLeave)
        return ConfChangeCheck.NotJoint;
    if (isRefusal(changeOutcome(config, change)))
        return ConfChangeCheck.NotApplicable;
    return ConfChangeCheck.Passed;
}
//# sourceMappingURL=propose.js.map