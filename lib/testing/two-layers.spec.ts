/** A cluster of two layers in a test, as an application's own tests use it: forwarding and placement without a network. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckpointCompute, context, Workflow, WorkflowClient } from '../index.js';
import { RaftoralTestingModule, type TestCluster, type TestClusterOptions } from './index.js';

@Workflow('nap', 1)
class Nap {
  async run(minutes: number): Promise<string> {
    await context().sleep(`${minutes}m`);
    return this.wake(minutes);
  }

  @CheckpointCompute('wake')
  async wake(minutes: number): Promise<string> {
    return `slept ${minutes}`;
  }
}

let cluster: TestCluster | null = null;
afterEach(async () => {
  await cluster?.close();
  cluster = null;
});

async function start(options: TestClusterOptions): Promise<TestCluster> {
  return (cluster = await RaftoralTestingModule.forTest({ providers: [Nap], ...options }));
}

const clientOf = (nodeId: number): WorkflowClient => cluster!.node(nodeId).get(WorkflowClient);

describe('RaftoralTestingModule with two layers', () => {
  it('divides the nodes; any of them starts and answers, by policy and by id; a node that dies is replaced by one that is there', async () => {
    const made = await start({ nodes: 7, clusters: 2 });
    const [one, two] = [made.nodesOf(1), made.nodesOf(2)];
    expect([one.length, two.length, one.filter((nodeId) => two.includes(nodeId))]).toEqual([3, 3, []]);
    expect([one.includes(made.leaderOf(1)), two.includes(made.leaderOf(2))]).toEqual([true, true]);
    const spare = made.nodeIds.find((nodeId) => ![...one, ...two].includes(nodeId))!;
    // Round robin, from the node that hosts nothing.
    const handles = [];
    for (let i = 0; i < 4; i++) handles.push(await made.settle(clientOf(spare).start(Nap, 1)));
    expect(handles.map(({ workflowId }) => made.clusterOf(workflowId)).sort()).toEqual([1, 1, 2, 2]);
    const near = await made.settle(clientOf(two[0]!).start(Nap, 2, { placement: 'local-first' }));
    expect(made.clusterOf(near.workflowId)).toBe(2);
    for (const handle of handles) expect(await made.settle(handle.result())).toBe('slept 1');
    expect(await made.settle(clientOf(one[0]!).getHandle(Nap, near.workflowId).result())).toBe('slept 2');

    // Its place goes to the node that hosts nothing; a run that was open ends all the same.
    const lost = one.find((nodeId) => nodeId !== made.leaderOf(1))!;
    const stays = one.find((nodeId) => nodeId !== lost)!;
    const open = await made.settle(clientOf(stays).start(Nap, 10, { placement: 'local-first' }));
    made.crash(lost);
    await expect(made.restart(lost)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await made.settle(clientOf(two[0]!).getHandle(Nap, open.workflowId).result())).toBe('slept 10');
    expect(made.nodesOf(1)).toEqual([...one.filter((nodeId) => nodeId !== lost), spare].sort((a, b) => a - b));
  }, 240_000);

  it('the same seed gives the same division', async () => {
    const divided = async (): Promise<string> => {
      await start({ nodes: 4, clusters: 2, seed: 7 });
      const ids = [];
      for (let i = 0; i < 3; i++) ids.push((await cluster!.settle(clientOf(1).start(Nap, 0))).workflowId);
      const text = JSON.stringify([cluster!.nodesOf(1), cluster!.nodesOf(2), cluster!.time.nowMs, ids]);
      await cluster!.close();
      return text;
    };
    expect(await divided()).toBe(await divided());
  }, 240_000);

  it.each([
    [6, 1],
    [3, 4],
    [7, 4],
    [6, 1.5],
  ])('%i nodes in %d clusters are refused', async (nodes, clusters) => {
    await expect(RaftoralTestingModule.forTest({ nodes, clusters })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'clusters' },
    });
  });
});
