/**
 * Sentences of the rules of execution that the suites of test/workflow leave unproven (R3–R12, R21, R30, R33, R45).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { WorkflowSignal } from '../../lib/decorators/workflow-signal.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { decodeCommand, encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';
import { EventKind } from '../../lib/workflow/event.js';
import { idempotencyKeyOf } from '../../lib/workflow/run-owner.js';
import { scopes } from '../../lib/workflow/runtime-scopes.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster, type LocalNodeOptions } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

const ref = { workflowId: 'w' };
const codeOf = (error: { code?: string; name: string }): string => error.code ?? error.name;
const view = (node = 1) => cluster.node(node).state.current('w')!;
const resultOf = (node = 1): unknown => JSON.parse(Buffer.from(view(node).result).toString());
const kindsIn = (...kinds: number[]) => cluster.commands().filter((command) => kinds.includes(command.kind));
const loopTurns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

async function start(target: new () => object, input: unknown = null, options: LocalNodeOptions = {}): Promise<void> {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(target)], ...options });
  await cluster.node(1).service.start('rule', input, ref);
  await cluster.settle();
}

function expectNoReports(): void {
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
}

describe('windows', () => {
  it('R3: what an event set going is over before the next event is delivered, however long its chain of microtasks', async () => {
    const traces: string[][] = [];
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<void> {
        const trace: string[] = [];
        traces.push(trace);
        // The first has the longest way: two events in one turn would let the later ones overtake it.
        const branch = async (name: string, hops: number): Promise<void> => {
          await this.mark(name);
          for (let i = 0; i < hops; i++) await Promise.resolve();
          if (hops > 10) await new Promise<void>((resolve) => process.nextTick(resolve));
          trace.push(name);
        };
        await Promise.all([branch('a', 50), branch('b', 5), branch('c', 0)]);
      }
      @Checkpoint('mark')
      private async mark(name: string): Promise<string> {
        return name;
      }
    }
    await start(Rule);
    expect(traces).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    expectNoReports();
  });

  it('R4: a run that waits for nothing of the engine is stopped after its window, though what it waits for never comes', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        await context().waitForSignal('go');
        return new Promise(() => undefined);
      }
    }
    await start(Rule);
    expectNoReports(); // a pending operation is what a run may wait for
    await cluster.node(1).service.signal(ref, 'go', null);
    await cluster.settle();
    expect(view()).toMatchObject({ status: 'blocked', outcome: null });
    for (const node of cluster.nodes.values()) {
      expect(node.reports).toMatchObject([
        { type: 'stopped', text: expect.stringMatching(/foreign-await: after event 2 .*compute.*sleep/s) },
      ]);
    }
  });

  it('R4: a run that a foreign promise resumes and ends is stopped, though an operation was pending; nothing of it is committed', async () => {
    let settleForeign!: (value: string) => void;
    const foreign = new Promise<string>((resolve) => (settleForeign = resolve));
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        return Promise.race([context().waitForSignal('never'), foreign]);
      }
    }
    await start(Rule);
    await cluster.settle(); // no window is open
    settleForeign('clock');
    await cluster.settle();
    expect(view()).toMatchObject({ status: 'blocked', outcome: null });
    expect(kindsIn(CommandKind.FINISH)).toEqual([]);
    for (const node of cluster.nodes.values()) {
      expect(node.reports).toMatchObject([
        { type: 'stopped', text: expect.stringMatching(/foreign-await.*run\(\) settled.*compute.*sleep/s) },
      ]);
    }
  });

  it('R12: an error of the engine is never the failure of the workflow: user code that lets FOREIGN_AWAIT escape fails nothing', async () => {
    let aborted: unknown = null;
    let settleForeign!: () => void;
    const foreign = new Promise<void>((resolve) => (settleForeign = resolve));
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<void> {
        void this.effect().catch(() => undefined);
        await Promise.race([context().waitForSignal('never'), foreign]);
        await this.mark(); // outside any window: refused, and not caught
      }
      @Checkpoint('mark')
      private async mark(): Promise<number> {
        return 1;
      }
      @CheckpointCompute('effect')
      private async effect(): Promise<void> {
        const { abortSignal } = context();
        await new Promise((resolve) => abortSignal.addEventListener('abort', resolve));
        aborted = (abortSignal.reason as { reason: string }).reason;
      }
    }
    await start(Rule);
    await cluster.settle(); // no window is open
    settleForeign();
    await cluster.settle();
    expect(aborted).toBe('stopped'); // its bodies are aborted
    expect(kindsIn(CommandKind.FINISH, CommandKind.CHECKPOINT, CommandKind.COMPUTE_RESULT)).toEqual([]);
    expect(kindsIn(CommandKind.DECLINE)).toHaveLength(3);
    expect(view()).toMatchObject({ status: 'blocked', outcome: null });
  });
});

describe('values', () => {
  it('R7: every replica gets objects of its own for signals, results and errors; those of the body are nobody’s', async () => {
    const seen: object[] = [];
    const thrown = Object.assign(new RangeError('none left'), { code: 'NO_STOCK', extra: { not: 'committed' } });
    const made = { list: [1] };
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        const signal = await context().waitForSignal<{ list: number[] }>('go');
        const result = await context().compute('good', () => made);
        const error = await this.bad().catch((reason: Error) => reason);
        seen.push(signal, result, error as object);
        signal.list.push(9);
        result.list.push(9);
        return { signal, result, error: (error as Error).name };
      }
      @Checkpoint('bad')
      private async bad(): Promise<never> {
        throw thrown;
      }
    }
    await start(Rule);
    await cluster.node(2).service.signal(ref, 'go', { list: [1] });
    await cluster.settle();
    expect(resultOf()).toEqual({ signal: { list: [1, 9] }, result: { list: [1, 9] }, error: 'RangeError' });
    expect(new Set(seen).size).toBe(9);
    expect(seen).not.toContain(thrown);
    expect(made).toEqual({ list: [1] });
    for (const error of [seen[2], seen[5], seen[8]]) {
      expect(error).toMatchObject({ name: 'RangeError', code: 'NO_STOCK', message: 'none left' });
      expect(error).not.toHaveProperty('extra');
    }
    expectNoReports();
  });

  it('R10: an error whose text UTF-8 can not carry is the same on all replicas, the owner too', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        return this.bad().catch((error: Error) => error.message);
      }
      @Checkpoint('bad')
      private async bad(): Promise<never> {
        throw new Error('half a pair: \ud83d');
      }
    }
    await start(Rule);
    expectNoReports();
    expect(resultOf()).toBe('half a pair: \ufffd');
  });

  it('R30: a variable’s value that is too large is the failure of its set(), on every replica alike', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        const variable = context().checkpoint<string>('text', 'first');
        const answers: unknown[] = [];
        for (const length of [97, 98, 99]) answers.push(await variable.set('x'.repeat(length)).catch(codeOf));
        return [answers[0] === 'x'.repeat(97), answers[1] === 'x'.repeat(98), answers[2], variable.get()!.length];
      }
    }
    await start(Rule, null, { limits: { payloadBytesMax: 100 } });
    expect(resultOf()).toEqual([true, true, 'PAYLOAD_TOO_LARGE', 98]);
    expectNoReports();
  });

  it('R30: a name that no command can carry is refused on every replica alike, not on the owner alone', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        const c = context();
        const codes: unknown[] = [];
        for (const name of ['\ud800', 'x'.repeat(257), '']) {
          for (const call of [
            () => c.checkpoint(name).set(1),
            () => c.waitForSignal(name),
            () => c.compute(name, () => 1),
            () => c.hasCheckpoint(name),
          ]) {
            try {
              codes.push(await call());
            } catch (error) {
              codes.push(codeOf(error as Error));
            }
          }
        }
        return codes;
      }
    }
    await start(Rule);
    expectNoReports();
    expect(resultOf()).toEqual(Array.from({ length: 12 }, () => 'INVALID_ARGUMENT'));
  });
});

describe('operations', () => {
  it('R6: with the group silent an operation neither settles nor fails, however long; it goes on when the group does', async () => {
    const log: string[] = [];
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<void> {
        await context().waitForSignal('go');
        const note = (what: string) => (): void => void log.push(what);
        await Promise.all([
          this.mark().then(note('mark'), note('mark failed')),
          context().sleep(1).then(note('sleep'), note('sleep failed')),
          context()
            .compute('c', () => 1)
            .then(note('compute'), note('compute failed')),
        ]);
      }
      @Checkpoint('mark')
      private async mark(): Promise<number> {
        return 1;
      }
    }
    await start(Rule);
    await cluster.node(1).service.signal(ref, 'go', null);
    for (const node of cluster.nodes.values()) node.paused = true;
    await cluster.advance(24 * 3_600_000);
    await loopTurns(20);
    expect(log).toEqual([]);
    for (const node of cluster.nodes.values()) {
      node.paused = false;
      node.wake();
    }
    await cluster.advance(10_000);
    expect(log.filter((what) => what.endsWith('failed'))).toEqual([]);
    expect(log.sort()).toEqual(['compute', 'compute', 'compute', 'mark', 'mark', 'mark', 'sleep', 'sleep', 'sleep']);
    expect(view().outcome).toBe('completed');
  });

  it('R9: replicas of another build answer hasCheckpoint at once, and the owner’s record that comes later is no divergence', async () => {
    const answers: Array<[number, boolean]> = [];
    @Workflow('rule', 1)
    class Rule {
      constructor(private readonly node: number) {}
      async run(): Promise<unknown> {
        const has = await context().hasCheckpoint('old-step');
        answers.push([this.node, has]);
        return context().waitForSignal('end');
      }
    }
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Rule, id)], buildId: `build-${id}` }));
    await cluster.node(1).service.start('rule', null, ref);
    await cluster.settle();
    expect(answers.sort()).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    expect(
      view()
        .history.events()
        .filter((event) => event.kind === EventKind.CHECKPOINT),
    ).toMatchObject([{ key: '$has/old-step' }]);
    for (const node of cluster.nodes.values()) expect(node.reports.filter((report) => report.type !== 'warning')).toEqual([]);
    await cluster.crash(1); // one of another build takes over, and the third must agree with it
    await cluster.node(2).service.signal(ref, 'end', 'bye');
    await cluster.settle();
    expect(view(2).outcome).toBe('completed');
    expect(resultOf(2)).toBe('bye');
  });

  it('R9: when the owner dies before its record and another build takes over, those that waited for the record go on with it', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        const has = await context().hasCheckpoint('old-step');
        await context().checkpoint('v').set(has);
        return [has, await context().waitForSignal('end')];
      }
    }
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Rule)], buildId: id === 2 ? 'new' : 'old' }));
    const owner = cluster.node(1);
    const submit = owner.submit.bind(owner);
    owner.submit = (frame) => (decodeCommand(frame).kind === CommandKind.CHECKPOINT ? undefined : submit(frame));
    await owner.service.start('rule', null, ref);
    await cluster.settle();
    await cluster.crash(1);
    expect(view(2)).toMatchObject({ owner: 2, epoch: 2 });
    await cluster.node(3).service.signal(ref, 'end', 'bye');
    await cluster.settle();
    expect(resultOf(2)).toEqual([false, 'bye']);
    for (const node of [2, 3]) expect(cluster.node(node).reports.filter((report) => report.type !== 'warning')).toEqual([]);
  });

  it('R9: with an equal build id the code waits for the record, and the answer is the owner’s', async () => {
    const answers: Array<[number, boolean]> = [];
    @Workflow('rule', 1)
    class Rule {
      constructor(private readonly node: number) {}
      async run(): Promise<unknown> {
        answers.push([this.node, await context().hasCheckpoint('later')]);
        await context().compute('later', () => 1);
        return context().waitForSignal('end');
      }
    }
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Rule, id)], buildId: 'one' }));
    const late = cluster.node(3);
    late.paused = true;
    await cluster.node(1).service.start('rule', null, ref);
    await cluster.settle();
    late.paused = false; // `later` lies ahead when it asks, and yet the record says that it did not for the owner
    late.wake();
    await cluster.settle();
    expect(answers.sort()).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    expectNoReports();
  });

  it('R21: the idempotency key is a function of deployment, run, key and occurrence, and of nothing else', async () => {
    const key = idempotencyKeyOf('d', 'r', 'k', 1);
    expect(key).toBe('b4a66e478f1e0980302c8b30cd8efd9aba9ed374fbfb4f359d34ac94016358dd');
    expect(
      new Set([
        key,
        idempotencyKeyOf('e', 'r', 'k', 1),
        idempotencyKeyOf('d', 's', 'k', 1),
        idempotencyKeyOf('d', 'r', 'l', 1),
        idempotencyKeyOf('d', 'r', 'k', 2),
      ]).size,
    ).toBe(5);
    expect(idempotencyKeyOf('d', 'r1', 'k', 1)).not.toBe(idempotencyKeyOf('d', 'r', '1k', 1));
  });

  it('R21: an attempt that an owner change interrupted is not counted: the next owner repeats its number, with the same key', async () => {
    const seen: Array<[number, number, string]> = [];
    @Workflow('rule', 1)
    class Rule {
      constructor(private readonly node: number) {}
      async run(): Promise<unknown> {
        return context().compute(
          'effect',
          () => {
            seen.push([this.node, context().info.attempt, idempotencyKey()]);
            if (this.node === 1 && seen.length === 1) throw new Error('first');
            return this.node === 1 ? new Promise(() => undefined) : this.node;
          },
          { retry: { maxAttempts: 2, initialDelay: 10 } },
        );
      }
    }
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Rule, id)] }));
    await cluster.node(1).service.start('rule', null, ref);
    await cluster.advance(20);
    await cluster.crash(1);
    await cluster.settle();
    expect(seen.map(([node, attempt]) => [node, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [expect.any(Number), 2],
    ]);
    expect(new Set(seen.map(([, , key]) => key)).size).toBe(1);
    expect(kindsIn(CommandKind.ATTEMPT_FAILED)).toHaveLength(1);
    expect(resultOf(2)).toBe(seen[2]![0]);
  });

  it('R18: what a former owner proposed with its old epoch is ignored, and no error in its code', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        await context().waitForSignal('go');
        return [await this.mark(), await context().compute('c', () => 'c')];
      }
      @Checkpoint('mark')
      async mark(): Promise<string> {
        return 'm';
      }
    }
    await startTwoEpochs(Rule);
    const epochs = kindsIn(CommandKind.CHECKPOINT).map((command) => 'epoch' in command && command.epoch);
    expect(epochs).toEqual([1, 2]); // both owners proposed it, each in its epoch
    expect(
      view()
        .history.events()
        .filter((event) => event.kind === EventKind.CHECKPOINT),
    ).toMatchObject([{ epoch: 2 }]);
    expect(resultOf()).toEqual(['m', 'c']);
    expectNoReports();
  });
});

/** The owner's first proposal is in the log behind the command that takes the run from it. */
async function startTwoEpochs(target: new () => { run(): Promise<unknown> }): Promise<void> {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(target)] });
  await cluster.node(1).service.start('rule', null, ref);
  await cluster.settle();
  const owner = cluster.node(1);
  const { runId } = view();
  const submit = owner.submit.bind(owner);
  let moved = false;
  owner.submit = (frame) => {
    if (!moved) {
      moved = true;
      cluster.node(2).runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch: 1, to: 2 });
    }
    submit(frame);
  };
  await cluster.node(3).service.signal(ref, 'go', null);
  await cluster.settle();
}

