/**
 * How fast snapshots leave a node: a bucket of tokens on the injected clock, one for all of its groups and peers. Pure but for the clock.
 *
 * P1. Over any time, no more leaves than `bytesPerSecondMax` allows for that time, and one burst; 0 = no bound.
 * P2. Whoever takes waits as long as he is told: the next one's time is counted from there, so that two share what there is.
 * Tests: snapshot-pace.spec.ts, test/cluster/snapshot-stream.spec.ts.
 */
import type { Clock } from './clock.js';
export declare class SnapshotPace {
    private readonly clock;
    private readonly bytesPerSecondMax;
    /** When all that was taken may have left, monotonic ms. */
    private freeAt;
    constructor(clock: Pick<Clock, 'monotonic'>, bytesPerSecondMax: number);
    /** Takes so many bytes. Returns the time to wait before they leave, ms. */
    take(bytes: number): number;
}
