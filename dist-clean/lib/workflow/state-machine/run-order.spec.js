import { describe, expect, it } from '@jest/globals';
import { compareUtf8, matches } from './run-order.js';
describe('the order of runs', () => {
    it('run ids are compared as UTF-8', () => {
        const ids = ['', 'a', 'ab', 'b', 'é', '\ue000', '\uffff', '\u{10000}', '\u{1f600}', '\u{1f600}a', '\u{10ffff}'];
        for (const a of ids) {
            for (const b of ids)
                expect([a, b, Math.sign(compareUtf8(a, b))]).toEqual([a, b, Buffer.compare(Buffer.from(a), Buffer.from(b))]);
        }
    });
    it('bounds are exclusive, and a run of the same time goes on by its id', () => {
        const run = { runId: 'r2', name: 'order', version: 1, status: 'completed', startedMs: 10 };
        const asked = (query) => matches(run, query);
        expect([asked({}), asked({ name: 'x' }), asked({ version: 2 }), asked({ statuses: ['failed'] })]).toEqual([true, false, false, false]);
        expect([asked({ startedAfterMs: 10 }), asked({ startedAfterMs: 9 })]).toEqual([false, true]);
        expect([asked({ startedBeforeMs: 10 }), asked({ startedBeforeMs: 11 })]).toEqual([false, true]);
        const after = (startedMs, runId) => asked({ after: { startedMs, runId } });
        expect([after(10, 'r1'), after(10, 'r2'), after(10, 'r3'), after(9, 'r3'), after(11, '')]).toEqual([true, false, false, true, false]);
    });
});
//# sourceMappingURL=run-order.spec.js.map