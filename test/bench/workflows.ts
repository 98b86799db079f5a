/**
 * The workflow of the disk benches, the same work as that of the peers: sequential durable steps of about 200 bytes of JSON each.
 */
import { CheckpointCompute, Workflow, context } from '../../lib/index.js';

export interface StepsInput {
  readonly steps: number;
  /** Then waits for the signal 'go'. */
  readonly wait?: boolean;
}

interface StepResult {
  readonly i: number;
  readonly pad: string;
}

/** What a bench wants to see of the steps that run in this process. */
export const watch: {
  /** Called when the body of step i (from 0) runs. */
  onBody: ((step: number) => void) | null;
  /** Called when the code goes on after a step: ms since it called the step. */
  onStep: ((tookMs: number) => void) | null;
} = { onBody: null, onStep: null };

const PAD = 'x'.repeat(180);

@Workflow('bench_steps', 1)
export class Steps {
  async run({ steps, wait }: StepsInput): Promise<{ ok: number }> {
    for (let i = 0; i < steps; i++) {
      const began = performance.now(); // seen by the bench alone: it reaches no operation
      await this.step(i);
      watch.onStep?.(performance.now() - began);
    }
    if (wait === true) await context().waitForSignal('go');
    return { ok: steps };
  }

  @CheckpointCompute('step')
  async step(i: number): Promise<StepResult> {
    watch.onBody?.(i);
    return { i, pad: PAD };
  }
}
