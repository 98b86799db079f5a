/** What was held back after a stall goes on only when the group has confirmed. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { StallGate } from './stall-gate.js';

function setUp() {
  const clock = new ManualClock();
  const reads: Array<{ resolve: (index: number) => void; reject: (error: Error) => void }> = [];
  const group = { longStalls: 0, readIndex: () => new Promise<number>((resolve, reject) => reads.push({ resolve, reject })) };
  const gate = new StallGate(group, clock);
  const acts: string[] = [];
  return { clock, reads, group, gate, acts, act: (name: string) => gate.pass(() => acts.push(name)) };
}

/** One that has been heard since its start. */
async function setUpHeard() {
  const parts = setUp();
  parts.act('start');
  parts.reads.pop()!.resolve(1);
  await settle();
  parts.acts.length = 0;
  return parts;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('StallGate', () => {
  it('P3: at the start of a process nothing passes before the group was heard; from then on everything does, and nobody is asked', async () => {
    const { act, acts, reads } = setUp();
    act('a');
    await settle();
    expect(acts).toEqual([]);
    reads[0]!.resolve(7);
    await settle();
    expect(acts).toEqual(['a']);
    act('b');
    expect(acts).toEqual(['a', 'b']);
    expect(reads).toHaveLength(1);
  });

  it('after a stall nothing passes before one read index was answered; then all, in order, and what follows at once', async () => {
    const { group, act, acts, reads } = await setUpHeard();
    group.longStalls = 1;
    act('a');
    act('b');
    await settle();
    expect(acts).toEqual([]);
    expect(reads).toHaveLength(1);
    reads[0]!.resolve(7);
    await settle();
    expect(acts).toEqual(['a', 'b']);
    act('c');
    expect(acts).toEqual(['a', 'b', 'c']);
  });

  it('an answer that came over a further stall confirms nothing', async () => {
    const { group, act, acts, reads } = await setUpHeard();
    group.longStalls = 1;
    act('a');
    group.longStalls = 2;
    reads[0]!.resolve(7);
    await settle();
    expect(acts).toEqual([]);
    reads[1]!.resolve(8);
    await settle();
    expect(acts).toEqual(['a']);
  });

  it('without a leader it asks again after a pause, and not at all once stopped', async () => {
    const { clock, gate, group, act, acts, reads } = await setUpHeard();
    group.longStalls = 1;
    act('a');
    reads[0]!.reject(new Error('no leader'));
    await settle();
    expect(reads).toHaveLength(1);
    clock.step(clock.now() + 500);
    expect(reads).toHaveLength(2);
    gate.stop();
    reads[1]!.resolve(7);
    await settle();
    expect(acts).toEqual([]);
    group.longStalls = 2;
    act('b');
    expect(reads).toHaveLength(2);
  });
});
