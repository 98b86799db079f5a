import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SAMPLES_MIN, judgeGrowth, type Sample } from './growth.js';

const BOUND = { absolute: 16, share: 0.25 };
const EVERY_MS = 5_000;

/** Samples of a figure of about 100 that wanders by 10 and peaks now and then, and grows by `perHour`. */
function series(hours: number, perHour: number, seed = 1): Sample[] {
  const random = new SeededRandom(seed, 'growth');
  const count = Math.floor((hours * 3_600_000) / EVERY_MS);
  return Array.from({ length: count }, (_, i) => {
    const ms = i * EVERY_MS;
    const peak = random.chance(0.1) ? 80 : 0;
    return { ms, value: 100 + 10 * random.float() + peak + (perHour * ms) / 3_600_000 };
  });
}

describe('growth of a figure', () => {
  it('noise and peaks are no growth, over minutes or days', () => {
    for (const hours of [0.2, 1, 24])
      for (let seed = 1; seed <= 5; seed++) expect(judgeGrowth(series(hours, 0, seed), BOUND)).toMatchObject({ isBounded: true });
  });

  it('a leak is seen as soon as it is above the bound, through the same noise', () => {
    const { growth, isBounded } = judgeGrowth(series(0.5, 120), BOUND);
    expect(isBounded).toBe(false);
    expect(growth).toBeGreaterThan(50);
    expect(growth).toBeLessThan(70);
  });

  it('the bound does not grow with the time: a slow leak is seen by a longer run', () => {
    expect(judgeGrowth(series(1, 10), BOUND).isBounded).toBe(true);
    expect(judgeGrowth(series(24, 10), BOUND).isBounded).toBe(false);
  });

  it('the share of the median counts where it is larger, and shrinking is no growth', () => {
    expect(judgeGrowth(series(1, 0), BOUND).bound).toBeGreaterThan(20);
    expect(judgeGrowth(series(1, -60), BOUND).isBounded).toBe(true);
  });

  it('too few samples say nothing', () => {
    const few = series(1, 0).slice(0, SAMPLES_MIN - 1);
    expect(judgeGrowth(few, BOUND).isBounded).toBeNull();
    expect(judgeGrowth([], BOUND)).toMatchObject({ samples: 0, growth: 0, isBounded: null });
  });
});
