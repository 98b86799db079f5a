/**
 * Runs that are to become resident, and in which order. Pure.
 *
 * Q1. A run stands in it once: with the highest urgency that was asked for, else in the order of asking.
 * Q2. It is bounded by the runs that the group has open.
 * Tests: test/workflow/residency.spec.ts, residency-disk.spec.ts.
 */
const ORDER = ['asked', 'owned', 'other'];
export class RunQueue {
    byUrgency = { asked: new Set(), owned: new Set(), other: new Set() };
    get size() {
        const { asked, owned, other } = this.byUrgency;
        return asked.size + owned.size + other.size;
    }
    add(runId, urgency) {
        for (const level of ORDER) {
            if (level === urgency)
                break;
            if (this.byUrgency[level].has(runId))
                return;
        }
        this.remove(runId);
        this.byUrgency[urgency].add(runId);
    }
    /** The next one, which stays in the queue. */
    first() {
        for (const urgency of ORDER) {
            for (const runId of this.byUrgency[urgency])
                return { runId, urgency };
        }
        return undefined;
    }
    remove(runId) {
        for (const urgency of ORDER)
            this.byUrgency[urgency].delete(runId);
    }
    /** Forgets those that are only good to have. */
    forgetOthers() {
        this.byUrgency.other.clear();
    }
    clear() {
        for (const urgency of ORDER)
            this.byUrgency[urgency].clear();
    }
}
//# sourceMappingURL=run-queue.js.map