/**
 * How workflow code is executed: windows, operations, values (R1–R9).
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { EventKind, type CheckpointEvent, type RunEvent } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster, type LocalNodeOptions } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

async function run(target: new () => object, name: string, input: unknown, options: LocalNodeOptions = {}): Promise<unknown> {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(target)], ...options });
  const { service } = cluster.node(1);
  const { runId } = await service.start(name, input, { workflowId: 'w' });
  const result = service.result({ workflowId: 'w', runId }, { timeoutMs: 36_000_000 });
  result.catch(() => undefined);
  await cluster.settle();
  return result;
}

function historyOf(node: number): readonly RunEvent[] {
  return cluster.node(node).state.current('w')!.history.events();
}

/** Jest keeps the events of the process away from what it runs, so R6 is shown in a process of its own. */
function runCareless(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const file = 'test/support/careless-workflow.ts';
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', './test/support/typescript-hooks.mjs', file, ...args],
      { cwd: root, env: {} },
      (error, stdout) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }),
    );
  });
}

it('R1: a run id is minted with the start command and is no log index', async () => {
  @Workflow('plain', 1)
  class Plain {
    async run(): Promise<string> {
      return context().info.runId;
    }
  }
  const runId = await run(Plain, 'plain', undefined);
  expect(runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  const start = cluster.commands().find((command) => command.kind === CommandKind.START)!;
  expect('runId' in start && start.runId).toBe(runId);
});

it('R2: branches A→X and B→X take their results in the order of the one history, also on a replica that joins late', async () => {
  let letAGo = (): void => undefined;
  const aMayGo = new Promise<void>((resolve) => (letAGo = resolve));
  @Workflow('branches', 1)
  class Branches {
    private readonly seen: string[] = [];
    async run(): Promise<void> {
      await Promise.all([this.branch('a'), this.branch('b')]);
      await context().waitForSignal('end');
    }
    private async branch(name: string): Promise<void> {
      await this.first(name);
      this.seen.push(`${name}1`);
      this.seen.push(await this.shared(name));
    }
    @CheckpointCompute('first')
    private async first(name: string): Promise<string> {
      if (name === 'a') await aMayGo; // b is first, and gets its second result before
      return name;
    }
    @CheckpointCompute('x')
    private async shared(name: string): Promise<string> {
      return `x-${name}`;
    }
    @WorkflowQuery()
    order(): string[] {
      return this.seen;
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Branches)] });
  const late = cluster.node(3);
  late.paused = true;
  await cluster.node(1).service.start('branches', undefined, { workflowId: 'w' });
  await cluster.settle();
  letAGo();
  await cluster.settle();
  expect(historyOf(1)).toHaveLength(5);
  late.paused = false; // all events of the run arrive in one batch
  late.wake();
  await cluster.settle();
  expect(late.reports).toEqual([]);
  for (const node of cluster.nodes.values())
    expect(await node.service.query({ workflowId: 'w' }, 'order', [])).toEqual(['b1', 'x-b', 'a1', 'x-a']);
});

