/**
 * Words for the core's numeric trace events. Owns the sentences; the core owns none.
 *
 * Y1. Every event of TraceEvent has a sentence; {0}, {1}, … are its numbers in order.
 * Tests: raft-trace-log.spec.ts.
 */
import { TraceEvent } from '../raft/index.js';
const WORDS = {
    [TraceEvent.SwitchedConfiguration]: ['info', 'switched to another configuration'],
    [TraceEvent.BecameFollower]: ['info', 'became follower in term {0}'],
    [TraceEvent.BecameCandidate]: ['info', 'became candidate in term {0}'],
    [TraceEvent.BecamePreCandidate]: ['info', 'became pre-candidate in term {0}'],
    [TraceEvent.BecameLeader]: ['info', 'became leader in term {0}'],
    [TraceEvent.Started]: ['info', 'started in term {0}, commit {1}, applied {2}, last entry {3} of term {4}'],
    [TraceEvent.ElectionStarted]: ['info', 'starts an election from term {0}'],
    [TraceEvent.Unpromotable]: ['warn', 'may not be elected: it is no voter, or a snapshot is not installed; term {0}'],
    [TraceEvent.CampaignBlockedByConfChange]: ['warn', 'does not campaign in term {0}: a membership change is not applied yet'],
    [TraceEvent.AlreadyLeader]: ['debug', 'ignores a request to campaign: it leads already'],
    [TraceEvent.VoteRequested]: ['debug', 'asks node {3} for its vote (message {2}) at last entry {1} of term {0}, term {4}'],
    [TraceEvent.VoteReceived]: ['debug', 'got a vote (message {0}) of node {1} in term {2}'],
    [TraceEvent.VoteRejectionReceived]: ['debug', 'was refused a vote (message {0}) by node {1} in term {2}'],
    [TraceEvent.VotesCounted]: ['debug', 'has {0} votes (message {1}) and {2} refusals'],
    [TraceEvent.HigherTermReceived]: ['debug', 'in term {0} got message {1} from node {2} of the higher term {3}'],
    [TraceEvent.LowerTermIgnored]: ['debug', 'in term {0} ignores message {1} from node {2} of the lower term {3}'],
    [TraceEvent.LowerTermAppendIgnored]: ['debug', 'in term {0} ignores that storage took entries (message {1}) of the lower term {2}'],
    [TraceEvent.VoteCast]: [
        'debug',
        'gave its vote (message {3}) to node {4} at entry {6} of term {5}; own last entry {1} of term {0}, vote {2}, term {7}',
    ],
    [TraceEvent.VoteRejected]: [
        'debug',
        'refused its vote (message {3}) to node {4} at entry {6} of term {5}; own last entry {1} of term {0}, vote {2}, term {7}',
    ],
    [TraceEvent.VoteIgnoredInLease]: [
        'debug',
        'ignores a vote request (message {3}) of node {4}: it heard the leader, {8} ticks remain; term {7}',
    ],
    [TraceEvent.ProposalDroppedNoLeader]: ['debug', 'drops a proposal: no leader in term {0}'],
    [TraceEvent.ProposalDroppedNoForwarding]: ['debug', 'drops a proposal: node {0} leads term {1}, and the core does not forward'],
    [TraceEvent.ProposalDroppedTransfer]: ['debug', 'drops a proposal in term {0}: it hands over to node {1}'],
    [TraceEvent.ProposalDroppedUncommittedFull]: ['warn', 'drops a proposal: too many uncommitted bytes'],
    [TraceEvent.LeaderForgotten]: ['info', 'forgets leader {0} of term {1}'],
    [TraceEvent.ForgetLeaderRefused]: ['debug', 'does not forget its leader: leases are in use'],
    [TraceEvent.QuorumInactive]: ['warn', 'steps down: no majority was heard for an election timeout'],
    [TraceEvent.TransferStarted]: ['info', 'hands leadership of term {0} to node {1}'],
    [TraceEvent.TimeoutNowSentAtOnce]: ['debug', 'tells node {0}, whose log is complete, to campaign now'],
    [TraceEvent.TimeoutNowSentAfterAppend]: ['debug', 'tells node {0}, whose log is complete now, to campaign'],
    [TraceEvent.TransferInProgress]: ['debug', 'in term {0} hands over to node {1} already'],
    [TraceEvent.TransferReplaced]: ['info', 'in term {0} gives up handing over to node {1}'],
    [TraceEvent.TransferToSelfIgnored]: ['debug', 'ignores a transfer to itself'],
    [TraceEvent.TransferToLearnerIgnored]: ['debug', 'ignores a transfer to learner {0}'],
    [TraceEvent.TransferDroppedNoLeader]: ['debug', 'drops a transfer: no leader in term {0}'],
    [TraceEvent.TimeoutNowReceived]: ['info', 'was told in term {0} by node {1} to campaign now'],
    [TraceEvent.TimeoutNowIgnored]: ['debug', 'in term {0}, role {1}, ignores that node {2} told it to campaign'],
    [TraceEvent.AutoLeaveStarted]: ['info', 'starts to leave the joint configuration'],
    [TraceEvent.AutoLeaveNotStarted]: ['debug', 'can not leave the joint configuration yet'],
    [TraceEvent.ConfChangeIgnored]: ['warn', 'does not take a membership change (reason {0}): one may be pending at {1}, applied is {2}'],
    [TraceEvent.ConflictFound]: ['info', 'found a conflict at entry {0}: has term {1}, the leader term {2}'],
    [TraceEvent.UnstableReplaced]: ['debug', 'replaces its unstable entries from {0}'],
    [TraceEvent.UnstableTruncated]: ['debug', 'truncates its unstable entries before {0}'],
    [TraceEvent.StableMissing]: ['debug', 'has no entry {0} that storage acknowledged'],
    [TraceEvent.StableMatchedSnapshot]: ['debug', 'entry {0} that storage acknowledged is covered by a snapshot'],
    [TraceEvent.StableMismatched]: ['debug', 'storage acknowledged entry {0} of term {1}, the log has term {2}'],
    [TraceEvent.SnapshotRestoreStarted]: ['info', 'begins to restore the snapshot at {6} of term {7}; commit {0}, applied {1}'],
    [TraceEvent.SnapshotRestored]: ['info', 'restored the snapshot at {3} of term {4}'],
    [TraceEvent.SnapshotFastForwarded]: ['debug', 'has the log up to the snapshot at {3} of term {4}: commits it'],
    [TraceEvent.SnapshotHandled]: ['debug', 'took over the snapshot at {1} of term {2}, commit {0}'],
    [TraceEvent.SnapshotIgnored]: ['debug', 'ignores the snapshot at {1} of term {2}, commit {0}'],
    [TraceEvent.SnapshotNotMember]: ['warn', 'refuses a snapshot that does not name it as a member'],
    [TraceEvent.SnapshotNotFollower]: ['warn', 'got a snapshot although it is no follower'],
    [TraceEvent.AppendRejected]: ['debug', 'refuses entries after {1} of term {2} from node {3}: has term {0} there'],
    [TraceEvent.AppendRejectionReceived]: ['debug', 'node {2} refused entries after {3}, and hints at {0} of term {1}'],
    [TraceEvent.ProgressDecreased]: ['debug', 'goes back in the log of node {0}'],
    [TraceEvent.SnapshotSent]: ['info', 'sends node {4} the snapshot at {2} of term {3}: its log begins at {0}, commit {1}'],
    [TraceEvent.ReplicationPaused]: ['debug', 'pauses entries for node {0} until it has the snapshot'],
    [TraceEvent.SnapshotRecovered]: ['debug', 'node {0} needs its snapshot no more'],
    [TraceEvent.SnapshotSucceeded]: ['info', 'node {0} got its snapshot'],
    [TraceEvent.SnapshotFailed]: ['warn', 'node {0} did not get its snapshot'],
    [TraceEvent.PeerUnreachable]: ['debug', 'can not reach node {0}'],
    [TraceEvent.SnapshotPeerInactive]: ['debug', 'sends node {0} no snapshot: it was not heard lately'],
    [TraceEvent.SnapshotUnavailable]: ['debug', 'has no snapshot for node {0} at the moment'],
    [TraceEvent.NoProgress]: ['debug', 'ignores a message of node {0}, which is no member'],
    [TraceEvent.ReadDroppedNoLeader]: ['debug', 'drops a read: no leader in term {0}'],
    [TraceEvent.ReadsDroppedFull]: ['warn', 'drops a read: too many wait'],
    [TraceEvent.ReadResponseMalformed]: ['warn', 'got an answer to a read from node {0} with {1} contexts'],
};
/** One line of English for an event. */
export function describeTraceEvent(event, numbers) {
    return WORDS[event][1].replace(/\{(\d+)\}/g, (_, at) => String(numbers[Number(at)] ?? '?'));
}
export class RaftTraceLog {
    groupId;
    logger;
    constructor(groupId, logger) {
        this.groupId = groupId;
        this.logger = logger;
    }
    trace(event, nodeId, _subject, ...numbers) {
        const level = WORDS[event][0];
        if (level === 'debug' && !this.logger.isDebug)
            return;
        this.logger.log(level, `group ${this.groupId}: node ${nodeId} ${describeTraceEvent(event, numbers)}`);
    }
}
//# sourceMappingURL=raft-trace-log.js.map