describe('slots and snapshots', () => {
  it('R40: a read whose slot moved away while it waited for its read index is WRONG_CLUSTER, not an answer of the old owner', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<unknown> {
        return context().waitForSignal('never');
      }
      @WorkflowQuery()
      one(): number {
        return 1;
      }
    }
    await start(Rule);
    const node = cluster.node(2);
    const { service } = node;
    expect(await service.query(ref, 'one', [])).toBe(1);
    node.paused = true;
    cluster.append(encodeCommand({ kind: CommandKind.RETENTION_SWEEP, cutoffMs: 0 })); // something to wait for
    const reads = [
      service.query(ref, 'one', []),
      service.describe(ref),
      service.explain(ref),
      service.history(ref),
      service.result(ref),
    ].map((read) => read.catch(codeOf));
    await loopTurns(3);
    node.state.ownsSlotOf = () => false;
    node.paused = false;
    node.wake();
    expect(await Promise.all(reads)).toEqual(Array.from({ length: 5 }, () => 'WRONG_CLUSTER'));
  });

  it('R36: a run that a snapshot shows as ended has its body aborted, and commits nothing of it; one that it lacks is abandoned', async () => {
    const aborted: string[] = [];
    let finish: (() => void)[] = [];
    @Workflow('rule', 1)
    class Rule {
      async run(name: string): Promise<void> {
        await this.effect(name);
      }
      @CheckpointCompute('effect')
      private async effect(name: string): Promise<void> {
        context().abortSignal.addEventListener('abort', () => aborted.push(name));
        await new Promise<void>((resolve) => finish.push(resolve));
      }
    }
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Rule)] });
    const lagging = cluster.node(3);
    for (const id of ['ended', 'swept', 'open']) await lagging.service.start('rule', id, { workflowId: id });
    await cluster.settle();
    lagging.paused = true;
    await cluster.node(1).service.terminate({ workflowId: 'swept' });
    await cluster.advance(25 * 3_600_000);
    await cluster.node(1).service.terminate({ workflowId: 'ended' });
    await cluster.settle();
    expect(cluster.node(1).state.current('swept')).toBeUndefined();
    lagging.paused = false;
    lagging.install(cluster.node(1));
    await cluster.settle();
    expect(aborted.sort()).toEqual(['ended', 'swept']);
    for (const resolve of finish) resolve();
    finish = [];
    await cluster.settle();
    expect(kindsIn(CommandKind.COMPUTE_RESULT)).toHaveLength(1); // of the run that is open: the same instance went on
    expect(cluster.node(1).state.current('open')!.outcome).toBe('completed');
    expectNoReports();
  });
});

