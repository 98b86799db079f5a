/**
 * Compute bodies: the owner runs them, attempts are committed (R8, R18, R20–R22).
 */
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { CommandKind, type WorkflowCommand } from '../../lib/workflow/command.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';
import { NonRetryableError } from '../../lib/workflow/error-record.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster, type LocalNodeOptions } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

type Body = (call: { readonly node: number; readonly attempt: number; readonly key: string; readonly signal: AbortSignal }) => unknown;

/** One compute with retries; the body is told on which node it runs. */
@Workflow('effect', 1)
class Effect {
  constructor(
    private readonly node: number,
    private readonly body: Body,
  ) {}

  async run(): Promise<unknown> {
    try {
      return await this.effect();
    } catch (error) {
      const { code, message, cause } = error as Error & { code: string };
      return { code, message, cause: (cause as Error | undefined)?.message };
    }
  }

  @CheckpointCompute('effect', { timeout: '5s', retry: { maxAttempts: 3, initialDelay: '1s', factor: 2 } })
  private async effect(): Promise<unknown> {
    const { info, abortSignal } = context();
    return this.body({ node: this.node, attempt: info.attempt, key: idempotencyKey(), signal: abortSignal });
  }
}

async function start(body: Body, options: LocalNodeOptions = {}): Promise<void> {
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Effect, id, body)], ...options }));
  await cluster.node(2).service.start('effect', undefined, { workflowId: 'w' });
  await cluster.settle();
}

function commandsOf<K extends WorkflowCommand['kind']>(kind: K): Array<Extract<WorkflowCommand, { kind: K }>> {
  return cluster.commands().filter((command): command is Extract<WorkflowCommand, { kind: K }> => command.kind === kind);
}

const status = (node: number): string => cluster.node(node).state.current('w')!.status;
const resultOf = (node: number): unknown => JSON.parse(Buffer.from(cluster.node(node).state.current('w')!.result).toString());

it('R8: the body runs on the owner alone, and its result is given to all', async () => {
  const nodes: number[] = [];
  await start(({ node }) => {
    nodes.push(node);
    return { from: node };
  });
  expect(nodes).toEqual([2]);
  expect(resultOf(3)).toEqual({ from: 2 });
});

it('R21: each call has an idempotency key of its own, though method and arguments are the same', async () => {
  const keys: string[] = [];
  @Workflow('twice', 1)
  class Twice {
    async run(): Promise<void> {
      await this.effect();
      await Promise.all([this.effect(), this.effect()]);
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<void> {
      keys.push(idempotencyKey());
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Twice)] });
  await cluster.node(2).service.start('twice', undefined, { workflowId: 'w' });
  await cluster.settle();
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(3);
});

it('R21: a failed attempt is committed, the next starts when its replicated timer fires, with the same idempotency key', async () => {
  const seen: Array<[number, string]> = [];
  await start(({ attempt, key }) => {
    seen.push([attempt, key]);
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return 'done';
  });
  expect(seen).toHaveLength(1);
  await cluster.advance(900);
  expect(seen).toHaveLength(1);
  await cluster.advance(200);
  expect(seen).toHaveLength(2);
  await cluster.advance(1800);
  expect(seen).toHaveLength(2); // the second backoff is 2 s
  await cluster.advance(200);
  expect(seen.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(seen.map(([, key]) => key)).size).toBe(1);
  expect(seen[0]![1]).toMatch(/^[0-9a-f]{64}$/);
  expect(commandsOf(CommandKind.ATTEMPT_FAILED).map(({ attempt, retryDelayMs, error }) => [attempt, retryDelayMs, error.message])).toEqual([
    [1, 1000, 'attempt 1'],
    [2, 2000, 'attempt 2'],
  ]);
  expect(resultOf(1)).toBe('done');
});

it('R21: the failure of the last attempt, or a NonRetryableError, is the failure of the operation, with its cause', async () => {
  await start(() => {
    throw new NonRetryableError('card refused');
  });
  expect(resultOf(1)).toEqual({
    code: 'COMPUTE_FAILED',
    message: expect.stringContaining('attempt 1 of 3: card refused'),
    cause: 'card refused',
  });
  cluster.stop();
  await start(({ attempt }) => Promise.reject(new Error(`no ${attempt}`)));
  await cluster.advance(10_000);
  expect(resultOf(1)).toEqual({ code: 'COMPUTE_FAILED', message: expect.stringContaining('attempt 3 of 3: no 3'), cause: 'no 3' });
});

