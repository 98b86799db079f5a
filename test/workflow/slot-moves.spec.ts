/**
 * Slots that move with their open workflows while they run (R41): real groups, real majorities, virtual time.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { BinaryWriter } from '../../lib/state-machine/index.js';
import { CODEC_LEVEL_MAX, CommandKind, type SlotMoveCommand } from '../../lib/workflow/command.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventKind, type RunEvent } from '../../lib/workflow/event.js';
import { IMPORT_METHOD, type MoveReport } from '../../lib/workflow/slot-move/move-port.js';
import { slotOf, type SlotRange } from '../../lib/workflow/slot.js';
import { definitionOf } from '../support/definition.js';
import { MoveCluster } from '../support/move-cluster.js';

let cluster: MoveCluster;
afterEach(() => cluster.stop());

const STEPS = 6;

/** By idempotency key: nodes that ran its body. */
type Effects = Map<string, number[]>;

/** Steps with side effects, a sleep between two of them, and a signal in the end: the sum of what came. */
function orderOn(node: number, effects: Effects): WorkflowDefinition {
  @Workflow('order', 1)
  class Order {
    async run(): Promise<number> {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) {
        sum += await this.step(i);
        await context().sleep(100);
      }
      return sum + ((await context().waitForSignal('go')) as number);
    }

    @CheckpointCompute('step')
    async step(i: number): Promise<number> {
      const key = idempotencyKey();
      effects.set(key, [...(effects.get(key) ?? []), node]);
      return i;
    }
  }
  return definitionOf(Order);
}

async function start(seed = 1, tuning = {}): Promise<Effects> {
  const effects: Effects = new Map();
  cluster = await MoveCluster.start({ workflows: (node) => [orderOn(node, effects)], seed, tuning });
  return effects;
}

const RESULT = (STEPS * (STEPS - 1)) / 2 + 1_000;
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `order-${i}`);
const rangesOf = (workflowIds: readonly string[]): SlotRange[] =>
  [...new Set(workflowIds.map(slotOf))].sort((a, b) => a - b).map((first) => ({ first, count: 1 }));

/** Starts it, sends its signal after a while, and gives its result, wherever it is. */
async function order(workflowId: string, signalAfterMs: number): Promise<unknown> {
  const hint = { clusterId: 1 };
  const requestId = `start ${workflowId}`;
  await cluster.call(hint, (service) => service.start('order', undefined, { workflowId, requestId, onExisting: 'attach' }));
  await cluster.wait(signalAfterMs);
  await cluster.call(hint, (service) => service.signal({ workflowId }, 'go', 1_000, { requestId: `signal ${workflowId}` }));
  return cluster.call(hint, (service) => service.result({ workflowId }, { timeoutMs: 3_000 }));
}

/** In the log of a cluster, by hand. */
async function propose(clusterId: number, command: SlotMoveCommand): Promise<void> {
  const { group, state } = cluster.leaderOf(clusterId)!;
  const { result } = await cluster.settled(group.propose(encodeCommand(command, state.codecLevel), { deadlineMs: 5_000 }));
  expect(result.ok).toBe(true);
}

/** P2, P4: of every run that a replica shows; all replicas show the same. */
function checkHistories(clusterId: number): void {
  const [first, ...others] = cluster.hosts(clusterId);
  for (const run of first!.state.allRuns()) {
    const events = run.history.events();
    let epoch = 0;
    const settled = new Set<string>();
    for (const event of events) {
      if (event.kind === EventKind.STARTED || event.kind === EventKind.OWNER_CHANGED) expect(event.epoch).toBe(++epoch);
      if (event.kind === EventKind.COMPUTE_RESULT) {
        expect(settled.has(`${event.key} ${event.occurrence}`)).toBe(false);
        settled.add(`${event.key} ${event.occurrence}`);
      }
    }
    expect(events.filter((event: RunEvent) => event.kind === EventKind.SIGNAL).length).toBeLessThanOrEqual(1);
    for (const other of others) {
      const same = other.state.run(run.runId);
      if (same !== undefined && same.history.length === events.length) expect(same.history.events()).toEqual(events);
    }
  }
}

