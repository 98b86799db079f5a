/**
 * Runs whose histories are on disk: becoming resident, while everything goes on (R27, R33, R36).
 */
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster, type LocalNode, type LocalNodeOptions } from '../support/local-cluster.js';
import { RowStore } from '../support/row-store.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

/** Ends at the signal 'last'; its result is every value in the order in which its code saw them. */
@Workflow('collector', 1)
class Collector {
  private seen: string[] = [];

  async run(): Promise<string[]> {
    for (;;) {
      const value = await context().waitForSignal<string>('add');
      this.seen = await this.record([...this.seen, value]);
      if (value === 'last') return this.seen;
    }
  }

  @Checkpoint('record')
  private async record(seen: string[]): Promise<string[]> {
    return seen;
  }

  @WorkflowQuery()
  values(): string[] {
    return this.seen;
  }
}

/** Adds what it is signalled; ends at 0. */
@Workflow('counter', 1)
class Counter {
  private total = 0;

  async run(): Promise<number> {
    for (;;) {
      const value = await context().waitForSignal<number>('add');
      if (value === 0) return this.total;
      this.total += value;
    }
  }

  @WorkflowQuery()
  sum(): number {
    return this.total;
  }
}

const emptyStore = (): RowStore =>
  new RowStore({ index: 0, term: 0, confState: { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false } });
const stored = (options: Partial<LocalNodeOptions> = {}): LocalNodeOptions => ({
  workflows: [definitionOf(Collector)],
  store: emptyStore(),
  ...options,
});
const ref = (id: string): { workflowId: string } => ({ workflowId: id });
const add = (id: string, value: string, node = 1): Promise<void> => cluster.node(node).service.signal(ref(id), 'add', value);
const runIdOf = (id: string, node = 1): string => cluster.node(node).state.current(id)!.runId;

/** The process ends, and starts again on what is stored. */
async function restart(node: LocalNode, options: Partial<LocalNodeOptions> = {}): Promise<LocalNode> {
  node.runtime.stop();
  const again = cluster.add(node.id, { ...node.options, incarnation: (node.options.incarnation ?? 1) + 1, ...options });
  return again;
}

/** A cluster of one, with runs whose histories of three events are on disk only, right after a restart. */
async function withRunsOnDisk(ids: readonly string[], options: Partial<LocalNodeOptions> = {}): Promise<LocalNode> {
  cluster = await LocalCluster.start(1, stored(options));
  for (const id of ids) await cluster.node(1).service.start('collector', undefined, ref(id));
  for (const id of ids) await add(id, 'first');
  await cluster.settle();
  cluster.node(1).flush();
  const node = await restart(cluster.node(1));
  for (const id of ids) expect(node.state.current(id)!.history.firstInMemory).toBe(4);
  return node;
}

it('R33: with histories on disk passivation is invisible: no event is lost, doubled or out of order', async () => {
  cluster = await LocalCluster.start(3, () => stored({ residentRunsMax: 5 }));
  const ids = Array.from({ length: 30 }, (_, i) => `c${i}`);
  for (const id of ids) await cluster.node(1).service.start('collector', undefined, ref(id));
  for (const value of ['a', 'b', 'c', 'last']) {
    for (const id of ids) void add(id, value, 1 + (ids.indexOf(id) % 3));
    await cluster.settle();
    for (const node of cluster.nodes.values()) {
      node.flush();
      expect(node.runtime.table.residentCount).toBeLessThanOrEqual(5);
    }
    if (value === 'b') for (const id of ids) expect(await cluster.node(2).service.query(ref(id), 'values', [])).toEqual(['a', 'b']);
  }
  for (const id of ids) expect(await cluster.node(3).service.result(ref(id))).toEqual(['a', 'b', 'c', 'last']);
  for (const node of cluster.nodes.values()) {
    expect(node.reports).toEqual([]);
    expect(node.source!.historyReadsTotal).toBeGreaterThan(10);
  }
});

it('R33: a start reads nothing before it returns, then few histories at once, the owned ones first; they are held while they are resident', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
  const node = await withRunsOnDisk(ids);
  expect(node.runtime.table.residentCount).toBe(0);
  expect(node.source!.historyReadsTotal).toBe(0);
  await cluster.settle(); // the hello of the new process changes the owner epoch of all of them
  expect(node.source!.historyReadsMax).toBeGreaterThan(1);
  expect(node.source!.historyReadsMax).toBeLessThanOrEqual(8);
  expect(node.runtime.table.residentCount).toBe(100);
  for (const id of ids) void add(id, 'last');
  await cluster.settle();
  expect(node.source!.historyReadsTotal).toBe(100);
  for (const id of ids) expect(await node.service.result(ref(id))).toEqual(['first', 'last']);
  expect(node.runtime.table.residentCount).toBe(0);
  expect(node.runtime.table.residentBytes).toBe(0);
  expect(node.reports).toEqual([]);
});

/** Events of the current run that are in memory. */
const inMemory = (id: string, node = 1): number => {
  const { history } = cluster.node(node).state.current(id)!;
  return history.length - history.firstInMemory + 1;
};

