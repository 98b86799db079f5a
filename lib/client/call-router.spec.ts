import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { RaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import type { WorkflowService } from '../workflow/service.js';
import { noPlace, type CallBudgetOptions } from './call-budget.js';
import { CallRouter, type CallPlan } from './call-router.js';
import { CALL_METHOD, decodeCall, encodeAnswer, encodeFailure, type AnswerHead } from './forwarded-call.js';
import { MemberNotes } from './member-notes.js';
import { RoutingTable } from './routing-table.js';

const HEAD: AnswerHead = { standing: null, topology: 1 };

interface Asked {
  readonly node: number;
  readonly clusterId: number;
  readonly atMs: number;
  readonly timeoutMs: number;
}

type Behaviour = (asked: Asked) => RaftoralErrorCode | RaftoralError | 'ok' | 'silent';

/** Cluster 1 on nodes 1, 2, 3; cluster 2 on 4, 5. This node is 9, and all slots are cluster 1's. */
class World {
  readonly clock = new ManualClock(0);
  readonly asked: Asked[] = [];
  /** Versions above which a table was asked for. */
  readonly refreshed: number[] = [];
  head = HEAD;
  readonly router: CallRouter;
  private readonly services = new Map<number, WorkflowService>();

  constructor(behave: Behaviour, table: RoutingTable | null = World.table(), budget: CallBudgetOptions = {}) {
    const request = (to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> => {
      expect(method).toBe(CALL_METHOD);
      const asked = { node: to, clusterId: decodeCall(body).clusterId, atMs: this.clock.now(), timeoutMs };
      this.asked.push(asked);
      const answer = behave(asked);
      if (answer === 'silent')
        return new Promise((_, reject) => this.clock.setTimer(timeoutMs, () => reject(new RaftoralError('OUTCOME_UNKNOWN', 'no answer'))));
      if (answer === 'ok') return Promise.resolve(whole(encodeAnswer(this.head, `node ${to}`)));
      const error = typeof answer === 'string' ? new RaftoralError(answer, `${answer} of node ${to}`) : answer;
      return Promise.resolve(whole(encodeFailure(HEAD, error)));
    };
    this.router = new CallRouter({
      calls: { nodeId: 9, request, handle: () => undefined },
      routes: { table: () => table, refresh: async (above) => void this.refreshed.push(above) },
      notes: new MemberNotes(() => this.clock.monotonic()),
      clock: this.clock,
      requestTimeoutMs: 10_000,
      budget,
      hosted: (clusterId) => this.services.get(clusterId),
    });
  }

  static table(): RoutingTable {
    const labels = new Map<string, string>();
    const clusters = [
      { clusterId: 1, isActive: true, members: [1, 2, 3], labels },
      { clusterId: 2, isActive: true, members: [4, 5], labels },
    ];
    return new RoutingTable(1, clusters, new Uint32Array(4096).fill(1));
  }

  host(clusterId: number): void {
    this.services.set(clusterId, {} as WorkflowService);
  }

  static plan(more: Partial<CallPlan<'history', string>> = {}): CallPlan<'history', string> {
    return {
      method: 'history',
      locate: (table) => table?.ownerOf(0) ?? 1,
      here: () => Promise.resolve('here'),
      request: { ref: { workflowId: 'w' } },
      read: (answer) => answer,
      attemptMsMax: 2_500,
      ...more,
    };
  }

  async call(more: Partial<CallPlan<'history', string>> = {}): Promise<string> {
    const wait = { isOver: false };
    const called = this.router.call(World.plan(more)).finally(() => (wait.isOver = true));
    called.catch(() => undefined);
    for (let i = 0; i < 500 && !wait.isOver; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!wait.isOver) this.clock.step(this.clock.now() + 60_000);
    }
    return called;
  }
}

function whole(body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(0), body]);
}

