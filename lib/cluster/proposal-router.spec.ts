/** Corners of the router that a whole cluster reaches by rare interleavings only. */
import { describe, expect, it } from '@jest/globals';
import { ProposeResult, type RawNode } from '../raft/index.js';
import { EnvelopeKind, type Envelope, type ProposeEnvelope } from '../transport/transport.js';
import { DeadlineHeap } from './deadline-heap.js';
import { DEFAULT_TUNING } from './host-options.js';
import { firstCallId } from './host-services.js';
import { AnswerStatus, ProposalRouter, type RouterContext } from './proposal-router.js';

function frame(text: string): Uint8Array {
  return Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 1, ...Buffer.from(text, 'utf8'));
}

/** A router on node 1, whose core and time are the test's. */
function setUp(incarnation = 1) {
  let nowMs = 0;
  const timers: Array<() => void> = [];
  const clock = {
    now: () => 1_000 + nowMs,
    monotonic: () => nowMs,
    setTimer: (_ms: number, callback: () => void) => ({
      cancel: () => void timers.splice(timers.indexOf(callback), 1),
      at: timers.push(callback),
    }),
  };
  const raw = { isLeader: false, leaderId: 2, term: 3, lastIndex: 10, proposedIndex: 0, proposedTerm: 0 };
  const proposeBatch = (frames: readonly Uint8Array[]): ProposeResult => {
    raw.proposedIndex = raw.lastIndex + 1;
    raw.proposedTerm = raw.term;
    raw.lastIndex += frames.length;
    return ProposeResult.Appended;
  };
  const core = Object.assign(raw, { propose: (bytes: Uint8Array) => proposeBatch([bytes]), proposeBatch });
  const sent: Envelope[] = [];
  let appliedIndex = 10;
  const context: RouterContext = {
    groupId: 1,
    nodeId: 1,
    firstCallId: firstCallId(incarnation),
    raw: core as unknown as RawNode,
    clock,
    logTimeMs: () => 0,
    deadlines: new DeadlineHeap(clock, { turn: (callback) => callback(), soon: (callback) => callback() }, 50),
    tuning: DEFAULT_TUNING,
    appliedIndex: () => appliedIndex,
    check: () => undefined,
    warn: () => undefined,
    send: (_to, envelope) => sent.push(envelope),
    changed: () => undefined,
    wantFlush: () => undefined,
    gatherFlush: () => undefined,
  };
  const router = new ProposalRouter<string>(context);
  return {
    router,
    raw,
    asks: () => sent.filter((envelope): envelope is ProposeEnvelope => envelope.kind === EnvelopeKind.PROPOSE),
    applyTo: (index: number) => (appliedIndex = index),
    answer: (callId: number, status: number, index = 0, term = raw.term) =>
      router.onAnswer(2, {
        kind: EnvelopeKind.PROPOSE_ANSWER,
        groupId: 1,
        callId,
        ok: status === 0,
        status,
        index,
        term,
        leaderId: 2,
      }),
    pass: (ms: number) => {
      nowMs += ms;
      for (const timer of timers.splice(0)) timer();
    },
  };
}

describe('proposal router', () => {
  it('R2: a snapshot of a later term sends a superseded command behind it again, without waiting for its index', () => {
    const { router, raw, asks, applyTo } = setUp();
    raw.isLeader = true;
    raw.lastIndex = 499;
    router.submit(frame('of the engine'), undefined);
    router.flush();
    // Deposed with a long tail of its own; the next leader's snapshot ends before it, in a later term.
    Object.assign(raw, { isLeader: false, term: 5 });
    router.leadershipChanged();
    applyTo(300);
    router.restored(300, 5);
    router.flush();
    expect(asks()).toHaveLength(1);
  });

  it('R2: an answer that comes after its index was applied in another term is not taken for that entry: the command is sent again', async () => {
    const { router, raw, asks, answer, applyTo } = setUp();
    const settled: string[] = [];
    const outcome = router.propose(frame('mine'), undefined).then(({ result }) => settled.push(result));
    router.flush();
    applyTo(11);
    router.applied(11, 4, 'of another node');
    answer(asks()[0]!.callId, AnswerStatus.OK, 11, 3);
    await Promise.resolve();
    expect(settled).toEqual([]);
    router.flush();
    expect(asks()).toHaveLength(2);
    answer(asks()[1]!.callId, AnswerStatus.OK, 12, raw.term + 1);
    applyTo(12);
    router.applied(12, raw.term + 1, 'mine');
    await outcome;
    expect(settled).toEqual(['mine']);
  });

  it('R38: OVERLOADED is answered only where nothing was ever sent before; else the command goes on until its deadline', async () => {
    const { router, asks, answer, pass } = setUp();
    const outcome = router.propose(frame('x'), { deadlineMs: 1_000 }).catch((error: { code: string }) => error.code);
    router.flush();
    // The first send may have been appended by the leader that was lost.
    router.leadershipChanged();
    router.flush();
    expect(asks()).toHaveLength(2);
    answer(asks()[1]!.callId, AnswerStatus.OVERLOADED);
    pass(1_001);
    expect(await outcome).toBe('OUTCOME_UNKNOWN');
  });

  it('P1: an answer to a call of this node’s former process is never taken for the answer to a command of this one', () => {
    const former = setUp(1);
    former.router.submit(frame('of the former process'), undefined);
    former.router.flush();
    const { router, asks, answer, applyTo } = setUp(2);
    let isAnswered = false;
    void router.propose(frame('new'), undefined).then(() => (isAnswered = true));
    router.flush();
    expect(asks()[0]!.callId).not.toBe(former.asks()[0]!.callId);
    answer(former.asks()[0]!.callId, AnswerStatus.OK, 11);
    applyTo(11);
    router.applied(11, 3, 'the former one');
    return Promise.resolve().then(() => expect(isAnswered).toBe(false));
  });
});
