/** Events of a run that is hosted elsewhere (docs/adr/0064): the same items as at a member, over whatever happens to the members. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import type { WorkflowStreamView } from '../../lib/client/event-view.js';
import { workflowRef } from '../../lib/client/workflow-target.js';
import { context } from '../../lib/workflow/context.js';
import { slotOf } from '../../lib/workflow/slot.js';
import { definitionOf } from '../support/definition.js';
import { RoutedWorld } from '../support/routed-world.js';

@Workflow('steps', 1)
class Steps {
  async run(input: { readonly free: number }): Promise<number> {
    for (let step = 0; step < input.free; step++) await this.record(step);
    for (let step = 0; ; step++) {
      if ((await context().waitForSignal<number>('go')) === 0) return step;
      await this.record(step);
    }
  }

  @Checkpoint('record')
  private async record(step: number): Promise<string> {
    return 'x'.repeat(step % 7);
  }
}

const STEPS = workflowRef<unknown, unknown>('steps');
const CLIENT = 6;
let world: RoutedWorld;
afterEach(() => world?.stop());

async function start(): Promise<void> {
  world = await RoutedWorld.start({
    clusters: { 1: [1, 2, 3], 2: [3, 4, 5] },
    clients: [CLIENT],
    workflows: [definitionOf(Steps)],
  });
}

function idIn(clusterId: number, name = 'w'): string {
  const table = world.table();
  for (let i = 0; ; i++) if (table.ownerOf(slotOf(`${name}-${i}`)) === clusterId) return `${name}-${i}`;
}

interface Seen {
  readonly items: WorkflowStreamView[];
  end: string;
}

function follow(node: number, workflowId: string, after = 0): Seen & { stop(): void } {
  const seen: Seen = { items: [], end: '' };
  const subscription = world
    .node(node)
    .client.getHandle(STEPS, workflowId)
    .eventsAfter(after)
    .subscribe({
      next: (item) => seen.items.push(item),
      complete: () => (seen.end = 'complete'),
      error: (error: { code: string }) => (seen.end = error.code),
    });
  return Object.assign(seen, { stop: () => subscription.unsubscribe() });
}

const wseqs = ({ items }: Seen): number[] => items.map((item) => (item.type === 'event' ? item.wseq : -1));

describe('events of a run elsewhere', () => {
  it('are the same as at a member, from any cursor, and complete after `finished`', async () => {
    await start();
    const workflowId = idIn(2);
    const handle = await world.settled(world.node(CLIENT).client.start(STEPS, { free: 40 }, { workflowId }));
    const [far, near, late] = [follow(CLIENT, workflowId), follow(4, workflowId), follow(CLIENT, workflowId, 30)];
    for (let i = 0; i < 5; i++) {
      await world.time.advance(i * 3_000); // longer than a request waits, too
      await world.settled(handle.signal('go', 1));
    }
    await world.settled(handle.signal('go', 0));
    await world.settled(handle.result());
    await world.time.advance(1_000);
    expect(near.end).toBe('complete');
    expect(far).toMatchObject({ end: 'complete', items: near.items });
    expect(late).toMatchObject({ end: 'complete', items: near.items.slice(30) });
    expect(far.items.at(-1)).toMatchObject({ type: 'event', event: { kind: 'finished' } });
    expect(wseqs(far)).toEqual(far.items.map((_, i) => i + 1));
    const closed = follow(CLIENT, workflowId, 10);
    await world.time.advance(1_000);
    expect(closed).toMatchObject({ end: 'complete', items: near.items.slice(10) });
    const behind = follow(CLIENT, workflowId, far.items.length);
    await world.time.advance(1_000);
    expect(behind).toMatchObject({ end: 'complete', items: [] });
  });

  it('go on at another replica when the one that was read dies, without a gap and without an item twice', async () => {
    await start();
    const workflowId = idIn(2);
    const handle = await world.settled(world.node(CLIENT).client.start(STEPS, { free: 3 }, { workflowId }));
    const seen = follow(CLIENT, workflowId);
    await world.time.advance(500);
    world.crash(world.leaderOf(2)!.id);
    for (let i = 0; i < 4; i++) {
      await world.settled(handle.signal('go', 1));
      await world.time.advance(700);
    }
    await world.settled(handle.signal('go', 0));
    await world.settled(handle.result());
    await world.time.advance(15_000);
    expect(seen.end).toBe('complete');
    expect(wseqs(seen)).toEqual(seen.items.map((_, i) => i + 1));
    expect(seen.items.filter((item) => item.type === 'event' && item.event.kind === 'signal')).toHaveLength(5);
  });

  it('go on at another replica when the one that was read ends in good order: its streams complete, the run does not', async () => {
    await start();
    const workflowId = idIn(2);
    const handle = await world.settled(world.node(5).client.start(STEPS, { free: 3 }, { workflowId }));
    await world.settled(handle.signal('go', 1));
    const seen = follow(CLIENT, workflowId);
    await world.time.advance(500);
    const before = seen.items.length;
    for (const node of [4, 5]) {
      world.node(node).clusters.get(2)!.runtime.stop();
      await world.time.advance(6_000);
    }
    expect([seen.end, seen.items.length]).toEqual(['', before]);
  });

  it('a reader that stops frees what was held for it; one of no run hears that there is none', async () => {
    await start();
    const workflowId = idIn(2);
    await world.settled(world.node(CLIENT).client.start(STEPS, { free: 3 }, { workflowId }));
    const seen = follow(CLIENT, workflowId);
    await world.time.advance(1_000);
    const count = seen.items.length;
    seen.stop();
    await world.settled(world.node(CLIENT).client.getHandle(STEPS, workflowId).signal('go', 0));
    await world.time.advance(20_000);
    expect(seen).toMatchObject({ end: '', items: { length: count } });
    expect(world.node(CLIENT).host.status().requestsInFlight).toBe(0);
    const missing = follow(CLIENT, idIn(2, 'missing'));
    await world.time.advance(5_000);
    expect(missing.end).toBe('WORKFLOW_NOT_FOUND');
  });

  it('a slow reader holds the source: pages are asked for as it takes the items', async () => {
    await start();
    const workflowId = idIn(2);
    await world.settled(world.node(CLIENT).client.start(STEPS, { free: 600 }, { workflowId }));
    await world.time.advance(2_000);
    let allowed = 10;
    let resume = (): void => undefined;
    const ready = (): Promise<unknown> | undefined => (allowed-- > 0 ? undefined : new Promise<void>((resolve) => (resume = resolve)));
    const seen: number[] = [];
    const stream = world.node(CLIENT).forwarder.forWorkflow(workflowId).runEvents({ workflowId }, 0, { ready });
    const subscription = stream.subscribe((item) => item.type === 'event' && seen.push(item.wseq));
    await world.time.advance(3_000);
    expect(seen).toHaveLength(10);
    allowed = 10_000;
    resume();
    await world.time.advance(3_000);
    expect(seen).toEqual(Array.from({ length: 601 }, (_, i) => i + 1));
    subscription.unsubscribe();
  });

  it('E4: of a node that ends complete at once, as those of a cluster that it hosts; one that begins later is SHUTTING_DOWN', async () => {
    await start();
    const workflowId = idIn(2);
    const { runId } = await world.settled(world.node(CLIENT).client.start(STEPS, { free: 3 }, { workflowId }));
    const node = world.node(CLIENT);
    const seen = follow(CLIENT, workflowId);
    await world.time.advance(1_000);
    expect([seen.end, seen.items.length > 0]).toEqual(['', true]);
    node.forwarder.close();
    await world.settled(node.host.stop());
    expect(seen.end).toBe('complete');
    const late: string[] = [];
    for (const ref of [{ workflowId }, { workflowId, runId }])
      node.forwarder
        .forWorkflow(workflowId)
        .runEvents(ref)
        .subscribe({ complete: () => late.push('complete'), error: (error: { code: string }) => late.push(error.code) });
    await world.time.advance(10);
    expect(late).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN']);
  });

  it('events$ of a cluster that this node does not host is NOT_MEMBER', async () => {
    await start();
    let code = '';
    world
      .node(CLIENT)
      .forwarder.forCluster(2)
      .events$.subscribe({ error: (error: { code: string }) => (code = error.code) });
    expect(code).toBe('NOT_MEMBER');
    let complete = false;
    world
      .node(4)
      .forwarder.forCluster(2)
      .events$.subscribe({ complete: () => (complete = true) })
      .unsubscribe();
    expect(complete).toBe(false);
  });
});
