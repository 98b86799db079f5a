/**
 * Text of entries, messages, snapshots, progress and Readys, as the scripts expect it (conformance README §4).
 */
import { APPEND_THREAD, APPLY_THREAD, EntryType, MessageType, ProgressState, Role, asV2, decodeConfChange, isEmptyHardState, } from '../../lib/raft/index.js';
export const hex = (id) => id.toString(16);
const MESSAGE_NAMES = new Map([
    [MessageType.Hup, 'MsgHup'],
    [MessageType.Beat, 'MsgBeat'],
    [MessageType.Unreachable, 'MsgUnreachable'],
    [MessageType.SnapStatus, 'MsgSnapStatus'],
    [MessageType.CheckQuorum, 'MsgCheckQuorum'],
    [MessageType.StorageAppend, 'MsgStorageAppend'],
    [MessageType.StorageAppendResp, 'MsgStorageAppendResp'],
    [MessageType.StorageApply, 'MsgStorageApply'],
    [MessageType.StorageApplyResp, 'MsgStorageApplyResp'],
    [MessageType.Append, 'MsgApp'],
    [MessageType.AppendResp, 'MsgAppResp'],
    [MessageType.Vote, 'MsgVote'],
    [MessageType.VoteResp, 'MsgVoteResp'],
    [MessageType.PreVote, 'MsgPreVote'],
    [MessageType.PreVoteResp, 'MsgPreVoteResp'],
    [MessageType.Heartbeat, 'MsgHeartbeat'],
    [MessageType.HeartbeatResp, 'MsgHeartbeatResp'],
    [MessageType.Snap, 'MsgSnap'],
    [MessageType.Propose, 'MsgProp'],
    [MessageType.TimeoutNow, 'MsgTimeoutNow'],
    [MessageType.TransferLeader, 'MsgTransferLeader'],
    [MessageType.ForgetLeader, 'MsgForgetLeader'],
    [MessageType.ReadIndex, 'MsgReadIndex'],
    [MessageType.ReadIndexResp, 'MsgReadIndexResp'],
]);
export function messageName(type) {
    return MESSAGE_NAMES.get(type) ?? `Msg(${type})`;
}
export function messageTypeOf(name) {
    for (const [type, text] of MESSAGE_NAMES)
        if (text === name)
            return type;
    return undefined;
}
const ROLE_NAMES = {
    [Role.Follower]: 'StateFollower',
    [Role.Candidate]: 'StateCandidate',
    [Role.Leader]: 'StateLeader',
    [Role.PreCandidate]: 'StatePreCandidate',
};
export function roleName(role) {
    return ROLE_NAMES[role];
}
const PROGRESS_NAMES = {
    [ProgressState.Probe]: 'StateProbe',
    [ProgressState.Replicate]: 'StateReplicate',
    [ProgressState.Snapshot]: 'StateSnapshot',
};
export function progressText(progress) {
    let text = `${PROGRESS_NAMES[progress.state]} match=${progress.match} next=${progress.next}`;
    if (progress.isLearner)
        text += ' learner';
    if (progress.isPaused())
        text += ' paused';
    if (progress.pendingSnapshot > 0)
        text += ` pendingSnap=${progress.pendingSnapshot}`;
    if (!progress.recentActive)
        text += ' inactive';
    if (progress.inflightCount > 0)
        text += ` inflight=${progress.inflightCount}${progress.inflightFull ? '[full]' : ''}`;
    return text;
}
const idSet = (ids) => `(${ids.map(hex).join(' ')})`;
export function configText(config) {
    let text = `voters=${idSet(config.voters)}`;
    if (config.votersOutgoing.length > 0)
        text += `&&${idSet(config.votersOutgoing)}`;
    if (config.learners.length > 0)
        text += ` learners=${idSet(config.learners)}`;
    if (config.learnersNext.length > 0)
        text += ` learners_next=${idSet(config.learnersNext)}`;
    if (config.autoLeave)
        text += ' autoleave';
    return text;
}
const CHANGE_LETTERS = ['v', 'r', 'u', 'l'];
export function changesText(changes) {
    return changes.map((change) => `${CHANGE_LETTERS[change.type]}${change.nodeId}`).join(' ');
}
export function entryText(entry) {
    const position = `${entry.term}/${entry.index}`;
    if (entry.type === EntryType.Normal)
        return `${position} EntryNormal ${goQuote(entry.data)}`;
    const name = entry.type === EntryType.ConfChange ? 'EntryConfChange' : 'EntryConfChangeV2';
    const text = changesText(asV2(decodeConfChange(entry.type, entry.data)).changes);
    return text === '' ? `${position} ${name}` : `${position} ${name} ${text}`;
}
function entriesText(entries) {
    return entries.map((entry) => `${entryText(entry)}\n`).join('');
}
export function snapshotText(snapshot) {
    const { voters, votersOutgoing, learners, learnersNext, autoLeave } = snapshot.confState;
    const list = (ids) => `[${ids.join(' ')}]`;
    return (`Index:${snapshot.index} Term:${snapshot.term} ConfState:Voters:${list(voters)} VotersOutgoing:${list(votersOutgoing)} ` +
        `Learners:${list(learners)} LearnersNext:${list(learnersNext)} AutoLeave:${autoLeave}`);
}
function endpoint(id) {
    if (id === 0)
        return 'None';
    if (id === APPEND_THREAD)
        return 'AppendThread';
    if (id === APPLY_THREAD)
        return 'ApplyThread';
    return hex(id);
}
/** Without a final newline. `withResponses` false leaves the responses out. */
export function messageText(message, indent = '', withResponses = true) {
    let text = `${indent}${endpoint(message.from)}->${endpoint(message.to)} ${messageName(message.type)} Term:${message.term} Log:${message.logTerm}/${message.index}`;
    if (message.reject)
        text += ` Rejected (Hint: ${message.rejectHint})`;
    if (message.commit !== 0)
        text += ` Commit:${message.commit}`;
    if (message.vote !== 0)
        text += ` Vote:${message.vote}`;
    if (message.entries.length === 1)
        text += ` Entries:[${entryText(message.entries[0])}]`;
    if (message.entries.length > 1) {
        text += ` Entries:[${message.entries.map((entry) => `\n${indent}  ${entryText(entry)}`).join('')}\n${indent}]`;
    }
    if (message.snapshot !== null && message.snapshot.index !== 0)
        text += `\n${indent}  Snapshot: ${snapshotText(message.snapshot)}`;
    if (withResponses && message.responses.length > 0) {
        text += ` Responses:[${message.responses.map((response) => `\n${messageText(response, `${indent}  `)}`).join('')}\n${indent}]`;
    }
    return text;
}
function hardStateText(state) {
    return `Term:${state.term}${state.vote === 0 ? '' : ` Vote:${state.vote}`} Commit:${state.commit}`;
}
export function readyText(ready) {
    let text = '';
    if (ready.softState !== null)
        text += `Lead:${ready.softState.lead} State:${roleName(ready.softState.role)}\n`;
    if (ready.hardState !== null && !isEmptyHardState(ready.hardState))
        text += `HardState ${hardStateText(ready.hardState)}\n`;
    if (ready.readStates.length > 0) {
        text += `ReadStates [${ready.readStates.map((read) => `{${read.index} [${Array.from(read.context).join(' ')}]}`).join(' ')}]\n`;
    }
    if (ready.entries.length > 0)
        text += `Entries:\n${entriesText(ready.entries)}`;
    if (ready.snapshot !== null)
        text += `Snapshot ${snapshotText(ready.snapshot)}\n`;
    if (ready.committedEntries.length > 0)
        text += `CommittedEntries:\n${entriesText(ready.committedEntries)}`;
    if (ready.messages.length > 0)
        text += `Messages:\n${ready.messages.map((message) => `${messageText(message)}\n`).join('')}`;
    return text === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${text}`;
}
const GO_ESCAPES = {
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '\\': '\\\\',
    '"': '\\"',
};
/** The bytes as a quoted Go string. */
export function goQuote(data) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
    }
    catch {
        const bytes = Array.from(data, (byte) => (byte < 0x80 ? quoteChar(String.fromCharCode(byte)) : `\\x${byte.toString(16)}`));
        return `"${bytes.join('')}"`;
    }
    return `"${Array.from(text, quoteChar).join('')}"`;
}
function quoteChar(char) {
    const escape = GO_ESCAPES[char];
    if (escape !== undefined)
        return escape;
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f)
        return `\\x${code.toString(16).padStart(2, '0')}`;
    if (code < 0x7f || (code > 0xa0 && code !== 0xad && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)))
        return char;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
//# sourceMappingURL=format.js.map