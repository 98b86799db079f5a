/** Behind each event: its numbers, in order; then `subject`, if it has one. */
export const TraceEvent = {
    /** subject: ConfState */
    SwitchedConfiguration: 0,
    /** term */
    BecameFollower: 1,
    BecameCandidate: 2,
    BecamePreCandidate: 3,
    BecameLeader: 4,
    /** term, commit, applied, last index, last term; subject: ConfState */
    Started: 5,
    /** term */
    ElectionStarted: 6,
    Unpromotable: 7,
    /** term */
    CampaignBlockedByConfChange: 8,
    AlreadyLeader: 9,
    /** last term, last index, message type, to, term */
    VoteRequested: 10,
    /** message type, from, term */
    VoteReceived: 11,
    VoteRejectionReceived: 12,
    /** granted, message type, rejected */
    VotesCounted: 13,
    /** own term, message type, from, its term */
    HigherTermReceived: 14,
    LowerTermIgnored: 15,
    /** own term, message type, its term */
    LowerTermAppendIgnored: 16,
    /** last term, last index, vote, message type, from, candidate's last term, last index, own term */
    VoteCast: 17,
    VoteRejected: 18,
    /** as VoteCast, then the remaining ticks */
    VoteIgnoredInLease: 19,
    /** term */
    ProposalDroppedNoLeader: 20,
    /** lead, term */
    ProposalDroppedNoForwarding: 21,
    /** term, transferee */
    ProposalDroppedTransfer: 22,
    ProposalDroppedUncommittedFull: 23,
    /** lead, term */
    LeaderForgotten: 24,
    ForgetLeaderRefused: 25,
    QuorumInactive: 26,
    /** term, to */
    TransferStarted: 27,
    /** to */
    TimeoutNowSentAtOnce: 28,
    /** to */
    TimeoutNowSentAfterAppend: 29,
    /** term, to */
    TransferInProgress: 30,
    /** term, previous transferee */
    TransferReplaced: 31,
    TransferToSelfIgnored: 32,
    TransferToLearnerIgnored: 33,
    /** term */
    TransferDroppedNoLeader: 34,
    /** term, from */
    TimeoutNowReceived: 35,
    /** term, role, from */
    TimeoutNowIgnored: 36,
    /** subject: ConfState */
    AutoLeaveStarted: 37,
    AutoLeaveNotStarted: 38,
    /** ConfChangeCheck, pending index, applied; subject: ConfChangeTrace */
    ConfChangeIgnored: 39,
    /** index, existing term, conflicting term */
    ConflictFound: 40,
    /** index */
    UnstableReplaced: 41,
    UnstableTruncated: 42,
    StableMissing: 43,
    StableMatchedSnapshot: 44,
    /** index, term, existing term */
    StableMismatched: 45,
    /** committed, applied, applying, unstable offset, offset in progress, unstable length, snapshot index, snapshot term */
    SnapshotRestoreStarted: 46,
    /** commit, last index, last term, snapshot index, snapshot term */
    SnapshotRestored: 47,
    SnapshotFastForwarded: 48,
    /** commit, snapshot index, snapshot term */
    SnapshotHandled: 49,
    SnapshotIgnored: 50,
    SnapshotNotMember: 51,
    SnapshotNotFollower: 52,
    /** own term at the index, index, message's log term, from */
    AppendRejected: 53,
    /** hint index, hint term, from, index */
    AppendRejectionReceived: 54,
    /** peer; subject: ProgressTrace */
    ProgressDecreased: 55,
    /** first index, commit, snapshot index, snapshot term, to; subject: ProgressTrace */
    SnapshotSent: 56,
    /** peer; subject: ProgressTrace */
    ReplicationPaused: 57,
    SnapshotRecovered: 58,
    SnapshotSucceeded: 59,
    SnapshotFailed: 60,
    PeerUnreachable: 61,
    /** peer */
    SnapshotPeerInactive: 62,
    SnapshotUnavailable: 63,
    NoProgress: 64,
    /** term */
    ReadDroppedNoLeader: 65,
    ReadsDroppedFull: 66,
    /** from, number of entries */
    ReadResponseMalformed: 67,
};
/** Why a proposed conf change was replaced by an empty entry. */
export const ConfChangeCheck = { Passed: 0, PossiblyPending: 1, MustLeaveJointFirst: 2, NotJoint: 3, NotApplicable: 4 };
//# sourceMappingURL=trace.js.map