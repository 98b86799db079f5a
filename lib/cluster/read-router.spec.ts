/** Bounds of what waits in the reads of a group. */
import { expect, it } from '@jest/globals';
import { ReadResult, ReadState, type RawNode } from '../raft/index.js';
import { DeadlineHeap } from './deadline-heap.js';
import { DEFAULT_TUNING } from './host-options.js';
import type { RouterContext } from './proposal-router.js';
import { ReadRouter } from './read-router.js';

it('reads that ran out of time while nothing was applied leave nothing behind', async () => {
  let nowMs = 0;
  let timer: (() => void) | null = null;
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    setTimer: (_ms: number, callback: () => void) => {
      timer = callback;
      return { cancel: () => (timer = null) };
    },
  };
  const contexts: Uint8Array[] = [];
  const raw = {
    isLeader: false,
    leaderId: 2,
    readIndex: (context: Uint8Array) => {
      contexts.push(context);
      return ReadResult.Accepted;
    },
  };
  const nothing = (): void => undefined;
  const context = {
    groupId: 1,
    firstCallId: 0,
    raw: raw as unknown as RawNode,
    clock,
    deadlines: new DeadlineHeap(clock, { turn: (callback) => callback(), soon: (callback) => callback() }, 50),
    tuning: DEFAULT_TUNING,
    appliedIndex: 10,
    changed: nothing,
    wantFlush: nothing,
    gatherFlush: nothing,
  } as unknown as RouterContext;
  const reads = new ReadRouter(context);
  for (let round = 0; round < 20; round++) {
    const outcome = reads.read({ deadlineMs: 100 }).catch((error: { code: string }) => error.code);
    reads.flush();
    // Confirmed, at an index that this node never gets.
    reads.onReadState(new ReadState(1_000, contexts.at(-1)!));
    nowMs += 101;
    (timer as (() => void) | null)?.();
    expect(await outcome).toBe('NO_LEADER');
    reads.tick();
  }
  expect(reads.isIdle).toBe(true);
  expect(reads.held).toBe(0);
});
