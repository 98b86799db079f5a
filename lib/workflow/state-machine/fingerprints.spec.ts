import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { FingerprintSet, fingerprintOf } from './fingerprints.js';

describe('fingerprints of ids', () => {
  it('are pinned: they stand in rows', () => {
    expect(['', 'a', 'wf-1', 'größe', '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e'].map(fingerprintOf)).toEqual([
      2463133036378067, 1536416229441820, 4490594392010331, 291257597150249, 1842698935041247,
    ]);
  });

  it('P1: are safe integers of 52 bits above 0, and 100,000 ids have as many', () => {
    const found = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      const print = fingerprintOf(`order-${i}`);
      if (!Number.isSafeInteger(print) || print <= 0 || print >= 2 ** 52) throw new Error(`fingerprint ${print}`);
      found.add(print);
    }
    expect(found.size).toBe(100_000);
  });
});

describe('the multiset', () => {
  it('P2: holds each value as often as it was added and not removed, whatever the order', () => {
    const random = xorshift(31);
    const set = new FingerprintSet();
    const model = new Map<number, number>();
    // Few low words, so that values push each other from their places; few values, so that they come again.
    const value = (): number => (random() % 64) * 0x1_0000_0000 * 61 + (random() % 23) + 1;
    for (let step = 0; step < 200_000; step++) {
      const print = value();
      const count = model.get(print) ?? 0;
      if (random() % 100 < (step % 40_000 < 20_000 ? 60 : 40)) {
        set.add(print);
        model.set(print, count + 1);
      } else if (count > 0) {
        set.remove(print);
        model.set(print, count - 1);
      }
      const other = value();
      if (set.has(other) !== (model.get(other) ?? 0) > 0) throw new Error(`step ${step}: ${other} is held ${model.get(other)} times`);
    }
    for (const [print, count] of model) {
      for (let left = count; left > 0; left--) set.remove(print);
      expect(set.has(print)).toBe(false);
    }
  });

  it('P2: a chain of 20,000 runs under one id takes one place', () => {
    const set = new FingerprintSet();
    const print = fingerprintOf('chain');
    set.add(print);
    const one = set.bytes;
    for (let i = 1; i < 20_000; i++) set.add(print);
    expect(set.bytes).toBe(one);
    expect(one).toBe(16 * 8);
    for (let i = 0; i < 19_999; i++) set.remove(print);
    expect(set.has(print)).toBe(true);
    set.remove(print);
    expect(set.has(print)).toBe(false);
    expect(() => set.remove(print)).toThrow(/was not added/);
  });

  it('P3: has no table without a value, and gives all memory back when it empties', () => {
    for (const expected of [0, 50_000]) {
      const set = new FingerprintSet(expected);
      expect([set.bytes, set.has(fingerprintOf('id-1'))]).toEqual([0, false]);
      for (let turn = 0; turn < 2; turn++) {
        for (let i = 0; i < 50_000; i++) set.add(fingerprintOf(`id-${i}`));
        expect(set.bytes).toBeGreaterThan(50_000 * 8);
        for (let i = 0; i < 50_000; i++) set.remove(fingerprintOf(`id-${i}`));
        expect(set.bytes).toBe(0);
        expect(set.has(fingerprintOf('id-1'))).toBe(false);
        expect(() => set.remove(fingerprintOf('id-1'))).toThrow(/was not added/);
      }
      set.add(5);
      expect([set.bytes, set.has(5), set.has(6)]).toEqual([16 * 8, true, false]);
    }
  });

  it('P3: one that never had a value has none to be removed', () => {
    expect(() => new FingerprintSet().remove(7)).toThrow(/fingerprint 7 is removed, and was not added/);
  });

  it('P4: holds what came all at once as what came one by one, however often', () => {
    const random = xorshift(7);
    const prints = Float64Array.from({ length: 50_000 }, () => (random() % 64) * 0x1_0000_0000 * 61 + (random() % 400) + 1);
    const often = new Float64Array(5_000).fill(77);
    const set = new FingerprintSet();
    set.add(77);
    // More than are sorted at once, in one array and in several.
    const many = Float64Array.from({ length: 600_000 }, (_, i) => (i % 997) * 0x1_0000_0000 + 5 + (i % 3));
    set.addAll([prints.subarray(0, 20_000), new Float64Array(0), often, many, prints.subarray(20_000), new Float64Array(0)]);
    set.addAll([]);
    const counts = new Map<number, number>([[77, 1]]);
    for (const print of [...prints, ...often, ...many]) counts.set(print, (counts.get(print) ?? 0) + 1);
    for (const [print, count] of counts) {
      for (let left = count; left > 0; left--) {
        if (!set.has(print)) throw new Error(`${print} is held ${count - left} times instead of ${count}`);
        set.remove(print);
      }
      if (set.has(print)) throw new Error(`${print} is held more than ${count} times`);
    }
  });
});
