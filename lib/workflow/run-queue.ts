/**
 * Runs that are to become resident, and in which order. Pure.
 *
 * Q1. A run stands in it once: with the highest urgency that was asked for, else in the order of asking.
 * Q2. It is bounded by the runs that the group has open.
 * Tests: test/workflow/residency.spec.ts, residency-disk.spec.ts.
 */

/** asked: somebody waits for it (a query) · owned: this node has to act for it · other: a copy that is good to have. */
export type Urgency = 'asked' | 'owned' | 'other';

const ORDER: readonly Urgency[] = ['asked', 'owned', 'other'];

export class RunQueue {
  private readonly byUrgency: Record<Urgency, Set<string>> = { asked: new Set(), owned: new Set(), other: new Set() };

  get size(): number {
    const { asked, owned, other } = this.byUrgency;
    return asked.size + owned.size + other.size;
  }

  add(runId: string, urgency: Urgency): void {
    for (const level of ORDER) {
      if (level === urgency) break;
      if (this.byUrgency[level].has(runId)) return;
    }
    this.remove(runId);
    this.byUrgency[urgency].add(runId);
  }

  /** The next one, which stays in the queue. */
  first(): { readonly runId: string; readonly urgency: Urgency } | undefined {
    for (const urgency of ORDER) {
      for (const runId of this.byUrgency[urgency]) return { runId, urgency };
    }
    return undefined;
  }

  remove(runId: string): void {
    for (const urgency of ORDER) this.byUrgency[urgency].delete(runId);
  }

  /** Forgets those that are only good to have. */
  forgetOthers(): void {
    this.byUrgency.other.clear();
  }

  clear(): void {
    for (const urgency of ORDER) this.byUrgency[urgency].clear();
  }
}
