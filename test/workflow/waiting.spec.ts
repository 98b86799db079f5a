/**
 * Sleeps, signals, cancel, the end of a run (R23, R24, R28, R29).
 */
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { WorkflowSignal } from '../../lib/decorators/workflow-signal.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context, type WorkflowContext } from '../../lib/workflow/context.js';
import { EventKind } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

const ref = { workflowId: 'w' };

/** A workflow whose run() is `code`. */
async function start(code: (c: WorkflowContext) => Promise<unknown>, input?: unknown): Promise<void> {
  @Workflow('waits', 1)
  class Waits {
    async run(_input?: unknown): Promise<unknown> {
      return code(context());
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [{ ...definitionOf(Waits), takesInput: false }] });
  await cluster.node(1).service.start('waits', input, ref);
  await cluster.settle();
}

const view = (node = 2) => cluster.node(node).state.current('w')!;
const resultOf = (node = 2): unknown => JSON.parse(Buffer.from(view(node).result).toString());

function expectNoReports(): void {
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
}

it('R24: a sleep is a durable timer: it fires once, when it is due, also after the leader and owner died', async () => {
  await start(async (c) => {
    const before = c.now();
    await c.sleep('1h');
    return c.now() - before;
  });
  await cluster.advance(1_800_000);
  await cluster.crash(1);
  await cluster.advance(1_700_000);
  expect(view().outcome).toBeNull();
  await cluster.advance(200_000);
  expect(view().outcome).toBe('completed');
  expect(resultOf()).toBeGreaterThanOrEqual(3_600_000);
  expect(
    view()
      .history.events()
      .filter((event) => event.kind === EventKind.TIMER_FIRED),
  ).toHaveLength(1);
});

it('R24: who begins to lead fires what was set under the leader before, though nothing else comes to be applied', async () => {
  await start(async (c) => {
    await c.sleep('1h');
    return 'woken';
  });
  const before = cluster.entries.length;
  cluster.handOver(2);
  await cluster.advance(3_599_000);
  expect(cluster.entries.length).toBe(before);
  await cluster.advance(2_000);
  expect(resultOf()).toBe('woken');
});

it('R24: a timer that was proposed before log time had come to it is proposed again, and not all the time', async () => {
  await start(async (c) => {
    await c.sleep('10s');
    return 'woken';
  });
  cluster.stampLagMs = 3_500;
  await cluster.advance(12_500);
  expect(view().outcome).toBeNull();
  await cluster.advance(3_000);
  expect(resultOf()).toBe('woken');
  const proposals = cluster.commands().filter((command) => command.kind === CommandKind.TIMER_FIRED).length;
  expect(proposals).toBeGreaterThan(1);
  expect(proposals).toBeLessThan(10);
});

