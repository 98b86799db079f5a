import { expect, it } from '@jest/globals';
import { runRandom, runUuid } from './run-random.js';
it('R23: random() and uuid() are fixed functions of (runId, counter): never change them', () => {
    const runId = '00000000-0000-4000-8000-000000000001';
    expect([runRandom(runId, 1), runRandom(runId, 2), runUuid(runId, 1), runUuid(runId, 2)]).toMatchInlineSnapshot(`
[
  0.7834003039497073,
  0.12464762836177612,
  "c803dbe7-b39a-45f4-86a3-3cd944bdf6e8",
  "168bf32c-0589-43f5-a7b8-035a027c3f65",
]
`);
});
it('random() is uniform in [0, 1)', () => {
    const buckets = new Array(10).fill(0);
    for (let i = 0; i < 10_000; i++)
        buckets[Math.floor(runRandom('r', i) * 10)]++;
    for (const count of buckets)
        expect(Math.abs(count - 1000)).toBeLessThan(150);
});
//# sourceMappingURL=run-random.spec.js.map