it('R33: what the code of a resident run has consumed leaves memory once it is durable: a long run is neither held as a whole nor passivated for its length', async () => {
  // A history of 2,000 events is about three times as much.
  cluster = await LocalCluster.start(2, () => stored({ workflows: [definitionOf(Counter)], residentBytesMax: 128 * 1024 }));
  await cluster.node(1).service.start('counter', undefined, ref('c'));
  for (let n = 1; n <= 2_000; n++) {
    await cluster.node(1).service.signal(ref('c'), 'add', n);
    if (n % 100 !== 0) continue;
    await cluster.settle();
    for (const node of cluster.nodes.values()) node.flush();
    expect(inMemory('c', 1)).toBeLessThan(400);
    expect(inMemory('c', 2)).toBeLessThan(400);
  }
  const [first, second] = [cluster.node(1), cluster.node(2)];
  for (const node of [first, second]) {
    expect(node.runtime.table.residentBytes).toBeLessThan(128 * 1024);
    expect(node.source!.historyReadsTotal).toBe(0);
    expect(await node.service.query(ref('c'), 'sum', [])).toBe(2_001_000);
    expect((await node.service.history(ref('c'))).split('\n').length).toBeGreaterThan(2_000);
  }
  // Replayed it is the same, and let go of again.
  const again = await restart(first);
  await cluster.settle();
  expect(await again.service.query(ref('c'), 'sum', [])).toBe(2_001_000);
  expect(inMemory('c', 1)).toBeLessThan(400);
  await second.service.signal(ref('c'), 'add', 0);
  await cluster.settle();
  expect(await second.service.result(ref('c'))).toBe(2_001_000);
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
});

it('R33: what is applied while a history is read is consumed after it, in order', async () => {
  const node = await withRunsOnDisk(['w']);
  node.source!.shut();
  await cluster.settle();
  for (const value of ['second', 'third']) await add('w', value);
  const asked = node.service.query(ref('w'), 'values', []);
  await cluster.settle();
  expect(node.runtime.table.get(runIdOf('w'))).toBeUndefined();
  node.source!.open();
  expect(await asked).toEqual(['first']); // the checkpoints of the other two are not committed yet
  await cluster.settle();
  expect(await node.service.query(ref('w'), 'values', [])).toEqual(['first', 'second', 'third']);
  expect(node.source!.historyReadsTotal).toBe(1);
});

it('R33: a run that is closed while its history is read is not made; who asked is told, and nothing of it stays', async () => {
  const node = await withRunsOnDisk(['w']);
  const runId = runIdOf('w');
  node.source!.shut();
  await cluster.settle();
  const asked = node.service.query(ref('w'), 'values', []).catch((error: { code: string }) => error.code);
  await cluster.settle();
  await node.service.terminate(ref('w'));
  await cluster.settle();
  node.flush();
  node.source!.open();
  expect(await asked).toBe('WORKFLOW_CLOSED');
  await cluster.settle();
  expect(node.runtime.table.residentCount).toBe(0);
  expect(node.state.run(runId)).toBeUndefined();
  expect(node.reports).toEqual([]);
});

it('R17, R33: an owner change while the history is read: the node acts by the epoch that is in force when it is there', async () => {
  cluster = await LocalCluster.start(2, () => stored());
  await cluster.node(1).service.start('collector', undefined, ref('w'));
  await add('w', 'first');
  await cluster.settle();
  cluster.node(2).flush();
  const second = await restart(cluster.node(2));
  second.source!.shut();
  await cluster.settle();
  const { state, runtime } = cluster.node(1);
  for (const to of [2, 1, 2]) {
    const { runId, epoch } = state.current('w')!;
    runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch: epoch, to });
    await cluster.settle();
  }
  expect(state.current('w')!.owner).toBe(2);
  await add('w', 'second');
  await cluster.settle();
  const proposed = (): number[] =>
    cluster.commands().flatMap((command) => (command.kind === CommandKind.CHECKPOINT && command.occurrence === 2 ? [command.epoch] : []));
  expect(proposed()).toEqual([]);
  second.source!.open();
  await cluster.settle();
  expect(proposed()).toEqual([state.current('w')!.epoch]);
  expect(await second.service.query(ref('w'), 'values', [])).toEqual(['first', 'second']);
});

it('R36: a snapshot while histories are read: open runs are fed from the new state, ended ones are not made', async () => {
  cluster = await LocalCluster.start(2, (id) => (id === 1 ? { workflows: [definitionOf(Collector)] } : stored()));
  for (const id of ['goes-on', 'ends']) await cluster.node(1).service.start('collector', undefined, ref(id));
  for (const id of ['goes-on', 'ends']) await add(id, 'first');
  await cluster.settle();
  cluster.node(2).flush();
  const lagging = await restart(cluster.node(2));
  lagging.source!.shut();
  await cluster.settle();
  const result = lagging.service.result({ workflowId: 'ends', runId: runIdOf('ends') });
  await cluster.settle();
  lagging.paused = true;
  await add('goes-on', 'second');
  await add('ends', 'last');
  await cluster.settle();
  await lagging.installStored(cluster.node(1));
  lagging.paused = false;
  lagging.source!.open();
  await cluster.settle();
  expect(await result).toEqual(['first', 'last']);
  expect(await lagging.service.query(ref('goes-on'), 'values', [])).toEqual(['first', 'second']);
  await add('goes-on', 'last');
  expect(await lagging.service.result(ref('goes-on'))).toEqual(['first', 'second', 'last']);
  expect(lagging.reports).toEqual([]);
});