it('signals are kept for who asks later, first in, first out, each with a fresh payload', async () => {
  await start(async (c) => {
    await c.waitForSignal('begin');
    const first = c.waitForSignal<{ n: number }>('item');
    const others = [await c.waitForSignal('item'), await c.waitForSignal('item')];
    return [await first, ...others];
  });
  const { service } = cluster.node(3);
  for (const n of [1, 2]) await service.signal(ref, 'item', { n });
  await service.signal(ref, 'begin', undefined);
  await service.signal(ref, 'item', { n: 3 });
  await cluster.settle();
  expect(resultOf()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expectNoReports();
});

it('waitForSignal with a time-out: the first of both in the log wins, and the other is not missed', async () => {
  await start(async (c) => {
    const early = await c.waitForSignal('a', { timeout: '10s' });
    const late = await c.waitForSignal('b', { timeout: '10s' });
    return [early, late === undefined ? 'timed out' : late, await c.waitForSignal('b')];
  });
  await cluster.node(1).service.signal(ref, 'a', 'came');
  await cluster.settle();
  await cluster.advance(11_000);
  await cluster.node(1).service.signal(ref, 'b', 'too late for the second');
  await cluster.advance(10_000); // the time-out of the first wait fires for nobody
  expect(resultOf()).toEqual(['came', 'timed out', 'too late for the second']);
  expectNoReports();
});

it('R4: a time-out whose signal came is nothing that the code waits for', async () => {
  await start(async (c) => {
    await c.waitForSignal('a', { timeout: '1h' });
    await new Promise(() => undefined);
  });
  await cluster.node(1).service.signal(ref, 'a', null);
  await cluster.settle();
  expect(view()).toMatchObject({ status: 'blocked', blockedReason: 'declined' });
  expect(view().declined.map(({ reason }) => reason)).toEqual(['foreign-await', 'foreign-await', 'foreign-await']);
});

it('a declared handler gets signals in their windows, may use operations, and goes before waitForSignal', async () => {
  @Workflow('handler', 1)
  class Handler {
    private readonly seen: unknown[] = [];
    async run(): Promise<unknown> {
      await context().waitForSignal('end');
      return this.seen;
    }
    @WorkflowSignal('item')
    async onItem(payload: { n: number }): Promise<void> {
      this.seen.push(await this.double(payload.n));
    }
    @Checkpoint('double')
    private async double(n: number): Promise<number> {
      return n * 2;
    }
    @WorkflowQuery()
    soFar(): unknown[] {
      return this.seen;
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Handler)] });
  const { service } = cluster.node(1);
  await service.start('handler', undefined, ref);
  for (const n of [1, 2, 3]) await service.signal(ref, 'item', { n });
  await cluster.settle();
  expect(await cluster.node(3).service.query(ref, 'soFar', [])).toEqual([2, 4, 6]);
  await service.signal(ref, 'end', null);
  await cluster.settle();
  expect(resultOf()).toEqual([2, 4, 6]);
  expectNoReports();
});

it('onSignal handles what was kept and what comes; onQuery answers; a handler that throws fails the run', async () => {
  await start(async (c) => {
    await c.waitForSignal('begin');
    const seen: number[] = [];
    c.onQuery('seen', () => seen);
    c.onSignal('item', (n: number) => {
      if (n === 3) throw new RangeError('three');
      seen.push(n);
    });
    return c.waitForSignal('never');
  });
  const { service } = cluster.node(1);
  await service.signal(ref, 'item', 1);
  await service.signal(ref, 'begin', null);
  await service.signal(ref, 'item', 2);
  expect(await service.query(ref, 'seen', [])).toEqual([1, 2]);
  await service.signal(ref, 'item', 3);
  await expect(service.result(ref)).rejects.toMatchObject({ code: 'WORKFLOW_FAILED', cause: { name: 'RangeError', message: 'three' } });
  expectNoReports();
});

it('R29: a signal that came after what the finish consumed is recorded, acknowledged and not handled', async () => {
  await start(async (c) => c.waitForSignal('go'));
  cluster.node(1).paused = true; // the owner, which is also slow to see the second signal
  const { service } = cluster.node(2);
  await service.signal(ref, 'go', 1);
  await service.signal(ref, 'go', 2);
  cluster.node(1).paused = false;
  cluster.node(1).wake();
  await cluster.settle();
  expect(view().outcome).toBe('completed');
  expect(resultOf()).toBe(1);
  const finished = view().history.last()!;
  expect(finished).toMatchObject({ kind: EventKind.FINISHED, consumedWseq: 2, wseq: 4 });
  expectNoReports();
});

