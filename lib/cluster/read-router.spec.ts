/** Rounds of the reads of a group, and bounds of what waits in them. */
import { expect, it } from '@jest/globals';
import { ReadResult, ReadState, type RawNode } from '../raft/index.js';
import { DeadlineHeap } from './deadline-heap.js';
import { DEFAULT_TUNING } from './host-options.js';
import type { RouterContext } from './proposal-router.js';
import { ReadRouter } from './read-router.js';

/** Reads of node 1, whose core and time are the test's. */
function setUp() {
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
  return {
    reads,
    contexts,
    pass: (ms: number) => {
      nowMs += ms;
      timer?.();
    },
  };
}

it('reads that ran out of time while nothing was applied leave nothing behind', async () => {
  const { reads, contexts, pass } = setUp();
  for (let round = 0; round < 20; round++) {
    const outcome = reads.read({ deadlineMs: 100 }).catch((error: { code: string }) => error.code);
    reads.flush();
    // Confirmed, at an index that this node never gets.
    reads.onReadState(new ReadState(1_000, contexts.at(-1)!));
    pass(101);
    expect(await outcome).toBe('NO_LEADER');
    reads.tick();
  }
  expect(reads.isIdle).toBe(true);
  expect(reads.held).toBe(0);
});

it('D1: each round has a context of its own: the answer to an earlier one confirms no later read (etcd#20418, etcd-io/raft#397)', async () => {
  const { reads, contexts } = setUp();
  const settled: string[] = [];
  const read = (name: string): Promise<unknown> => reads.read({ deadlineMs: 100 }).then((index) => settled.push(`${name} at ${index}`));
  const earlier = read('earlier');
  reads.flush();
  const later = read('later');
  reads.flush();
  reads.onReadState(new ReadState(7, contexts[0]!));
  await earlier;
  expect(settled).toEqual(['earlier at 7']);
  // Once more, as a network may: that round is over.
  reads.onReadState(new ReadState(7, contexts[0]!));
  reads.onReadState(new ReadState(9, contexts[1]!));
  await later;
  expect(settled).toEqual(['earlier at 7', 'later at 9']);
});

it('D3: a round that was lost with its leader is repeated as soon as there is another, under another context', async () => {
  const { reads, contexts } = setUp();
  const outcome = reads.read({ deadlineMs: 100 });
  reads.flush();
  reads.leadershipChanged();
  reads.flush();
  expect(contexts).toHaveLength(2);
  expect(contexts[1]).not.toEqual(contexts[0]);
  reads.onReadState(new ReadState(8, contexts[0]!));
  reads.onReadState(new ReadState(9, contexts[1]!));
  expect(await outcome).toBe(9);
});
