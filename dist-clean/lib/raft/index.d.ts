/** The only door of the Raft core. */
export { RawNode } from './raw-node.js';
export { Ready } from './ready.js';
export { type RaftConfig } from './config.js';
export { RaftConfigError, RaftInvariantError } from './invariant.js';
export { APPEND_THREAD, APPLY_THREAD, CAMPAIGN_TRANSFER, EMPTY_CONF_STATE, ENTRY_OVERHEAD_BYTES, Entry, EntryType, HardState, Message, MessageType, NONE, NO_BYTES, ProposeResult, ReadResult, ReadState, Role, Snapshot, SoftState, StepResult, entryBytes, isDropped, isEmptyHardState, limitEntries, payloadBytes, type ConfState, } from './types.js';
export { ConfChangeTransition, ConfChangeType, asV2, confChangeV1, confChangeV2, type ConfChange, type ConfChangeSingle, type ConfChangeV2, } from './conf-change.js';
export { CONF_CHANGES_MAX, CONF_CHANGE_CONTEXT_BYTES_MAX, ConfChangeDecodeCode, ConfChangeDecodeError, confChangeEntryType, decodeConfChange, encodeConfChange, } from './conf-change-codec.js';
export { COMPACTED, UNAVAILABLE, type InitialState, type LogStorage } from './storage.js';
export { MemoryLogStorage, StorageResult } from './memory-storage.js';
export { ProgressState } from './progress.js';
export { type BasicStatus, type PeerStatus, type Status } from './status.js';
export { isLocalType, isResponseType } from './wire-check.js';
export { ConfChangeCheck, TraceEvent, type ConfChangeTrace, type ProgressTrace, type TraceSink, type TraceSubject } from './trace.js';
