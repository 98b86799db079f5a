/**
 * The workflow of the disk benches, the same work as that of the peers: sequential durable steps of about 200 bytes of JSON each.
 */
import { CheckpointCompute, Workflow, context } from '../../lib/index.js';

export interface StepsInput {
  readonly steps: number;
  /** Then waits for the signal 'go'. */
  readonly wait?: boolean;
  /** Time that the body of each step takes, ms. */
  readonly pauseMs?: number;
  /** Steps that are called at once. Default 1. */
  readonly width?: number;
  /** Makes the input, and so the state, larger. */
  readonly pad?: string;
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
  /** Called when the code goes on after a step, on each replica. */
  onCommitted: ((runId: string) => void) | null;
} = { onBody: null, onStep: null, onCommitted: null };

const PAD = 'x'.repeat(180);

@Workflow('bench_steps', 1)
export class Steps {
  async run({ steps, wait, pauseMs = 0, width = 1 }: StepsInput): Promise<{ ok: number }> {
    for (let i = 0; i < steps; i += width) {
      const began = performance.now(); // seen by the bench alone: it reaches no operation
      if (width === 1) await this.step(i, pauseMs);
      else await Promise.all(Array.from({ length: Math.min(width, steps - i) }, (_, at) => this.step(i + at, pauseMs)));
      watch.onStep?.(performance.now() - began);
      watch.onCommitted?.(context().info.runId);
    }
    if (wait === true) await context().waitForSignal('go');
    return { ok: steps };
  }

  @CheckpointCompute('step')
  async step(i: number, pauseMs: number): Promise<StepResult> {
    watch.onBody?.(i);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return { i, pad: PAD };
  }
}