it('cancel rejects what waits with WORKFLOW_CANCELLED and fires the abort signal; the code may clean up', async () => {
  const cleaned: unknown[] = [];
  await start(async (c) => {
    let reason = '';
    c.abortSignal.addEventListener('abort', () => (reason = (c.abortSignal.reason as { reason: string }).reason));
    try {
      await Promise.all([c.sleep('1d'), c.waitForSignal('never', { timeout: '1h' })]);
    } catch (error) {
      await c.sleep(10); // a sleep after the cancel is an ordinary one
      cleaned.push([(error as { code: string }).code, reason]);
      throw error;
    }
    return 'not reached';
  });
  await cluster.node(2).service.cancel(ref, 'no longer wanted');
  await cluster.advance(20);
  expect(view()).toMatchObject({ outcome: 'cancelled', cancelRequested: true });
  expect(cleaned).toEqual([
    ['WORKFLOW_CANCELLED', 'cancelled'],
    ['WORKFLOW_CANCELLED', 'cancelled'],
    ['WORKFLOW_CANCELLED', 'cancelled'],
  ]);
  await expect(cluster.node(1).service.result(ref)).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
  expectNoReports();
});

it.each([undefined, { timeout: '1h' }])(
  'a cancel interrupts who waits for a signal %j; one that comes later is for who asks then',
  async (options) => {
    await start(async (c) => {
      const first = await (options === undefined ? c.waitForSignal('s') : c.waitForSignal('s', options)).catch(
        (error: { code: string }) => error.code,
      );
      return [first, await c.waitForSignal('s')];
    });
    await cluster.node(2).service.cancel(ref);
    await cluster.settle();
    await cluster.node(3).service.signal(ref, 's', 'later');
    await cluster.settle();
    expect(view().outcome).toBe('completed');
    expect(resultOf()).toEqual(['WORKFLOW_CANCELLED', 'later']);
    expectNoReports();
  },
);

it('a cancel that finds nothing to interrupt interrupts the next sleep or wait, once; a run that returns is completed', async () => {
  let release: () => void = () => undefined;
  await start(async (c) => {
    await c.compute('long', () => new Promise<void>((resolve) => (release = resolve)));
    const first = await c.sleep('1d').catch((error: { code: string }) => error.code);
    await c.sleep(5);
    return first;
  });
  await cluster.node(2).service.cancel(ref);
  await cluster.settle();
  release();
  await cluster.advance(20);
  expect(view()).toMatchObject({ outcome: 'completed', cancelRequested: true });
  expect(resultOf()).toBe('WORKFLOW_CANCELLED');
  expectNoReports();
});

it('terminate ends a run whatever its code does, and takes no payload', async () => {
  await start(async (c) => c.sleep('1d').then(() => 'x'));
  await cluster.node(3).service.terminate(ref);
  await cluster.settle();
  expect(view().outcome).toBe('terminated');
  await expect(cluster.node(1).service.result(ref)).rejects.toMatchObject({ code: 'WORKFLOW_TERMINATED' });
  for (const node of cluster.nodes.values()) expect(node.runtime.table.residentCount).toBe(0);
  expectNoReports();
});

it('continueAsNew ends the run and starts the next of the same id; result() follows, and signals that were left go along', async () => {
  @Workflow('chain', 1)
  class Chain {
    async run(n: number): Promise<unknown> {
      if (n < 3) return context().continueAsNew(n + 1);
      return [n, await context().waitForSignal('last')];
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Chain)] });
  const { service } = cluster.node(2);
  const { runId } = await service.start('chain', 1, ref);
  const result = service.result({ ...ref, runId });
  await cluster.settle();
  expect(view().runId).not.toBe(runId);
  await service.signal(ref, 'last', 'bye');
  expect(await result).toEqual([3, 'bye']);
  expect(cluster.commands().filter((command) => command.kind === CommandKind.CONTINUE_AS_NEW)).toHaveLength(2);
  expectNoReports();
});

it('R28: a closed run is forgotten by a committed sweep, when its retention has ended', async () => {
  await start(async () => 'done');
  await cluster.advance(24 * 3_600_000 - 60_000);
  expect(view().outcome).toBe('completed');
  await cluster.advance(120_000);
  expect(cluster.node(3).state.current('w')).toBeUndefined();
  expect(cluster.commands().filter((command) => command.kind === CommandKind.RETENTION_SWEEP)).toHaveLength(1);
});
