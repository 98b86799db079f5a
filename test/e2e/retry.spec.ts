/** What a compute body may throw and see, imported as a user does. */
import { expect, it } from '@jest/globals';
import { CheckpointCompute, NonRetryableError, WorkAborted, Workflow, WorkflowClient, context } from '../../lib/index.js';
import { RaftoralTestingModule } from '../../lib/testing/index.js';

let attempts = 0;
let reason: unknown;

@Workflow('charge', 1)
class Charge {
  async run(): Promise<string> {
    return this.charge().catch((error: Error) => error.message);
  }

  @CheckpointCompute('charge', { retry: { maxAttempts: 5 } })
  async charge(): Promise<string> {
    attempts++;
    throw new NonRetryableError('card declined');
  }
}

@Workflow('slow', 1)
class Slow {
  async run(): Promise<void> {
    await this.wait();
  }

  @CheckpointCompute('wait', { timeout: '1s' })
  async wait(): Promise<void> {
    const signal = context().abortSignal;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    reason = signal.reason;
  }
}

it('a NonRetryableError ends the attempts, and a signal says by WorkAborted why it fired', async () => {
  const cluster = await RaftoralTestingModule.forTest({ nodes: 3, providers: [Charge, Slow] });
  try {
    const client = cluster.node(1).get(WorkflowClient);
    expect(await cluster.settle(client.execute(Charge, undefined))).toContain('card declined');
    expect(attempts).toBe(1);
    await expect(cluster.settle(client.execute(Slow, undefined))).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
    expect(reason).toBeInstanceOf(WorkAborted);
  } finally {
    await cluster.close();
  }
});