describe('instances and history', () => {
  it('R45: a method finds its run by its instance, in whatever async context it is called; two runs never mix', async () => {
    const foreign = new AsyncLocalStorage<string>();
    @Workflow('rule', 1)
    class Rule {
      async run(name: string): Promise<unknown> {
        const detached = this.mark.bind(this);
        const values = [await scopes.exit(() => detached(name)), await foreign.run('other', () => this.mark(name))];
        return [...values, await this.inner(name)];
      }
      @Checkpoint('mark')
      async mark(name: string): Promise<string> {
        return name;
      }
      @CheckpointCompute('inner')
      async inner(name: string): Promise<string> {
        return `${name} ${context().info.workflowId}`;
      }
    }
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Rule)] });
    await Promise.all(['a', 'b', 'c'].map((id) => cluster.node(1).service.start('rule', id, { workflowId: id })));
    await cluster.settle();
    for (const id of ['a', 'b', 'c']) {
      expect(JSON.parse(Buffer.from(cluster.node(2).state.current(id)!.result).toString())).toEqual([id, id, `${id} ${id}`]);
    }
    expectNoReports();
  });

  it('R33: a history of 100,000 events is warned of, once, and names continueAsNew', async () => {
    @Workflow('rule', 1)
    class Rule {
      async run(): Promise<void> {
        await context().waitForSignal('never');
      }
      @WorkflowQuery()
      nothing(): null {
        return null;
      }
      @WorkflowSignal('tick')
      tick(): void {}
    }
    cluster = await LocalCluster.start(1, { workflows: [definitionOf(Rule)] });
    const { service, reports } = cluster.node(1);
    await service.start('rule', null, ref);
    for (let i = 0; i < 99_998; i += 1000) {
      for (let j = i; j < Math.min(i + 1000, 99_998); j++) void service.signal(ref, 'tick', null);
      await loopTurns(2);
    }
    await loopTurns(10);
    expect(view().history.events()).toHaveLength(99_999);
    expect(reports).toEqual([]);
    for (let i = 0; i < 3; i++) await service.signal(ref, 'tick', null);
    expect(reports).toMatchObject([{ type: 'warning', text: expect.stringMatching(/100000 events.*continueAsNew/) }]);
  });
});
