/**
 * Every line of what can be wrong with a call, over HTTP: a RaftoralError with a stable code, a message that names thing and remedy, the
 * fitting status; nothing is lost or half-applied, and the node goes on.
 */
import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  Checkpoint,
  CheckpointCompute,
  context,
  InProcessNetwork,
  RaftoralExceptionFilter,
  RaftoralHealthIndicator,
  RaftoralModule,
  RaftoralNode,
  Workflow,
  WorkflowClient,
  workflowRef,
  WorkflowQuery,
  type RaftoralErrorBody,
  type RaftoralModuleOptions,
} from '../../lib/index.js';

const MIB = 1_048_576;

/** What a test makes the bodies do. */
const hooks: { escaped: Misuse | null; compute: () => unknown } = { escaped: null, compute: () => 'done' };

@Workflow('echo', 1)
class Echo {
  private length = 0;
  async run(input: { readonly text: string }): Promise<number> {
    this.length = await this.measure(input.text);
    return this.length;
  }
  @Checkpoint('measure')
  async measure(text: string): Promise<number> {
    return text.length;
  }
  @WorkflowQuery()
  current(): number {
    return this.length;
  }
}

@Workflow('misuse', 1)
class Misuse {
  async run(how: string): Promise<unknown> {
    hooks.escaped = this;
    if (how === 'throw') throw new TypeError('the customer has no address');
    if (how === 'wait') await context().sleep('1h');
    if (how === 'foreign') await new Promise((resolve) => void setTimeout(resolve, 5));
    if (how === 'compute') return this.compute();
    return { recorded: await this.record('ok') };
  }
  @Checkpoint('record')
  async record(value: string): Promise<string> {
    return value;
  }
  @CheckpointCompute('compute')
  async compute(): Promise<unknown> {
    return hooks.compute();
  }
  @WorkflowQuery()
  broken(): string {
    throw new Error('this query is broken');
  }
}

/** Values that JSON.stringify loses or refuses; HTTP can not carry them, so the controller makes them. */
const UNSERIALIZABLE: Record<string, unknown> = {
  date: { order: { placed: new Date(0) } },
  map: { order: { items: [1, new Map()] } },
  bigint: { order: { total: 10n } },
  nan: { order: { rates: [0.5, Number.NaN] } },
  function: { order: { callback: () => 1 } },
};
const CYCLE: Record<string, unknown> = { order: {} };
(CYCLE['order'] as Record<string, unknown>)['self'] = CYCLE;
UNSERIALIZABLE['cycle'] = CYCLE;

@Controller()
class Api {
  constructor(private readonly client: WorkflowClient) {}

  @Post('start/:name')
  start(@Param('name') name: string, @Body() body: { input?: unknown; options?: Record<string, unknown> }) {
    const { version, ...options } = body.options ?? {};
    return this.client.start(workflowRef<unknown, unknown>(name, version as number | undefined), body.input, options);
  }

  @Post('unserializable/:kind')
  unserializable(@Param('kind') kind: string) {
    return this.client.start(workflowRef<unknown, unknown>('echo', 1), UNSERIALIZABLE[kind]);
  }

  @Get('result/:id')
  result(@Param('id') id: string, @Query('timeout') timeout?: string) {
    return this.client.getHandle(Misuse, id).result(timeout === undefined ? {} : { timeoutMs: Number(timeout) });
  }

  @Get('query/:id/:query')
  query(@Param('id') id: string, @Param('query') query: string) {
    return this.client.getHandle(workflowRef<unknown, unknown>('any'), id).query(query);
  }

  @Post('signal/:id/:signal')
  async signal(@Param('id') id: string, @Param('signal') signal: string, @Body() body: { payload?: unknown }): Promise<void> {
    await this.client.getHandle(workflowRef<unknown, unknown>('any'), id).signal(signal, body.payload);
  }

  @Post('outside')
  outside() {
    return new Echo().measure('x');
  }

  @Post('after-the-end')
  afterTheEnd() {
    return hooks.escaped!.record('late');
  }
}

class Node {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

  static async boot(options: RaftoralModuleOptions): Promise<Node> {
    @Module({ imports: [RaftoralModule.forRoot({ raft: { tickMs: 10 }, ...options })], controllers: [Api], providers: [Echo, Misuse] })
    class Root {}
    const app = (await Test.createTestingModule({ imports: [Root] }).compile()).createNestApplication<NestExpressApplication>({
      logger: false,
    });
    app.useBodyParser('json', { limit: '5mb' });
    app.useGlobalFilters(new RaftoralExceptionFilter());
    await app.listen(0, '127.0.0.1');
    return new Node(app, await app.getUrl());
  }