it('R3: one event per run and turn: what an event set going has drained before the next is delivered', async () => {
  const traces: string[][] = [];
  @Workflow('windows', 1)
  class Windows {
    async run(): Promise<void> {
      const trace: string[] = [];
      traces.push(trace);
      const deep = async (name: string): Promise<void> => {
        await this.mark(name);
        for (let i = 0; i < 20; i++) await Promise.resolve();
        await new Promise<void>((resolve) => process.nextTick(resolve));
        trace.push(name);
      };
      await Promise.all([deep('a'), deep('b'), deep('c')]);
    }
    @Checkpoint('mark')
    private async mark(name: string): Promise<string> {
      return name;
    }
  }
  await run(Windows, 'windows', undefined);
  await cluster.settle();
  expect(traces).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

it('R4: a run that waits for something that is not in the log is stopped with FOREIGN_AWAIT, and told what to use', async () => {
  @Workflow('foreign', 1)
  class Foreign {
    async run(): Promise<string> {
      await new Promise(() => undefined);
      return 'never';
    }
  }
  await expect(run(Foreign, 'foreign', undefined)).rejects.toMatchObject({
    code: 'WORKFLOW_BLOCKED',
    message: expect.stringMatching(/foreign-await.*context\(\)\.sleep\(\)/s),
  });
  await cluster.settle();
  expect(cluster.node(2).state.current('w')).toMatchObject({ status: 'blocked', blockedReason: 'declined', outcome: null });
});

it('R4: an operation called when no event is handled is refused with FOREIGN_AWAIT and stops the run', async () => {
  const refusals: string[] = [];
  const callLater: Array<() => void> = [];
  @Workflow('foreign-call', 1)
  class ForeignCall {
    async run(): Promise<void> {
      callLater.push(() => void this.mark().catch((error: { code: string }) => refusals.push(error.code)));
      await context().waitForSignal('go');
    }
    @Checkpoint('mark')
    private async mark(): Promise<string> {
      return 'x';
    }
  }
  void run(ForeignCall, 'foreign-call', undefined).catch(() => undefined);
  while (callLater.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await cluster.settle(); // no window is open
  for (const call of callLater) call();
  await cluster.settle();
  expect(refusals).toEqual(['FOREIGN_AWAIT', 'FOREIGN_AWAIT', 'FOREIGN_AWAIT']);
  expect(
    cluster
      .node(1)
      .state.current('w')!
      .declined.map((decline) => decline.reason),
  ).toEqual(['foreign-await', 'foreign-await', 'foreign-await']);
  expect(cluster.commands().some((command) => command.kind === CommandKind.CHECKPOINT)).toBe(false);
});

it('R5: an operation is (key, occurrence) with the position of its call and a digest of its arguments', async () => {
  @Workflow('operations', 1)
  class Operations {
    async run(): Promise<void> {
      await Promise.all([this.mark({ b: 1, a: 2 }), this.mark({ a: 2, b: 1 }), this.mark('other')]);
      await this.mark('other');
    }
    @Checkpoint('mark')
    private async mark(_value: unknown): Promise<number> {
      return 1;
    }
  }
  await run(Operations, 'operations', undefined);
  const events = historyOf(2).filter((event): event is CheckpointEvent => event.kind === EventKind.CHECKPOINT);
  expect(events.map(({ key, occurrence, position }) => [key, occurrence, position.wseq, position.ordinal])).toEqual([
    ['mark', 1, 1, 0],
    ['mark', 2, 1, 1],
    ['mark', 3, 1, 2],
    ['mark', 4, 4, 0],
  ]);
  expect(events[0]!.argumentsDigest).toBe(events[1]!.argumentsDigest);
  expect(events[2]!.argumentsDigest).not.toBe(events[0]!.argumentsDigest);
});

it('R6: a failure that nobody awaits, or awaits late, stops no process and is attributed to its run', async () => {
  const { code, output } = await runCareless();
  expect(code).toBe(0);
  const { outcome, result, reports } = JSON.parse(output) as { outcome: string; result: string; reports: unknown[][] };
  expect(outcome).toBe('completed');
  expect(result).toContain('late');
  expect(reports).toHaveLength(3);
  for (const ofNode of reports)
    expect(ofNode).toEqual([{ type: 'rejection', workflowId: 'w', text: expect.stringContaining('never handled') }]);
});

it('R6: a rejection of other code ends the process as it would without the engine', async () => {
  const { code, output } = await runCareless('foreign');
  expect(code).toBe(1);
  expect(output).not.toContain('still here');
});

it('R7: all replicas, the owner too, get fresh decodes of the committed bytes', async () => {
  const objects: object[] = [];
  @Workflow('values', 1)
  class Values {
    async run(input: { list: number[] }): Promise<unknown> {
      input.list.push(3);
      const made = { when: '2026-01-01', z: -0, a: { deep: true } };
      const back = (await this.make(made)) as { a: { deep: boolean } };
      objects.push(back, made);
      back.a.deep = false;
      return [input, made, back];
    }
    @Checkpoint('make')
    private async make(value: object): Promise<object> {
      return value;
    }
  }
  const input = { list: [1, 2] };
  expect(await run(Values, 'values', input)).toEqual([
    { list: [1, 2, 3] },
    { when: '2026-01-01', z: 0, a: { deep: true } },
    { when: '2026-01-01', z: 0, a: { deep: false } },
  ]);
  await cluster.settle();
  expect(input.list).toEqual([1, 2]);
  expect(new Set(objects).size).toBe(6);
});

it('R8: the body of a checkpoint runs on each replica at the call, and may neither await nor call an operation', async () => {
  let bodies = 0;
  @Workflow('pure', 1)
  class Pure {
    async run(kind: string): Promise<unknown> {
      if (kind === 'nested') return this.nested().catch((error: { code: string }) => error.code);
      return this.slow();
    }
    @Checkpoint('nested')
    private async nested(): Promise<string> {
      bodies++;
      return this.inner();
    }
    @Checkpoint('inner')
    private async inner(): Promise<string> {
      return 'x';
    }
    @Checkpoint('slow')
    private async slow(): Promise<string> {
      await new Promise(() => undefined);
      return 'x';
    }
  }
  expect(await run(Pure, 'pure', 'nested')).toBe('INSIDE_COMPUTE');
  await cluster.settle();
  expect(bodies).toBe(3);
  cluster.stop();
  await expect(run(Pure, 'pure', 'slow')).rejects.toMatchObject({
    message: expect.stringContaining('the body of a @Checkpoint method awaited something'),
  });
});

it('R8: update() works on the preceding set or update in call order, committed or not; get() gives what is committed', async () => {
  @Workflow('variable', 1)
  class Variable {
    async run(): Promise<unknown> {
      const counter = context().checkpoint('counter', 10);
      const before = counter.get();
      const calls = [counter.update((n) => n + 1), counter.update((n) => n * 2), counter.set(5), counter.update((n) => n - 1)];
      const during = counter.get();
      const values = await Promise.all(calls);
      const failed = await counter
        .update(() => {
          throw new TypeError('no');
        })
        .catch((error: Error) => `${error.name}: ${error.message}`);
      return { before, during, values, after: counter.get(), failed, again: await counter.update((n) => n + 1) };
    }
  }
  expect(await run(Variable, 'variable', undefined)).toEqual({
    before: 10,
    during: 10,
    values: [11, 22, 5, 4],
    after: 4,
    failed: 'TypeError: no',
    again: 5,
  });
});

it('R9: hasCheckpoint is false for a run that new code began, by an event that all settle by', async () => {
  @Workflow('has', 1)
  class Has {
    async run(): Promise<boolean> {
      return context().hasCheckpoint('old-step');
    }
  }
  expect(await run(Has, 'has', undefined)).toBe(false);
  expect(historyOf(3).some((event) => event.kind === EventKind.CHECKPOINT && event.key === '$has/old-step')).toBe(true);
});

it('R9: code of another build learns from the history ahead whether older code wrote the key, without an event', async () => {
  class Old {
    async run(): Promise<string> {
      await this.step();
      return (await context().waitForSignal<string>('go')) + '-old';
    }
    @Checkpoint('old-step')
    private async step(): Promise<string> {
      return 'x';
    }
  }
  class New {
    async run(): Promise<string> {
      if (await context().hasCheckpoint('old-step')) await this.step();
      else await this.better();
      return (await context().waitForSignal<string>('go')) + '-old';
    }
    @Checkpoint('old-step')
    private async step(): Promise<string> {
      return 'x';
    }
    @Checkpoint('better')
    private async better(): Promise<string> {
      return 'y';
    }
  }
  Workflow('changed', 1)(Old);
  Workflow('changed', 1)(New);
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(id === 1 ? Old : New)], buildId: id === 1 ? 'old' : 'new' }));
  const fresh = cluster.node(3);
  fresh.paused = true; // it replays what the old owner wrote
  await cluster.node(1).service.start('changed', undefined, { workflowId: 'w' });
  await cluster.settle();
  fresh.paused = false;
  fresh.wake();
  await cluster.settle();
  expect(fresh.reports).toEqual([]);
  expect(fresh.runtime.table.get(fresh.state.current('w')!.runId)!.awaiting()).toMatchObject([{ kind: 'signal' }]);
  expect(historyOf(3).filter((event) => event.kind === EventKind.CHECKPOINT)).toHaveLength(1);
});

