/** The workflow that is tortured: side effects that leave a trace outside the disk, deterministic checkpoints, a durable timer, signals. */
import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Checkpoint, CheckpointCompute, Workflow, context, idempotencyKey } from '../../lib/index.js';

export interface StepsInput {
  readonly steps: number;
  /** Of each value, to make rows that fill pages. */
  readonly padBytes: number;
  /** Between the steps and the signals; 0: no timer. */
  readonly sleepMs: number;
  /** The run ends when it has received so many. */
  readonly signals: number;
}

export interface StepsOutput {
  readonly values: readonly string[];
  readonly notes: readonly string[];
  readonly received: readonly string[];
}

/** What the bodies did, on a disk that is not tested: one line an execution. */
@Injectable()
export class EffectsFile {
  constructor(private readonly path: string) {}

  append(...words: readonly string[]): void {
    appendFileSync(this.path, `${words.join(' ')}\n`);
  }
}

export const WORKFLOW_NAME = 'fault_steps';

@Workflow(WORKFLOW_NAME, 1)
export class Steps {
  constructor(private readonly effects: EffectsFile) {}

  async run({ steps, padBytes, sleepMs, signals }: StepsInput): Promise<StepsOutput> {
    const values: string[] = [];
    const notes: string[] = [];
    const received: string[] = [];
    for (let step = 0; step < steps; step++) {
      values.push(await this.work(context().info.runId, step, padBytes));
      if (step % 3 === 0) notes.push(await this.note(`${step} of ${steps}`));
    }
    if (sleepMs > 0) await context().sleep(sleepMs);
    while (received.length < signals) received.push(await context().waitForSignal<string>('poke'));
    return { values, notes, received };
  }

  /** Every execution gives another value: a history that holds one of them twice, or one that nobody made, gives itself away. */
  @CheckpointCompute('work', { timeout: '20s', retry: { maxAttempts: 3, initialDelay: '10ms' } })
  async work(runId: string, step: number, padBytes: number): Promise<string> {
    const value = randomUUID();
    this.effects.append(runId, 'work', String(step), value, idempotencyKey());
    return value + '.'.repeat(padBytes);
  }

  @Checkpoint('note')
  async note(text: string): Promise<string> {
    return text;
  }
}

/** The same work, and a checkpoint more at its begin: code that can not read the history of a run of version 1. */
@Workflow(WORKFLOW_NAME, 2)
export class StepsTwo extends Steps {
  override async run(input: StepsInput): Promise<StepsOutput> {
    const first = await this.note('version 2');
    const output = await super.run(input);
    return { ...output, notes: [first, ...output.notes] };
  }
}