  async ready(): Promise<this> {
    const health = this.app.get(RaftoralHealthIndicator);
    while ((await health.isReady())['raftoral'].status !== 'up') await new Promise((resolve) => void setTimeout(resolve, 10));
    return this;
  }

  async call(
    method: 'GET' | 'POST',
    path: string,
    body: unknown = {},
  ): Promise<{ readonly status: number; readonly body: any; readonly retryAfter: string | null }> {
    const init = method === 'GET' ? {} : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.url}/${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), retryAfter: response.headers.get('retry-after') };
  }

  /** The call is refused with this status and code; answers the body. */
  async refused(status: number, code: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<RaftoralErrorBody> {
    const answer = await this.call(method, path, body);
    expect({ status: answer.status, code: answer.body.code, statusCode: answer.body.statusCode }).toEqual({
      status,
      code,
      statusCode: status,
    });
    expect(answer.body.message.length).toBeGreaterThan(20);
    return answer.body as RaftoralErrorBody;
  }
}

describe('bad input', () => {
  let node: Node;

  beforeAll(async () => {
    node = await (await Node.boot({ node: { id: 1 }, cluster: { members: [1] } })).ready();
  });

  afterAll(async () => node.app.close());

  // Whatever was refused: the node goes on, and a good call works.
  afterEach(async () => {
    hooks.compute = () => 'done';
    const { status, body } = await node.call('POST', 'start/echo', { input: { text: 'abc' } });
    expect(status).toBe(201);
    expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200, body: 3 });
  });

  const openRuns = (): number => node.app.get(RaftoralNode).state.openRunCount + node.app.get(RaftoralNode).state.closedRunCount;

  /** Nothing was started by the refused call. */
  async function startsNothing(refused: () => Promise<unknown>): Promise<void> {
    const before = openRuns();
    await refused();
    expect(openRuns()).toBe(before);
  }

  it('unknown workflow: 404', () =>
    startsNothing(async () => {
      const { message } = await node.refused(404, 'UNKNOWN_WORKFLOW', 'POST', 'start/ecko', { input: { text: 'x' } });
      expect(message).toMatch(/ecko/);
    }));

  it('unknown version: 404', () =>
    startsNothing(async () => {
      const { message } = await node.refused(404, 'UNKNOWN_WORKFLOW', 'POST', 'start/echo', {
        input: { text: 'x' },
        options: { version: 9 },
      });
      expect(message).toMatch(/echo.*9/);
    }));

  it('missing input: 400', () => startsNothing(() => node.refused(400, 'MISSING_INPUT', 'POST', 'start/echo', {})));

  it('oversized input: the limit of 1 MiB holds at N−1, N and N+1 bytes: 413', async () => {
    const overhead = JSON.stringify({ text: '' }).length;
    const inputOf = (bytes: number) => ({ input: { text: 'x'.repeat(bytes - overhead) } });
    for (const bytes of [MIB - 1, MIB]) {
      const { status, body } = await node.call('POST', 'start/echo', inputOf(bytes));
      expect(status).toBe(201);
      expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200, body: bytes - overhead });
    }
    await startsNothing(async () => {
      const { message } = await node.refused(413, 'PAYLOAD_TOO_LARGE', 'POST', 'start/echo', inputOf(MIB + 1));
      expect(message).toMatch(/1048576|1,048,576/);
    });
  });

  it.each([
    ['date', 'order.placed'],
    ['map', 'order.items[1]'],
    ['bigint', 'order.total'],
    ['nan', 'order.rates[1]'],
    ['function', 'order.callback'],
    ['cycle', 'order.self'],
  ])('values that do not survive JSON: %s, with the path inside the value: 400', (kind, path) =>
    startsNothing(async () => {
      const { message } = await node.refused(400, 'NOT_SERIALIZABLE', 'POST', `unserializable/${kind}`);
      expect(message).toContain(path);
    }),
  );

  it.each([
    ['', 'empty'],
    ['x'.repeat(257), 'too long'],
    ['a\u0000b', 'control character'],
    ['\ud800', 'lone surrogate'],
    [5, 'no text'],
  ] as Array<[unknown, string]>)('invalid workflow id: %j (%s): 400', (workflowId) =>
    startsNothing(() => node.refused(400, 'INVALID_WORKFLOW_ID', 'POST', 'start/echo', { input: { text: 'x' }, options: { workflowId } })),
  );

  it('the longest workflow id, of 256 bytes, is good', async () => {
    const workflowId = 'é'.repeat(128);
    expect(await node.call('POST', 'start/echo', { input: { text: 'x' }, options: { workflowId } })).toMatchObject({
      status: 201,
      body: { workflowId },
    });
  });

  it('unknown id in a query, a signal and a result: 404', async () => {
    const { message } = await node.refused(404, 'WORKFLOW_NOT_FOUND', 'GET', 'query/nowhere/current');
    expect(message).toMatch(/nowhere/);
    await node.refused(404, 'WORKFLOW_NOT_FOUND', 'POST', 'signal/nowhere/go');
    await node.refused(404, 'WORKFLOW_NOT_FOUND', 'GET', 'result/nowhere');
  });

  it('an unknown query name: 404, and a query that throws: 500', async () => {
    await node.call('POST', 'start/misuse', { input: 'wait', options: { workflowId: 'waits' } });
    const { message } = await node.refused(404, 'UNKNOWN_QUERY', 'GET', 'query/waits/nothing');
    expect(message).toMatch(/nothing/);
    expect((await node.refused(500, 'QUERY_FAILED', 'GET', 'query/waits/broken')).message).toMatch(/broken/);
  });

  it('a query and a signal on a closed run: 409', async () => {
    const { body } = await node.call('POST', 'start/echo', { input: { text: 'x' }, options: { workflowId: 'closed' } });
    await node.call('GET', `result/${body.workflowId}`);
    await node.refused(409, 'WORKFLOW_CLOSED', 'GET', 'query/closed/current');
    await node.refused(409, 'WORKFLOW_CLOSED', 'POST', 'signal/closed/go');
  });

  it('an id that exists: 409, ALREADY_EXISTS for the same input, CONFLICT for another, and attach gives the run', async () => {
    const start = (text: string, onExisting?: string) => ({
      input: { text },
      options: { workflowId: 'taken', ...(onExisting === undefined ? {} : { onExisting }) },
    });
    const { body } = await node.call('POST', 'start/echo', start('x'));
    expect((await node.refused(409, 'ALREADY_EXISTS', 'POST', 'start/echo', start('x'))).message).toMatch(/taken/);
    await node.refused(409, 'CONFLICT', 'POST', 'start/echo', start('y'));
    await node.refused(409, 'CONFLICT', 'POST', 'start/echo', start('y', 'attach'));
    expect(await node.call('POST', 'start/echo', start('x', 'attach'))).toMatchObject({ status: 201, body: { runId: body.runId } });
  });

  it('an error thrown by user code: 500, with its message', async () => {
    const { body } = await node.call('POST', 'start/misuse', { input: 'throw' });
    const { message } = await node.refused(500, 'WORKFLOW_FAILED', 'GET', `result/${body.workflowId}`);
    expect(message).toMatch(/the customer has no address/);
  });

  it('a foreign await: the run stops and says what to use instead', async () => {
    const { body } = await node.call('POST', 'start/misuse', { input: 'foreign' });
    const handle = node.app.get(WorkflowClient).getHandle(Misuse, body.workflowId);
    let explanation = await handle.explain();
    // The window in which the code awaited something else may still be open.
    while (explanation.status === 'running') explanation = await handle.explain();
    expect(explanation).toMatchObject({ status: 'blocked' });
    expect(JSON.stringify(explanation)).toMatch(/foreign-await/);
    expect(JSON.stringify(explanation)).toMatch(/sleep/);
    await handle.terminate();
  });

  it('a checkpoint called outside a run: OUTSIDE_RUN', () => node.refused(500, 'OUTSIDE_RUN', 'POST', 'outside'));

  it('a checkpoint called in a compute body: INSIDE_COMPUTE', async () => {
    hooks.compute = () => hooks.escaped!.record('inside');
    const { body } = await node.call('POST', 'start/misuse', { input: 'compute' });
    const { message } = await node.refused(500, 'WORKFLOW_FAILED', 'GET', `result/${body.workflowId}`);
    expect(message).toMatch(/compute/);
    const described = await node.app.get(WorkflowClient).getHandle(Misuse, body.workflowId).describe();
    expect(JSON.stringify(described.error)).toMatch(/INSIDE_COMPUTE/);
  });

  it('a checkpoint called after its run ended: RUN_ENDED', async () => {
    const { body } = await node.call('POST', 'start/misuse', { input: 'fine' });
    expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200 });
    await node.refused(500, 'RUN_ENDED', 'POST', 'after-the-end');
  });

  it.each([
    { onExisting: 'replace' },
    { version: 0 },
    { version: '1' },
    { requestId: '' },
    { requestId: 5 },
    { timeoutMs: -1 },
    { timeoutMs: 'soon' },
  ])('an option with a wrong value, %j: 400, with its name', (options: Record<string, unknown>) =>
    startsNothing(async () => {
      const { details } = await node.refused(400, 'INVALID_ARGUMENT', 'POST', 'start/echo', { input: { text: 'x' }, options });
      expect(details['argument']).toBe(Object.keys(options)[0]);
    }),
  );
});