it('R23: now() is the log time of the event, random() and uuid() are functions of the run and a counter', async () => {
  const seen: unknown[] = [];
  @Workflow('chance', 1)
  class Chance {
    async run(): Promise<void> {
      const c = context();
      seen.push([c.now(), c.random(), c.random(), c.uuid(), c.uuid()]);
      await c.sleep('1h');
      seen.push([c.now(), c.random()]);
    }
  }
  void run(Chance, 'chance', undefined);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await cluster.advance(3_600_000);
  expect(seen).toHaveLength(6);
  expect(new Set(seen.slice(0, 3).map((value) => JSON.stringify(value))).size).toBe(1);
  expect(new Set(seen.slice(3).map((value) => JSON.stringify(value))).size).toBe(1);
  const [first, second] = [seen[0], seen[3]] as [[number, number, number, string, string], [number, number]];
  expect(second[0] - first[0]).toBeGreaterThanOrEqual(3_600_000);
  expect(new Set([first[1], first[2], second[1]]).size).toBe(3);
  expect(first[3]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(first[4]).not.toBe(first[3]);
});

it('R30: a value that JSON refuses is committed as the failure of its operation, or at the end of the run', async () => {
  @Workflow('unserializable', 1)
  class Unserializable {
    async run(kind: string): Promise<unknown> {
      if (kind === 'result') return { list: [1, new Map()] };
      const codes: string[] = [];
      for (const call of [() => this.value(), () => this.effect(), () => context().checkpoint<unknown>('v').set(Number.NaN)]) {
        await call().catch((error: { code: string }) => codes.push(error.code));
      }
      return codes;
    }
    @Checkpoint('value')
    private async value(): Promise<unknown> {
      return { amount: 10n };
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<unknown> {
      return [() => 1];
    }
  }
  expect(await run(Unserializable, 'unserializable', 'operations')).toEqual(['NOT_SERIALIZABLE', 'NOT_SERIALIZABLE', 'NOT_SERIALIZABLE']);
  cluster.stop();
  await expect(run(Unserializable, 'unserializable', 'result')).rejects.toMatchObject({
    code: 'WORKFLOW_FAILED',
    cause: { code: 'NOT_SERIALIZABLE', message: expect.stringContaining('list[1] is a Map') },
  });
});

it('R30: an oversized value is the failure of its operation or of the run on every replica, at N+1 and not at N', async () => {
  const max = 4096;
  @Workflow('oversized', 1)
  class Oversized {
    async run({ kind, length }: { kind: string; length: number }): Promise<unknown> {
      const text = 'x'.repeat(length - 2); // two quotes
      if (kind === 'result') return text;
      const value = await (kind === 'value' ? this.value(length) : this.effect(length)).catch((error: { code: string }) => error.code);
      return value === text ? 'fits' : value;
    }
    @Checkpoint('value')
    private async value(length: number): Promise<string> {
      return 'x'.repeat(length - 2);
    }
    @CheckpointCompute('effect')
    private async effect(length: number): Promise<string> {
      return 'x'.repeat(length - 2);
    }
  }
  const limits = { payloadBytesMax: max };
  for (const kind of ['value', 'effect']) {
    for (const [length, answer] of [
      [max - 1, 'fits'],
      [max, 'fits'],
      [max + 1, 'PAYLOAD_TOO_LARGE'],
    ] as const) {
      expect(await run(Oversized, 'oversized', { kind, length }, { limits })).toBe(answer);
      for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
      cluster.stop();
    }
  }
  expect(await run(Oversized, 'oversized', { kind: 'result', length: max }, { limits })).toHaveLength(max - 2);
  cluster.stop();
  await expect(run(Oversized, 'oversized', { kind: 'result', length: max + 1 }, { limits })).rejects.toMatchObject({
    cause: { code: 'PAYLOAD_TOO_LARGE' },
  });
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
});
