import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { Timer, TimerQueue } from './timers.js';
import { RequestEntry, RequestLog } from './requests.js';
function inOrder(timers) {
    return [...timers].sort((a, b) => a.dueMs - b.dueMs || (a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : a.timerId - b.timerId));
}
describe('timers', () => {
    it('R24: after any adds and removals the queue answers like a sorted list', () => {
        const random = xorshift(31);
        const queue = new TimerQueue();
        const pending = new Set();
        for (let step = 0; step < 4000; step++) {
            if (pending.size === 0 || random() % 5 < 3) {
                const timer = new Timer(random() % 50, `run-${random() % 5}`, step, 'sleep', 'k', 1);
                queue.add(timer);
                pending.add(timer);
            }
            else {
                const timer = [...pending][random() % pending.size];
                queue.remove(timer);
                pending.delete(timer);
                expect(timer.heapIndex).toBe(-1);
            }
            if (step % 20 !== 0)
                continue;
            const sorted = inOrder(pending);
            const ms = random() % 60;
            const limit = random() % 30;
            expect(queue.size).toBe(pending.size);
            expect(queue.next()).toBe(sorted[0]);
            expect(queue.due(ms, limit)).toEqual(sorted.filter((timer) => timer.dueMs <= ms).slice(0, limit));
        }
    });
    it('what is in the queue is not added again, and what is not in it can not be removed', () => {
        const queue = new TimerQueue();
        const timer = new Timer(1, 'r', 1, 'retry', 'k', 1);
        expect(() => queue.remove(timer)).toThrow(/invariant/);
        queue.add(timer);
        expect(() => queue.add(timer)).toThrow(/invariant/);
    });
});
describe('remembered answers', () => {
    const entry = (requestId, expiryMs) => new RequestEntry(requestId, expiryMs, 10, 'a', { ok: true, runId: 'r', wseq: 1, existing: false });
    it('R26: nothing is forgotten before its expiry, and everything after it, a few at a time, in one order', () => {
        const log = new RequestLog();
        for (let i = 0; i < 100; i++)
            log.remember(entry(`q${i}`, 1000 + ((i * 37) % 100)));
        log.forgetExpired(1000);
        expect(log.size).toBe(100);
        log.forgetExpired(1050);
        expect(log.size).toBe(84);
        for (let i = 0; i < 10; i++)
            log.forgetExpired(1050);
        expect(log.size).toBe(50);
        expect([...log.entries()].every(({ expiryMs }) => expiryMs >= 1050)).toBe(true);
    });
    it('R26: an answer that is past its expiry is not given, though it may still be there; it can be replaced', () => {
        const log = new RequestLog();
        log.remember(entry('q', 10));
        expect(log.find('q', 10)).toBeDefined();
        expect(log.find('q', 11)).toBeUndefined();
        log.remember(entry('q', 100));
        expect([log.size, log.find('q', 50)?.expiryMs]).toEqual([1, 100]);
        log.forgetExpired(50);
        expect(log.size).toBe(1);
    });
});
//# sourceMappingURL=heap.spec.js.map