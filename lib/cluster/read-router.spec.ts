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
    appliedIndex: () => 10,
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

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('D1: each round has a context of its own: the answer to an earlier one confirms no later read (etcd#20418, etcd-io/raft#397)', async () => {
  const { reads, contexts } = setUp();
  const settled: string[] = [];
  const read = (name: string): Promise<unknown> => reads.read({ deadlineMs: 100 }).then((index) => settled.push(`${name} at ${index}`));
  void read('earlier');
  reads.flush();
  void read('later');
  reads.flush();
  reads.onReadState(new ReadState(7, contexts[0]!));
  await turn();
  expect(settled).toEqual(['earlier at 7']);
  // Once more, as a network may: that round is over.
  reads.onReadState(new ReadState(7, contexts[0]!));
  reads.onReadState(new ReadState(9, contexts[1]!));
  await turn();
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

it('D3: the answer to a round is good however late it comes: reads end where every round takes longer than its patience', async () => {
  const { reads, contexts } = setUp();
  const outcome = reads.read({ deadlineMs: 10_000 });
  reads.flush();
  // Answers come 30 ticks after their question, rounds are repeated every few.
  for (let tick = 0; tick < 30; tick++) {
    reads.tick();
    reads.flush();
  }
  expect(contexts.length).toBeGreaterThan(3);
  expect(contexts.length).toBeLessThan(12);
  reads.onReadState(new ReadState(7, contexts[0]!));
  expect(await outcome).toBe(7);
  for (const context of contexts) reads.onReadState(new ReadState(8, context));
  reads.tick();
  expect([reads.isIdle, reads.held]).toEqual([true, 0]);
});

it('D3: a read that waits for its index is not asked for again', async () => {
  const { reads, contexts } = setUp();
  const outcome = reads.read({ deadlineMs: 10_000 });
  reads.flush();
  for (let tick = 0; tick < 4; tick++) reads.tick();
  // In a later round as well, or about to be: the first answer counts, and is not applied here yet.
  reads.onReadState(new ReadState(11, contexts[0]!));
  reads.flush();
  for (let tick = 0; tick < 30; tick++) {
    reads.tick();
    reads.flush();
  }
  expect(contexts).toHaveLength(1);
  for (const context of contexts) reads.onReadState(new ReadState(20, context));
  reads.applied(11);
  expect(await outcome).toBe(11);
  reads.tick();
  expect(reads.held).toBe(0);
});

it('D4: of rounds that are never answered a few are kept', async () => {
  const { reads, contexts, pass } = setUp();
  const outcome = reads.read({ deadlineMs: 100_000 }).catch((error: { code: string }) => error.code);
  for (let tick = 0; tick < 1_000; tick++) {
    reads.flush();
    reads.tick();
  }
  expect(contexts.length).toBeGreaterThan(200);
  expect(reads.held).toBeLessThan(20);
  pass(100_001);
  expect(await outcome).toBe('NO_LEADER');
  reads.tick();
  expect(reads.held).toBe(0);
});
