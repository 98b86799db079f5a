/**
 * The work that the core hands to its host. Pure data.
 * R1. Hard state, entries and snapshot must be durable before `messages` leave (synchronous mode). In asynchronous mode
 *     `messages` may leave at once; what must wait is attached to the storage message as `responses`.
 * R2. The arrays belong to the host; the entries in them are shared and must not be changed.
 * Source: etcd-io/raft's Ready contract, in our own terms.
 */
import type { Entry, HardState, Message, ReadState, Snapshot, SoftState } from './types.js';
export declare class Ready {
    /** Set when lead or role changed. */
    softState: SoftState | null;
    /** Set when term, vote or commit changed. */
    hardState: HardState | null;
    readStates: ReadState[];
    /** To append to stable storage, replacing whatever stands at or after the first one's index. */
    entries: Entry[];
    /** To install in stable storage before anything else; never together with committed entries. */
    snapshot: Snapshot | null;
    /** To apply, in order. In asynchronous mode they come again in a StorageApply message: apply them once, from there. */
    committedEntries: Entry[];
    messages: Message[];
    /** Whether the write must be synced: entries, or a change of term or vote. */
    mustSync: boolean;
    constructor(entries: Entry[], committedEntries: Entry[], messages: Message[], readStates: ReadState[], mustSync: boolean);
}
