/**
 * Trace events of the core: numbers only. Whoever sets a sink owns the words. Pure.
 * X1. Without a sink an event costs one compare.
 * X2. An event is emitted at the moment it happens: objects passed as `subject` show the state of that moment, and change later.
 */
import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import type { ConfState } from './types.js';
/** Behind each event: its numbers, in order; then `subject`, if it has one. */
export declare const TraceEvent: {
    /** subject: ConfState */
    readonly SwitchedConfiguration: 0;
    /** term */
    readonly BecameFollower: 1;
    readonly BecameCandidate: 2;
    readonly BecamePreCandidate: 3;
    readonly BecameLeader: 4;
    /** term, commit, applied, last index, last term; subject: ConfState */
    readonly Started: 5;
    /** term */
    readonly ElectionStarted: 6;
    readonly Unpromotable: 7;
    /** term */
    readonly CampaignBlockedByConfChange: 8;
    readonly AlreadyLeader: 9;
    /** last term, last index, message type, to, term */
    readonly VoteRequested: 10;
    /** message type, from, term */
    readonly VoteReceived: 11;
    readonly VoteRejectionReceived: 12;
    /** granted, message type, rejected */
    readonly VotesCounted: 13;
    /** own term, message type, from, its term */
    readonly HigherTermReceived: 14;
    readonly LowerTermIgnored: 15;
    /** own term, message type, its term */
    readonly LowerTermAppendIgnored: 16;
    /** last term, last index, vote, message type, from, candidate's last term, last index, own term */
    readonly VoteCast: 17;
    readonly VoteRejected: 18;
    /** as VoteCast, then the remaining ticks */
    readonly VoteIgnoredInLease: 19;
    /** term */
    readonly ProposalDroppedNoLeader: 20;
    /** lead, term */
    readonly ProposalDroppedNoForwarding: 21;
    /** term, transferee */
    readonly ProposalDroppedTransfer: 22;
    readonly ProposalDroppedUncommittedFull: 23;
    /** lead, term */
    readonly LeaderForgotten: 24;
    readonly ForgetLeaderRefused: 25;
    readonly QuorumInactive: 26;
    /** term, to */
    readonly TransferStarted: 27;
    /** to */
    readonly TimeoutNowSentAtOnce: 28;
    /** to */
    readonly TimeoutNowSentAfterAppend: 29;
    /** term, to */
    readonly TransferInProgress: 30;
    /** term, previous transferee */
    readonly TransferReplaced: 31;
    readonly TransferToSelfIgnored: 32;
    readonly TransferToLearnerIgnored: 33;
    /** term */
    readonly TransferDroppedNoLeader: 34;
    /** term, from */
    readonly TimeoutNowReceived: 35;
    /** term, role, from */
    readonly TimeoutNowIgnored: 36;
    /** subject: ConfState */
    readonly AutoLeaveStarted: 37;
    readonly AutoLeaveNotStarted: 38;
    /** ConfChangeCheck, pending index, applied; subject: ConfChangeTrace */
    readonly ConfChangeIgnored: 39;
    /** index, existing term, conflicting term */
    readonly ConflictFound: 40;
    /** index */
    readonly UnstableReplaced: 41;
    readonly UnstableTruncated: 42;
    readonly StableMissing: 43;
    readonly StableMatchedSnapshot: 44;
    /** index, term, existing term */
    readonly StableMismatched: 45;
    /** committed, applied, applying, unstable offset, offset in progress, unstable length, snapshot index, snapshot term */
    readonly SnapshotRestoreStarted: 46;
    /** commit, last index, last term, snapshot index, snapshot term */
    readonly SnapshotRestored: 47;
    readonly SnapshotFastForwarded: 48;
    /** commit, snapshot index, snapshot term */
    readonly SnapshotHandled: 49;
    readonly SnapshotIgnored: 50;
    readonly SnapshotNotMember: 51;
    readonly SnapshotNotFollower: 52;
    /** own term at the index, index, message's log term, from */
    readonly AppendRejected: 53;
    /** hint index, hint term, from, index */
    readonly AppendRejectionReceived: 54;
    /** peer; subject: ProgressTrace */
    readonly ProgressDecreased: 55;
    /** first index, commit, snapshot index, snapshot term, to; subject: ProgressTrace */
    readonly SnapshotSent: 56;
    /** peer; subject: ProgressTrace */
    readonly ReplicationPaused: 57;
    readonly SnapshotRecovered: 58;
    readonly SnapshotSucceeded: 59;
    readonly SnapshotFailed: 60;
    readonly PeerUnreachable: 61;
    /** peer */
    readonly SnapshotPeerInactive: 62;
    readonly SnapshotUnavailable: 63;
    readonly NoProgress: 64;
    /** term */
    readonly ReadDroppedNoLeader: 65;
    readonly ReadsDroppedFull: 66;
    /** from, number of entries */
    readonly ReadResponseMalformed: 67;
};
export type TraceEvent = (typeof TraceEvent)[keyof typeof TraceEvent];
/** Why a proposed conf change was replaced by an empty entry. */
export declare const ConfChangeCheck: {
    readonly Passed: 0;
    readonly PossiblyPending: 1;
    readonly MustLeaveJointFirst: 2;
    readonly NotJoint: 3;
    readonly NotApplicable: 4;
};
export type ConfChangeCheck = (typeof ConfChangeCheck)[keyof typeof ConfChangeCheck];
export interface ConfChangeTrace {
    readonly change: ConfChange | ConfChangeV2;
    readonly config: ConfState;
}
/** The part of a Progress that a trace shows. */
export interface ProgressTrace {
    readonly state: number;
    readonly match: number;
    readonly next: number;
    readonly isLearner: boolean;
    readonly recentActive: boolean;
    readonly pendingSnapshot: number;
    readonly inflightCount: number;
    readonly inflightFull: boolean;
    isPaused(): boolean;
}
export type TraceSubject = ConfState | ConfChangeTrace | ProgressTrace | null;
export interface TraceSink {
    trace(event: TraceEvent, nodeId: number, subject: TraceSubject, ...numbers: number[]): void;
}
