/**
 * Tests of etcd-io/raft covered: TestFindConflict, TestFindConflictByTerm, TestIsUpToDate, TestAppend, TestLogMaybeAppend,
 * TestCompactionSideEffects, TestHasNextCommittedEnts, TestNextCommittedEnts, TestAcceptApplying, TestAppliedTo, TestNextUnstableEnts,
 * TestCommitTo, TestStableTo, TestStableToWithSnap, TestCompaction, TestLogRestore, TestIsOutOfBounds, TestTerm,
 * TestTermWithUnstableSnapshot, TestSlice, TestScan, TestLimitSize, TestPayloadSizeOfEmptyEntry.
 */
import { describe, expect, it } from '@jest/globals';
import { entriesOf, entry, seededRandom, storageWith, voters } from '../../test/support/raft-network.js';
import { RaftLog } from './log.js';
import { COMPACTED, UNAVAILABLE } from './storage.js';
import { ENTRY_OVERHEAD_BYTES, NO_BYTES, Snapshot, entryBytes, limitEntries, payloadBytes } from './types.js';
function logOver(storage, applyingBytesMax = Infinity) {
    return new RaftLog({ nodeId: 1, storage, applyingBytesMax, trace: null });
}
/** Stable entries of the given terms from index 1, then unstable ones. */
function logOf(stable, unstable = [], applyingBytesMax = Infinity) {
    const log = logOver(storageWith({ entries: entriesOf(...stable) }), applyingBytesMax);
    log.append(unstable.map((term, at) => entry(term, stable.length + 1 + at)));
    return log;
}
const positions = (entries) => (entries ?? []).map((one) => [one.index, one.term]);
const size = (count) => count * ENTRY_OVERHEAD_BYTES;
describe('matching and appending (§3.5)', () => {
    // TestFindConflict, TestLogMaybeAppend
    it('a previous position that does not match refuses the append and changes nothing', () => {
        for (const [prevIndex, prevTerm] of [
            [3, 2],
            [4, 4],
            [9, 3],
        ]) {
            const log = logOf([1, 2, 3]);
            log.commitTo(1);
            expect(log.maybeAppend(prevIndex, prevTerm, [entry(4, prevIndex + 1)], 3)).toBe(-1);
            expect([log.lastIndex, log.committed]).toEqual([3, 1]);
        }
    });
    // TestLogMaybeAppend, TestAppend, TestFollowerAppendEntries
    it('missing entries are added, equal ones kept, a conflicting suffix is replaced', () => {
        const cases = [
            [3, 3, [], 3, [1, 2, 3]],
            [3, 3, [entry(4, 4)], 4, [1, 2, 3, 4]],
            [3, 3, [entry(4, 4), entry(4, 5)], 5, [1, 2, 3, 4, 4]],
            [2, 2, [entry(4, 3)], 3, [1, 2, 4]],
            [1, 1, [entry(4, 2)], 2, [1, 4]],
            [1, 1, [entry(4, 2), entry(4, 3)], 3, [1, 4, 4]],
            [1, 1, [entry(2, 2)], 2, [1, 2, 3]],
            [0, 0, [entry(1, 1), entry(2, 2)], 2, [1, 2, 3]],
            [0, 0, [], 0, [1, 2, 3]],
        ];
        for (const [prevIndex, prevTerm, added, last, expected] of cases) {
            const log = logOf([1, 2, 3]);
            expect(log.maybeAppend(prevIndex, prevTerm, added, 0)).toBe(last);
            expect((log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual(expected);
        }
    });
    // TestLogMaybeAppend
    it('commit moves to the smaller of what the leader says and what this append covers, never back', () => {
        for (const [commit, added, expected] of [
            [3, 0, 3],
            [4, 0, 3],
            [2, 0, 2],
            [0, 0, 1],
            [5, 1, 4],
            [4, 2, 4],
        ]) {
            const log = logOf([1, 2, 3]);
            log.commitTo(1);
            log.maybeAppend(3, 3, Array.from({ length: added }, (_unused, at) => entry(4, 4 + at)), commit);
            expect(log.committed).toBe(expected);
        }
    });
    // TestLogMaybeAppend; redisraft#53
    it('a conflict with a committed entry is a broken invariant, not an overwrite (redisraft#53)', () => {
        const log = logOf([1, 2, 3]);
        log.commitTo(2);
        expect(() => log.maybeAppend(1, 1, [entry(4, 2)], 0)).toThrow(/conflicts with a committed entry/);
        expect(() => log.append([entry(4, 2)])).toThrow(/replace a committed entry/);
        expect(() => log.append([entry(4, 5)])).toThrow(/gap/);
        expect((log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual([1, 2, 3]);
    });
    // TestFindConflictByTerm
    it('the hint is the last position whose term is not above the given one, or the first that is not known', () => {
        for (const [stable, index, term, expected] of [
            [[2, 2, 4, 4, 4], 5, 5, 5],
            [[2, 2, 4, 4, 4], 5, 4, 5],
            [[2, 2, 4, 4, 4], 5, 3, 2],
            [[2, 2, 4, 4, 4], 4, 1, 0],
            [[2, 2, 4, 4, 4], 0, 3, 0],
            [[2, 2, 4, 4, 4], 9, 3, 9],
        ]) {
            expect(logOf(stable.slice()).findConflictByTerm(index, term)).toBe(expected);
        }
        const log = logOf([2, 2, 4, 4, 4]);
        const compacted = storageWith({ entries: entriesOf(2, 2, 4, 4, 4) });
        compacted.compact(4);
        expect(logOver(compacted).findConflictByTerm(5, 3)).toBe(3);
        expect(log.findConflictByTerm(5, 3)).toBe(2);
    });
    // TestIsUpToDate; "last log ids compared wrongly"
    it('the later last term is more complete, then the longer log (a common bug: last log ids compared wrongly)', () => {
        const log = logOf([1, 2, 3]);
        for (const [lastIndex, term, expected] of [
            [2, 4, true],
            [3, 4, true],
            [4, 4, true],
            [2, 2, false],
            [4, 2, false],
            [2, 3, false],
            [3, 3, true],
            [4, 3, true],
        ]) {
            expect(log.isUpToDate(lastIndex, term)).toBe(expected);
        }
    });
    // TestCommitTo
    it('commit does not fall, and not pass the end of the log', () => {
        const log = logOf([1, 2, 3]);
        log.commitTo(2);
        log.commitTo(1);
        expect(log.committed).toBe(2);
        expect(() => log.commitTo(4)).toThrow(/past the log/);
    });
});
describe('reading stable and unstable entries as one log', () => {
    // TestTerm, TestTermWithUnstableSnapshot, TestIsOutOfBounds
    it('the term is known from the last compacted position to the end', () => {
        const storage = storageWith({ snapshot: new Snapshot(100, 1, voters(1), NO_BYTES) });
        const log = logOver(storage);
        log.append([entry(2, 101), entry(3, 102)]);
        expect([99, 100, 101, 102, 103].map((index) => log.term(index))).toEqual([COMPACTED, 1, 2, 3, UNAVAILABLE]);
        log.restore(new Snapshot(200, 4, voters(1), NO_BYTES));
        expect([100, 199, 200, 201].map((index) => log.term(index))).toEqual([COMPACTED, COMPACTED, 4, UNAVAILABLE]);
        expect([log.firstIndex, log.lastIndex]).toEqual([201, 200]);
    });
    // TestSlice, TestScan, TestAppendPagination, TestLimitSize
    it('any range, in pages of any size, gives every entry once and in order', () => {
        const random = seededRandom(31);
        for (let run = 0; run < 150; run++) {
            const stable = random(8);
            const storage = storageWith({ snapshot: new Snapshot(10, 1, voters(1), NO_BYTES) });
            storage.append(Array.from({ length: stable }, (_unused, at) => entry(1, 11 + at, 'x'.repeat(random(30)))));
            const log = logOver(storage);
            log.append(Array.from({ length: random(8) }, (_unused, at) => entry(2, 11 + stable + at, 'x'.repeat(random(30)))));
            const low = 11 + random(log.lastIndex - 9);
            const high = low + random(log.lastIndex + 2 - low);
            const pageBytes = random(120);
            const seen = [];
            let at = low;
            while (at < high) {
                const page = log.slice(at, high, pageBytes) ?? [];
                expect(page.length).toBeGreaterThan(0);
                expect(page.length === 1 || entryBytes(page) <= pageBytes).toBe(true);
                for (const one of page)
                    seen.push(one.index);
                at += page.length;
            }
            expect(seen).toEqual(Array.from({ length: high - low }, (_unused, offset) => low + offset));
        }
    });
    it('a page is as long as its limit allows, across the border between stable and unstable', () => {
        const log = logOf([1, 1, 1], [1, 1, 1]);
        for (let count = 1; count <= 6; count++) {
            expect((log.slice(1, 7, size(count)) ?? []).length).toBe(count);
            expect((log.slice(1, 7, size(count) + 1) ?? []).length).toBe(count);
            expect((log.slice(1, 7, size(count) - 1) ?? []).length).toBe(Math.max(1, count - 1));
        }
    });
    // TestLimitSize, TestPayloadSizeOfEmptyEntry
    it('a limit never yields less than one entry, and an empty entry has no payload', () => {
        const entries = [entry(1, 1, 'abc'), entry(1, 2, 'de')];
        expect(limitEntries(entries, 0)).toEqual([entries[0]]);
        expect(limitEntries(entries, Infinity)).toBe(entries);
        expect(limitEntries([], 0)).toEqual([]);
        expect(payloadBytes([entry(1, 1)])).toBe(0);
        expect(payloadBytes(entries)).toBe(5);
    });
    // TestCompaction, TestCompactionSideEffects
    it('compaction hides what lies below and nothing else', () => {
        const storage = storageWith({ entries: entriesOf(1, 1, 2, 2) });
        const log = logOver(storage);
        log.append([entry(3, 5), entry(3, 6)]);
        log.commitTo(4);
        storage.compact(3);
        expect(log.firstIndex).toBe(4);
        expect(log.slice(3, 5, Infinity)).toBeNull();
        expect(positions(log.slice(4, 7, Infinity))).toEqual([
            [4, 2],
            [5, 3],
            [6, 3],
        ]);
        expect([2, 3, 4, 5].map((index) => log.term(index))).toEqual([COMPACTED, 2, 2, 3]);
        log.append([entry(3, 7)]);
        expect(log.lastIndex).toBe(7);
        expect(() => log.slice(4, 9, Infinity)).toThrow(/out of bounds/);
    });
    // TestLogRestore
    it('a log over a snapshot starts behind it, committed and applied', () => {
        const log = logOver(storageWith({ snapshot: new Snapshot(1000, 1000, voters(1), NO_BYTES) }));
        expect([log.firstIndex, log.lastIndex, log.committed, log.applied, log.unstable.offset]).toEqual([1001, 1000, 1000, 1000, 1001]);
        expect(log.lastTerm).toBe(1000);
    });
    // TestStableToWithSnap
    it('entries behind a pending snapshot become stable without the snapshot doing so', () => {
        const log = logOf([1]);
        log.restore(new Snapshot(5, 2, voters(1), NO_BYTES));
        log.append([entry(2, 6), entry(2, 7)]);
        log.unstable.acceptInProgress();
        log.unstable.stableTo(6, 2);
        expect(log.unstable.offset).toBe(7);
        expect(log.hasPendingSnapshot()).toBe(true);
        log.unstable.stableTo(5, 2);
        expect(log.unstable.offset).toBe(7);
    });
    // redisraft#43
    it('a storage with a gap between its first and its last index is refused at start (redisraft#43)', () => {
        const storage = storageWith({ entries: entriesOf(1, 1) });
        storage.firstIndex = () => 5;
        expect(() => logOver(storage)).toThrow(/gap/);
    });
    it('indices past 32 bits stay exact', () => {
        const base = Number.MAX_SAFE_INTEGER - 100;
        const log = logOver(storageWith({ snapshot: new Snapshot(base, 7, voters(1), NO_BYTES) }));
        log.append([entry(7, base + 1), entry(8, base + 2)]);
        log.commitTo(base + 2);
        expect(log.lastIndex).toBe(base + 2);
        expect(positions(log.slice(base + 1, base + 3, Infinity))).toEqual([
            [base + 1, 7],
            [base + 2, 8],
        ]);
        expect(positions(log.nextCommitted(true))).toEqual([
            [base + 1, 7],
            [base + 2, 8],
        ]);
    });
});
describe('handing out entries to apply (§3.5)', () => {
    function committing(stable, unstable, committed, applied, limit = Infinity) {
        const log = logOf(Array(stable).fill(1), Array(unstable).fill(1), limit);
        log.commitTo(committed);
        log.appliedTo(applied, 0);
        return log;
    }
    // TestHasNextCommittedEnts, TestNextCommittedEnts
    it('what may be applied is committed, not yet handed out and, in asynchronous mode, stable', () => {
        for (const [applied, applying, allowUnstable, expected] of [
            [3, 3, true, [4, 5]],
            [3, 4, true, [5]],
            [3, 5, true, []],
            [3, 3, false, [4]],
            [3, 4, false, []],
            [4, 4, false, []],
        ]) {
            const log = committing(4, 2, 5, applied);
            log.acceptApplying(applying, 0, allowUnstable);
            // The limit is not reached: nothing pauses but the cut at what is stable.
            const handed = log.hasNextCommitted(allowUnstable) ? log.nextCommitted(allowUnstable) : [];
            const isCut = applying < (allowUnstable ? 5 : 4);
            expect(handed.map((one) => one.index)).toEqual(isCut ? [] : expected);
            log.appliedTo(applying, 0);
            expect(log.nextCommitted(allowUnstable).map((one) => one.index)).toEqual(expected);
        }
    });
    it('nothing is handed out while a snapshot is pending', () => {
        const log = committing(4, 0, 4, 2);
        expect(log.hasNextCommitted(true)).toBe(true);
        log.restore(new Snapshot(9, 2, voters(1), NO_BYTES));
        log.append([entry(2, 10)]);
        log.commitTo(10);
        expect(log.hasNextCommitted(true)).toBe(false);
        expect(log.nextCommitted(true)).toEqual([]);
    });
    // TestAcceptApplying, TestAppliedTo
    it('handing out pauses at the limit of bytes, or when the next entry would exceed it, and resumes with the acknowledgement', () => {
        const log = committing(3, 3, 5, 2, size(2));
        const first = log.nextCommitted(true);
        expect(first.map((one) => one.index)).toEqual([3, 4]);
        log.acceptApplying(4, entryBytes(first), true);
        expect(log.hasNextCommitted(true)).toBe(false);
        log.appliedTo(3, size(1));
        expect(log.hasNextCommitted(true)).toBe(true);
        expect(log.nextCommitted(true).map((one) => one.index)).toEqual([5]);
        const tight = committing(3, 0, 3, 0, size(1) + 1);
        tight.acceptApplying(1, entryBytes(tight.nextCommitted(true)), true);
        expect(tight.hasNextCommitted(true)).toBe(false);
        expect(() => tight.acceptApplying(4, 0, true)).toThrow(/past the commit index/);
    });
    it('applied is not allowed to fall, or to pass the commit index', () => {
        const log = committing(3, 0, 2, 1);
        expect(() => log.appliedTo(3, 0)).toThrow(/out of range/);
        log.appliedTo(2, 0);
        expect(() => log.appliedTo(1, 0)).toThrow(/out of range/);
    });
    // TestCommitPaginationAfterRestart: storage that returns more than the limit
    it('no entry is skipped if storage returns more than it was asked for', () => {
        const storage = storageWith({ entries: entriesOf(1, 1, 1, 1, 1).map((one) => entry(1, one.index, 'payload')) });
        const original = storage.entries.bind(storage);
        storage.entries = (low, high) => original(low, high, Infinity);
        const log = logOver(storage, size(1));
        log.commitTo(5);
        const seen = [];
        while (log.hasNextCommitted(true)) {
            const handed = log.nextCommitted(true);
            const last = handed[handed.length - 1].index;
            for (const one of handed)
                seen.push(one.index);
            log.acceptApplying(last, entryBytes(handed), true);
            log.appliedTo(last, entryBytes(handed));
        }
        expect(seen).toEqual([1, 2, 3, 4, 5]);
    });
    // openraft#1795
    it('an error of storage rises: it does not look like an empty log (openraft#1795)', () => {
        const storage = storageWith({ entries: entriesOf(1, 1) });
        const log = logOver(storage);
        storage.entries = () => {
            throw new Error('read failed');
        };
        expect(() => log.entries(1, Infinity)).toThrow('read failed');
        storage.entries = () => [];
        expect(() => log.entries(1, Infinity)).toThrow(/other entries/);
        storage.entries = () => [entry(1, 2, 'wrong place')];
        expect(() => log.entries(1, Infinity)).toThrow(/other entries/);
    });
});
//# sourceMappingURL=log.spec.js.map