describe('a move of slots', () => {
  it('takes open and closed workflows along: they go on in the other cluster, no step has two results, and the old one says where they are', async () => {
    const effects = await start();
    const done = order('closed', 700);
    expect(await cluster.settled(done)).toBe(RESULT);
    const moving = ids(12);
    const results = [...moving, 'stays'].map((id) => order(id, 1_500));
    await cluster.settled(cluster.wait(350));
    const ranges = rangesOf([...moving, 'closed']);
    const report = await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges }));
    expect(report).toMatchObject({ phase: 'activated', isFinished: true, problem: '' });
    expect(report.pauseMs).toBeLessThan(1_000);
    expect(await cluster.settled(Promise.all(results))).toEqual(results.map(() => RESULT));
    for (const { state } of cluster.hosts(2)) for (const id of moving) expect(state.ownsSlotOf(id)).toBe(true);
    for (const { state } of cluster.hosts(1)) {
      expect(moving.some((id) => state.ownsSlotOf(id) || state.current(id)?.closedMs === 0)).toBe(false);
      expect(state.ownsSlotOf('stays')).toBe(true);
    }
    // No crash: what ran twice began before the freeze, and lost its result to it.
    expect(effects.size).toBe((12 + 2) * STEPS);
    const { service } = cluster.leaderOf(1)!;
    const refusal = await cluster.settled(service.describe({ workflowId: 'closed' }).catch((error: unknown) => error));
    expect(refusal).toMatchObject({ code: 'WRONG_CLUSTER', retryable: true, details: { clusterId: 2 } });
    const moved = cluster.leaderOf(2)!.service;
    expect(await cluster.settled(moved.result({ workflowId: 'closed' }))).toBe(RESULT);
    const history = (await cluster.settled(moved.history({ workflowId: 'order-1' })))
      .split('\n')
      .map((line) => JSON.parse(line || '{}') as object);
    expect(history.filter((line) => 'cause' in line && line.cause === 'move')).toHaveLength(1);
    checkHistories(1);
    checkHistories(2);
  });

  it('R26: a start that was answered before the move has the same answer after it, by the same requestId', async () => {
    await start();
    const send = (clusterId: number) =>
      cluster.settled(cluster.leaderOf(clusterId)!.service.start('order', undefined, { workflowId: 'order-1', requestId: 'the same' }));
    const before = await send(1);
    await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges: rangesOf(['order-1']) }));
    expect(await send(2)).toEqual(before);
    // The old one remembers it too, and says the same: it is true.
    expect(await send(1)).toEqual(before);
  });

  it('whoever waits for a result, or listens to events, at the source is told where the run is', async () => {
    await start();
    const { service } = cluster.leaderOf(1)!;
    await cluster.settled(service.start('order', undefined, { workflowId: 'order-1' }));
    const result = service.result({ workflowId: 'order-1' }).catch((error: unknown) => error);
    const stream = new Promise((resolve) => service.runEvents({ workflowId: 'order-1' }).subscribe({ error: resolve }));
    await cluster.settled(cluster.wait(150));
    await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges: rangesOf(['order-1']) }));
    for (const refusal of await cluster.settled(Promise.all([result, stream]))) {
      expect(refusal).toMatchObject({ code: 'WRONG_CLUSTER', details: { clusterId: 2 } });
    }
  });

  it.each([
    ['by management, before it has begun', {}, true],
    ['by its mover, frozen for too long', { freezeMsMax: -1 }, false],
  ])('that is aborted (%s) leaves everything where it was, and the runs go on there', async (_by, tuning, isAborting) => {
    await start(1, tuning);
    const moving = ids(10);
    const results = moving.map((id) => order(id, 1_200));
    await cluster.settled(cluster.wait(300));
    const ranges = rangesOf(moving);
    const report = await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges }, { isAborting: () => isAborting }));
    expect(report).toMatchObject({ phase: 'aborted', isFinished: true });
    const wasFrozen = [...cluster.leaderOf(1)!.state.openRuns()].map((run) =>
      run.history.events().some((event) => event.kind === EventKind.OWNER_CHANGED && event.cause === 'move'),
    );
    expect(wasFrozen).toEqual(moving.map(() => !isAborting));
    expect(await cluster.settled(Promise.all(results))).toEqual(results.map(() => RESULT));
    for (const { state } of cluster.hosts(1)) for (const id of moving) expect(state.ownsSlotOf(id)).toBe(true);
    for (const { state } of cluster.hosts(2)) expect([...state.allRuns()]).toEqual([]);
  });

  it.each([false, true])(
    'whose mover was lost once the log of the target had activated it: its successor drops the slots, told to abort (%s) or not',
    async (isAborting) => {
      await start();
      const ranges = rangesOf(['order-1']);
      await propose(2, { kind: CommandKind.IMPORT_BEGIN, moveId: 1, from: 1, ranges, oldestMoveId: 1 });
      await propose(1, { kind: CommandKind.FREEZE_SLOTS, moveId: 1, to: 2, ranges, oldestMoveId: 1 });
      await propose(2, { kind: CommandKind.ACTIVATE_IMPORT, moveId: 1, logTimeMs: 0, slotEpoch: 1, openRuns: 0 });
      const report = await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges }, { isAborting: () => isAborting }));
      expect(report).toMatchObject({ phase: 'activated', isFinished: true });
      expect(await cluster.settled(order('order-1', 700))).toBe(RESULT);
      expect([1, 2].map((id) => cluster.hosts(id).map(({ state }) => state.ownsSlotOf('order-1')))).toEqual([
        [false, false, false],
        [true, true, true],
      ]);
    },
  );

  it('goes by any node that hosts the target, though those that are named before do not', async () => {
    await start();
    const order1 = { moveId: 1, from: 1, to: 2, ranges: rangesOf(['order-1']) };
    const report = await cluster.settled(cluster.move(order1, { targets: [1, 2, 4] }));
    expect(report).toMatchObject({ phase: 'activated', isFinished: true, problem: '' });
  });

  it('P8: in the name of a mover nothing is proposed at the target but what a mover sends', async () => {
    await start();
    await cluster.settled(cluster.wait(500)); // until the level is known everywhere
    const send = (command: SlotMoveCommand): Promise<unknown> => {
      const writer = new BinaryWriter();
      writer.uint(2, 'clusterId');
      writer.bytes(encodeCommand(command, CODEC_LEVEL_MAX));
      const request = cluster.nodes.get(1)!.host.request(4, IMPORT_METHOD, writer.finish(), 1_000);
      return cluster.settled(request.catch((error: unknown) => error));
    };
    expect(await send({ kind: CommandKind.DROP_SLOTS, moveId: 1 })).toMatchObject({ code: 'MALFORMED_FRAME' });
    expect(Buffer.from((await send({ kind: CommandKind.ABORT_IMPORT, moveId: 1, from: 1 })) as Uint8Array).toString()).toBe('done');
  });

  it('that is aborted before the freeze stays so: a freeze that was on its way comes too late', async () => {
    await start();
    const result = order('order-1', 1_000);
    await cluster.settled(cluster.wait(200));
    const ranges = rangesOf(['order-1']);
    const move = { moveId: 1, from: 1, to: 2, ranges };
    for (let i = 0; i < 2; i++)
      expect(await cluster.settled(cluster.move(move, { isAborting: () => true }))).toMatchObject({ phase: 'aborted', isFinished: true });
    const { group, state } = cluster.leaderOf(1)!;
    const freeze = encodeCommand({ kind: CommandKind.FREEZE_SLOTS, moveId: 1, to: 2, ranges, oldestMoveId: 1 }, state.codecLevel);
    expect((await cluster.settled(group.propose(freeze, { deadlineMs: 2_000 }))).result).toMatchObject({ ok: false });
    expect(state.ownsSlotOf('order-1')).toBe(true);
    expect(await cluster.settled(result)).toBe(RESULT);
  });

  it('P3: no body begins in a frozen slot, for nothing could come of it; unfrozen, it begins once', async () => {
    const bodies: string[] = [];
    @Workflow('late', 1)
    class Late {
      async run(): Promise<string> {
        await context().sleep(200);
        return this.step();
      }

      @CheckpointCompute('step')
      async step(): Promise<string> {
        bodies.push(context().info.workflowId);
        return 'done';
      }
    }
    cluster = await MoveCluster.start({ workflows: [definitionOf(Late)] });
    const leader = cluster.leaderOf(1)!;
    const { service } = cluster.hosts(1).find(({ group }) => !group.isLeader)!;
    const workflowId = 'order-1';
    await cluster.settled(service.start('late', undefined, { workflowId }));
    await cluster.settled(cluster.wait(50));
    const { owner, runId } = leader.state.current(workflowId)!;
    expect(owner).not.toBe(leader.group.nodeId);

    // Its owner hears of the sleep's end and of the freeze in one go: it has applied the freeze when it comes to the step.
    cluster.network.partition(
      [owner],
      [1, 2, 3, 4, 5].filter((node) => node !== owner),
    );
    await cluster.settled(cluster.wait(250));
    const ranges = rangesOf([workflowId]);
    await propose(1, { kind: CommandKind.FREEZE_SLOTS, moveId: 1, to: 2, ranges, oldestMoveId: 1 });
    expect(leader.state.run(runId)!.history.events().at(-1)!.kind).toBe(EventKind.TIMER_FIRED);
    cluster.network.heal();
    await cluster.settled(cluster.wait(300));
    const { state } = cluster.nodes.get(owner)!.clusters.get(1)!;
    expect([state.run(runId)!.owner, state.ownsSlotOf(workflowId)]).toEqual([owner, false]);
    expect(bodies).toEqual([]);

    await propose(1, { kind: CommandKind.UNFREEZE_SLOTS, moveId: 1 });
    expect(await cluster.settled(service.result({ workflowId }, { timeoutMs: 3_000 }))).toBe('done');
    expect(bodies).toEqual([workflowId]);
  });

  describe('R22: a node that hosts both sides and owned the run at the one, owns it at the other', () => {
    /** A run whose first body, on node 3 for cluster 1, is at work while its slot goes to cluster 2, where only node 3 can run it. */
    async function moved(): Promise<{ readonly bodies: string[]; readonly signals: string[]; finish(): void; result(): Promise<unknown> }> {
      const bodies: string[] = [];
      const signals: string[] = [];
      let finish: (value: string) => void = () => undefined;
      @Workflow('slow', 1)
      class Slow {
        async run(): Promise<string> {
          return this.step();
        }

        @CheckpointCompute('step')
        async step(): Promise<string> {
          bodies.push(idempotencyKey());
          if (bodies.length > 1) return 'by the second';
          const { abortSignal } = context();
          abortSignal.addEventListener('abort', () => signals.push((abortSignal.reason as { reason: string }).reason));
          return new Promise((resolve) => (finish = resolve));
        }
      }
      cluster = await MoveCluster.start({ workflows: (node) => (node === 3 ? [definitionOf(Slow)] : []) });
      const workflowId = 'order-1';
      await cluster.settled(cluster.nodes.get(3)!.clusters.get(1)!.service.start('slow', undefined, { workflowId }));
      await cluster.settled(cluster.wait(100));
      expect(bodies).toHaveLength(1);
      const report = await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges: rangesOf([workflowId]) }));
      expect(report).toMatchObject({ phase: 'activated', isFinished: true });
      await cluster.settled(cluster.wait(1_000));
      expect(cluster.leaderOf(2)!.state.current(workflowId)).toMatchObject({ owner: 3, status: 'running' });
      const result = (): Promise<unknown> => cluster.leaderOf(2)!.service.result({ workflowId }, { timeoutMs: 3_000 });
      return { bodies, signals, finish: () => finish('by the first'), result };
    }

    it('its next body begins once the one of the other cluster has settled', async () => {
      const { bodies, signals, finish, result } = await moved();
      expect(bodies).toHaveLength(1);
      expect(signals).toHaveLength(1);
      finish();
      expect(await cluster.settled(result())).toBe('by the second');
      expect(new Set(bodies).size).toBe(1);
      expect(bodies).toHaveLength(2);
      expect(cluster.nodes.get(3)!.computesInFlight.size).toBe(0);
    });

    it('or once the grace is over', async () => {
      const { bodies, finish, result } = await moved();
      await cluster.settled(cluster.wait(8_500));
      expect(bodies).toHaveLength(1);
      await cluster.settled(cluster.wait(1_500));
      expect(bodies).toHaveLength(2);
      expect(await cluster.settled(result())).toBe('by the second');
      finish();
      await cluster.settled(cluster.wait(100));
      expect(bodies).toHaveLength(2);
      expect(cluster.nodes.get(3)!.computesInFlight.size).toBe(0);
    });

    it('also where the runtime of the other cluster has stopped meanwhile', async () => {
      const { bodies, result } = await moved();
      cluster.nodes.get(3)!.clusters.get(1)!.runtime.stop();
      await cluster.settled(cluster.wait(8_500));
      expect(bodies).toHaveLength(1);
      await cluster.settled(cluster.wait(1_500));
      expect(bodies).toHaveLength(2);
      expect(await cluster.settled(result())).toBe('by the second');
    });
  });

  it('there and back again: a run has one history', async () => {
    await start();
    const results = ids(6).map((id) => order(id, 4_000));
    await cluster.settled(cluster.wait(200));
    for (let moveId = 1; moveId <= 6; moveId++) {
      const [from, to] = moveId % 2 === 1 ? [1, 2] : [2, 1];
      const report = await cluster.settled(cluster.move({ moveId, from: from!, to: to!, ranges: rangesOf(ids(6)) }));
      expect(report).toMatchObject({ phase: 'activated' });
      checkHistories(to!);
    }
    expect(await cluster.settled(Promise.all(results))).toEqual(results.map(() => RESULT));
  });

  it('there and back again, all at once for a replica that was behind: it runs the code of what came back', async () => {
    await start();
    const result = order('order-1', 4_000);
    // From here on it waits for its signal: nothing else becomes of it.
    await cluster.settled(cluster.wait(1_500));
    const behind = [1, 2].find((node) => node !== cluster.leaderOf(1)!.group.nodeId)!;
    const others = [1, 2, 3, 4, 5].filter((node) => node !== behind);
    const { runtime, state } = cluster.nodes.get(behind)!.clusters.get(1)!;
    const { runId } = state.current('order-1')!;
    expect(runtime.table.get(runId)).toBeDefined();
    cluster.network.partition([behind], others);
    for (const [moveId, from, to] of [
      [1, 1, 2],
      [2, 2, 1],
    ] as const)
      await cluster.settled(cluster.move({ moveId, from, to, ranges: rangesOf(['order-1']) }, { askedBy: 2 }));
    expect(state.slotMovedTo('order-1')).toBe(0);
    const events = state.run(runId)!.history.length;
    cluster.network.heal();
    await cluster.settled(cluster.wait(40));
    const now = state.run(runId)!;
    expect(now.history.events(events + 1).filter((event) => event.kind === EventKind.OWNER_CHANGED)).toHaveLength(2);
    expect(runtime.table.get(runId)?.view === now).toBe(true);
    expect(await cluster.settled(result)).toBe(RESULT);
    checkHistories(1);
  });

  it('R28: a sweep of the target that takes what the copy had skipped there has the copy begin again; the workflow is whole', async () => {
    await start(1, { partBytesMax: 1 });
    expect(await cluster.settled(order('order-1', 700))).toBe(RESULT);
    const ranges = rangesOf(['order-1']);
    await cluster.settled(cluster.move({ moveId: 1, from: 1, to: 2, ranges }));
    await cluster.settled(cluster.move({ moveId: 2, from: 2, to: 1, ranges }));
    const events = cluster.leaderOf(1)!.state.current('order-1')!.history.events();
    let commands = 0;
    let swept: Promise<unknown> | null = null;
    cluster.onTarget = () => {
      // The beginning, two parts, and before the third one:
      if (++commands !== 4) return;
      const { group, state } = cluster.leaderOf(2)!;
      const sweep = { kind: CommandKind.RETENTION_SWEEP, cutoffMs: state.logTimeMs } as const;
      swept = group.propose(encodeCommand(sweep, state.codecLevel), { deadlineMs: 5_000 });
    };
    const problems = new Set<string>();
    const report = await cluster.settled(
      cluster.move({ moveId: 3, from: 1, to: 2, ranges }, { report: ({ problem }) => problems.add(problem) }),
    );
    await cluster.settled(swept!);
    expect(report).toMatchObject({ phase: 'activated', isFinished: true, problem: '' });
    expect([...problems].filter((problem) => problem !== '')).toEqual([expect.stringContaining('all is sent again')]);
    for (const { state } of cluster.hosts(2)) expect(state.current('order-1')?.history.events()).toEqual(events);
  });

  const crashes: string[] = [];
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'P1–P5: under load, while the leader of the source or of the target dies at any moment, nothing is lost and nothing has two results (seed %d)',
    async (seed) => {
      await start(seed, { partBytesMax: 400 });
      const moving = ids(16);
      const results = moving.map((id, i) => order(id, 900 + 30 * i));
      await cluster.settled(cluster.wait(250));
      const reports: MoveReport[] = [];
      const move = cluster.move({ moveId: 1, from: 1, to: 2, ranges: rangesOf(moving) }, { report: (report) => reports.push(report) });
      let frozenCalls = 0;
      cluster.onTarget = (call) => {
        const source = cluster.leaderOf(1);
        const isFrozen = source !== undefined && !source.state.ownsSlotOf(moving[0]!);
        if (isFrozen) frozenCalls++;
        if (seed <= 5 ? call !== 4 * seed : frozenCalls !== 2 * (seed - 5) - 1) return;
        cluster.onTarget = () => undefined;
        const victim = seed % 2 === 0 ? 2 : 1;
        crashes.push(`${victim === 2 ? 'target' : 'source'}, ${isFrozen ? 'after' : 'before'} the freeze`);
        cluster.crash(cluster.leaderOf(victim)!.group.nodeId);
      };
      await cluster.settled(move);
      expect(reports.at(-1)).toMatchObject({ isFinished: true });
      expect(await cluster.settled(Promise.all(results))).toEqual(results.map(() => RESULT));
      const owner = reports.at(-1)!.phase === 'activated' ? 2 : 1;
      for (const { state } of cluster.hosts(owner)) for (const id of moving) expect(state.ownsSlotOf(id)).toBe(true);
      checkHistories(1);
      checkHistories(2);
    },
    60_000,
  );

  it('the crashes above were of both sides, before and after the freeze', () => {
    cluster.stop();
    const where = ['source, after the freeze', 'source, before the freeze', 'target, after the freeze', 'target, before the freeze'];
    expect([...new Set(crashes)].sort()).toEqual(where);
  });
});
