/**
 * Retention at a scale (R28): sweeps are bounded.
 */
import { expect, it } from '@jest/globals';
import { CommandKind } from '../../lib/workflow/command.js';
import { TimersService } from '../../lib/workflow/timers-service.js';
import { ManualClock } from '../support/manual-clock.js';
const HOUR_MS = 3_600_000;
/** A leader over a state that knows closing times only, and sweeps what it is told to. */
function leaderOver(closedMs, startMs) {
    const clock = new ManualClock(startMs);
    const sweeps = [];
    const proposed = [];
    const closed = [...closedMs].sort((a, b) => a - b);
    let head = 0;
    let lost = 0;
    const state = {
        get logTimeMs() {
            return clock.now();
        },
        get closedRunCount() {
            return closed.length - head;
        },
        limits: { retentionMs: 24 * HOUR_MS },
        nextTimer: () => undefined,
        oldestClosedMs: () => closed[head],
    };
    const timers = new TimersService({ state, clock, submit: (command) => void proposed.push(command) });
    const apply = () => {
        for (let command = proposed.shift(); command !== undefined; command = proposed.shift()) {
            if (command.kind !== CommandKind.RETENTION_SWEEP)
                throw new Error(`proposed ${command.kind}`);
            if (lost > 0) {
                lost--;
                continue;
            }
            const before = head;
            expect(command.cutoffMs).toBeLessThanOrEqual(clock.now() - 24 * HOUR_MS);
            while (head < closed.length && closed[head] <= command.cutoffMs)
                head++;
            sweeps.push(head - before);
            timers.afterApply();
        }
    };
    const advance = (ms) => {
        const untilMs = clock.now() + ms;
        apply();
        while (clock.step(untilMs))
            apply();
        apply();
    };
    return { clock, timers, sweeps, advance, left: () => closed.length - head, lose: (count) => void (lost = count) };
}
it('R28: a million runs that are due are swept by many sweeps of a bounded number each, one after the other', () => {
    const startMs = 1_700_000_000_000;
    // 300 a second, for an hour; long ago a few.
    const closed = Array.from({ length: 1_000_000 }, (_, i) => startMs + Math.floor((i * HOUR_MS) / 1_000_000));
    const leader = leaderOver([...Array.from({ length: 50 }, (_, i) => startMs - (50 - i) * 60_000), ...closed], startMs + 30 * HOUR_MS);
    leader.timers.leadership(true);
    leader.advance(0);
    expect(leader.left()).toBe(0);
    expect(Math.max(...leader.sweeps)).toBeLessThanOrEqual(10_000);
    expect(leader.sweeps.length).toBeLessThan(1000);
});
it('R28: dense closings shrink the window, sparse ones let it grow', () => {
    const startMs = 1_700_000_000_000;
    const dense = Array.from({ length: 200_000 }, (_, i) => startMs + Math.floor(i / 20)); // 20 in a millisecond
    const sparse = Array.from({ length: 1000 }, (_, i) => startMs + HOUR_MS + i * 1000);
    const leader = leaderOver([...dense, ...sparse], startMs + 30 * HOUR_MS);
    leader.timers.leadership(true);
    leader.advance(0);
    expect(leader.left()).toBe(0);
    expect(leader.sweeps[0]).toBeLessThanOrEqual(20_020); // the first window is not adapted yet
    expect(Math.max(...leader.sweeps.slice(1))).toBeLessThanOrEqual(10_000);
    expect(leader.sweeps.length).toBeLessThan(300);
});
it('R28: a sweep that had no effect is proposed again, and runs that become due one by one are swept at most once a second', () => {
    const startMs = 1_700_000_000_000;
    const leader = leaderOver(Array.from({ length: 1000 }, (_, i) => startMs + i * 10), startMs + 24 * HOUR_MS - 5000);
    leader.timers.leadership(true);
    leader.lose(2);
    leader.advance(4000);
    expect(leader.sweeps).toEqual([]);
    leader.advance(20_000);
    expect(leader.left()).toBe(0);
    expect(leader.sweeps.length).toBeLessThanOrEqual(12);
    leader.timers.stop();
});
//# sourceMappingURL=retention.spec.js.map