describe('CallRouter', () => {
  it('A1: what is hosted here answers here, and nobody is asked', async () => {
    const world = new World(() => 'ok');
    world.host(1);
    expect(await world.call()).toBe('here');
    expect(world.asked).toEqual([]);
  });

  it.each(['NOT_MEMBER', 'GROUP_HALTED'] as const)('A1: a replica here that says %s leaves it to the members', async (code) => {
    const world = new World(() => 'ok');
    world.host(1);
    expect(await world.call({ here: () => Promise.reject(new RaftoralError(code, 'over')) })).toMatch(/^node [123]$/);
  });

  it.each(['WORKFLOW_NOT_FOUND', 'OUTCOME_UNKNOWN', 'SHUTTING_DOWN', 'OVERLOADED'] as const)(
    'what a replica here says otherwise is the answer: %s',
    async (code) => {
      const world = new World(() => 'ok');
      world.host(1);
      await expect(world.call({ here: () => Promise.reject(new RaftoralError(code, 'no')) })).rejects.toMatchObject({ code });
      expect(world.asked).toEqual([]);
    },
  );

  it('A2: the next member is asked at once where one did surely nothing, and the deadline is not touched', async () => {
    const world = new World(({ node }) => (node === 3 ? 'ok' : 'NOT_MEMBER'));
    expect(await world.call()).toBe('node 3');
    expect(world.asked.map(({ node }) => node)).toEqual([1, 2, 3]);
    expect(world.clock.now()).toBe(0);
  });

  it('a silent member has half of what is left, and at most what the call allows; then the next one', async () => {
    const world = new World(({ node }) => (node === 3 ? 'ok' : 'silent'));
    expect(await world.call({ timeoutMs: 4_000 })).toBe('node 3');
    expect(world.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([2_000, 1_000, 1_000]);
    const patient = new World(({ node }) => (node === 2 ? 'ok' : 'silent'));
    await patient.call({ timeoutMs: 60_000 });
    expect(patient.asked[0]!.timeoutMs).toBe(2_500);
  });

  it('who was silent is asked last by the calls after it', async () => {
    const world = new World(({ node }) => (node === 1 ? 'silent' : 'ok'));
    for (let calls = 0; calls < 4; calls++) expect(await world.call()).not.toBe('node 1');
    // Its turn came again in the fourth.
    expect(world.asked.map(({ node }) => node)).toEqual([1, 2, 2, 3, 2]);
  });

  it('what an answer says beside itself is noted: who leads, and that there is a newer topology, which is asked for', async () => {
    const world = new World(() => 'ok');
    world.head = { standing: { leaderId: 3, logTimeMs: 1, requestRetentionMs: 1 }, topology: 7 };
    await world.call();
    expect(world.refreshed).toEqual([6]);
    world.head = HEAD;
    for (let calls = 0; calls < 3; calls++) expect(await world.call({ leaderFirst: true })).toBe('node 3');
    expect(world.refreshed).toEqual([6]);
  });

  it('A3: WRONG_CLUSTER that names the other cluster is followed at once, and only so far', async () => {
    const elsewhere = (clusterId: number): RaftoralError => new RaftoralError('WRONG_CLUSTER', 'moved', { details: { clusterId } });
    const world = new World(({ clusterId }) => (clusterId === 2 ? 'ok' : elsewhere(2)));
    expect(await world.call()).toMatch(/^node [45]$/);
    expect(world.asked.map(({ clusterId }) => clusterId)).toEqual([1, 2]);
    expect(world.clock.now()).toBe(0);
    // Each points at the other, for ever: bounded by the pauses.
    const loop = new World(({ clusterId }) => elsewhere(3 - clusterId));
    await expect(loop.call({ timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'WRONG_CLUSTER' });
    expect(loop.asked.length).toBeLessThan(30);
    expect(loop.clock.now()).toBe(5_000);
  });

  it('A3: with nothing to ask it waits for a table until the deadline', async () => {
    const world = new World(() => 'ok', null);
    await expect(world.call({ timeoutMs: 3_000 })).rejects.toMatchObject({ code: 'NOT_MEMBER', details: { clusterId: 1 } });
    expect(world.clock.now()).toBe(3_000);
  });

  it('A3: the end is OUTCOME_UNKNOWN for a write that may have been done, with its requestId; a read has its last error', async () => {
    const first = ({ node, atMs }: Asked): 'silent' | 'NO_LEADER' => (node === 1 && atMs === 0 ? 'silent' : 'NO_LEADER');
    await expect(new World(first).call({ isWrite: true, requestId: 'q', timeoutMs: 3_000 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      requestId: 'q',
    });
    await expect(new World(first).call({ timeoutMs: 3_000 })).rejects.toMatchObject({ code: 'NO_LEADER' });
    await expect(new World(() => 'NO_LEADER').call({ isWrite: true, timeoutMs: 3_000 })).rejects.toMatchObject({ code: 'NO_LEADER' });
  });

  it.each(['NO_LEADER', 'OVERLOADED'] as const)(
    'A3: a replica here that surely did nothing (%s) does not speak for an earlier attempt elsewhere',
    async (code) => {
      const moved = new RaftoralError('WRONG_CLUSTER', 'moved', { details: { clusterId: 2 } });
      const world = new World(({ node }) => (node === 1 ? 'silent' : moved));
      world.host(2);
      const here = (): Promise<string> => Promise.reject(new RaftoralError(code, 'nothing was sent'));
      await expect(world.call({ isWrite: true, requestId: 'q', here })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
      const refused = new World(({ node }) => (node === 1 ? 'silent' : moved));
      refused.host(2);
      const final = (): Promise<string> => Promise.reject(new RaftoralError('WORKFLOW_NOT_FOUND', 'none'));
      await expect(refused.call({ isWrite: true, here: final })).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
    },
  );

  it.each(['UNKNOWN_WORKFLOW', 'WORKFLOW_BLOCKED', 'MISSING_INPUT', 'PAYLOAD_TOO_LARGE'] as const)(
    'A4: %s, which a replica says before it proposes anything, does not speak for an earlier attempt; for a first one it does',
    async (code) => {
      const behave = (asked: Asked): RaftoralErrorCode | 'silent' => (world.asked[0] === asked ? 'silent' : code);
      let world = new World(behave);
      await expect(world.call({ isWrite: true, requestId: 'q' })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
      expect(new Set(world.asked.map(({ node }) => node)).size).toBe(3);
      world = new World(() => code);
      await expect(world.call({ isWrite: true })).rejects.toMatchObject({ code });
      expect(world.asked).toHaveLength(1);
    },
  );

  it('a wait here has its deadline from when its replica was lost, and no other one because it is refused again and again', async () => {
    const moved = new RaftoralError('WRONG_CLUSTER', 'moved', { details: { clusterId: 7 } });
    const world = new World(() => 'ok');
    world.host(1);
    let waits = 0;
    const here = (): Promise<string> =>
      new Promise((_, reject) => void world.clock.setTimer(waits++ === 0 ? 3_600_000 : 0, () => reject(moved)));
    await expect(world.call({ isWait: true, timeoutMs: 5_000, here })).rejects.toMatchObject({ code: 'WRONG_CLUSTER' });
    expect(world.clock.now()).toBe(3_605_000);
  });

  it.each(['WORKFLOW_NOT_FOUND', 'ALREADY_EXISTS', 'UNKNOWN_WORKFLOW', 'WORKFLOW_BLOCKED', 'REQUEST_EXPIRED'] as const)(
    'A4: %s is handed on at once: another member would say the same',
    async (code) => {
      const world = new World(() => code);
      await expect(world.call()).rejects.toMatchObject({ code, message: `${code} of node 1` });
      expect(world.asked).toHaveLength(1);
    },
  );

  it('what does not fit into a frame is PAYLOAD_TOO_LARGE, and is not sent', async () => {
    const world = new World(() => 'ok');
    const request = { ref: { workflowId: 'ü'.repeat(17 * 1024 * 1024) } };
    await expect(world.call({ request })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { limit: 33_554_432 } });
    expect(world.asked).toEqual([]);
  });

  it.each(['OVERLOADED', 'STORAGE_DAMAGED', 'GROUP_HALTED'] as const)(
    'A4: %s is handed on once every member has said so, without a pause',
    async (code) => {
      const world = new World(() => code);
      await expect(world.call()).rejects.toMatchObject({ code });
      expect(world.asked.map(({ node }) => node)).toEqual([1, 2, 3]);
      expect(world.clock.now()).toBe(0);
    },
  );
});

/** What has become of a call so far. */
interface Fate {
  end: string | RaftoralError;
}

describe('CallRouter, whose node ends', () => {
  const fateOf = (call: Promise<string>): Fate => {
    const fate: Fate = { end: 'open' };
    call.then(
      (answer) => (fate.end = answer),
      (error: unknown) => (fate.end = error as RaftoralError),
    );
    return fate;
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  it('A6: what is under way ends at once, a write that was sent in OUTCOME_UNKNOWN with its requestId; later calls ask nobody', async () => {
    const world = new World(() => 'silent');
    const [wait, write] = [{ isWait: true }, { isWrite: true, requestId: 'q' }].map((more) => fateOf(world.router.call(World.plan(more))));
    await settle();
    world.router.close();
    await settle();
    expect(wait!.end).toMatchObject({ code: 'SHUTTING_DOWN', message: 'node 9 is shutting down; ask another node' });
    expect(write!.end).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
    const later = [{}, { isWait: true }, { isWrite: true, requestId: 'r', timeoutMs: 3_000 }].map((more) =>
      fateOf(world.router.call(World.plan(more))),
    );
    await settle();
    expect(later.map(({ end }) => end)).toMatchObject([{}, {}, { requestId: 'r' }].map((more) => ({ code: 'SHUTTING_DOWN', ...more })));
    expect([world.asked.length, world.clock.now()]).toEqual([2, 0]);
    // What was asked comes back in the end, and nobody is asked after it.
    for (let i = 0; i < 10; i++) {
      await settle();
      world.clock.step(world.clock.now() + 60_000);
    }
    expect([world.asked.length, world.clock.timerCount]).toEqual([2, 0]);
  });

  it('A6: a pause ends, and its timer: a write that surely was not done is SHUTTING_DOWN, one that may have been is not', async () => {
    const world = new World(() => 'NO_LEADER');
    const refused = fateOf(world.router.call(World.plan({ isWrite: true, requestId: 'q' })));
    await settle();
    expect([world.asked.length, world.clock.timerCount, refused.end]).toEqual([3, 1, 'open']);
    world.router.close();
    await settle();
    expect(refused.end).toMatchObject({ code: 'SHUTTING_DOWN', requestId: 'q' });
    expect([world.asked.length, world.clock.timerCount]).toEqual([3, 0]);
    const unsure = new World(({ node }) => (node === 1 ? 'OUTCOME_UNKNOWN' : 'NO_LEADER'));
    const sent = fateOf(unsure.router.call(World.plan({ isWrite: true, requestId: 'q' })));
    await settle();
    unsure.router.close();
    await settle();
    expect(sent.end).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
  });

  it('A6: what a replica here carries out ends as that one says; where that one is lost, nobody else is asked', async () => {
    const world = new World(() => 'ok');
    world.host(1);
    const ends: Array<(error: Error | null) => void> = [];
    const here = (): Promise<string> =>
      new Promise((resolve, reject) => ends.push((error) => (error === null ? resolve('here') : reject(error))));
    const fates = [0, 1, 2].map(() => fateOf(world.router.call(World.plan({ here }))));
    await settle();
    world.router.close();
    await settle();
    expect(fates.map(({ end }) => end)).toEqual(['open', 'open', 'open']);
    ends[0]!(null);
    ends[1]!(new RaftoralError('OUTCOME_UNKNOWN', 'it may stand in the log'));
    ends[2]!(new RaftoralError('NOT_MEMBER', 'over'));
    await settle();
    expect(fates.map(({ end }) => end)).toMatchObject(['here', { code: 'OUTCOME_UNKNOWN' }, { code: 'SHUTTING_DOWN' }]);
    expect(world.asked).toEqual([]);
  });

  it('A6: SHUTTING_DOWN of another node is passing', async () => {
    const world = new World(({ node }) => (node === 1 ? 'SHUTTING_DOWN' : 'ok'));
    expect(await world.call()).toBe('node 2');
  });

  it('A7: beyond the budget calls are OVERLOADED, nobody is asked, and nobody is shunned for it; what ends makes room', async () => {
    const world = new World(({ node, atMs }) => (atMs === 0 ? 'silent' : node === 1 ? 'NO_LEADER' : 'ok'), World.table(), {
      callsMax: 2,
      waitsMax: 1,
    });
    const first = fateOf(world.router.call(World.plan({ isWait: true })));
    const second = fateOf(world.router.call(World.plan({ isWait: true })));
    const third = fateOf(world.router.call(World.plan()));
    const fourth = fateOf(world.router.call(World.plan()));
    await settle();
    expect([first.end, third.end]).toEqual(['open', 'open']);
    expect(second.end).toMatchObject({ code: 'OVERLOADED', details: { limit: 'forwardedWaitsMax' } });
    expect(fourth.end).toMatchObject({ code: 'OVERLOADED', details: { limit: 'forwardedCallsMax' } });
    expect(world.asked.map(({ node }) => node)).toEqual([1, 2]);
    while (first.end === 'open' || third.end === 'open') {
      world.clock.step(world.clock.now() + 60_000);
      await settle();
    }
    expect([first.end, third.end]).toEqual([expect.stringMatching(/^node [23]$/), expect.stringMatching(/^node [23]$/)]);
    expect(await world.call({ isWait: true })).toMatch(/^node [23]$/);
  });

  it('A7: a wait keeps its place from one slice to the next, until it is given back; what is carried out here needs none', async () => {
    const world = new World(() => 'ok', World.table(), { callsMax: 2, waitsMax: 1 });
    const place = noPlace();
    await world.call({ isWait: true, place });
    await expect(world.call({ isWait: true })).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await world.call({ isWait: true, place })).toMatch(/^node/);
    world.router.leave(place);
    expect(await world.call({ isWait: true, place })).toMatch(/^node/);
    world.host(1);
    expect(await world.call({ isWait: true })).toBe('here');
    expect(await world.call({ isWait: true, place })).toBe('here');
    expect(place.taken).toBe('none');
  });

  it('A7: a write that may have been done here is OUTCOME_UNKNOWN where there is no room to ask another node', async () => {
    const world = new World(() => 'ok', World.table(), { callsMax: 0 });
    world.host(1);
    const here = (): Promise<string> => Promise.reject(new RaftoralError('GROUP_HALTED', 'over'));
    await expect(world.call({ isWrite: true, requestId: 'q', here })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
    await expect(world.call({ here })).rejects.toMatchObject({ code: 'OVERLOADED' });
  });
});
