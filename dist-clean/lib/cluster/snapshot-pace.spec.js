import { describe, expect, it } from '@jest/globals';
import { SnapshotPace } from './snapshot-pace.js';
describe('SnapshotPace', () => {
    it('over any time no more leaves than is allowed for it, and a small burst', () => {
        let nowMs = 1000;
        const pace = new SnapshotPace({ monotonic: () => nowMs }, 1_000_000);
        const beganMs = nowMs;
        let bytes = 0;
        for (let i = 0; i < 500; i++) {
            const size = 1 + ((i * 7919) % 30_000);
            nowMs += pace.take(size);
            bytes += size;
            // What is taken last may leave at once: it is counted against the next one.
            expect(bytes - size).toBeLessThanOrEqual(((nowMs - beganMs) / 1000) * 1_000_000 + 20_001);
        }
        expect(nowMs - beganMs).toBeGreaterThan((bytes / 1_000_000) * 1000 - 100);
        nowMs += 60_000;
        // A long pause is no credit.
        expect(pace.take(20_000) + pace.take(20_000)).toBe(0);
        expect(pace.take(1)).toBeGreaterThan(15);
    });
    it('two who take share it; 0 is no bound', () => {
        const pace = new SnapshotPace({ monotonic: () => 0 }, 1_000);
        expect([pace.take(100), pace.take(100), pace.take(100)]).toEqual([0, 80, 180]);
        const none = new SnapshotPace({ monotonic: () => 0 }, 0);
        for (let i = 0; i < 9; i++)
            expect(none.take(1e9)).toBe(0);
    });
});
//# sourceMappingURL=snapshot-pace.spec.js.map