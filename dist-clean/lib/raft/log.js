/**
 * The whole log of a node: stable storage and its unstable end, with the commit and apply positions. Pure.
 * L1. applied <= applying <= committed <= lastIndex.
 * L2. `committed` never falls; a conflict at or below it is a broken invariant.
 * L3. Entries are handed out for applying once, in order, without gaps, and not while a snapshot is pending.
 * L4. In asynchronous mode only stable entries are handed out for applying.
 * Source: Raft thesis §3.5, §3.6, §5.1.
 */
import { fail } from './invariant.js';
import { COMPACTED, UNAVAILABLE } from './storage.js';
import { TraceEvent } from './trace.js';
import { entryBytes, limitEntries, NO_ENTRIES } from './types.js';
import { Unstable } from './unstable.js';
export class RaftLog {
    unstable;
    applyingBytesMax;
    committed;
    /** Highest index handed out for applying. */
    applying;
    applied;
    applyingBytes = 0;
    applyingPaused = false;
    nodeId;
    storage;
    sink;
    constructor(config) {
        this.nodeId = config.nodeId;
        this.storage = config.storage;
        this.applyingBytesMax = config.applyingBytesMax;
        this.sink = config.trace;
        const first = config.storage.firstIndex();
        const last = config.storage.lastIndex();
        if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || last < first - 1) {
            fail('storage gives a log with a gap', { first, last });
        }
        this.unstable = new Unstable(config.nodeId, last, config.storage.term(last), config.trace);
        if (this.unstable.baseTerm < 0)
            fail('storage does not know the term of its last index', { first, last });
        this.committed = first - 1;
        this.applying = first - 1;
        this.applied = first - 1;
    }
    get lastIndex() {
        return this.unstable.lastIndex;
    }
    get firstIndex() {
        const snapshot = this.unstable.snapshot;
        return snapshot !== null ? snapshot.index + 1 : this.storage.firstIndex();
    }
    get lastTerm() {
        const term = this.term(this.unstable.lastIndex);
        if (term < 0)
            fail('term of the last index is unknown', { lastIndex: this.lastIndex, term });
        return term;
    }
    /** Term at `index`, or COMPACTED, or UNAVAILABLE. */
    term(index) {
        const term = this.unstable.term(index);
        if (term >= 0)
            return term;
        const snapshot = this.unstable.snapshot;
        if (snapshot !== null && index < snapshot.index)
            return COMPACTED;
        if (index > this.unstable.lastIndex)
            return UNAVAILABLE;
        return this.storage.term(index);
    }
    /** Term at `index`, 0 if it is not known. */
    termOrZero(index) {
        const term = this.term(index);
        return term < 0 ? 0 : term;
    }
    matchesTerm(index, term) {
        return this.term(index) === term;
    }
    /** Whether a log ending in (lastTerm, lastIndex) is at least as complete as this one (§5.4.1 of the paper). */
    isUpToDate(lastIndex, lastTerm) {
        const own = this.lastTerm;
        return lastTerm > own || (lastTerm === own && lastIndex >= this.lastIndex);
    }
    /**
     * Appends entries that follow (prevIndex, prevTerm), if that position matches, and commits what of them `commit` covers.
     * Returns the last index known to match, or -1 if the position does not match.
     */
    maybeAppend(prevIndex, prevTerm, entries, commit) {
        if (!this.matchesTerm(prevIndex, prevTerm))
            return -1;
        const lastNew = prevIndex + entries.length;
        const from = this.findNewOrConflicting(entries);
        if (from >= 0) {
            const index = entries[from].index;
            if (index <= this.committed)
                fail('entry conflicts with a committed entry', { index, committed: this.committed });
            this.appendFrom(entries, from);
        }
        this.commitTo(commit < lastNew ? commit : lastNew);
        return lastNew;
    }
    /** Appends entries whose first may replace an uncommitted one. Returns the last index. */
    append(entries) {
        if (entries.length > 0)
            this.appendFrom(entries, 0);
        return this.lastIndex;
    }
    /**
     * Best guess where a log that has `term` at or before `index` may match this one: the largest position not past `index`
     * whose term is at most `term`, or unknown. The term there (0 if unknown) is `termOrZero` of the result.
     */
    findConflictByTerm(index, term) {
        let at = index;
        while (at > 0) {
            const own = this.term(at);
            if (own < 0 || own <= term)
                return at;
            at--;
        }
        return 0;
    }
    commitTo(index) {
        if (index <= this.committed)
            return;
        if (index > this.unstable.lastIndex)
            fail('commit index is past the log: was the log lost or truncated?', { index, lastIndex: this.lastIndex });
        this.committed = index;
    }
    /** Commits `index` if it is news and of the given term. */
    maybeCommit(index, term) {
        if (index <= this.committed || term === 0 || this.term(index) !== term)
            return false;
        this.commitTo(index);
        return true;
    }
    appliedTo(index, bytes) {
        if (index > this.committed || index < this.applied)
            fail('applied index out of range', { index, applied: this.applied, committed: this.committed });
        this.applied = index;
        if (this.applying < index)
            this.applying = index;
        this.applyingBytes = this.applyingBytes > bytes ? this.applyingBytes - bytes : 0;
        this.applyingPaused = this.applyingBytes >= this.applyingBytesMax;
    }
    /** Entries up to `index` were handed out for applying. */
    acceptApplying(index, bytes, allowUnstable) {
        if (index > this.committed)
            fail('applying past the commit index', { index, committed: this.committed });
        this.applying = index;
        this.applyingBytes += bytes;
        // Also when the limit cut this hand-out short: the next entry would exceed it.
        this.applyingPaused = this.applyingBytes >= this.applyingBytesMax || index < this.appliableIndex(allowUnstable);
    }
    hasNextCommitted(allowUnstable) {
        return !this.applyingPaused && this.unstable.snapshot === null && this.applying < this.appliableIndex(allowUnstable);
    }
    nextCommitted(allowUnstable) {
        if (!this.hasNextCommitted(allowUnstable))
            return NO_ENTRIES;
        const budget = this.applyingBytesMax - this.applyingBytes;
        const entries = this.slice(this.applying + 1, this.appliableIndex(allowUnstable) + 1, budget);
        if (entries === null)
            fail('committed entries were compacted before they were applied', { applying: this.applying, firstIndex: this.firstIndex });
        return entries;
    }
    hasPendingSnapshot() {
        return this.unstable.snapshot !== null;
    }
    snapshot() {
        return this.unstable.snapshot ?? this.storage.snapshot();
    }
    /** Entries from `index` on; null if they were compacted. */
    entries(index, bytesMax) {
        const last = this.unstable.lastIndex;
        return index > last ? NO_ENTRIES : this.slice(index, last + 1, bytesMax);
    }
    /** Entries of [low, high) within `bytesMax`, at least one if the range is not empty; null if `low` was compacted. */
    slice(low, high, bytesMax) {
        if (low > high || high > this.lastIndex + 1)
            fail('log slice out of bounds', { low, high, lastIndex: this.lastIndex });
        if (low === high)
            return NO_ENTRIES;
        const offset = this.unstable.offset;
        if (low >= offset)
            return limitEntries(this.unstable.slice(low, high), bytesMax);
        if (low < this.firstIndex)
            return null;
        const cut = high < offset ? high : offset;
        const stable = this.storage.entries(low, cut, bytesMax);
        if (stable === null)
            return null;
        if (stable.length === 0 || stable[0].index !== low)
            fail('storage gave other entries than asked for', { low, cut, count: stable.length });
        if (high <= offset || stable.length < cut - low)
            return stable;
        return this.extend(stable, high, bytesMax);
    }
    restore(snapshot) {
        if (this.sink !== null) {
            const unstable = this.unstable;
            this.sink.trace(TraceEvent.SnapshotRestoreStarted, this.nodeId, null, this.committed, this.applied, this.applying, unstable.offset, unstable.offsetInProgress, unstable.length, snapshot.index, snapshot.term);
        }
        this.committed = snapshot.index;
        this.unstable.restore(snapshot);
    }
    appliableIndex(allowUnstable) {
        if (allowUnstable)
            return this.committed;
        const stable = this.unstable.offset - 1;
        return this.committed < stable ? this.committed : stable;
    }
    extend(stable, high, bytesMax) {
        const room = bytesMax === Infinity ? Infinity : bytesMax - entryBytes(stable);
        if (room <= 0)
            return stable;
        const rest = limitEntries(this.unstable.slice(this.unstable.offset, high), room);
        // limitEntries gives one entry even if it does not fit, but there is one already.
        if (rest.length === 1 && entryBytes(rest) > room)
            return stable;
        return stable.concat(rest);
    }
    appendFrom(entries, from) {
        const previous = entries[from].index - 1;
        if (previous < this.committed)
            fail('append would replace a committed entry', { index: previous + 1, committed: this.committed });
        if (previous > this.lastIndex)
            fail('append would leave a gap', { index: previous + 1, lastIndex: this.lastIndex });
        const baseTerm = previous < this.unstable.offset ? this.term(previous) : this.unstable.baseTerm;
        this.unstable.truncateAndAppend(entries, from, baseTerm);
    }
    /** Position in `entries` of the first that this log lacks or holds with another term, or -1. */
    findNewOrConflicting(entries) {
        const last = this.unstable.lastIndex;
        for (let i = 0; i < entries.length; i++) {
            const entry = entries[i];
            if (entry.index > last)
                return i;
            const own = this.term(entry.index);
            if (own === entry.term)
                continue;
            if (this.sink !== null) {
                this.sink.trace(TraceEvent.ConflictFound, this.nodeId, null, entry.index, own < 0 ? 0 : own, entry.term);
            }
            return i;
        }
        return -1;
    }
}
//# sourceMappingURL=log.js.map