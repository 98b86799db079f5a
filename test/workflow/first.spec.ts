import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';

@Workflow('order', 1)
class Order {
  private status = 'new';

  async run(input: { item: string }): Promise<{ item: string; status: string; stock: number }> {
    this.status = await this.record('processing');
    const stock = await this.reserve(input.item);
    this.status = await this.record('confirmed');
    return { item: input.item, status: this.status, stock };
  }

  @Checkpoint('status')
  private async record(status: string): Promise<string> {
    return status;
  }

  @CheckpointCompute('reserve')
  private async reserve(item: string): Promise<number> {
    return item.length;
  }

  @WorkflowQuery()
  currentStatus(): string {
    return this.status;
  }
}

let cluster: LocalCluster;
afterEach(() => cluster.stop());

it('a workflow runs on three replicas and its result is given to who waits', async () => {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Order)] });
  const { service } = cluster.node(2);
  const { runId } = await service.start('order', { item: 'pear' }, { workflowId: 'o-1' });
  expect(await service.result({ workflowId: 'o-1', runId })).toEqual({ item: 'pear', status: 'confirmed', stock: 4 });
  await cluster.settle();
  for (const node of cluster.nodes.values()) {
    expect(node.reports).toEqual([]);
    expect(node.runtime.table.residentCount).toBe(0);
  }
});
