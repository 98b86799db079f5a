import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../errors/index.js';
import { EMPTY_CONF_STATE, Entry, EntryType, HardState, NO_BYTES, Snapshot } from '../../raft/index.js';
import { readLogRow } from '../log-row.js';
import { LoggedGroup } from '../logged-group.js';
import { LogFlusher } from './log-flusher.js';
import { StoreFailure } from './store-failure.js';
const entries = (first, count, bytes = 1) => Array.from({ length: count }, (_, i) => new Entry(first + i, 1, EntryType.Normal, new Uint8Array(bytes)));
const write = (groupId, added, changes = {}) => ({
    groupId,
    hardState: null,
    entries: added,
    reset: null,
    mustSync: true,
    ...changes,
});
/** A file whose calls end when the test says so. */
class HeldFile {
    path = 'data/log.db';
    calls = [];
    held = [];
    insert(keys, rows) {
        const what = rows.map((row, i) => {
            const { entries: all, hardState } = readLogRow(row, this.path);
            return `${keys[i]}=${row.groupId}/${row.sequence}:${all.map(({ index }) => index).join('+')}@${hardState.commit}`;
        });
        return this.hold(`insert ${what.join(' ')}`);
    }
    delete(keys) {
        return this.hold(`delete ${keys.join(' ')}`);
    }
    isCheckpointDue = false;
    checkpoint() {
        this.isCheckpointDue = false;
        return this.hold('checkpoint');
    }
    get inFlight() {
        return this.held.length;
    }
    /** Ends the call in flight, and lets what follows from it happen. */
    async end(error) {
        const call = this.held.shift();
        if (error === undefined)
            call.resolve();
        else
            call.reject(error);
        for (let i = 0; i < 20; i++)
            await Promise.resolve();
    }
    hold(call) {
        this.calls.push(call);
        return new Promise((resolve, reject) => this.held.push({ resolve, reject }));
    }
}
function setUp(tuning = {}) {
    const file = new HeldFile();
    const failure = new StoreFailure();
    const groups = new Map();
    const groupOf = (groupId) => {
        if (!groups.has(groupId))
            groups.set(groupId, new LoggedGroup(groupId));
        return groups.get(groupId);
    };
    const flusher = new LogFlusher(file, failure, 1, tuning);
    const told = [];
    const say = (name, written) => {
        if (written === undefined)
            told.push(`${name} at once`);
        else
            written.then(() => told.push(name), (error) => told.push(`${name}: ${error.code}`));
    };
    return { file, failure, flusher, groupOf, told, say, write: (...batch) => flusher.write(batch, groupOf) };
}
describe('LogFlusher', () => {
    it('what comes while a flush is in flight is one row per group in the next one, and resolves in order (F1, F2)', async () => {
        const { file, told, say, write: put } = setUp();
        say('a', put(write(1, entries(1, 1))));
        say('b', put(write(1, entries(2, 2)), write(2, entries(1, 1))));
        say('c', put(write(1, entries(4, 1), { hardState: new HardState(1, 0, 3) })));
        expect(file.inFlight).toBe(1);
        await file.end();
        expect(told).toEqual(['a']);
        await file.end();
        expect(told).toEqual(['a', 'b', 'c']);
        expect(file.calls).toEqual(['insert 1=1/1:1@0', 'insert 2=1/2:2+3+4@3 3=2/1:1@0']);
    });
    it('appends are never reordered: one flush at a time, each after the one before it [etcd#6378]', async () => {
        const { file, told, say, write: put } = setUp({ flushBytesMax: 10 });
        for (let i = 0; i < 5; i++)
            say(`${i}`, put(write(1, entries(1 + i, 1, 20))));
        for (let i = 0; i < 5; i++) {
            expect(file.inFlight).toBe(1);
            await file.end();
            expect(told).toHaveLength(i + 1);
        }
        expect(file.inFlight).toBe(0);
        expect(file.calls).toEqual([1, 2, 3, 4, 5].map((n) => `insert ${n}=1/${n}:${n}@0`));
    });
    it('a commit index alone waits for what is before it, and costs no flush (U2)', async () => {
        const { file, told, say, write: put } = setUp();
        const commit = write(1, [], { hardState: new HardState(0, 0, 1), mustSync: false });
        say('nothing', put());
        say('idle', put(commit));
        say('a', put(write(1, entries(1, 1))));
        say('behind', put(commit));
        expect(told).toEqual(['nothing at once', 'idle at once']);
        await file.end();
        expect(told.slice(2)).toEqual(['a', 'behind']);
        expect(file.calls).toHaveLength(1);
    });
    it('more groups than a statement takes are written by several, and the write waits for the last', async () => {
        const { file, told, say, write: put } = setUp({ flushRowsMax: 2 });
        say('a', put(...[1, 2, 3, 4, 5].map((groupId) => write(groupId, entries(1, 1)))));
        await file.end();
        await file.end();
        expect(told).toEqual([]);
        await file.end();
        expect(told).toEqual(['a']);
        expect(file.calls).toEqual(['insert 1=1/1:1@0 2=2/1:1@0', 'insert 3=3/1:1@0 4=4/1:1@0', 'insert 5=5/1:1@0']);
    });
    it('the first failure ends it: all that wait reject, and nothing is written again (F3) [cockroach#37102, raft-engine#131]', async () => {
        const { file, failure, flusher, told, say, write: put } = setUp({ flushBytesMax: 1 });
        say('a', put(write(1, entries(1, 1))));
        say('b', put(write(1, entries(2, 1))));
        say('c', put(write(1, entries(3, 1))));
        await file.end();
        await file.end(Object.assign(new Error('SQLITE_IOERR: disk I/O error'), { code: 'SQLITE_IOERR' }));
        expect(told).toEqual(['a', 'b: STORAGE_FAILED', 'c: STORAGE_FAILED']);
        expect(failure.error).toMatchObject({ code: 'STORAGE_FAILED', details: { file: 'data/log.db' } });
        say('d', put(write(1, entries(4, 1))));
        say('commit', put(write(1, [], { hardState: new HardState(0, 0, 1), mustSync: false })));
        flusher.between(() => Promise.resolve(void told.push('job')));
        await flusher.idle();
        expect(told.slice(3)).toEqual(['d: STORAGE_FAILED', 'commit: STORAGE_FAILED']);
        expect(file.calls).toHaveLength(2);
    });
    it('a failure of the state file stops the log too (L7)', async () => {
        const { file, failure, told, say, write: put } = setUp();
        say('a', put(write(1, entries(1, 1))));
        say('b', put(write(1, entries(2, 1))));
        failure.set(new RaftoralError('STORAGE_FULL', 'state.db is full'));
        await file.end();
        say('c', put(write(1, entries(3, 1))));
        await Promise.resolve();
        expect(told).toEqual(['a', 'b: STORAGE_FULL', 'c: STORAGE_FULL']);
        expect(file.calls).toHaveLength(1);
    });
    it('a write that breaks an invariant is never written, not even in part', async () => {
        const { file, told, say, write: put } = setUp();
        say('a', put(write(1, entries(1, 1))));
        expect(() => put(write(1, entries(2, 1)), write(2, entries(7, 1)))).toThrow('leaves a gap');
        await file.end();
        say('b', put(write(1, entries(3, 1))));
        await Promise.resolve();
        expect(told).toEqual(['a', 'b: INVARIANT_VIOLATED']);
        expect(file.calls).toHaveLength(1);
    });
    it('compacted rows go a few at a time, between flushes, and only when they are many (F4)', async () => {
        const { file, flusher, groupOf, told, say, write: put } = setUp({ deleteRowsMin: 4, deleteBatchRowsMax: 3 });
        for (let i = 1; i <= 6; i++) {
            say(`${i}`, put(write(1, entries(i, 1))));
            await file.end();
        }
        const group = groupOf(1);
        group.log.saveSnapshot(new Snapshot(6, 1, EMPTY_CONF_STATE, NO_BYTES));
        flusher.compact(group, 3);
        expect([file.inFlight, group.log.firstIndex()]).toEqual([0, 4]);
        flusher.compact(group, 6);
        say('during', put(write(1, entries(7, 1))));
        say('commit', put(write(1, [], { hardState: new HardState(0, 0, 7), mustSync: false })));
        await file.end();
        expect(file.calls.slice(6)).toEqual(['delete 1 2 3', 'insert 7=1/7:7@7']);
        await file.end();
        expect(told.slice(6)).toEqual(['during', 'commit']);
        await file.end();
        expect(file.calls.slice(8)).toEqual(['delete 4 5 6']);
        expect([file.inFlight, group.deletableRows]).toEqual([0, 0]);
    });
    it('a checkpoint is made between flushes, and its failure is a failure (F5)', async () => {
        const { file, told, say, write: put } = setUp();
        say('a', put(write(1, entries(1, 1))));
        say('b', put(write(1, entries(2, 1))));
        file.isCheckpointDue = true;
        await file.end();
        expect([file.calls.at(-1), told]).toEqual(['checkpoint', ['a']]);
        await file.end();
        file.isCheckpointDue = true;
        await file.end();
        await file.end(Object.assign(new Error('SQLITE_IOERR: disk I/O error'), { code: 'SQLITE_IOERR' }));
        say('c', put(write(1, entries(3, 1))));
        await Promise.resolve();
        expect(told).toEqual(['a', 'b', 'c: STORAGE_FAILED']);
    });
    it('rows go for their bytes too, and idle() waits for all of it', async () => {
        const { file, flusher, groupOf, say, write: put } = setUp({ deleteBytesMin: 100, deleteBatchBytesMax: 100 });
        for (let i = 1; i <= 3; i++) {
            say(`${i}`, put(write(1, entries(i, 1, 150))));
            await file.end();
        }
        const group = groupOf(1);
        group.log.saveSnapshot(new Snapshot(3, 1, EMPTY_CONF_STATE, NO_BYTES));
        flusher.compact(group, 3);
        let isIdle = false;
        void flusher.idle().then(() => (isIdle = true));
        await file.end();
        expect(isIdle).toBe(false);
        await file.end();
        expect([file.calls.slice(3), isIdle]).toEqual([['delete 1', 'delete 2'], true]);
    });
});
//# sourceMappingURL=log-flusher.spec.js.map