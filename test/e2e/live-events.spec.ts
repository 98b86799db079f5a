/** all$ of a node whose replica of a cluster goes and comes back: each event once, whatever is applied again (E1 of raftoral-events.ts). In virtual time, in memory. */
import 'reflect-metadata';
import { afterEach, expect, it } from '@jest/globals';
import {
  CheckpointCompute,
  RAFTORAL_ADMINISTRATION,
  RaftoralEvents,
  RaftoralNode,
  Workflow,
  WorkflowClient,
  context,
  signalRef,
  type NodeAdministration,
} from '../../lib/index.js';
import { RaftoralTestingModule, type TestCluster } from '../../lib/testing/index.js';

const GO = signalRef('go');
const NODES = [1, 2, 3, 4, 5, 6, 7];
const RUNS = 5;

@Workflow('count_steps', 1)
class CountSteps {
  async run(steps: number): Promise<number> {
    for (let i = 0; i < steps; i++) {
      await context().waitForSignal('go');
      await this.step(i);
    }
    return steps;
  }

  @CheckpointCompute('step')
  async step(i: number): Promise<number> {
    return i;
  }
}

let cluster: TestCluster;
afterEach(async () => {
  await cluster?.close();
});

const hosts = (node: number): boolean => cluster.node(node).get(RaftoralNode).clusters!.get(1) !== null;
const administration = (node: number): NodeAdministration => cluster.node(node).get<NodeAdministration>(RAFTORAL_ADMINISTRATION);

/** How often all$ of a node told each event, by run and wseq. */
function listen(node: number): Map<string, number> {
  const told = new Map<string, number>();
  cluster
    .node(node)
    .get(RaftoralEvents)
    .all$.subscribe((item) => {
      if (item.type !== 'event') return;
      const key = `${item.runId}/${item.wseq}`;
      told.set(key, (told.get(key) ?? 0) + 1);
    });
  return told;
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !what(); i++) await cluster.advance(100);
  expect(what()).toBe(true);
}

it('E1: a node that is drained and comes back tells nothing twice, and nothing of what is still to come is lost', async () => {
  cluster = await RaftoralTestingModule.forTest({ nodes: 7, clusters: 2, providers: [CountSteps] });
  const goes = NODES.find((node) => hosts(node) && !cluster.node(node).get(RaftoralNode).clusters!.get(1)!.group.isLeader)!;
  const stays = NODES.find((node) => node !== goes && hosts(node))!;
  const other = NODES.find((node) => cluster.node(node).get(RaftoralNode).clusters!.all().length === 0)!;
  const told = { goes: listen(goes), stays: listen(stays) };
  const client = cluster.node(stays).get(WorkflowClient);
  const handles = [];
  for (let i = 0; i < RUNS; i++) handles.push(await cluster.settle(client.start(CountSteps, 2, { placement: 'local-first' })));
  for (const handle of handles) await cluster.settle(handle.signal(GO, undefined as never));
  await cluster.advance(1_000);
  expect(told.goes).toEqual(told.stays);
  const before = told.goes.size;
  expect(before).toBeGreaterThanOrEqual(3 * RUNS);

  const drain = (node: number, isUndone: boolean): Promise<unknown> =>
    cluster.settle(administration(stays).topology.drainNode({ nodeId: cluster.node(node).get(RaftoralNode).nodeId, isUndone }));
  await drain(goes, false);
  await until(() => !hosts(goes) && hosts(other));
  await drain(goes, true);
  await drain(other, false);
  await until(() => hosts(goes) && !hosts(other));
  await cluster.advance(5_000);
  for (const handle of handles) await cluster.settle(handle.signal(GO, undefined as never));
  for (const handle of handles) await cluster.settle(handle.result());
  await cluster.advance(1_000);

  expect([...told.goes].filter(([, times]) => times !== 1)).toEqual([]);
  expect([...told.stays].filter(([, times]) => times !== 1)).toEqual([]);
  const { runId } = handles[0]!;
  const last = (of: Map<string, number>): number =>
    Math.max(...[...of.keys()].filter((key) => key.startsWith(runId)).map((key) => Number(key.split('/')[1])));
  expect(last(told.goes)).toBe(last(told.stays));
});