it('R21: attempts and backoff survive the owner', async () => {
  const seen: Array<[number, number]> = [];
  await start(({ node, attempt }) => {
    seen.push([node, attempt]);
    if (attempt < 3) throw new Error('again');
    return 'done';
  });
  await cluster.crash(2);
  await cluster.advance(900);
  expect(seen).toEqual([[2, 1]]); // the backoff goes on
  await cluster.advance(200);
  await cluster.advance(2500);
  expect(seen).toHaveLength(3);
  expect(seen[1]![1]).toBe(2);
  expect(seen[2]![1]).toBe(3);
  expect([1, 3]).toContain(seen[2]![0]);
  expect(resultOf(seen[2]![0])).toBe('done');
});

it('R21: a time-out is a failed attempt: the signal fires, the late result is dropped, the next attempt waits for the old body', async () => {
  const seen: Array<{ attempt: number; reason?: unknown }> = [];
  let finishFirst: (value: string) => void = () => undefined;
  await start(({ attempt, signal }) => {
    const call: { attempt: number; reason?: unknown } = { attempt };
    seen.push(call);
    if (attempt > 1) return 'second';
    signal.addEventListener('abort', () => (call.reason = (signal.reason as { reason: string }).reason));
    return new Promise((resolve) => (finishFirst = resolve));
  });
  await cluster.advance(5000);
  expect(seen).toEqual([{ attempt: 1, reason: 'timeout' }]);
  expect(commandsOf(CommandKind.ATTEMPT_FAILED)).toMatchObject([{ attempt: 1, error: { code: 'COMPUTE_TIMEOUT' } }]);
  await cluster.advance(2000);
  expect(seen).toHaveLength(1); // its timer fired, but the old body still runs
  finishFirst('late');
  await cluster.settle();
  expect(seen).toHaveLength(2);
  expect(resultOf(1)).toBe('second');
});

it('R20: an owner by the death of another commits attempt-started before it starts a body', async () => {
  const seen: number[] = [];
  const startedWhenRun: number[] = [];
  await start(({ node }) => {
    seen.push(node);
    startedWhenRun.push(commandsOf(CommandKind.ATTEMPT_STARTED).length);
    return node === 2 ? new Promise(() => undefined) : `by ${node}`;
  });
  await cluster.crash(2);
  expect(seen).toEqual([2, 1]);
  expect(startedWhenRun).toEqual([0, 1]); // node 2 owned it from the start; node 1 got it by a death
  expect(resultOf(3)).toBe('by 1');
});

it('R17, R20: an owner that lags behind starts no body before its code has consumed what made it owner', async () => {
  const bodies: Array<[node: number, announced: number]> = [];
  @Workflow('lagging', 1)
  class Lagging {
    constructor(private readonly node: number) {}
    async run(): Promise<string> {
      await context().waitForSignal('go');
      return this.effect();
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<string> {
      bodies.push([this.node, commandsOf(CommandKind.ATTEMPT_STARTED).length]);
      return this.node === 2 ? new Promise<string>(() => undefined) : `by ${this.node}`;
    }
  }
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Lagging, id)] }));
  const heir = cluster.node(1);
  heir.paused = true; // sees nothing of what follows yet
  const { service } = cluster.node(2);
  await service.start('lagging', undefined, { workflowId: 'w' });
  await service.signal({ workflowId: 'w' }, 'go', null);
  // Its first body waits for a read of the leader (P3).
  for (let turn = 0; turn < 1_000 && bodies.length === 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  await cluster.crash(2);
  heir.paused = false;
  heir.wake();
  await cluster.settle();
  // The signal lets its code call the body; that it owns the run by a death, it learns from the next event.
  expect(bodies).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(resultOf(3)).toBe('by 1');
});

it('R20: after three owners that died without progress the run is blocked as a crash suspect, and a reset lets it run again', async () => {
  const deaths: number[] = [];
  cluster = await LocalCluster.start(5, (id) => ({
    workflows: [
      definitionOf(Effect, id, ({ node }) => {
        deaths.push(node);
        return deaths.length <= 4 ? new Promise(() => undefined) : `by ${node}`;
      }),
    ],
  }));
  await cluster.node(5).service.start('effect', undefined, { workflowId: 'w' });
  await cluster.settle();
  for (let i = 0; i < 4; i++) {
    expect(deaths).toHaveLength(i + 1);
    await cluster.crash(deaths[i]!);
  }
  const last = [...cluster.nodes.values()].find((node) => node.alive)!;
  expect(last.state.current('w')).toMatchObject({ status: 'blocked', blockedReason: 'crash-suspect' });
  await last.service.reset({ workflowId: 'w' });
  await cluster.settle();
  expect(resultOf(last.id)).toBe(`by ${last.id}`);
});

