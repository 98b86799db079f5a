/**
 * A node in a process of its own, whose memory and start are measured: both sides. The child is this program again, as `bench child`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { WorkflowClient, isRaftoralError } from '../../lib/index.js';
import { heldMemory, type HeldMemory } from './memory.js';
import { bootNode, inFlight, patiently, type BenchNode } from './node.js';
import { Steps } from './workflows.js';

export interface ChildRequest {
  readonly path: string;
  /** Described as the first linearizable read; it may be absent. */
  readonly known: string;
}

/** Times of one start, ms. */
export interface StartTimes {
  /** From the start of the process until the modules were loaded and the application could be made. */
  readonly loadedMs: number;
  /** From there until Nest had bootstrapped it. */
  readonly bootstrapMs: number;
  /** From there until the first linearizable answer. */
  readonly firstReadMs: number;
  /** From there until the first start was accepted. */
  readonly firstStartMs: number;
  /** From the start of the process until both had come. */
  readonly readyMs: number;
}

type Question =
  | { readonly ask: 'memory' }
  /** Runs that end, one after the other. */
  | { readonly ask: 'complete'; readonly count: number }
  /** Runs that wait for a signal. */
  | { readonly ask: 'open'; readonly count: number }
  /** Runs that end, many at once, without a step. */
  | { readonly ask: 'close'; readonly count: number }
  /** Signals a waiting run, and waits for its end; answers ms. */
  | { readonly ask: 'signal'; readonly workflowId: string }
  | { readonly ask: 'stop' };

const IN_FLIGHT = 256;

export class ChildNode {
  private constructor(
    private readonly child: ChildProcess,
    readonly started: StartTimes,
  ) {}

  static async start(request: ChildRequest): Promise<ChildNode> {
    const child = fork(process.argv[1]!, ['child', 'start-up', JSON.stringify(request)], { execArgv: ['--expose-gc'] });
    return new ChildNode(child, (await answerOf(child)) as StartTimes);
  }

  async memory(): Promise<HeldMemory> {
    return (await this.ask({ ask: 'memory' })) as HeldMemory;
  }

  async complete(count: number): Promise<void> {
    await this.ask({ ask: 'complete', count });
  }

  async open(count: number): Promise<void> {
    await this.ask({ ask: 'open', count });
  }

  async close(count: number): Promise<void> {
    await this.ask({ ask: 'close', count });
  }

  async signal(workflowId: string): Promise<number> {
    return (await this.ask({ ask: 'signal', workflowId })) as number;
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.send({ ask: 'stop' } satisfies Question);
    await ended;
  }

  private async ask(question: Question): Promise<unknown> {
    this.child.send(question);
    return answerOf(this.child);
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the node in the other process ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (answer: { readonly is?: unknown; readonly failed?: string }) => {
      child.off('exit', ended);
      if (answer.failed === undefined) resolve(answer.is);
      else reject(new Error(answer.failed));
    });
  });
}

// --- the other side -----------------------------------------------------------------------------------------------------------

export async function runChild(text: string): Promise<void> {
  const request = JSON.parse(text) as ChildRequest;
  const { node, times } = await startMeasured(request);
  process.on('message', (question: Question) => {
    void answer(node, question).then(
      (is) => process.send!({ is }, undefined, undefined, () => question.ask === 'stop' && process.disconnect()),
      (error: unknown) => process.send!({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => void node.app.close());
  process.send!({ is: times });
}

async function startMeasured({ path, known }: ChildRequest): Promise<{ node: BenchNode; times: StartTimes }> {
  const loaded = performance.now();
  const node = await bootNode(path, 'sqlite');
  const booted = performance.now();
  await patiently(() => describe(node.client, known));
  const read = performance.now();
  const handle = await patiently(() => node.client.start(Steps, { steps: 0 }));
  const ready = performance.now();
  await handle.result();
  return {
    node,
    times: { loadedMs: loaded, bootstrapMs: booted - loaded, firstReadMs: read - booted, firstStartMs: ready - read, readyMs: ready },
  };
}

/** A run that is not there was answered too. */
async function describe(client: WorkflowClient, workflowId: string): Promise<void> {
  try {
    await client.getHandle(Steps, workflowId).describe();
  } catch (error) {
    if (!isRaftoralError(error) || error.code !== 'WORKFLOW_NOT_FOUND') throw error;
  }
}

async function answer({ app, client }: BenchNode, question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'memory':
      return heldMemory();
    case 'complete':
      for (let i = 0; i < question.count; i++) await client.execute(Steps, { steps: 10 });
      return null;
    case 'open':
      await inFlight(IN_FLIGHT, question.count, (at) => client.start(Steps, { steps: 0, wait: true }, { workflowId: `open-${at}` }));
      return null;
    case 'close':
      await inFlight(IN_FLIGHT, question.count, () => client.execute(Steps, { steps: 0 }));
      return null;
    case 'signal': {
      const began = performance.now();
      const handle = client.getHandle(Steps, question.workflowId);
      await (handle as unknown as { signal(name: string, payload: unknown): Promise<void> }).signal('go', null);
      await handle.result();
      return performance.now() - began;
    }
    case 'stop':
      await app.close();
      return null;
  }
}
