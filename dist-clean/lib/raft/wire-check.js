/**
 * What a message must satisfy before the core takes it: origin, address, shape. Pure.
 * WC1. Whatever is refused here has changed nothing.
 */
import { isRefusal, restoreConfiguration } from './changer.js';
import { APPEND_THREAD, APPLY_THREAD, MessageType, StepResult } from './types.js';
export function isLocalType(type) {
    return type < MessageType.Append;
}
export function isResponseType(type) {
    switch (type) {
        case MessageType.AppendResp:
        case MessageType.VoteResp:
        case MessageType.PreVoteResp:
        case MessageType.HeartbeatResp:
        case MessageType.ReadIndexResp:
        case MessageType.Unreachable:
        case MessageType.StorageAppendResp:
        case MessageType.StorageApplyResp:
            return true;
        default:
            return false;
    }
}
export function checkFromNetwork(core, message) {
    const { type, from } = message;
    if (message.to !== core.id)
        return StepResult.Misaddressed;
    if (from === APPEND_THREAD || from === APPLY_THREAD) {
        const isResponse = type === MessageType.StorageAppendResp || type === MessageType.StorageApplyResp;
        return isResponse ? StepResult.Ok : StepResult.LocalMessage;
    }
    if (isLocalType(type))
        return StepResult.LocalMessage;
    if (isResponseType(type) && core.tracker.get(from) === null)
        return StepResult.PeerNotFound;
    return isWellFormed(message) ? StepResult.Ok : StepResult.Malformed;
}
function isWellFormed(message) {
    switch (message.type) {
        case MessageType.Append:
            return message.term > 0 && isConsecutive(message);
        case MessageType.AppendResp:
        case MessageType.Vote:
        case MessageType.VoteResp:
        case MessageType.PreVote:
        case MessageType.PreVoteResp:
        case MessageType.Heartbeat:
        case MessageType.HeartbeatResp:
            return message.term > 0;
        case MessageType.Snap:
            return message.snapshot !== null && !isRefusal(restoreConfiguration(message.snapshot.confState));
        case MessageType.Propose:
            return message.entries.length > 0;
        case MessageType.ReadIndex:
        case MessageType.ReadIndexResp:
            return message.entries.length === 1;
        default:
            return true;
    }
}
/** Entries follow the previous position without gaps, and terms never fall nor exceed the leader's. */
function isConsecutive(message) {
    const entries = message.entries;
    let term = message.logTerm;
    for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        if (entry.index !== message.index + 1 + i || entry.term < term)
            return false;
        term = entry.term;
    }
    return term <= message.term;
}
//# sourceMappingURL=wire-check.js.map