it('R36: a resident run goes on after a snapshot of a node that stores rows, and one that ended in it leaves', async () => {
  cluster = await LocalCluster.start(2, (id) => (id === 1 ? { workflows: [definitionOf(Collector)] } : stored()));
  for (const id of ['goes-on', 'ends']) await cluster.node(1).service.start('collector', undefined, ref(id));
  await cluster.settle();
  const lagging = cluster.node(2);
  const before = lagging.runtime.table.get(runIdOf('goes-on'))!;
  const items: string[] = [];
  lagging.service.events$.subscribe((item) => items.push(item.type === 'gap' ? `${item.workflowId} ${item.from}-${item.to}` : item.type));
  const result = lagging.service.result({ workflowId: 'ends', runId: runIdOf('ends') });
  await cluster.settle();
  lagging.paused = true;
  await add('goes-on', 'first');
  await add('ends', 'last');
  await cluster.settle();
  await lagging.installStored(cluster.node(1));
  lagging.paused = false;
  await cluster.settle();
  expect(await result).toEqual(['last']);
  expect(lagging.runtime.table.residentCount).toBe(1);
  expect(lagging.runtime.table.get(runIdOf('goes-on'))).toBe(before);
  expect(items.sort()).toEqual(['ends 2-4', 'goes-on 2-3']);
  await add('goes-on', 'last');
  await cluster.settle();
  expect(before.core.phase).toBe('closed');
  expect(lagging.reports).toEqual([]);
});

it('R33: a timer brings back its run', async () => {
  @Workflow('sleeper', 1)
  class Sleeper {
    async run(): Promise<string> {
      await context().sleep('1h');
      return 'woke';
    }
  }
  const options = stored({ workflows: [definitionOf(Sleeper), definitionOf(Collector)], residentRunsMax: 1 });
  cluster = await LocalCluster.start(1, options);
  const node = cluster.node(1);
  await node.service.start('sleeper', undefined, ref('s'));
  for (const id of ['a', 'b', 'c']) await node.service.start('collector', undefined, ref(id));
  await cluster.settle();
  node.flush();
  expect(node.state.current('s')!.history.firstInMemory).toBeGreaterThan(1);
  await cluster.advance(3_600_000);
  expect(await node.service.result(ref('s'))).toBe('woke');
});

it('R33: idle runs above the budget of bytes leave memory, and one with a body in flight never does', async () => {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  @Workflow('busy', 1)
  class Busy {
    async run(): Promise<string> {
      return this.effect();
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<string> {
      await released;
      return 'done';
    }
  }
  cluster = await LocalCluster.start(1, stored({ workflows: [definitionOf(Busy), definitionOf(Collector)], residentBytesMax: 200_000 }));
  const node = cluster.node(1);
  const { table } = node.runtime;
  await node.service.start('busy', undefined, ref('busy'));
  const busy = table.get(runIdOf('busy'));
  for (let i = 0; i < 40; i++) {
    await node.service.start('collector', undefined, ref(`c${i}`));
    await add(`c${i}`, 'x'.repeat(10_000)); // its signal and its checkpoint: 20 kB
  }
  await cluster.settle();
  expect(table.residentBytes).toBeLessThanOrEqual(200_000);
  expect(table.residentCount).toBeLessThan(12);
  expect(table.residentCount).toBeGreaterThan(4);
  expect(table.get(runIdOf('busy'))).toBe(busy);
  node.flush();
  for (let i = 0; i < 40; i++) expect(await node.service.query(ref(`c${i}`), 'values', [])).toEqual(['x'.repeat(10_000)]);
  expect(table.residentBytes).toBeLessThanOrEqual(250_000);
  release();
  expect(await node.service.result(ref('busy'))).toBe('done');
});

it('P8: a run whose history is damaged is declined by this node, and another one goes on with it', async () => {
  cluster = await LocalCluster.start(2, () => stored());
  await cluster.node(1).service.start('collector', undefined, ref('w'));
  await add('w', 'first');
  await cluster.settle();
  cluster.node(1).flush();
  const again = await restart(cluster.node(1));
  again.source!.failure = new RaftoralError('STORAGE_DAMAGED', 'state.db: row 7 of group 1 is damaged');
  await cluster.settle();
  expect(again.state.current('w')).toMatchObject({ owner: 2, status: 'running' });
  expect(again.reports).toMatchObject([{ type: 'stopped', text: expect.stringContaining('row 7 of group 1 is damaged') }]);
  await add('w', 'last', 2);
  expect(await cluster.node(2).service.result(ref('w'))).toEqual(['first', 'last']);
  expect(again.reports).toHaveLength(1);
});
