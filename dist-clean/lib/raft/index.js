/** The only door of the Raft core. */
export { RawNode } from './raw-node.js';
export { Ready } from './ready.js';
export { RaftConfigError, RaftInvariantError } from './invariant.js';
export { APPEND_THREAD, APPLY_THREAD, CAMPAIGN_TRANSFER, EMPTY_CONF_STATE, ENTRY_OVERHEAD_BYTES, Entry, EntryType, HardState, Message, MessageType, NONE, NO_BYTES, ProposeResult, ReadResult, ReadState, Role, Snapshot, SoftState, StepResult, entryBytes, isDropped, isEmptyHardState, limitEntries, payloadBytes, } from './types.js';
export { ConfChangeTransition, ConfChangeType, asV2, confChangeV1, confChangeV2, } from './conf-change.js';
export { CONF_CHANGES_MAX, CONF_CHANGE_CONTEXT_BYTES_MAX, ConfChangeDecodeCode, ConfChangeDecodeError, confChangeEntryType, decodeConfChange, encodeConfChange, } from './conf-change-codec.js';
export { COMPACTED, UNAVAILABLE } from './storage.js';
export { MemoryLogStorage, StorageResult } from './memory-storage.js';
export { ProgressState } from './progress.js';
export { isLocalType, isResponseType } from './wire-check.js';
export { ConfChangeCheck, TraceEvent } from './trace.js';
//# sourceMappingURL=index.js.map