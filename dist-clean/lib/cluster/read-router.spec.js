/** Bounds of what waits in the reads of a group. */
import { expect, it } from '@jest/globals';
import { ReadResult, ReadState } from '../raft/index.js';
import { DeadlineHeap } from './deadline-heap.js';
import { DEFAULT_TUNING } from './host-options.js';
import { ReadRouter } from './read-router.js';
it('reads that ran out of time while nothing was applied leave nothing behind', async () => {
    let nowMs = 0;
    let timer = null;
    const clock = {
        now: () => nowMs,
        monotonic: () => nowMs,
        setTimer: (_ms, callback) => {
            timer = callback;
            return { cancel: () => (timer = null) };
        },
    };
    const contexts = [];
    const raw = {
        isLeader: false,
        leaderId: 2,
        readIndex: (context) => {
            contexts.push(context);
            return ReadResult.Accepted;
        },
    };
    const nothing = () => undefined;
    const context = {
        groupId: 1,
        firstCallId: 0,
        raw: raw,
        clock,
        deadlines: new DeadlineHeap(clock, { turn: (callback) => callback(), soon: (callback) => callback() }, 50),
        tuning: DEFAULT_TUNING,
        appliedIndex: 10,
        changed: nothing,
        wantFlush: nothing,
        gatherFlush: nothing,
    };
    const reads = new ReadRouter(context);
    for (let round = 0; round < 20; round++) {
        const outcome = reads.read({ deadlineMs: 100 }).catch((error) => error.code);
        reads.flush();
        // Confirmed, at an index that this node never gets.
        reads.onReadState(new ReadState(1_000, contexts.at(-1)));
        nowMs += 101;
        timer?.();
        expect(await outcome).toBe('NO_LEADER');
        reads.tick();
    }
    expect(reads.isIdle).toBe(true);
    expect(reads.held).toBe(0);
});
//# sourceMappingURL=read-router.spec.js.map