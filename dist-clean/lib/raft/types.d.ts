/**
 * The vocabulary of the Raft core: entries, messages, states, result codes. Pure data.
 * T1. Indices, terms and ids are safe integers held in JS numbers; 0 is "none". No 32-bit operation touches them.
 * T2. Every class is built by a constructor that sets all fields in one order, so V8 sees one shape. The fields are `declare`d:
 *     otherwise each would first be defined as undefined, at twice the cost for the objects made by the million.
 * T3. An entry, and an array of entries handed out in a message or a Ready, is never changed afterwards.
 * Source: Raft thesis §3, §4, §6, §10; the asynchronous storage messages follow the design of etcd-io/raft.
 */
/** The absent node, index or term. */
export declare const NONE = 0;
/** Address of the local storage thread that appends; only in asynchronous mode. */
export declare const APPEND_THREAD = -1;
/** Address of the local storage thread that applies; only in asynchronous mode. */
export declare const APPLY_THREAD = -2;
/** Bytes that an entry is counted with beyond its payload wherever a size limit speaks of whole entries. */
export declare const ENTRY_OVERHEAD_BYTES = 16;
export declare const EntryType: {
    readonly Normal: 0;
    readonly ConfChange: 1;
    readonly ConfChangeV2: 2;
};
export type EntryType = (typeof EntryType)[keyof typeof EntryType];
/** Shared empty payload. */
export declare const NO_BYTES: Uint8Array;
/** One log entry. `data` is opaque to the core, except for the conf change types. */
export declare class Entry {
    index: number;
    term: number;
    type: EntryType;
    data: Uint8Array;
    constructor(index: number, term: number, type: EntryType, data: Uint8Array);
}
/** A configuration as it is stored: ids ascending. `votersOutgoing` is non-empty exactly while the configuration is joint. */
export interface ConfState {
    readonly voters: readonly number[];
    readonly votersOutgoing: readonly number[];
    readonly learners: readonly number[];
    readonly learnersNext: readonly number[];
    readonly autoLeave: boolean;
}
export declare const EMPTY_CONF_STATE: ConfState;
/** State machine and configuration at (index, term). index 0 is the empty snapshot. */
export declare class Snapshot {
    index: number;
    term: number;
    confState: ConfState;
    data: Uint8Array;
    constructor(index: number, term: number, confState: ConfState, data: Uint8Array);
}
/** What must be durable before a message that relies on it leaves. All zero is the empty one. */
export declare class HardState {
    term: number;
    vote: number;
    commit: number;
    constructor(term: number, vote: number, commit: number);
}
export declare const Role: {
    readonly Follower: 0;
    readonly Candidate: 1;
    readonly Leader: 2;
    readonly PreCandidate: 3;
};
export type Role = (typeof Role)[keyof typeof Role];
/** Volatile state, reported when it changes. */
export declare class SoftState {
    lead: number;
    role: Role;
    constructor(lead: number, role: Role);
}
/** A read with this context may be served once the state machine has applied `index`. */
export declare class ReadState {
    index: number;
    context: Uint8Array;
    constructor(index: number, context: Uint8Array);
}
/** Types below `Append` are local: they are refused when they come from the network. */
export declare const MessageType: {
    readonly Hup: 0;
    readonly Beat: 1;
    readonly Unreachable: 2;
    readonly SnapStatus: 3;
    readonly CheckQuorum: 4;
    readonly StorageAppend: 5;
    readonly StorageAppendResp: 6;
    readonly StorageApply: 7;
    readonly StorageApplyResp: 8;
    readonly Append: 9;
    readonly AppendResp: 10;
    readonly Vote: 11;
    readonly VoteResp: 12;
    readonly PreVote: 13;
    readonly PreVoteResp: 14;
    readonly Heartbeat: 15;
    readonly HeartbeatResp: 16;
    readonly Snap: 17;
    readonly Propose: 18;
    readonly TimeoutNow: 19;
    readonly TransferLeader: 20;
    readonly ForgetLeader: 21;
    readonly ReadIndex: 22;
    readonly ReadIndexResp: 23;
};
export type MessageType = (typeof MessageType)[keyof typeof MessageType];
/** `context` of a vote request that belongs to a leadership transfer: the lease does not hold against it. */
export declare const CAMPAIGN_TRANSFER = 1;
export declare const NO_ENTRIES: Entry[];
export declare const NO_MESSAGES: Message[];
/**
 * One message. Meaning of the fields by type, where it is not the obvious one:
 * - `index`, `logTerm`: previous entry (Append), acknowledged or rejected index and hint term (AppendResp), last entry (votes).
 * - `rejectHint`: index that the rejecting node suggests to probe next.
 * - `context`: number of the read round (Heartbeat, HeartbeatResp; 0 = none), CAMPAIGN_TRANSFER (Vote). Engine-internal.
 * - `entries[0].data`: the caller's context (ReadIndex, ReadIndexResp).
 * - `responses`: messages to deliver once a storage message has been carried out.
 */
