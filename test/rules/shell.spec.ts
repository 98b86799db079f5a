/**
 * Rules at the seam between the engine and what is around it: clocks, deployments, declared policies (R15, R21, R23, R42).
 */
import { afterEach, expect, it } from '@jest/globals';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { ClusterRouter } from '../../lib/cluster/cluster-router.js';
import { context } from '../../lib/workflow/context.js';
import { EventKind } from '../../lib/workflow/event.js';
import type { Transport } from '../../lib/transport/transport.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowCluster } from '../support/workflow-cluster.js';

let cluster: WorkflowCluster | null = null;
afterEach(() => {
  cluster?.stop();
  cluster = null;
});

it('R42: a frame of another deployment is dropped and counted, and so is one that says it is from this node', () => {
  const transport: Transport = { start: () => Promise.resolve(), stop: () => Promise.resolve(), send: () => undefined };
  const router = new ClusterRouter(
    transport,
    { deployment: 'a', nodeId: 1, incarnation: 1 },
    { inboxFramesMax: 10, frameBytesMax: 2 ** 20, messageBytesMax: 2 ** 20 },
    () => undefined,
  );
  const frame = { deployment: 'a', from: 2, incarnation: 1, envelopes: [] };
  expect(router.receive({ ...frame, deployment: 'b' })).toBe(false);
  expect(router.receive({ ...frame, from: 1 })).toBe(false);
  expect(router.takeArrived()).toEqual([]);
  expect(router.statistics.framesRefused).toBe(2);
  expect(router.receive(frame)).toBe(true);
  expect(router.takeArrived()).toEqual([frame]);
});

it('R23, R24: clocks that were an hour ahead for a moment, and are set back, do not stop the timers for that hour', async () => {
  @Workflow('naps', 1)
  class Naps {
    async run(): Promise<unknown> {
      const before = context().now();
      await context().sleep('3s');
      return context().now() - before;
    }
  }
  cluster = await WorkflowCluster.start({ workflows: [definitionOf(Naps)], tuning: { maxClockSkewMs: 0 } });
  const leader = cluster.leader!;
  for (const node of cluster.alive) node.virtual.jumpClock(3_600_000);
  await cluster.settled(leader.service.start('naps', undefined, { workflowId: 'w' }));
  for (const node of cluster.alive) node.virtual.jumpClock(-3_600_000);
  await cluster.time.advance(2_000);
  expect(leader.state.current('w')!.outcome).toBeNull(); // not early
  await cluster.time.advance(8_000); // at half the pace, and a second for a proposal that came too soon
  const { outcome, result } = leader.state.current('w')!;
  expect(outcome).toBe('completed');
  expect(Number(Buffer.from(result).toString())).toBeGreaterThanOrEqual(3_000);
  // Once the clocks have caught up, nothing of it is left.
  await cluster.time.advance(3_600_000);
  await cluster.settled(leader.service.start('naps', undefined, { workflowId: 'v' }));
  await cluster.time.advance(3_500);
  expect(leader.state.current('v')!.outcome).toBe('completed');
});

it('R21, R23: a body’s time-out is on the monotonic clock, and log time never runs backwards, whatever the wall clocks do', async () => {
  let started = 0;
  const reasons: unknown[] = [];
  const times: number[] = [];
  @Workflow('clocks', 1)
  class Clocks {
    async run(): Promise<unknown> {
      times.push(context().now());
      const value = await context().compute(
        'slow',
        () => {
          const { abortSignal } = context();
          return new Promise((resolve) => {
            abortSignal.addEventListener('abort', () => reasons.push((abortSignal.reason as { reason: string }).reason));
            started++;
            if (started === 2) resolve('second');
          });
        },
        { timeout: '60s', retry: { maxAttempts: 2, initialDelay: '1s' } },
      );
      times.push(context().now());
      return value;
    }
  }
  cluster = await WorkflowCluster.start({ workflows: [definitionOf(Clocks)], tuning: { maxClockSkewMs: 0 } });
  const leader = cluster.leader!;
  await cluster.settled(leader.service.start('clocks', undefined, { workflowId: 'w' }));
  await cluster.time.advance(10);
  for (const node of cluster.alive) node.virtual.jumpClock(600_000);
  await cluster.time.advance(50_000);
  expect([started, reasons]).toEqual([1, []]); // ten minutes later by the wall clock, and not timed out
  for (const node of cluster.alive) node.virtual.jumpClock(-1_200_000);
  await cluster.time.advance(10_000);
  expect(reasons).toEqual(['timeout']);
  await cluster.time.advance(2 * 600_000); // the retry is due by log time, which goes at half the pace until the clocks have caught up
  const { history, outcome } = leader.state.current('w')!;
  expect(outcome).toBe('completed');
  const stamps = history.events().map((event) => event.timeMs);
  expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  expect(times).toHaveLength(6);
});

it('R15: the declared policy names the owner, wherever the run is started: the leader, or the one with the fewest runs', async () => {
  @Workflow('led', 1, { owner: 'leader' })
  class Led {
    async run(): Promise<void> {
      await context().waitForSignal('end');
    }
  }
  @Workflow('spread', 1, { owner: 'spread' })
  class Spread {
    async run(): Promise<void> {
      await context().waitForSignal('end');
    }
  }
  cluster = await WorkflowCluster.start({ workflows: [definitionOf(Led), definitionOf(Spread)] });
  const { follower } = cluster;
  const leader = cluster.leader!;
  for (let i = 0; i < 3; i++) await cluster.settled(follower.service.start('led', undefined, { workflowId: `led${i}` }));
  for (let i = 0; i < 3; i++) expect(leader.state.current(`led${i}`)!.owner).toBe(leader.id);
  for (let i = 0; i < 6; i++) await cluster.settled(follower.service.start('spread', undefined, { workflowId: `s${i}` }));
  const others = cluster.alive.filter((node) => node !== leader).map((node) => node.id);
  const owners = Array.from({ length: 6 }, (_, i) => leader.state.current(`s${i}`)!.owner);
  for (const id of others) expect(owners.filter((owner) => owner === id)).toHaveLength(3); // the leader has three already
});

it('R14, R16: a node that drains hands its runs over and gets none; each change is an event with the next number and epoch', async () => {
  @Workflow('drains', 1)
  class Drains {
    async run(): Promise<void> {
      await context().waitForSignal('end');
    }
  }
  cluster = await WorkflowCluster.start({ workflows: [definitionOf(Drains)] });
  const { follower } = cluster;
  await cluster.settled(follower.service.start('drains', undefined, { workflowId: 'w' }));
  follower.runtime.drain();
  await cluster.time.advance(100);
  const run = cluster.leader!.state.current('w')!;
  expect(run).toMatchObject({ epoch: 2, status: 'running' });
  expect(run.owner).not.toBe(follower.id);
  expect(run.history.events().map(({ kind, wseq }) => [kind, wseq])).toEqual([
    [EventKind.STARTED, 1],
    [EventKind.OWNER_CHANGED, 2],
  ]);
  await cluster.settled(follower.service.start('drains', undefined, { workflowId: 'next' }));
  expect(cluster.leader!.state.current('next')!.owner).not.toBe(follower.id);
});
