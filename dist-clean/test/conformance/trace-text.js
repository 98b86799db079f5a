/**
 * English of the core's trace events, with their levels (conformance README §7). The core itself has numbers only.
 */
import { ConfChangeCheck, ConfChangeTransition, ConfChangeType, TraceEvent, } from '../../lib/raft/index.js';
import { configText, goQuote, hex, messageName, progressText, roleName } from './format.js';
export const Level = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3, FATAL: 4, NONE: 5 };
const name = (type) => messageName(type);
const config = (subject) => configText(subject);
const progress = (subject) => progressText(subject);
const voteHead = (id, n) => `${id} [logterm: ${n[0]}, index: ${n[1]}, vote: ${hex(n[2])}]`;
const voteTail = (n) => `${hex(n[4])} [logterm: ${n[5]}, index: ${n[6]}] at term ${n[7]}`;
const snapshot = (index, term) => `snapshot [index: ${index}, term: ${term}]`;
const logHead = (id, n) => `${id} [commit: ${n[0]}, lastindex: ${n[1]}, lastterm: ${n[2]}]`;
const INFO = {
    [TraceEvent.SwitchedConfiguration]: (id, _n, s) => `${id} switched to configuration ${config(s)}`,
    [TraceEvent.BecameFollower]: (id, n) => `${id} became follower at term ${n[0]}`,
    [TraceEvent.BecameCandidate]: (id, n) => `${id} became candidate at term ${n[0]}`,
    [TraceEvent.BecamePreCandidate]: (id, n) => `${id} became pre-candidate at term ${n[0]}`,
    [TraceEvent.BecameLeader]: (id, n) => `${id} became leader at term ${n[0]}`,
    [TraceEvent.Started]: (id, n, s) => `newRaft ${id} [peers: [${votersOf(s)
        .map(hex)
        .join(',')}], term: ${n[0]}, commit: ${n[1]}, applied: ${n[2]}, lastindex: ${n[3]}, lastterm: ${n[4]}]`,
    [TraceEvent.ElectionStarted]: (id, n) => `${id} is starting a new election at term ${n[0]}`,
    [TraceEvent.VoteRequested]: (id, n) => `${id} [logterm: ${n[0]}, index: ${n[1]}] sent ${name(n[2])} request to ${hex(n[3])} at term ${n[4]}`,
    [TraceEvent.VoteReceived]: (id, n) => `${id} received ${name(n[0])} from ${hex(n[1])} at term ${n[2]}`,
    [TraceEvent.VoteRejectionReceived]: (id, n) => `${id} received ${name(n[0])} rejection from ${hex(n[1])} at term ${n[2]}`,
    [TraceEvent.VotesCounted]: (id, n) => `${id} has received ${n[0]} ${name(n[1])} votes and ${n[2]} vote rejections`,
    [TraceEvent.HigherTermReceived]: (id, n) => `${id} [term: ${n[0]}] received a ${name(n[1])} message with higher term from ${hex(n[2])} [term: ${n[3]}]`,
    [TraceEvent.LowerTermIgnored]: (id, n) => `${id} [term: ${n[0]}] ignored a ${name(n[1])} message with lower term from ${hex(n[2])} [term: ${n[3]}]`,
    [TraceEvent.LowerTermAppendIgnored]: (id, n) => `${id} [term: ${n[0]}] ignored entry appends from a ${name(n[1])} message with lower term [term: ${n[2]}]`,
    [TraceEvent.VoteCast]: (id, n) => `${voteHead(id, n)} cast ${name(n[3])} for ${voteTail(n)}`,
    [TraceEvent.VoteRejected]: (id, n) => `${voteHead(id, n)} rejected ${name(n[3])} from ${voteTail(n)}`,
    [TraceEvent.VoteIgnoredInLease]: (id, n) => `${voteHead(id, n)} ignored ${name(n[3])} from ${voteTail(n)}: lease is not expired (remaining ticks: ${n[8]})`,
    [TraceEvent.ProposalDroppedNoLeader]: (id, n) => `${id} no leader at term ${n[0]}; dropping proposal`,
    [TraceEvent.ProposalDroppedNoForwarding]: (id, n) => `${id} not forwarding to leader ${hex(n[0])} at term ${n[1]}; dropping proposal`,
    [TraceEvent.LeaderForgotten]: (id, n) => `${id} forgetting leader ${hex(n[0])} at term ${n[1]}`,
    [TraceEvent.TransferStarted]: (id, n) => `${id} [term ${n[0]}] starts to transfer leadership to ${hex(n[1])}`,
    [TraceEvent.TimeoutNowSentAtOnce]: (id, n) => `${id} sends MsgTimeoutNow to ${hex(n[0])} immediately as ${hex(n[0])} already has up-to-date log`,
    [TraceEvent.TimeoutNowSentAfterAppend]: (id, n) => `${id} sent MsgTimeoutNow to ${hex(n[0])} after received MsgAppResp`,
    [TraceEvent.TransferInProgress]: (id, n) => `${id} [term ${n[0]}] transfer leadership to ${hex(n[1])} is in progress, ignores request to same node ${hex(n[1])}`,
    [TraceEvent.TransferReplaced]: (id, n) => `${id} [term ${n[0]}] abort previous transferring leadership to ${hex(n[1])}`,
    [TraceEvent.TransferDroppedNoLeader]: (id, n) => `${id} no leader at term ${n[0]}; dropping leader transfer msg`,
    [TraceEvent.TimeoutNowReceived]: (id, n) => `${id} [term ${n[0]}] received MsgTimeoutNow from ${hex(n[1])} and starts an election to get leadership.`,
    [TraceEvent.AutoLeaveStarted]: (_id, _n, s) => `initiating automatic transition out of joint configuration ${config(s)}`,
    [TraceEvent.ConfChangeIgnored]: (id, n, s) => {
        const subject = s;
        return `${id} ignoring conf change ${changeText(subject.change)} at config ${configText(subject.config)}: ${checkText(n)}`;
    },
    [TraceEvent.ConflictFound]: (_id, n) => `found conflict at index ${n[0]} [existing term: ${n[1]}, conflicting term: ${n[2]}]`,
    [TraceEvent.UnstableReplaced]: (_id, n) => `replace the unstable entries from index ${n[0]}`,
    [TraceEvent.UnstableTruncated]: (_id, n) => `truncate the unstable entries before index ${n[0]}`,
    [TraceEvent.StableMissing]: (_id, n) => `entry at index ${n[0]} missing from unstable log; ignoring`,
    [TraceEvent.StableMatchedSnapshot]: (_id, n) => `entry at index ${n[0]} matched unstable snapshot; ignoring`,
    [TraceEvent.StableMismatched]: (_id, n) => `entry at (index,term)=(${n[0]},${n[1]}) mismatched with entry at (${n[0]},${n[2]}) in unstable log; ignoring`,
    [TraceEvent.SnapshotRestoreStarted]: (_id, n) => `log [committed=${n[0]}, applied=${n[1]}, applying=${n[2]}, unstable.offset=${n[3]}, unstable.offsetInProgress=${n[4]}, len(unstable.Entries)=${n[5]}] starts to restore ${snapshot(n[6], n[7])}`,
    [TraceEvent.SnapshotRestored]: (id, n) => `${logHead(id, n)} restored ${snapshot(n[3], n[4])}`,
    [TraceEvent.SnapshotFastForwarded]: (id, n) => `${logHead(id, n)} fast-forwarded commit to ${snapshot(n[3], n[4])}`,
    [TraceEvent.SnapshotHandled]: (id, n) => `${id} [commit: ${n[0]}] restored ${snapshot(n[1], n[2])}`,
    [TraceEvent.SnapshotIgnored]: (id, n) => `${id} [commit: ${n[0]}] ignored ${snapshot(n[1], n[2])}`,
    [TraceEvent.ReadDroppedNoLeader]: (id, n) => `${id} no leader at term ${n[0]}; dropping index reading msg`,
};
const DEBUG = {
    [TraceEvent.AlreadyLeader]: (id) => `${id} ignoring MsgHup because already leader`,
    [TraceEvent.ProposalDroppedTransfer]: (id, n) => `${id} [term ${n[0]}] transfer leadership to ${hex(n[1])} is in progress; dropping proposal`,
    [TraceEvent.TransferToSelfIgnored]: (id) => `${id} is already leader. Ignored transferring leadership to self`,
    [TraceEvent.TransferToLearnerIgnored]: (id) => `${id} is learner. Ignored transferring leadership`,
    [TraceEvent.TimeoutNowIgnored]: (id, n) => `${id} [term ${n[0]} state ${roleName(n[1])}] ignored MsgTimeoutNow from ${hex(n[2])}`,
    [TraceEvent.AutoLeaveNotStarted]: (_id, _n, s) => `not initiating automatic transition out of joint configuration ${config(s)}: raft proposal dropped`,
    [TraceEvent.AppendRejected]: (id, n) => `${id} [logterm: ${n[0]}, index: ${n[1]}] rejected MsgApp [logterm: ${n[2]}, index: ${n[1]}] from ${hex(n[3])}`,
    [TraceEvent.AppendRejectionReceived]: (id, n) => `${id} received MsgAppResp(rejected, hint: (index ${n[0]}, term ${n[1]})) from ${hex(n[2])} for index ${n[3]}`,
    [TraceEvent.ProgressDecreased]: (id, n, s) => `${id} decreased progress of ${hex(n[0])} to [${progress(s)}]`,
    [TraceEvent.SnapshotSent]: (id, n, s) => `${id} [firstindex: ${n[0]}, commit: ${n[1]}] sent snapshot[index: ${n[2]}, term: ${n[3]}] to ${hex(n[4])} [${progress(s)}]`,
    [TraceEvent.ReplicationPaused]: (id, n, s) => `${id} paused sending replication messages to ${hex(n[0])} [${progress(s)}]`,
    [TraceEvent.SnapshotRecovered]: (id, n, s) => `${id} recovered from needing snapshot, resumed sending replication messages to ${hex(n[0])} [${progress(s)}]`,
    [TraceEvent.SnapshotSucceeded]: (id, n, s) => `${id} snapshot succeeded, resumed sending replication messages to ${hex(n[0])} [${progress(s)}]`,
    [TraceEvent.SnapshotFailed]: (id, n, s) => `${id} snapshot failed, resumed sending replication messages to ${hex(n[0])} [${progress(s)}]`,
    [TraceEvent.PeerUnreachable]: (id, n, s) => `${id} failed to send message to ${hex(n[0])} because it is unreachable [${progress(s)}]`,
    [TraceEvent.SnapshotPeerInactive]: (_id, n) => `ignore sending snapshot to ${hex(n[0])} since it is not recently active`,
    [TraceEvent.SnapshotUnavailable]: (id, n) => `${id} failed to send snapshot to ${hex(n[0])} because snapshot is temporarily unavailable`,
    [TraceEvent.NoProgress]: (id, n) => `${id} no progress available for ${hex(n[0])}`,
};
const WARN = {
    [TraceEvent.Unpromotable]: (id) => `${id} is unpromotable and can not campaign`,
    [TraceEvent.CampaignBlockedByConfChange]: (id, n) => `${id} cannot campaign at term ${n[0]} since there are still pending configuration changes to apply`,
    [TraceEvent.ProposalDroppedUncommittedFull]: (id) => `${id} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`,
    [TraceEvent.QuorumInactive]: (id) => `${id} stepped down to follower since quorum is not active`,
    [TraceEvent.SnapshotNotMember]: (id, _n, s) => `${id} attempted to restore snapshot but it is not in the ConfState ${config(s)}; should never happen`,
    [TraceEvent.SnapshotNotFollower]: (id) => `${id} attempted to restore snapshot as leader; should never happen`,
    [TraceEvent.ReadsDroppedFull]: (id) => `${id} too many pending reads; dropping index reading msg`,
};
const ERROR = {
    [TraceEvent.ForgetLeaderRefused]: () => 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased',
    [TraceEvent.ReadResponseMalformed]: (id, n) => `${id} invalid format of MsgReadIndexResp from ${hex(n[0])}, entries count: ${n[1]}`,
};
const BY_LEVEL = [
    [Level.INFO, INFO],
    [Level.DEBUG, DEBUG],
    [Level.WARN, WARN],
    [Level.ERROR, ERROR],
];
const WRITERS = new Map();
for (const [level, writers] of BY_LEVEL) {
    for (const [event, write] of Object.entries(writers))
        WRITERS.set(Number(event), { level, write });
}
export function traceLine(event, nodeId, subject, numbers) {
    const found = WRITERS.get(event);
    if (found === undefined)
        throw new Error(`trace event ${event} has no text`);
    return { level: found.level, text: found.write(hex(nodeId), numbers, subject) };
}
export function levelName(level) {
    return Object.keys(Level)[level];
}
export function levelOf(text) {
    return Level[text.toUpperCase()];
}
function votersOf(state) {
    return Array.from(new Set([...state.voters, ...state.votersOutgoing])).sort((a, b) => a - b);
}
const TYPE_NAMES = {
    [ConfChangeType.AddNode]: 'ConfChangeAddNode',
    [ConfChangeType.RemoveNode]: 'ConfChangeRemoveNode',
    [ConfChangeType.UpdateNode]: 'ConfChangeUpdateNode',
    [ConfChangeType.AddLearnerNode]: 'ConfChangeAddLearnerNode',
};
const TRANSITION_NAMES = {
    [ConfChangeTransition.Auto]: 'ConfChangeTransitionAuto',
    [ConfChangeTransition.JointImplicit]: 'ConfChangeTransitionJointImplicit',
    [ConfChangeTransition.JointExplicit]: 'ConfChangeTransitionJointExplicit',
};
function changeText(change) {
    const context = change.context.length > 0 ? ` context:${goQuote(change.context)}` : '';
    if (change.version === 1)
        return `type:${TYPE_NAMES[change.type]} node_id:${change.nodeId}${context}`;
    const changes = change.changes.map((single) => ` changes:{type:${TYPE_NAMES[single.type]} node_id:${single.nodeId}}`);
    return `transition:${TRANSITION_NAMES[change.transition]}${changes.join('')}${context}`;
}
function checkText(n) {
    switch (n[0]) {
        case ConfChangeCheck.PossiblyPending:
            return `possible unapplied conf change at index ${n[1]} (applied to ${n[2]})`;
        case ConfChangeCheck.MustLeaveJointFirst:
            return 'must transition out of joint config first';
        case ConfChangeCheck.NotJoint:
            return 'not in joint state; refusing empty conf change';
        default:
            return 'the configuration cannot take this change';
    }
}
//# sourceMappingURL=trace-text.js.map