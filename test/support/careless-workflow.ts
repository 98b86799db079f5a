/**
 * Child process of the test of R6: workflow code that leaves rejections behind, and after it a rejection that is nobody's.
 * Prints one JSON line; the argument `foreign` adds the foreign rejection, which has to end the process as it always would.
 */
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import { definitionOf } from './definition.js';
import { LocalCluster } from './local-cluster.js';

@Workflow('careless', 1)
class Careless {
  async run(): Promise<string> {
    const late = this.fail('late');
    void this.wrapped();
    await this.mark();
    await context().sleep(10);
    return late.then(
      () => 'no failure',
      (error: Error) => error.message,
    );
  }

  private async wrapped(): Promise<void> {
    await this.fail('never handled');
  }

  @CheckpointCompute('fail')
  private async fail(why: string): Promise<void> {
    throw new Error(why);
  }

  @Checkpoint('mark')
  private async mark(): Promise<number> {
    return 1;
  }
}

const cluster = await LocalCluster.start(3, { workflows: [definitionOf(Careless)] });
await cluster.node(1).service.start('careless', undefined, { workflowId: 'w' });
await cluster.settle();
await cluster.advance(20);
const view = cluster.node(1).state.current('w')!;
const reports = [...cluster.nodes.values()].map((node) =>
  node.reports.map(({ type, run, text }) => ({ type, workflowId: run?.workflowId, text })),
);
process.stdout.write(`${JSON.stringify({ outcome: view.outcome, result: Buffer.from(view.result).toString(), reports })}\n`);
if (process.argv[2] === 'foreign') {
  void Promise.reject(new Error('nobody handles this one'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.stdout.write('still here\n');
}
cluster.stop();
