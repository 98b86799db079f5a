/** What the specs of the whole machine (state-machine.rows.spec.ts) would need too much memory for. */
import { expect, it } from '@jest/globals';
import { StoredRuns } from './stored-runs.js';
/** More than a call takes as arguments. */
const CLOSED_RUNS = 300_000;
it('T3: however many closed runs leave memory while a read is under way, they are kept for it', async () => {
    const evicted = Array.from({ length: CLOSED_RUNS }, (_, at) => ({ runId: `${at}`, isOpen: false }));
    const state = {
        fetchedCurrent: new Map(),
        fetchedRuns: new Map(),
        ring: { sweptMs: () => 0 },
        closed: [],
        evictThrough: () => evicted,
        // Filtered out: what counts is that they were looked at.
        isSwept: () => true,
    };
    const source = { list: () => new Promise((resolve) => setImmediate(() => resolve([]))) };
    const runs = new StoredRuns(state, source);
    const listed = runs.list({ limit: 10 });
    runs.flushed({ closings: CLOSED_RUNS, runs: [] });
    expect(await listed).toEqual([]);
});
//# sourceMappingURL=stored-runs.spec.js.map