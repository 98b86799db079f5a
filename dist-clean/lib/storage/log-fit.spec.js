import { describe, expect, it } from '@jest/globals';
import { Entry, EntryType, HardState, NO_BYTES } from '../raft/index.js';
import { fitLogToState } from './log-fit.js';
/** Entries 11 … 15 of term 3 behind (10, 2). */
const LOG = {
    groupId: 1,
    hardState: new HardState(4, 2, 12),
    baseIndex: 10,
    baseTerm: 2,
    entries: [11, 12, 13, 14, 15].map((index) => new Entry(index, 3, EntryType.Normal, NO_BYTES)),
    firstSequence: 5,
    lastSequence: 6,
    rowLastIndexes: [12, 15],
    rowBytes: [20, 20],
};
const NEW_LOG = { ...LOG, hardState: new HardState(1, 1, 0), baseIndex: 0, baseTerm: 0, entries: [] };
function outcome(log, at, installing = false) {
    const state = at === null ? null : { position: { index: at[0], term: at[1] }, installing };
    try {
        return fitLogToState({ groupId: 1, log, state, logFile: 'log.db', stateFile: 'state.db' });
    }
    catch (error) {
        return error;
    }
}
const mismatchAt = (index) => expect.objectContaining({ code: 'STORAGE_MISMATCH', details: { file: 'log.db', stateFile: 'state.db', groupId: 1, index } });
const reset = (index, term, hardState) => ({
    hardState,
    isReset: true,
    previousIndex: index,
    previousTerm: term,
    entries: [],
});
describe('fit of log and state', () => {
    it.each([
        [LOG, [10, 2]],
        [LOG, [12, 3]],
        [LOG, [15, 3]],
        [NEW_LOG, null],
        [null, null],
    ])('a position in the log, base and end included, fits: %#', (log, at) => {
        expect(outcome(log, at)).toBeNull();
        if (at !== null)
            expect(outcome(log, at, true)).toBeNull();
    });
    it.each([
        [LOG, [9, 2], 9],
        [LOG, [16, 3], 16],
        [LOG, [13, 2], 13],
        [LOG, [10, 1], 10],
        [LOG, null, 0],
        [null, [1, 1], 1],
        [NEW_LOG, [1, 1], 1],
    ])('anything else is of another moment: %# [etcd#10508, etcd#20426, redisraft#43]', (log, at, index) => {
        expect(outcome(log, at)).toEqual(mismatchAt(index));
    });
    it('an install that was interrupted before the log was reset is finished (R36)', () => {
        expect(outcome(LOG, [40, 6], true)).toEqual(reset(40, 6, new HardState(6, 0, 40)));
        expect(outcome(LOG, [40, 4], true)).toEqual(reset(40, 4, new HardState(4, 2, 40)));
        expect(outcome(LOG, [14, 4], true)).toEqual(reset(14, 4, new HardState(4, 2, 14)));
        expect(outcome(null, [1, 1], true)).toEqual(reset(1, 1, new HardState(1, 0, 1)));
    });
    it('no install passes for what the log has committed otherwise, or for a state that is older than the log', () => {
        expect(outcome(LOG, [12, 4], true)).toEqual(mismatchAt(12));
        expect(outcome(LOG, [8, 2], true)).toEqual(mismatchAt(8));
    });
});
//# sourceMappingURL=log-fit.spec.js.map