it('R18, R22: bodies of an older epoch get fenced, and what they bring is dropped', async () => {
  const reasons: string[] = [];
  let finishOld: (value: string) => void = () => undefined;
  await start(({ node, signal }) => {
    if (node !== 2) return `by ${node}`;
    signal.addEventListener('abort', () => reasons.push((signal.reason as { reason: string }).reason));
    return new Promise((resolve) => (finishOld = resolve));
  });
  const run = cluster.node(2).state.current('w')!;
  cluster.node(1).runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId: run.runId, expectedEpoch: run.epoch, to: 3 });
  await cluster.settle();
  expect(reasons).toEqual(['fenced']);
  finishOld('old');
  await cluster.settle();
  expect(resultOf(1)).toBe('by 3');
  expect(commandsOf(CommandKind.COMPUTE_RESULT)).toHaveLength(1);
});

it('R22: the same node begins a new attempt only after its old body settled, or the grace time passed', async () => {
  for (const settles of [true, false]) {
    const starts: number[] = [];
    let finishOld: (value: string) => void = () => undefined;
    await start(({ node }) => {
      starts.push(node);
      if (node === 3) return new Promise(() => undefined);
      return starts.length > 2 ? 'new' : new Promise((resolve) => (finishOld = resolve));
    });
    const { runId } = cluster.node(2).state.current('w')!;
    for (const [expectedEpoch, to] of [
      [1, 3],
      [2, 2],
    ] as const) {
      cluster.node(1).runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch, to });
      await cluster.settle();
    }
    expect(starts).toEqual([2, 3]);
    if (settles) finishOld('old');
    await cluster.advance(settles ? 0 : 9_000);
    if (!settles) {
      expect(starts).toEqual([2, 3]);
      await cluster.advance(1_500);
    }
    expect(starts).toEqual([2, 3, 2]);
    expect(resultOf(1)).toBe('new');
    cluster.stop();
  }
});

it('R8: in a compute body `this` is read-only, services that fields hold are not, and operations are refused', async () => {
  class Inventory {
    #calls = 0;
    reserve(): number {
      return ++this.#calls;
    }
  }
  @Workflow('guard', 1)
  class Guard {
    private field = 'before';
    constructor(private readonly inventory: Inventory) {}
    async run(): Promise<unknown> {
      const codes: unknown[] = [];
      for (const call of [() => this.assigns(), () => this.calls(), () => context().compute('inline', () => this.mark())]) {
        await call().catch((error: { code: string }) => codes.push(error.code));
      }
      return [codes, this.field, await this.uses()];
    }
    @CheckpointCompute('assigns', { retry: { maxAttempts: 5 } })
    private async assigns(): Promise<void> {
      this.field = 'after';
    }
    @CheckpointCompute('calls', { retry: { maxAttempts: 5 } })
    private async calls(): Promise<unknown> {
      return this.mark();
    }
    @CheckpointCompute('uses')
    private async uses(): Promise<number> {
      return this.inventory.reserve();
    }
    @Checkpoint('mark')
    private async mark(): Promise<string> {
      return 'x';
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Guard, new Inventory())] });
  await cluster.node(1).service.start('guard', undefined, { workflowId: 'w' });
  await cluster.settle();
  expect(resultOf(2)).toEqual([['READ_ONLY_THIS', 'INSIDE_COMPUTE', 'INSIDE_COMPUTE'], 'before', 1]);
});

it('R8: a class with #private members runs its bodies on the instance, and an assignment is found and undone', async () => {
  @Workflow('hidden', 1)
  class Hidden {
    readonly #secret = 7;
    field = 'before';
    async run(): Promise<unknown> {
      const code = await this.assigns().catch((error: { code: string }) => error.code);
      return [code, this.field, await this.reads()];
    }
    @CheckpointCompute('assigns')
    private async assigns(): Promise<void> {
      this.field = 'after';
    }
    @CheckpointCompute('reads')
    private async reads(): Promise<number> {
      return this.#secret;
    }
  }
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Hidden)] });
  await cluster.node(1).service.start('hidden', undefined, { workflowId: 'w' });
  await cluster.settle();
  expect(resultOf(1)).toEqual(['READ_ONLY_THIS', 'before', 7]);
});

it('R29: operations that are not awaited at return are abandoned, and their bodies aborted', async () => {
  const reasons: string[] = [];
  @Workflow('leaves', 1)
  class Leaves {
    async run(): Promise<string> {
      void this.long();
      await this.mark();
      return 'done';
    }
    @CheckpointCompute('long')
    private async long(): Promise<void> {
      const { abortSignal } = context();
      await new Promise((resolve) => abortSignal.addEventListener('abort', resolve));
      reasons.push((abortSignal.reason as { reason: string }).reason);
    }
    @CheckpointCompute('mark')
    private async mark(): Promise<number> {
      return new Promise((resolve) => setTimeout(() => resolve(1), 5));
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Leaves)] });
  await cluster.node(1).service.start('leaves', undefined, { workflowId: 'w' });
  await new Promise((resolve) => setTimeout(resolve, 40));
  await cluster.settle();
  expect(status(3)).toBe('completed');
  expect(reasons).toEqual(['abandoned']);
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
});
