import { describe, expect, it } from '@jest/globals';
import { LogClock } from './log-clock.js';
function world() {
    const state = { wallMs: 1_000, monotonicMs: 50, logMs: 0, clock: null };
    state.clock = new LogClock({ now: () => state.wallMs, monotonic: () => state.monotonicMs }, () => state.logMs);
    return state;
}
describe('the time that a leader stamps', () => {
    it('is its wall clock where the log is not ahead', () => {
        const at = world();
        expect(at.clock.now()).toBe(1_000);
        at.logMs = 1_000;
        expect(at.clock.now()).toBe(1_000);
        expect(at.clock.until(1_300)).toBe(300);
    });
    it('C1 goes on from the log, at half the pace, where the log is ahead', () => {
        const at = world();
        at.logMs = 600_000;
        expect(at.clock.now()).toBe(600_000);
        at.monotonicMs += 400;
        at.wallMs += 400;
        expect(at.clock.now()).toBe(600_200);
        expect(at.clock.until(600_300)).toBe(200);
        // An entry with that stamp was applied: nothing is lost, and nothing counts twice.
        at.logMs = 600_200;
        expect(at.clock.now()).toBe(600_200);
        at.monotonicMs += 100;
        expect(at.clock.now()).toBe(600_250);
    });
    it('C2 the wall clock catches up with it', () => {
        const at = world();
        at.logMs = at.wallMs + 10_000;
        for (let second = 0; second < 21; second++) {
            at.wallMs += 1_000;
            at.monotonicMs += 1_000;
            at.logMs = Math.max(at.logMs, at.clock.now());
        }
        expect(at.clock.now()).toBe(at.wallMs);
    });
    it('many entries in a millisecond do not hold it back', () => {
        const at = world();
        at.logMs = 5_000;
        for (let i = 0; i < 4_000; i++) {
            at.monotonicMs += 0.25;
            at.logMs = Math.max(at.logMs, at.clock.now());
        }
        expect(at.logMs).toBeGreaterThan(5_400); // of 5,500: parts of a ms are dropped
    });
});
//# sourceMappingURL=log-clock.spec.js.map