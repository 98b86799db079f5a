/**
 * Stable log in memory, for tests and for groups that need not survive. Pure.
 * M1. records[0] is a marker with the (index, term) of the last compacted position.
 * M2. Entries are consecutive; an append replaces what stands at or after its first entry and never leaves a gap.
 * M3. `entries()` returns a copy of the array.
 */
import { fail } from './invariant.js';
import { COMPACTED, UNAVAILABLE } from './storage.js';
import { EMPTY_CONF_STATE, ENTRY_OVERHEAD_BYTES, Entry, EntryType, HardState, NO_BYTES, Snapshot } from './types.js';
/** Outcome of the operations that may come too late. */
export const StorageResult = { Ok: 0, SnapshotOutOfDate: 1, Compacted: 2 };
export class MemoryLogStorage {
    hardState = new HardState(0, 0, 0);
    latestSnapshot = new Snapshot(0, 0, EMPTY_CONF_STATE, NO_BYTES);
    records = [new Entry(0, 0, EntryType.Normal, NO_BYTES)];
    initialState() {
        return { hardState: this.hardState, confState: this.latestSnapshot.confState };
    }
    setHardState(state) {
        this.hardState = new HardState(state.term, state.vote, state.commit);
    }
    /** Sets the configuration that `initialState` reports, as if the latest snapshot had it. */
    setConfState(confState) {
        const { index, term, data } = this.latestSnapshot;
        this.latestSnapshot = new Snapshot(index, term, confState, data);
    }
    firstIndex() {
        return this.records[0].index + 1;
    }
    lastIndex() {
        return this.records[0].index + this.records.length - 1;
    }
    term(index) {
        const at = index - this.records[0].index;
        if (at < 0)
            return COMPACTED;
        return at < this.records.length ? this.records[at].term : UNAVAILABLE;
    }
    entries(low, high, bytesMax) {
        const base = this.records[0].index;
        if (low <= base)
            return null;
        if (high > this.lastIndex() + 1)
            fail('entries past the end of storage', { low, high, lastIndex: this.lastIndex() });
        let bytes = 0;
        let end = low - base;
        for (; end < high - base; end++) {
            bytes += this.records[end].data.length + ENTRY_OVERHEAD_BYTES;
            if (bytes > bytesMax && end > low - base)
                break;
        }
        return this.records.slice(low - base, end);
    }
    snapshot() {
        return this.latestSnapshot;
    }
    /** Drops what lies below the first index, replaces what overlaps. Throws on a gap. */
    append(entries) {
        if (entries.length === 0)
            return;
        const base = this.records[0].index;
        const last = entries[0].index + entries.length - 1;
        if (last <= base)
            return;
        const skip = entries[0].index <= base ? base + 1 - entries[0].index : 0;
        const at = entries[skip].index - base;
        if (at > this.records.length)
            fail('append leaves a gap in storage', { index: entries[skip].index, lastIndex: this.lastIndex() });
        this.records.length = at;
        for (let i = skip; i < entries.length; i++)
            this.records.push(entries[i]);
    }
    /** Replaces everything by a snapshot received from the leader. */
    applySnapshot(snapshot) {
        if (this.latestSnapshot.index !== 0 && this.latestSnapshot.index >= snapshot.index)
            return StorageResult.SnapshotOutOfDate;
        this.latestSnapshot = snapshot;
        this.records = [new Entry(snapshot.index, snapshot.term, EntryType.Normal, NO_BYTES)];
        return StorageResult.Ok;
    }
    /** Takes a snapshot at `index`, which must have been applied. The log stays; see compact(). */
    createSnapshot(index, confState, data) {
        if (index <= this.latestSnapshot.index)
            return StorageResult.SnapshotOutOfDate;
        if (index > this.lastIndex())
            fail('snapshot past the end of storage', { index, lastIndex: this.lastIndex() });
        const term = this.term(index);
        if (term < 0)
            fail('snapshot at a compacted index', { index, firstIndex: this.firstIndex() });
        this.latestSnapshot = new Snapshot(index, term, confState ?? this.latestSnapshot.confState, data);
        return StorageResult.Ok;
    }
    /** Forgets the entries up to and including `index`; its term stays known. */
    compact(index) {
        const base = this.records[0].index;
        if (index <= base)
            return StorageResult.Compacted;
        if (index > this.lastIndex())
            fail('compaction past the end of storage', { index, lastIndex: this.lastIndex() });
        const marker = this.records[index - base];
        this.records = this.records.slice(index - base);
        this.records[0] = new Entry(index, marker.term, EntryType.Normal, NO_BYTES);
        return StorageResult.Ok;
    }
}
//# sourceMappingURL=memory-storage.js.map