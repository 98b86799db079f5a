/**
 * Whether a figure that was sampled over hours grows. Pure.
 *
 * B1. The slope is the median of the slopes of all pairs (Theil–Sen): bursts and single peaks, up to a quarter of all samples, do not move it.
 * B2. What is judged is the growth over the whole time watched, in the figure's own unit. The bound does not grow with that time, so a longer run is a stricter one.
 */

export interface Sample {
  readonly ms: number;
  readonly value: number;
}

export interface GrowthBound {
  /** In the unit of the figure. */
  readonly absolute: number;
  /** Of the median. The larger of the two is the bound. */
  readonly share: number;
}

export interface Growth {
  readonly samples: number;
  readonly median: number;
  readonly max: number;
  /** Over the time between the first sample and the last. */
  readonly growth: number;
  readonly bound: number;
  /** null: too few samples to say. */
  readonly isBounded: boolean | null;
}

export const SAMPLES_MIN = 24;
/** Pairs grow with the square of the samples: of more than so many, evenly spread ones are taken. */
const SAMPLES_TAKEN_MAX = 600;

export function judgeGrowth(samples: readonly Sample[], { absolute, share }: GrowthBound): Growth {
  const values = samples.map(({ value }) => value).sort(ascending);
  const median = medianOf(values);
  const bound = Math.max(absolute, share * median);
  const max = values.at(-1) ?? Number.NaN;
  const taken = evenly(samples, SAMPLES_TAKEN_MAX);
  const slopes: number[] = [];
  for (const [at, a] of taken.entries())
    for (const b of taken.slice(at + 1)) if (b.ms > a.ms) slopes.push((b.value - a.value) / (b.ms - a.ms));
  const watchedMs = samples.length === 0 ? 0 : samples.at(-1)!.ms - samples[0]!.ms;
  const growth = slopes.length === 0 ? 0 : medianOf(slopes.sort(ascending)) * watchedMs;
  return { samples: samples.length, median, max, growth, bound, isBounded: samples.length < SAMPLES_MIN ? null : growth <= bound };
}

function evenly(samples: readonly Sample[], countMax: number): readonly Sample[] {
  if (samples.length <= countMax) return samples;
  return Array.from({ length: countMax }, (_, i) => samples[Math.floor((i * (samples.length - 1)) / (countMax - 1))]!);
}

function medianOf(sorted: readonly number[]): number {
  if (sorted.length === 0) return Number.NaN;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function ascending(a: number, b: number): number {
  return a - b;
}
