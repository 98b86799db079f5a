import { describe, expect, it } from '@jest/globals';
import { COMPACTED, EMPTY_CONF_STATE, Entry, EntryType, HardState, Snapshot, UNAVAILABLE } from '../raft/index.js';
import { MemoryRaftStorage } from './memory.js';
import { TERM_COMPACTED, TERM_UNAVAILABLE } from './storage.js';
const entry = (index, term = 1, bytes = 1) => new Entry(index, term, EntryType.Normal, new Uint8Array(bytes));
const write = (groupId, entries, reset = null) => ({
    groupId,
    hardState: null,
    entries,
    reset,
    mustSync: true,
});
const snapshot = (index, term = 1) => new Snapshot(index, term, { ...EMPTY_CONF_STATE, voters: [1] }, new Uint8Array(3));
describe('MemoryRaftStorage', () => {
    it('speaks of missing terms as the core does', () => {
        expect([TERM_COMPACTED, TERM_UNAVAILABLE]).toEqual([COMPACTED, UNAVAILABLE]);
    });
    it('an unknown group is an empty log', () => {
        const log = new MemoryRaftStorage().log(7);
        expect([log.firstIndex(), log.lastIndex(), log.term(0), log.term(1), log.snapshot()]).toEqual([1, 0, 0, TERM_UNAVAILABLE, null]);
        expect(log.initialState()).toEqual({ hardState: new HardState(0, 0, 0), confState: EMPTY_CONF_STATE });
    });
    it('a write of several groups is visible in each, and in no other', () => {
        const storage = new MemoryRaftStorage();
        storage.write([write(1, [entry(1), entry(2)]), write(2, [entry(1, 4)])]);
        expect([storage.log(1).lastIndex(), storage.log(2).lastIndex(), storage.log(3).lastIndex()]).toEqual([2, 1, 0]);
        expect(storage.log(2).term(1)).toBe(4);
    });
    it('entries of a write replace what stands at or after the first one (R35)', () => {
        const storage = new MemoryRaftStorage();
        storage.write([write(1, [entry(1), entry(2), entry(3)])]);
        storage.write([write(1, [entry(2, 2)])]);
        expect([storage.log(1).lastIndex(), storage.log(1).term(2), storage.log(1).term(3)]).toEqual([2, 2, TERM_UNAVAILABLE]);
    });
    it('entries() keeps to its limit but gives one at least, and the array is the caller’s', () => {
        const storage = new MemoryRaftStorage();
        storage.write([write(1, [entry(1, 1, 100), entry(2, 1, 100), entry(3, 1, 100)])]);
        const log = storage.log(1);
        expect(log.entries(1, 4, 1).map(({ index }) => index)).toEqual([1]);
        expect(log.entries(1, 4, 232).map(({ index }) => index)).toEqual([1, 2]);
        const all = log.entries(1, 4, Infinity);
        all.length = 0;
        expect(log.entries(1, 4, Infinity)).toHaveLength(3);
        expect(() => log.entries(1, 5, Infinity)).toThrow('the last is 3');
    });
    it('compaction keeps the term of its position, and never passes the snapshot (R34)', () => {
        const storage = new MemoryRaftStorage();
        storage.write([write(1, [entry(1), entry(2, 2), entry(3, 3)])]);
        expect(() => storage.compact(1, 1)).toThrow('passes the snapshot');
        storage.saveSnapshot(1, snapshot(2, 2));
        storage.compact(1, 2);
        const log = storage.log(1);
        expect([log.firstIndex(), log.lastIndex(), log.term(1), log.term(2), log.term(3)]).toEqual([3, 3, TERM_COMPACTED, 2, 3]);
        expect(log.entries(2, 4, Infinity)).toBeNull();
        expect(() => storage.compact(1, 3)).toThrow('passes the snapshot');
        expect(() => storage.saveSnapshot(1, snapshot(1))).toThrow('snapshot at 1 after one at 2');
    });
    it('a reset starts the log behind a saved snapshot, and only behind that (R36)', () => {
        const storage = new MemoryRaftStorage();
        storage.write([write(1, [entry(1)])]);
        expect(() => storage.write([write(1, [], snapshot(9, 3))])).toThrow('before its snapshot was saved');
        storage.saveSnapshot(1, snapshot(9, 3));
        storage.write([write(1, [entry(10, 3)], snapshot(9, 3))]);
        const log = storage.log(1);
        expect([log.firstIndex(), log.lastIndex(), log.term(9), log.initialState().confState.voters]).toEqual([10, 10, 3, [1]]);
    });
    it('a gap, and a rewrite of what was compacted, are refused', () => {
        const storage = new MemoryRaftStorage();
        expect(() => storage.write([write(1, [entry(2)])])).toThrow('leaves a gap');
        storage.saveSnapshot(1, snapshot(5));
        storage.write([write(1, [], snapshot(5))]);
        expect(() => storage.write([write(1, [entry(5)])])).toThrow('rewrites');
    });
    it('is of one node: a second opening is refused', async () => {
        const storage = new MemoryRaftStorage();
        await storage.open({ deployment: 'd', nodeId: 1, incarnation: 1 });
        await expect(storage.open({ deployment: 'd', nodeId: 2, incarnation: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    });
});
//# sourceMappingURL=memory.spec.js.map