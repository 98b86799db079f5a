/**
 * The end of the log that stable storage does not hold yet, and a snapshot that it has not installed yet. Pure.
 * U1. entries[i] has index offset + i; `offset - 1` is the last stable (or snapshot) position, and `baseTerm` its term.
 * U2. offset <= offsetInProgress <= offset + length: what lies below offsetInProgress was handed out and is being written.
 * U3. An array handed out is a copy: later appends and truncations do not reach it.
 * U4. Entries leave only when a write is acknowledged for exactly their (index, term).
 * Source: Raft thesis §3.8, §10.2.1.
 */
import { fail } from './invariant.js';
import { TraceEvent } from './trace.js';
import { NO_ENTRIES } from './types.js';
/** Dropped entries at the head of the array are kept until they are this many, and more than those that live. */
const SHRINK_AT = 64;
export class Unstable {
    snapshot = null;
    snapshotInProgress = false;
    offset;
    offsetInProgress;
    /** Term at offset - 1, or -1 if it is not known here. */
    baseTerm;
    buffer = [];
    /** Entries before this position of the buffer are gone. */
    head = 0;
    nodeId;
    sink;
    constructor(nodeId, lastIndex, lastTerm, sink) {
        this.nodeId = nodeId;
        this.offset = lastIndex + 1;
        this.offsetInProgress = lastIndex + 1;
        this.baseTerm = lastTerm;
        this.sink = sink;
    }
    get length() {
        return this.buffer.length - this.head;
    }
    get lastIndex() {
        return this.offset + (this.buffer.length - this.head) - 1;
    }
    /** Term at `index`, or -1 if this part of the log does not know it. */
    term(index) {
        const at = index - this.offset;
        if (at >= 0)
            return at < this.length ? this.buffer[this.head + at].term : -1;
        if (at === -1)
            return this.baseTerm;
        return -1;
    }
    hasNextEntries() {
        return this.lastIndex >= this.offsetInProgress;
    }
    /** Entries not yet handed out. */
    nextEntries() {
        if (!this.hasNextEntries())
            return NO_ENTRIES;
        return this.buffer.slice(this.head + (this.offsetInProgress - this.offset));
    }
    nextSnapshot() {
        return this.snapshotInProgress ? null : this.snapshot;
    }
    acceptInProgress() {
        this.offsetInProgress = this.lastIndex + 1;
        if (this.snapshot !== null)
            this.snapshotInProgress = true;
    }
    /** A write up to (index, term) was acknowledged, and no write in flight can overwrite it. */
    stableTo(index, term) {
        if (index < this.offset || index > this.lastIndex) {
            this.traceUnstableMiss(index);
            return;
        }
        const known = this.term(index);
        if (known !== term) {
            if (this.sink !== null)
                this.sink.trace(TraceEvent.StableMismatched, this.nodeId, null, index, term, known);
            return;
        }
        this.drop(index + 1 - this.offset);
        this.offset = index + 1;
        this.baseTerm = term;
        if (this.offsetInProgress < this.offset)
            this.offsetInProgress = this.offset;
    }
    stableSnapshotTo(index) {
        if (this.snapshot !== null && this.snapshot.index === index) {
            this.snapshot = null;
            this.snapshotInProgress = false;
        }
    }
    restore(snapshot) {
        this.offset = snapshot.index + 1;
        this.offsetInProgress = this.offset;
        this.baseTerm = snapshot.term;
        this.buffer = [];
        this.head = 0;
        this.snapshot = snapshot;
        this.snapshotInProgress = false;
    }
    /** Appends entries [from…]; whatever stood at or after the first one's index is gone. `baseTerm` is the term before it. */
    truncateAndAppend(entries, from, baseTerm) {
        const first = entries[from].index;
        if (first === this.lastIndex + 1) {
            for (let i = from; i < entries.length; i++)
                this.buffer.push(entries[i]);
            return;
        }
        if (first <= this.offset) {
            if (this.sink !== null)
                this.sink.trace(TraceEvent.UnstableReplaced, this.nodeId, null, first);
            this.buffer = entries.slice(from);
            this.head = 0;
            this.offset = first;
            this.offsetInProgress = first;
            this.baseTerm = baseTerm;
            return;
        }
        if (this.sink !== null)
            this.sink.trace(TraceEvent.UnstableTruncated, this.nodeId, null, first);
        this.buffer = this.buffer.slice(this.head, this.head + (first - this.offset));
        this.head = 0;
        for (let i = from; i < entries.length; i++)
            this.buffer.push(entries[i]);
        if (this.offsetInProgress > first)
            this.offsetInProgress = first;
    }
    /** Copy of [low, high), which must lie within. */
    slice(low, high) {
        if (low > high || low < this.offset || high > this.lastIndex + 1) {
            fail('slice of unstable entries out of bounds', { low, high, offset: this.offset, lastIndex: this.lastIndex });
        }
        const start = this.head + (low - this.offset);
        if (high - low === 1)
            return [this.buffer[start]];
        return this.buffer.slice(start, start + (high - low));
    }
    traceUnstableMiss(index) {
        if (this.sink === null)
            return;
        const isSnapshot = this.snapshot !== null && this.snapshot.index === index;
        this.sink.trace(isSnapshot ? TraceEvent.StableMatchedSnapshot : TraceEvent.StableMissing, this.nodeId, null, index);
    }
    drop(count) {
        this.head += count;
        const length = this.buffer.length;
        if (this.head === length) {
            this.buffer.length = 0;
            this.head = 0;
        }
        else if (this.head >= SHRINK_AT && this.head * 2 >= length) {
            this.buffer = this.buffer.slice(this.head);
            this.head = 0;
        }
    }
}
//# sourceMappingURL=unstable.js.map