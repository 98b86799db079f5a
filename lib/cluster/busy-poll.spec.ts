import { describe, expect, it } from '@jest/globals';
import { BusyPoll } from './busy-poll.js';

function setUp(forMs: number): {
  readonly poll: BusyPoll;
  readonly state: { nowMs: number; isAwaited: boolean };
  run(turns: number): number;
} {
  const state = { nowMs: 100, isAwaited: true };
  let queue: Array<() => void> = [];
  const poll = new BusyPoll({
    clock: { monotonic: () => state.nowMs },
    scheduler: { turn: (callback) => queue.push(callback) },
    forMs,
    isAwaited: () => state.isAwaited,
  });
  const run = (turns: number): number => {
    let ran = 0;
    for (; ran < turns && queue.length > 0; ran++) {
      const due = queue;
      queue = [];
      expect(due).toHaveLength(1);
      due[0]!();
    }
    return ran;
  };
  return { poll, state, run };
}

describe('BusyPoll', () => {
  it('is off at 0', () => {
    const { poll, run } = setUp(0);
    poll.wake();
    expect(run(1)).toBe(0);
  });

  it('polls while something is awaited, once at a time, and stops with it', () => {
    const { poll, state, run } = setUp(5);
    poll.wake();
    poll.wake();
    expect(run(10)).toBe(10);
    state.isAwaited = false;
    expect(run(10)).toBe(1);
    poll.wake();
    expect(run(10)).toBe(0);
    state.isAwaited = true;
    poll.wake();
    expect(run(3)).toBe(3);
  });

  it('B1: stops by itself; another write begins it anew', () => {
    const { poll, state, run } = setUp(5);
    poll.wake();
    run(2);
    state.nowMs += 4;
    poll.wake();
    state.nowMs += 4;
    expect(run(2)).toBe(2);
    state.nowMs += 1;
    expect(run(10)).toBe(1);
    poll.wake();
    expect(run(2)).toBe(2);
  });
});
