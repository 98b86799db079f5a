import { expect, it } from '@jest/globals';
import { backoffMs, planOf } from './compute-plan.js';
it('without options there is one attempt and no time-out', () => {
    expect(planOf(undefined, 'x')).toMatchObject({ attemptsMax: 1, timeoutMs: 0 });
});
it('R21: the backoff grows by its factor up to its bound', () => {
    const plan = planOf({ timeout: '10s', retry: { maxAttempts: 9, initialDelay: '500ms', factor: 3, maxDelay: '10s' } }, 'x');
    expect(plan).toMatchObject({ timeoutMs: 10_000, attemptsMax: 9 });
    expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(plan, attempt))).toEqual([500, 1500, 4500, 10_000, 10_000]);
});
it.each([
    [{ retry: { maxAttempts: 0 } }],
    [{ retry: { maxAttempts: 1.5 } }],
    [{ retry: { factor: 0.5 } }],
    [{ timeout: 'soon' }],
    [{ retry: { initialDelay: -1 } }],
])('%j is refused', (options) => {
    expect(() => planOf(options, "compute 'x'")).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining("compute 'x'") }));
});
//# sourceMappingURL=compute-plan.spec.js.map