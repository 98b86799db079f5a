/**
 * The vocabulary of the Raft core: entries, messages, states, result codes. Pure data.
 * T1. Indices, terms and ids are safe integers held in JS numbers; 0 is "none". No 32-bit operation touches them.
 * T2. Every class is built by a constructor that sets all fields in one order, so V8 sees one shape. The fields are `declare`d:
 *     otherwise each would first be defined as undefined, at twice the cost for the objects made by the million.
 * T3. An entry, and an array of entries handed out in a message or a Ready, is never changed afterwards.
 * Source: Raft thesis §3, §4, §6, §10; the asynchronous storage messages follow the design of etcd-io/raft.
 */
/** The absent node, index or term. */
export const NONE = 0;
/** Address of the local storage thread that appends; only in asynchronous mode. */
export const APPEND_THREAD = -1;
/** Address of the local storage thread that applies; only in asynchronous mode. */
export const APPLY_THREAD = -2;
/** Bytes that an entry is counted with beyond its payload wherever a size limit speaks of whole entries. */
export const ENTRY_OVERHEAD_BYTES = 16;
export const EntryType = { Normal: 0, ConfChange: 1, ConfChangeV2: 2 };
/** Shared empty payload. */
export const NO_BYTES = new Uint8Array(0);
/** One log entry. `data` is opaque to the core, except for the conf change types. */
export class Entry {
    constructor(index, term, type, data) {
        this.index = index;
        this.term = term;
        this.type = type;
        this.data = data;
    }
}
export const EMPTY_CONF_STATE = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
/** State machine and configuration at (index, term). index 0 is the empty snapshot. */
export class Snapshot {
    constructor(index, term, confState, data) {
        this.index = index;
        this.term = term;
        this.confState = confState;
        this.data = data;
    }
}
/** What must be durable before a message that relies on it leaves. All zero is the empty one. */
export class HardState {
    constructor(term, vote, commit) {
        this.term = term;
        this.vote = vote;
        this.commit = commit;
    }
}
export const Role = { Follower: 0, Candidate: 1, Leader: 2, PreCandidate: 3 };
/** Volatile state, reported when it changes. */
export class SoftState {
    constructor(lead, role) {
        this.lead = lead;
        this.role = role;
    }
}
/** A read with this context may be served once the state machine has applied `index`. */
export class ReadState {
    constructor(index, context) {
        this.index = index;
        this.context = context;
    }
}
/** Types below `Append` are local: they are refused when they come from the network. */
export const MessageType = {
    Hup: 0,
    Beat: 1,
    Unreachable: 2,
    SnapStatus: 3,
    CheckQuorum: 4,
    StorageAppend: 5,
    StorageAppendResp: 6,
    StorageApply: 7,
    StorageApplyResp: 8,
    Append: 9,
    AppendResp: 10,
    Vote: 11,
    VoteResp: 12,
    PreVote: 13,
    PreVoteResp: 14,
    Heartbeat: 15,
    HeartbeatResp: 16,
    Snap: 17,
    Propose: 18,
    TimeoutNow: 19,
    TransferLeader: 20,
    ForgetLeader: 21,
    ReadIndex: 22,
    ReadIndexResp: 23,
};
/** `context` of a vote request that belongs to a leadership transfer: the lease does not hold against it. */
export const CAMPAIGN_TRANSFER = 1;
export const NO_ENTRIES = [];
export const NO_MESSAGES = [];
/**
 * One message. Meaning of the fields by type, where it is not the obvious one:
 * - `index`, `logTerm`: previous entry (Append), acknowledged or rejected index and hint term (AppendResp), last entry (votes).
 * - `rejectHint`: index that the rejecting node suggests to probe next.
 * - `context`: number of the read round (Heartbeat, HeartbeatResp; 0 = none), CAMPAIGN_TRANSFER (Vote). Engine-internal.
 * - `entries[0].data`: the caller's context (ReadIndex, ReadIndexResp).
 * - `responses`: messages to deliver once a storage message has been carried out.
 */
export class Message {
    constructor(type, to, from, term) {
        this.type = type;
        this.to = to;
        this.from = from;
        this.term = term;
        this.logTerm = 0;
        this.index = 0;
        this.commit = 0;
        this.vote = 0;
        this.reject = false;
        this.rejectHint = 0;
        this.context = 0;
        this.entries = NO_ENTRIES;
        this.snapshot = null;
        this.responses = NO_MESSAGES;
    }
}
/** Outcome of `RawNode.step`. 0 is success. */
export const StepResult = {
    Ok: 0,
    /** A local message type came from the network. */
    LocalMessage: 1,
    /** A response came from a node that is not in the configuration. */
    PeerNotFound: 2,
    /** A proposal was dropped; see ProposeResult for the reasons. */
    ProposalDropped: 3,
    /** The message is addressed to another node. */
    Misaddressed: 4,
    /** The message contradicts itself or what its sender can know: entries with gaps, a missing body, an index past the leader's log. */
    Malformed: 5,
};
/** Outcome of a proposal. From `DroppedNoLeader` on nothing was appended or sent, and the caller may retry. */
export const ProposeResult = {
    /** Appended here, at `proposedIndex` and `proposedTerm`. Not yet committed. */
    Appended: 0,
    /** Sent to the leader. It may be lost without notice. */
    Forwarded: 1,
    /** The conf change does not fit the configuration now; an empty entry took its place at `proposedIndex`. */
    ConfChangeRefused: 2,
    DroppedNoLeader: 3,
    DroppedForwardingDisabled: 4,
    DroppedNotMember: 5,
    DroppedTransfer: 6,
    DroppedUncommittedFull: 7,
    /** The payload of a conf change cannot be decoded. */
    DroppedMalformed: 8,
};
export function isDropped(result) {
    return result >= ProposeResult.DroppedNoLeader;
}
/** Outcome of `RawNode.readIndex`. */
export const ReadResult = {
    /** Answered, waiting for a quorum, or sent to the leader. A forwarded read may be lost without notice. */
    Accepted: 0,
    NoLeader: 1,
    /** As many reads wait as `pendingReadsMax` allows. */
    TooManyPending: 2,
};
export function isEmptyHardState(state) {
    return state === null || (state.term === 0 && state.vote === 0 && state.commit === 0);
}
/** Sum of the payload lengths; an empty entry counts 0. */
export function payloadBytes(entries) {
    let bytes = 0;
    for (let i = 0; i < entries.length; i++)
        bytes += entries[i].data.length;
    return bytes;
}
/** Sum of payloads and per-entry overhead. */
export function entryBytes(entries) {
    return payloadBytes(entries) + entries.length * ENTRY_OVERHEAD_BYTES;
}
/** The longest prefix within `bytesMax`, but never less than one entry. Returns the same array if all fit. */
export function limitEntries(entries, bytesMax) {
    if (bytesMax === Infinity || entries.length <= 1)
        return entries;
    let bytes = 0;
    for (let i = 0; i < entries.length; i++) {
        bytes += entries[i].data.length + ENTRY_OVERHEAD_BYTES;
        if (bytes > bytesMax && i > 0)
            return entries.slice(0, i);
    }
    return entries;
}
//# sourceMappingURL=types.js.map