/**
 * How fast snapshots leave a node: a bucket of tokens on the injected clock, one for all of its groups and peers. Pure but for the clock.
 *
 * P1. Over any time, no more leaves than `bytesPerSecondMax` allows for that time, and one burst; 0 = no bound.
 * P2. Whoever takes waits as long as he is told: the next one's time is counted from there, so that two share what there is.
 * Tests: snapshot-pace.spec.ts, test/cluster/snapshot-stream.spec.ts.
 */
import type { Clock } from './clock.js';

/** What may leave at once after a pause. */
const BURST_MS = 20;

export class SnapshotPace {
  /** When all that was taken may have left, monotonic ms. */
  private freeAt = -Infinity;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly bytesPerSecondMax: number,
  ) {}

  /** Takes so many bytes. Returns the time to wait before they leave, ms. */
  take(bytes: number): number {
    if (this.bytesPerSecondMax === 0) return 0;
    const now = this.clock.monotonic();
    const from = Math.max(this.freeAt, now - BURST_MS);
    this.freeAt = from + (bytes / this.bytesPerSecondMax) * 1000;
    return Math.max(0, from - now);
  }
}
