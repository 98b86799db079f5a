/**
 * What callers are told: reads, retries, and every line of bad input.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import type { RunDescription, WorkflowStreamItem } from '../../lib/workflow/service.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster, LocalNode, type LocalNodeOptions } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

@Workflow('sum', 1)
class Sum {
  private total = 0;

  async run(_input: unknown): Promise<number> {
    for (;;) {
      const n = await context().waitForSignal<number>('add');
      if (n === 0) return this.total;
      if (n < 0) throw Object.assign(new RangeError('negative'), { code: 'NEGATIVE' });
      this.total = await this.record(this.total + n);
    }
  }

  @Checkpoint('record')
  private async record(total: number): Promise<number> {
    return total;
  }

  @WorkflowQuery()
  current(plus = 0): number {
    return this.total + plus;
  }

  @WorkflowQuery()
  mutating(): void {
    this.total = 99;
  }

  @WorkflowQuery()
  operating(): unknown {
    return this.record(1);
  }

  @WorkflowQuery()
  throwing(): void {
    throw new TypeError('broken query');
  }
}

const ref = { workflowId: 'w' };
const sum = (): LocalNodeOptions => ({ workflows: [definitionOf(Sum)] });

async function started(options: LocalNodeOptions | ((id: number) => LocalNodeOptions) = sum()): Promise<LocalCluster['nodes']> {
  cluster = await LocalCluster.start(3, options);
  await cluster.node(1).service.start('sum', {}, ref);
  await cluster.settle();
  return cluster.nodes;
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );

// --- reads ---------------------------------------------------------------------------------------------------------------------------

it('R25, DESIGN §5: a linearizable query waits until the code here consumed what was applied at the read index; a local one does not', async () => {
  await started();
  const lagging = cluster.node(3);
  lagging.paused = true;
  await cluster.node(1).service.signal(ref, 'add', 5);
  await cluster.settle();
  expect(await lagging.service.query(ref, 'current', [10], { consistency: 'local' })).toBe(10);
  const asked = lagging.service.query(ref, 'current', [10]);
  lagging.paused = false;
  lagging.wake();
  expect(await asked).toBe(15);
});

it('R25: describe, explain, history and list show what was acknowledged before they were asked, unless they are to be local', async () => {
  await started();
  const lagging = cluster.node(3);
  lagging.paused = true;
  await cluster.node(1).service.signal(ref, 'add', 5);
  await cluster.settle();
  const { service } = lagging;
  const look = async (options: { readonly consistency?: 'local' }): Promise<readonly number[]> => {
    const reads = [
      service.describe(ref, options).then(({ events }) => events),
      service.explain(ref, options).then(({ events }) => events),
      service.history(ref, options).then((text) => text.trim().split('\n').length - 1), // a line of its own says whose it is
      service.list(options).then(({ items }) => items[0]!.events),
    ];
    await cluster.settle();
    lagging.paused = options.consistency === 'local';
    lagging.wake();
    return Promise.all(reads);
  };
  expect(await look({ consistency: 'local' })).toEqual([1, 1, 1, 1]);
  expect(await look({})).toEqual([3, 3, 3, 3]);
});

it('a replica that does not run the code asks one that does; it answers for errors too', async () => {
  await started((id) => (id === 2 ? {} : sum()));
  await cluster.node(1).service.signal(ref, 'add', 7);
  expect(await cluster.node(2).service.query(ref, 'current', [1])).toBe(8);
  expect(await codeOf(cluster.node(2).service.query(ref, 'nothing', []))).toBe('UNKNOWN_QUERY');
  await cluster.crash(1);
  expect(await cluster.node(2).service.query(ref, 'current', [])).toBe(7);
  cluster.node(3).alive = false;
  expect(await codeOf(cluster.node(2).service.query(ref, 'current', []))).toBe('WORKFLOW_BLOCKED');
});

it('describe, explain, list and history say what is so', async () => {
  await started();
  const { service } = cluster.node(2);
  await service.signal(ref, 'add', 1);
  await cluster.settle();
  expect(await service.describe(ref)).toMatchObject({
    workflowId: 'w',
    name: 'sum',
    version: 1,
    status: 'running',
    owner: 1,
    epoch: 1,
    events: 3,
    closedAt: null,
  });
  expect(await service.explain(ref)).toMatchObject({
    summary: "It waits for signal '$signal/add' #2; its owner is node 1.",
    awaiting: [{ kind: 'signal', key: '$signal/add', occurrence: 2, sinceWseq: 3 }],
    replicas: [1, 2, 3].map((node) => ({ node, alive: true, runsCode: true, consumedWseq: 3, stopped: null })),
    cluster: { clusterId: 1, leader: 1, voters: [1, 2, 3], live: [1, 2, 3], hasQuorum: true },
  });
  for (let i = 0; i < 25; i++) await service.start('sum', {}, { workflowId: `x${i}` });
  await service.terminate({ workflowId: 'x3' });
  const seen: RunDescription[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages === 0 || cursor !== undefined; pages++) {
    const page = await cluster.node((pages % 3) + 1).service.list({ limit: 10, cursor }); // a cursor is good on every replica
    expect(page.items.length).toBeLessThanOrEqual(10);
    seen.push(...page.items);
    cursor = page.next ?? undefined;
  }
  expect(new Set(seen.map((item) => item.workflowId))).toEqual(new Set(['w', ...Array.from({ length: 25 }, (_, i) => `x${i}`)]));
  expect(seen.map((item) => item.runId)).toEqual(seen.map((item) => item.runId).sort()); // all were started within one millisecond
  expect((await service.list({ status: 'terminated' })).items.map((item) => item.workflowId)).toEqual(['x3']);
  expect((await service.list({ name: 'other' })).items).toEqual([]);
  expect(await codeOf(service.list({ limit: 0 }))).toBe('INVALID_ARGUMENT');
  expect(await codeOf(service.list({ cursor: '???' }))).toBe('INVALID_ARGUMENT');
});

it('R43: a run can be watched from its first event or from a cursor, and the stream ends with it', async () => {
  await started();
  const watch = (after: number): Promise<number[]> =>
    new Promise((resolve, reject) => {
      const seen: number[] = [];
      cluster
        .node(3)
        .service.runEvents(ref, after)
        .subscribe({
          next: (item: WorkflowStreamItem) => 'wseq' in item && seen.push(item.wseq),
          complete: () => resolve(seen),
          error: reject,
        });
    });
  const both = [watch(0), watch(2)];
  for (const n of [1, 2, 0]) await cluster.node(1).service.signal(ref, 'add', n);
  expect(await Promise.all(both)).toEqual([
    [1, 2, 3, 4, 5, 6, 7],
    [3, 4, 5, 6, 7],
  ]);
});

it('R43: live events begin behind what was committed before; what is applied once more is read by the stream of its run, and is no news', async () => {
  await started();
  await cluster.node(1).service.signal(ref, 'add', 1);
  await cluster.settle();
  const committed = cluster.entries.length;
  const { length } = cluster.node(3).state.current(ref.workflowId)!.history;
  expect(length).toBeGreaterThan(2);
  cluster.node(3).runtime.stop();
  const again = new LocalNode(cluster, 3, { ...sum(), committedAtOpening: committed });
  cluster.nodes.set(3, again);
  const [live, own]: [number[], number[]] = [[], []];
  again.service.events$.subscribe((item) => live.push('wseq' in item ? item.wseq : item.to));
  again.runtime.start();
  const { runId } = cluster.node(1).state.current(ref.workflowId)!;
  // Begun before anything is applied.
  again.runtime.runEvents({ ...ref, runId }, 0).subscribe((item) => own.push('wseq' in item ? item.wseq : -1));
  again.wake();
  await cluster.settle();
  expect(again.appliedIndex).toBeGreaterThanOrEqual(committed);
  expect(live).toEqual([]);
  await cluster.node(1).service.signal(ref, 'add', 2);
  await cluster.settle();
  const wseqs = cluster.node(1).state.current(ref.workflowId)!.history.length;
  expect(live).toEqual(Array.from({ length: wseqs - length }, (_, i) => length + 1 + i));
  expect(live.length).toBeGreaterThan(0);
});

// --- writes -----------------------------------------------------------------------------------------------------------------------------

it('R26: the same requestId gives the same answer; the same id with the same name and input may be attached to, with another it is a conflict', async () => {
  cluster = await LocalCluster.start(3, sum());
  const { service } = cluster.node(2);
  const first = await service.start('sum', { a: 1 }, { workflowId: 'w', requestId: 'r-1' });
  expect(await service.start('sum', { a: 1 }, { workflowId: 'w', requestId: 'r-1' })).toMatchObject({ runId: first.runId });
  const again = service.start('sum', { a: 1 }, { workflowId: 'w' });
  await expect(again).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { runId: first.runId }, requestId: expect.any(String) });
  expect(await service.start('sum', { a: 1 }, { workflowId: 'w', onExisting: 'attach' })).toMatchObject({
    runId: first.runId,
    existing: true,
  });
  expect(await codeOf(service.start('sum', { a: 2 }, { workflowId: 'w', onExisting: 'attach' }))).toBe('CONFLICT');
  const minted = await service.start('sum', {}, { requestId: 'r-2' });
  expect(await service.start('sum', {}, { requestId: 'r-2' })).toMatchObject({ workflowId: minted.workflowId, runId: minted.runId });
});

it('an error thrown by user code is the cause of WORKFLOW_FAILED, with name, code and message', async () => {
  await started();
  await cluster.node(2).service.signal(ref, 'add', -1);
  await expect(cluster.node(3).service.result(ref)).rejects.toMatchObject({
    code: 'WORKFLOW_FAILED',
    cause: { name: 'RangeError', code: 'NEGATIVE', message: 'negative' },
  });
});

it('result() with a deadline rejects when it passes, and the run goes on', async () => {
  await started();
  const result = codeOf(cluster.node(2).service.result(ref, { timeoutMs: 5000 }));
  await cluster.advance(6000);
  expect(await result).toBe('OUTCOME_UNKNOWN');
  await cluster.node(2).service.signal(ref, 'add', 0);
  expect(await cluster.node(2).service.result(ref)).toBe(0);
});

describe('bad input', () => {
  it('an unknown workflow or version: UNKNOWN_WORKFLOW says what is registered', async () => {
    await started();
    const { service } = cluster.node(2);
    await expect(service.start('summ', {})).rejects.toMatchObject({
      code: 'UNKNOWN_WORKFLOW',
      message: expect.stringContaining("'sum' (1)"),
      requestId: expect.any(String),
    });
    await expect(service.start('sum', {}, { version: 7 })).rejects.toMatchObject({
      code: 'UNKNOWN_WORKFLOW',
      message: expect.stringContaining('version 7'),
    });
  });

  it('where no member runs any code: WORKFLOW_BLOCKED, which passes; nothing is stored; what was started before is answered as before', async () => {
    cluster = await LocalCluster.start(3, {});
    const { service } = cluster.node(2);
    const options = { ...ref, requestId: 'q', version: 1 };
    await expect(service.start('sum', {}, options)).rejects.toMatchObject({ code: 'WORKFLOW_BLOCKED', retryable: true, requestId: 'q' });
    expect(await service.count()).toBe(0);
    // Node 3 is started anew: with the code, and then without it.
    const again = async (incarnation: number, more: LocalNodeOptions): Promise<void> => {
      await cluster.crash(3);
      cluster.node(3).runtime.stop();
      cluster.add(3, { incarnation, ...more });
      await cluster.settle();
    };
    await again(2, sum());
    const { runId } = await service.start('sum', {}, options);
    await again(3, {});
    expect(await service.start('sum', {}, options)).toMatchObject({ runId });
    expect(await codeOf(service.start('sum', {}, { ...options, workflowId: 'another', requestId: 'q2' }))).toBe('WORKFLOW_BLOCKED');
  });

  it.each([[''], ['x'.repeat(257)], ['a\u0000b'], ['a\nb'], ['\ud800'], ['é'.repeat(129)]])(
    'an invalid workflow id %j: INVALID_WORKFLOW_ID',
    async (workflowId) => {
      cluster = await LocalCluster.start(1, sum());
      const { service } = cluster.node(1);
      expect(await codeOf(service.start('sum', {}, { workflowId }))).toBe('INVALID_WORKFLOW_ID');
      expect(await codeOf(service.signal({ workflowId }, 'add', 1))).toBe('INVALID_WORKFLOW_ID');
      expect(await codeOf(service.query({ workflowId }, 'current', []))).toBe('INVALID_WORKFLOW_ID');
    },
  );

  it('a missing input: MISSING_INPUT', async () => {
    cluster = await LocalCluster.start(1, sum());
    expect(await codeOf(cluster.node(1).service.start('sum', undefined))).toBe('MISSING_INPUT');
    expect(await codeOf(cluster.node(1).service.start('sum', null))).toBe('no error');
  });

  it('an input that does not survive JSON: NOT_SERIALIZABLE names the path', async () => {
    cluster = await LocalCluster.start(1, sum());
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const [input, path] of [
      [{ a: [{ b: Number.NaN }] }, 'a[0].b'],
      [{ when: new Date() }, 'when'],
      [cycle, 'self'],
      [{ n: 1n }, 'n'],
    ] as const) {
      await expect(cluster.node(1).service.start('sum', input)).rejects.toMatchObject({
        code: 'NOT_SERIALIZABLE',
        message: expect.stringContaining(`at ${path}`),
      });
    }
    await expect(cluster.node(1).service.signal(ref, 'add', new Map())).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
  });

  it('an oversized input: PAYLOAD_TOO_LARGE at N+1 bytes, not at N−1 and N; the limit is 1 MiB by default', async () => {
    cluster = await LocalCluster.start(1, sum());
    const { service } = cluster.node(1);
    const max = 1024 * 1024;
    for (const [bytes, code] of [
      [max - 1, 'no error'],
      [max, 'no error'],
      [max + 1, 'PAYLOAD_TOO_LARGE'],
    ] as const) {
      expect(await codeOf(service.start('sum', 'x'.repeat(bytes - 2)))).toBe(code);
    }
    await service.start('sum', {}, ref);
    expect(await codeOf(service.signal(ref, 'add', 'x'.repeat(max - 1)))).toBe('PAYLOAD_TOO_LARGE');
  });

  it('an unknown id: WORKFLOW_NOT_FOUND, on every call', async () => {
    cluster = await LocalCluster.start(1, sum());
    const { service } = cluster.node(1);
    const none = { workflowId: 'none' };
    for (const call of [
      service.result(none),
      service.query(none, 'current', []),
      service.describe(none),
      service.history(none),
      service.signal(none, 'add', 1),
      service.cancel(none),
      service.terminate(none),
      service.reset(none),
    ]) {
      expect(await codeOf(call)).toBe('WORKFLOW_NOT_FOUND');
    }
  });

  it('a query on a closed run: WORKFLOW_CLOSED; a signal to one too', async () => {
    await started();
    await cluster.node(1).service.signal(ref, 'add', 0);
    await cluster.settle();
    for (const consistency of ['linearizable', 'local'] as const)
      expect(await codeOf(cluster.node(2).service.query(ref, 'current', [], { consistency }))).toBe('WORKFLOW_CLOSED');
    expect(await codeOf(cluster.node(2).service.signal(ref, 'add', 1))).toBe('WORKFLOW_CLOSED');
  });

  it('an unknown query: UNKNOWN_QUERY says which there are; one that throws, mutates or calls an operation: QUERY_FAILED', async () => {
    await started();
    const { service } = cluster.node(2);
    await expect(service.query(ref, 'nope', [])).rejects.toMatchObject({
      code: 'UNKNOWN_QUERY',
      message: expect.stringContaining("'current', 'mutating'"),
    });
    await expect(service.query(ref, 'throwing', [])).rejects.toMatchObject({ code: 'QUERY_FAILED', cause: { message: 'broken query' } });
    await expect(service.query(ref, 'mutating', [])).rejects.toMatchObject({ code: 'QUERY_FAILED', cause: { code: 'READ_ONLY_THIS' } });
    await expect(service.query(ref, 'operating', [])).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(await service.query(ref, 'current', [])).toBe(0);
  });

  it('an operation outside a run: OUTSIDE_RUN; after its run ended: RUN_ENDED; reset of a run that is not blocked: NOT_BLOCKED', async () => {
    const codes: unknown[] = [];
    @Workflow('ends', 1)
    class Ends {
      async run(): Promise<string> {
        void Promise.resolve()
          .then(() => Promise.resolve())
          .then(async () => codes.push(await codeOf(this.mark())));
        return 'over';
      }
      @Checkpoint('mark')
      async mark(): Promise<number> {
        return 1;
      }
      @CheckpointCompute('effect')
      async effect(): Promise<number> {
        return 1;
      }
    }
    const loose = new Ends();
    expect(await codeOf(loose.mark())).toBe('OUTSIDE_RUN');
    expect(await codeOf(loose.effect())).toBe('OUTSIDE_RUN');
    expect(() => context()).toThrow(expect.objectContaining({ code: 'OUTSIDE_RUN' }));
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Ends), definitionOf(Sum)] });
    await cluster.node(1).service.start('ends', undefined, { workflowId: 'e' });
    await cluster.settle();
    expect(codes).toEqual(['RUN_ENDED', 'RUN_ENDED', 'RUN_ENDED']);
    await cluster.node(1).service.start('sum', {}, ref);
    expect(await codeOf(cluster.node(1).service.reset(ref))).toBe('NOT_BLOCKED');
  });

  it('no quorum: NO_LEADER, and the error carries the requestId', async () => {
    await started();
    cluster.leaderId = 0;
    await expect(cluster.node(2).service.signal(ref, 'add', 1, { requestId: 'mine' })).rejects.toMatchObject({
      code: 'NO_LEADER',
      requestId: 'mine',
    });
  });
});