export declare class Message {
    type: MessageType;
    to: number;
    from: number;
    term: number;
    logTerm: number;
    index: number;
    commit: number;
    vote: number;
    reject: boolean;
    rejectHint: number;
    context: number;
    entries: Entry[];
    snapshot: Snapshot | null;
    responses: Message[];
    constructor(type: MessageType, to: number, from: number, term: number);
}
/** Outcome of `RawNode.step`. 0 is success. */
export declare const StepResult: {
    readonly Ok: 0;
    /** A local message type came from the network. */
    readonly LocalMessage: 1;
    /** A response came from a node that is not in the configuration. */
    readonly PeerNotFound: 2;
    /** A proposal was dropped; see ProposeResult for the reasons. */
    readonly ProposalDropped: 3;
    /** The message is addressed to another node. */
    readonly Misaddressed: 4;
    /** The message contradicts itself or what its sender can know: entries with gaps, a missing body, an index past the leader's log. */
    readonly Malformed: 5;
};
export type StepResult = (typeof StepResult)[keyof typeof StepResult];
/** Outcome of a proposal. From `DroppedNoLeader` on nothing was appended or sent, and the caller may retry. */
export declare const ProposeResult: {
    /** Appended here, at `proposedIndex` and `proposedTerm`. Not yet committed. */
    readonly Appended: 0;
    /** Sent to the leader. It may be lost without notice. */
    readonly Forwarded: 1;
    /** The conf change does not fit the configuration now; an empty entry took its place at `proposedIndex`. */
    readonly ConfChangeRefused: 2;
    readonly DroppedNoLeader: 3;
    readonly DroppedForwardingDisabled: 4;
    readonly DroppedNotMember: 5;
    readonly DroppedTransfer: 6;
    readonly DroppedUncommittedFull: 7;
    /** The payload of a conf change cannot be decoded. */
    readonly DroppedMalformed: 8;
};
export type ProposeResult = (typeof ProposeResult)[keyof typeof ProposeResult];
export declare function isDropped(result: ProposeResult): boolean;
/** Outcome of `RawNode.readIndex`. */
export declare const ReadResult: {
    /** Answered, waiting for a quorum, or sent to the leader. A forwarded read may be lost without notice. */
    readonly Accepted: 0;
    readonly NoLeader: 1;
    /** As many reads wait as `pendingReadsMax` allows. */
    readonly TooManyPending: 2;
};
export type ReadResult = (typeof ReadResult)[keyof typeof ReadResult];
export declare function isEmptyHardState(state: HardState | null): boolean;
/** Sum of the payload lengths; an empty entry counts 0. */
export declare function payloadBytes(entries: readonly Entry[]): number;
/** Sum of payloads and per-entry overhead. */
export declare function entryBytes(entries: readonly Entry[]): number;
/** The longest prefix within `bytesMax`, but never less than one entry. Returns the same array if all fit. */
export declare function limitEntries(entries: Entry[], bytesMax: number): Entry[];