describe('bad input: the cluster', () => {
  const nodes: Node[] = [];

  afterEach(async () => {
    for (const { app } of nodes.splice(0)) await app.close();
  });

  const boot = async (
    network: InProcessNetwork,
    members: readonly number[],
    ids: readonly number[],
    options: Partial<RaftoralModuleOptions> = {},
  ): Promise<void> => {
    for (const id of ids)
      nodes.push(await Node.boot({ node: { id }, cluster: { members }, network, shutdown: { drainTimeoutMs: 0 }, ...options }));
  };

  const leader = (): Node => nodes.find(({ app }) => app.get(RaftoralNode).group.isLeader)!;

  it('no quorum: 503, and nothing was sent', async () => {
    await boot(new InProcessNetwork(), [1, 2, 3], [1]);
    const { retryable } = await nodes[0]!.refused(503, 'NO_LEADER', 'POST', 'start/echo', {
      input: { text: 'x' },
      options: { timeoutMs: 100, version: 1 },
    });
    expect(retryable).toBe(true);
  });

  it('a deadline whose outcome is not known: 504 with the requestId; sent again with it, the answer is the same, and nothing is done twice', async () => {
    const network = new InProcessNetwork();
    await boot(network, [1, 2, 3], [1, 2, 3]);
    for (const node of nodes) await node.ready();
    const old = leader();
    const oldId = old.app.get(RaftoralNode).nodeId;
    const others = [1, 2, 3].filter((id) => id !== oldId);
    network.partition([oldId], others);
    const start = (requestId?: string) => ({
      input: { text: 'abc' },
      options: { workflowId: 'once', timeoutMs: 60, ...(requestId === undefined ? {} : { requestId }) },
    });
    const { requestId, retryable } = await old.refused(504, 'OUTCOME_UNKNOWN', 'POST', 'start/echo', start());
    expect(requestId).toMatch(/./);
    expect(retryable).toBe(true);

    network.heal();
    for (const node of nodes) await node.ready();
    const again = { ...start(requestId), options: { ...start(requestId).options, timeoutMs: 10_000 } };
    const first = await old.call('POST', 'start/echo', again);
    expect(first.status).toBe(201);
    const second = await nodes.find((node) => node !== old)!.call('POST', 'start/echo', again);
    expect(second).toMatchObject({ status: 201, body: { runId: first.body.runId } });
    const { items } = await old.app.get(WorkflowClient).list();
    expect(items.map(({ workflowId }) => workflowId)).toEqual(['once']);
  });

  it('a full queue: 429, with Retry-After, and the queue is answered all the same', async () => {
    const network = new InProcessNetwork();
    await boot(network, [1, 2, 3], [1, 2, 3], { proposals: { queueLengthMax: 4 } });
    for (const node of nodes) await node.ready();
    const node = leader();
    const nodeId = node.app.get(RaftoralNode).nodeId;
    network.partition(
      [nodeId],
      [1, 2, 3].filter((id) => id !== nodeId),
    );
    const start = (index: number) =>
      node.call('POST', 'start/echo', { input: { text: 'abc' }, options: { workflowId: `queued-${index}`, timeoutMs: 300 } });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => start(index)));
    const codes = answers.map(({ body }) => body.code as string);
    const overloaded = answers.filter(({ status }) => status === 429);
    expect(overloaded.length).toBeGreaterThanOrEqual(8);
    expect(overloaded.every(({ body, retryAfter }) => body.retryable === true && retryAfter === '1')).toBe(true);
    expect(codes.every((code) => code === 'OVERLOADED' || code === 'OUTCOME_UNKNOWN' || code === 'NO_LEADER')).toBe(true);

    network.heal();
    for (const other of nodes) await other.ready();
    expect((await node.call('POST', 'start/echo', { input: { text: 'abc' }, options: { workflowId: 'after' } })).status).toBe(201);
    expect(await node.call('GET', 'result/after')).toMatchObject({ status: 200, body: 3 });
  });
});
