import { describe, expect, it } from '@jest/globals';
import { ClosedRing } from './closed-ring.js';
import { fingerprintOf } from './fingerprints.js';

/** A global is slow to reach inside a test runner's module context. */
const { imul } = Math;

function filled(closedMs: readonly number[]): ClosedRing {
  const ring = new ClosedRing();
  for (const [i, ms] of closedMs.entries()) ring.add(ms, fingerprintOf(`wf-${i}`), fingerprintOf(`run-${i}`));
  return ring;
}

describe('closed runs in the order of closing', () => {
  it('G1, G2: numbers ascend from 1, a sweep takes a prefix, and what it took is not held', () => {
    const ring = filled([10, 20, 20, 30]);
    expect([ring.size, ring.last, ring.swept, ring.oldestMs()]).toEqual([4, 4, 0, 10]);
    ring.sweep(20);
    expect([ring.size, ring.last, ring.swept, ring.oldestMs(), ring.newestSweptMs]).toEqual([1, 4, 3, 30, 20]);
    expect([0, 1, 2, 3].map((i) => [ring.has(fingerprintOf(`wf-${i}`)), ring.has(fingerprintOf(`run-${i}`))])).toEqual([
      [false, false],
      [false, false],
      [false, false],
      [true, true],
    ]);
    expect(ring.entry(4)).toEqual({ closedMs: 30, workflowPrint: fingerprintOf('wf-3'), runPrint: fingerprintOf('run-3') });
    expect(() => ring.entry(3)).toThrow(/closing 3 is not in 3..4/);
    expect(() => ring.add(29, 1, 1)).toThrow(/closes at 29/);
  });

  it('holds what it was given across chunks, sweeps in the middle of them, and takes more', () => {
    const ring = new ClosedRing();
    for (let i = 1; i <= 20_000; i++) {
      if (ring.add(i, i, i + 100_000) !== i) throw new Error(`closing ${i} has another number`);
      if (i % 1000 === 0) ring.sweep(i - 1500);
    }
    expect([ring.swept, ring.size]).toEqual([18_500, 1500]);
    for (const i of [18_501, 19_000, 20_000]) expect(ring.entry(i)).toEqual({ closedMs: i, workflowPrint: i, runPrint: i + 100_000 });
    ring.sweep(Infinity);
    expect([ring.size, ring.oldestMs()]).toEqual([0, undefined]);
    expect(ring.add(20_000, 7, 8)).toBe(20_001);
    expect(ring.entry(20_001)).toEqual({ closedMs: 20_000, workflowPrint: 7, runPrint: 8 });
  });

  it('G3: the time to delete by never covers a run that is here, or may still close', () => {
    const ring = filled([10, 20]);
    expect(ring.sweptMs(20)).toBe(0);
    ring.sweep(20);
    // Log time is still 20: another run may close now.
    expect(ring.sweptMs(20)).toBe(0);
    ring.add(20, 5, 6);
    expect(ring.sweptMs(25)).toBe(0);
    ring.sweep(22);
    expect(ring.sweptMs(25)).toBe(20);
    ring.add(25, 7, 8);
    ring.sweep(25);
    expect(ring.sweptMs(25)).toBe(20);
    expect(ring.sweptMs(26)).toBe(25);
  });

  it.each([0, 1, 4095, 4096, 4097, 10_000])('%i runs that are loaded and indexed are like those that were added', (count) => {
    const added = new ClosedRing(7, 5, count);
    const loaded = new ClosedRing(7, 5, count);
    for (let from = 0; from < count; from += 1_500) {
      const entries: number[] = [];
      for (let i = from; i < Math.min(from + 1_500, count); i++) {
        // Every third has the workflow id of another one.
        const [workflow, run] = [spread(i % 3 === 0 ? 0 : 2 * i), spread(2 * i + 1)];
        added.add(10 + i, workflow, run);
        entries.push(10 + i, workflow, run);
      }
      loaded.load(new Float64Array(entries));
    }
    loaded.load(new Float64Array(0));
    expect(loaded.mayHave(spread(2 * count + 9))).toBe(count > 8192);
    const absent = spread(2 * count + 2);
    const look = (ring: ClosedRing): unknown => [ring.size, ring.last, ring.latestMs, ring.bytes, ring.has(absent), ring.has(spread(0))];
    expect(look(loaded)).toEqual(look(added));
    for (let i = 0; i < count; i++) {
      if (!loaded.has(spread(2 * i + 1)) || (i % 3 !== 0 && !loaded.has(spread(2 * i)))) throw new Error(`run ${i} is not held`);
      if (loaded.entry(8 + i).runPrint !== added.entry(8 + i).runPrint) throw new Error(`run ${i} has another entry`);
    }
    loaded.add(10 + count, absent, absent);
    for (const ring of [loaded, added]) ring.sweep(9 + count);
    expect([loaded.size, loaded.has(spread(0)), loaded.has(spread(1)), loaded.has(absent)]).toEqual([1, false, false, true]);
  });

  it('G5: while it is indexed bit by bit, nothing that is held is denied, whatever is added and swept meanwhile', () => {
    const count = 30_000;
    const ring = new ClosedRing(0, 0, count);
    const entries = new Float64Array(3 * count);
    for (let i = 0; i < count; i++) entries.set([10 + i, spread(2 * i), spread(2 * i + 1)], 3 * i);
    ring.load(entries);
    const absent = spread(4 * count);
    let asked = 0;
    let added = count;
    ring.sweep(10 + 4_999); // none of them is indexed
    while (ring.mayHave(absent)) {
      asked++;
      for (const number of [ring.swept + 1, ring.last]) expect(ring.mayHave(ring.entry(number).runPrint)).toBe(true);
      ring.add(10 + added, spread(2 * added), spread(2 * added + 1));
      added++;
      ring.sweep(10 + 5_000 + 700 * asked); // indexed ones, and others
    }
    expect(asked).toBeGreaterThan(0);
    for (let number = ring.swept + 1; number <= ring.last; number++) {
      const { workflowPrint, runPrint } = ring.entry(number);
      if (!ring.has(workflowPrint) || !ring.has(runPrint)) throw new Error(`run ${number} is not held`);
    }
    expect([ring.last, ring.has(spread(0)), ring.has(spread(2 * 5_000)), ring.has(absent)]).toEqual([added, false, false, false]);
    ring.sweep(10 + added);
    expect([ring.size, ring.has(spread(2 * added - 2)), ring.mayHave(spread(2 * count))]).toEqual([0, false, false]);
    ring.add(10 + added, 5, 6);
    expect([ring.mayHave(5), ring.mayHave(6), ring.mayHave(7)]).toEqual([true, true, false]);
  });

  it('nothing is loaded behind what was added', () => {
    const ring = filled([10]);
    expect(() => ring.load(Float64Array.of(11, 1, 2))).toThrow(/loaded behind 1 that were added/);
    expect(() => new ClosedRing(1, 12).load(Float64Array.of(11, 1, 2))).toThrow(/closes at 11, after one that closed at 12/);
  });

  it('G4: a million closed runs take less than 100 MB in typed arrays, growth included', () => {
    const ring = new ClosedRing();
    let most = 0;
    for (let i = 0; i < 1_000_000; i++) {
      // Scattered like hashes: a multiplicative walk over 52 bits.
      ring.add(i, spread(2 * i), spread(2 * i + 1));
      if (i % 4096 === 0) most = Math.max(most, ring.bytes);
    }
    expect(ring.size).toBe(1_000_000);
    expect(Math.max(most, ring.bytes)).toBeLessThan(75_000_000);
    // A table that grows has the old one beside it: one of 64.
    ring.sweep(1000);
    expect(ring.size).toBe(998_999);
  }, 60_000);
});

/** A permutation of the integers below 2^52, near enough. */
function spread(i: number): number {
  const low = imul(i + 1, 0x9e3779b1) >>> 0;
  const high = imul(i + 1, 0x85ebca6b) >>> 12;
  return high * 0x1_0000_0000 + low || 1;
}
