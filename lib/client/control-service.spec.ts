/** The control API over a real engine of one node, in virtual time. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointCompute } from '../decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../decorators/workflow-query.decorator.js';
import { WorkflowSignal } from '../decorators/workflow-signal.decorator.js';
import { Workflow } from '../decorators/workflow.decorator.js';
import { RaftoralError } from '../errors/index.js';
import type { Clock } from '../cluster/clock.js';
import { RaftoralNode } from '../raftoral.node.js';
import { RAFTORAL_CLOCK } from '../raftoral.tokens.js';
import { RaftoralTopology } from '../raftoral.topology.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { RaftoralTestingModule, type TestCluster } from '../testing/raftoral-testing-module.js';
import { context } from '../workflow/context.js';
import type { MembersReport, NodeAdministration } from './administration-port.js';
import { CONTROL_METHODS } from './control-methods-port.js';
import type { ControlStream, JsonObject } from './control-port.js';
import { ControlService, type ControlServiceParts } from './control-service.js';
import { reportMembers, reportNode } from './node-report.js';
import { RequestForwarder } from './request-forwarder.js';

@Workflow('order', 1)
class Order {
  private status = 'new';

  async run(input: { readonly item: string }): Promise<{ readonly item: string; readonly paid: number }> {
    const reserved = await this.reserve(input.item);
    this.status = reserved;
    const paid = await context().waitForSignal<number>('paid');
    return { item: reserved, paid };
  }

  @CheckpointCompute('reserve', { retry: { maxAttempts: 1 } })
  async reserve(item: string): Promise<string> {
    if (item === 'broken') throw new TypeError('no such item');
    return item;
  }

  @WorkflowSignal()
  remind(): void {
    this.status = 'reminded';
  }

  @WorkflowQuery()
  state(suffix?: string): string {
    return this.status + (suffix ?? '');
  }
}

@Workflow('long', 1)
class Long {
  async run(): Promise<string> {
    await context().sleep('90s');
    return 'done';
  }
}

@Workflow('chatty', 1)
class Chatty {
  async run(count: number): Promise<void> {
    const n = context().checkpoint('n', 0);
    for (let i = 0; i < count; i++) await n.set(i);
  }
}

let cluster: TestCluster;
let api: ControlService;
let asked: unknown[];
const never = new AbortController().signal;

/** The node's own, as the face will have it; the changes only take note. */
function administrationOf(node: RaftoralNode): NodeAdministration {
  const note =
    (name: string) =>
    (...args: unknown[]): Promise<void> => {
      asked.push([name, ...args]);
      return args[0] === 99 ? new Promise(() => undefined) : Promise.resolve();
    };
  const sources = () => ({ live: node.group.livePeers(), addresses: [] });
  return {
    topology: new RaftoralTopology(() => null),
    status: () =>
      reportNode({
        ...sources(),
        nodeId: node.nodeId,
        deployment: 'd',
        incarnation: 1,
        state: 'running',
        progress: null,
        failure: null,
        address: null,
        host: { alarm: null, groups: node.nodeStatus().groups, loopLagMs: 0, loopLagMsMax: 0, stalls: 0 },
        connections: [],
        runs: new Map([[1, node.state]]),
      }),
    members: (): MembersReport => reportMembers({ ...sources(), group: node.group.status() }),
    nodes: () => ({ deployment: 'd', nodeId: node.nodeId, nodes: [] }),
    addLearner: note('addLearner'),
    promote: note('promote'),
    remove: note('remove'),
    replace: note('replace'),
    transferLeadership: note('transferLeadership'),
    leave: note('leave'),
    isServing: () => node.group.leaderId !== 0,
  };
}

function serviceOf(overrides: Partial<ControlServiceParts> = {}): ControlService {
  const node = cluster.node(1);
  return new ControlService({
    forwarder: node.get(RequestForwarder),
    administration: administrationOf(node.get(RaftoralNode)),
    clock: node.get<Clock>(RAFTORAL_CLOCK),
    random: new SeededRandom(7, 'control'),
    ...overrides,
  });
}

function call(method: string, request: JsonObject = {}, timeoutMs?: number, signal = never): Promise<JsonObject> {
  return cluster.settle(api.call(method, request, timeoutMs === undefined ? { signal } : { signal, timeoutMs }));
}

async function refused(promise: Promise<unknown>): Promise<RaftoralError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RaftoralError)) throw new Error(`expected a RaftoralError, got ${String(error)}`);
  return error;
}

/** What a stream has to say until it ends, or until `count` items came. */
async function items(stream: ControlStream, count = Infinity): Promise<JsonObject[]> {
  const seen: JsonObject[] = [];
  const reader = stream[Symbol.asyncIterator]();
  while (seen.length < count) {
    const { done, value } = await cluster.settle(reader.next());
    if (done === true) break;
    seen.push(value);
  }
  await reader.return?.();
  return seen;
}

beforeEach(async () => {
  asked = [];
  cluster = await RaftoralTestingModule.forTest({ nodes: 1, providers: [Order, Long, Chatty] });
  api = serviceOf();
});
afterEach(() => cluster.close());

describe('ControlService', () => {
  it('has a handler for every call of the table, and for no other', () => {
    const calls = CONTROL_METHODS.filter((method) => method.isStream !== true).map((method) => method.name);
    expect([...api.handled].sort()).toEqual([...calls].sort());
  });

  it('a run goes through every workflow call, and every answer is plain JSON', async () => {
    const started = await call('workflow.start', { name: 'order', input: { item: 'lamp' }, workflowId: 'w-1' });
    expect(started).toEqual({ workflowId: 'w-1', runId: expect.any(String), existing: false, requestId: expect.any(String) });
    await cluster.advance(100);
    const description = await call('workflow.describe', { workflowId: 'w-1' });
    expect(description).toMatchObject({ workflowId: 'w-1', name: 'order', version: 1, status: 'running', owner: 1, closedAt: null });
    const explanation = await call('workflow.explain', { workflowId: 'w-1' });
    expect(explanation).toMatchObject({ summary: expect.stringContaining('It waits for'), cluster: { clusterId: 1, hasQuorum: true } });
    expect(await call('workflow.query', { workflowId: 'w-1', query: 'state', args: ['!'] })).toEqual({ result: 'lamp!' });
    expect(await call('workflow.signal', { workflowId: 'w-1', signal: 'remind' })).toEqual({ requestId: expect.any(String) });
    expect(await call('workflow.query', { workflowId: 'w-1', query: 'state' })).toEqual({ result: 'reminded' });
    expect(await call('workflow.list', { status: ['running'], limit: 10 })).toEqual({
      items: [expect.objectContaining({ workflowId: 'w-1' })],
      next: null,
    });
    expect(await call('workflow.signal', { workflowId: 'w-1', signal: 'paid', payload: 7, requestId: 'mine' })).toEqual({
      requestId: 'mine',
    });
    expect(await call('workflow.result', { workflowId: 'w-1', runId: started['runId']! })).toEqual({ result: { item: 'lamp', paid: 7 } });
    const { history } = await call('workflow.history', { workflowId: 'w-1' });
    expect(String(history).trim().split('\n').length).toBeGreaterThan(4);
    const ended = await call('workflow.describe', { workflowId: 'w-1' });
    expect(JSON.parse(JSON.stringify(ended))).toEqual(ended);
    expect(ended).toMatchObject({ status: 'completed', closedAt: expect.any(String) });
  });

  it('execute starts and waits, and its errors say which run it was and carry the requestId and what the workflow threw', async () => {
    expect(await call('workflow.execute', { name: 'chatty', input: 1, workflowId: 'c' })).toEqual({
      workflowId: 'c',
      runId: expect.any(String),
      requestId: expect.any(String),
      result: null,
    });
    const error = await refused(
      call('workflow.execute', { name: 'order', input: { item: 'broken' }, workflowId: 'w-2', requestId: 'r-2' }),
    );
    expect(error).toMatchObject({ code: 'WORKFLOW_FAILED', requestId: 'r-2', details: { workflowId: 'w-2', runId: expect.any(String) } });
    expect(error.details['cause']).toMatchObject({ message: expect.stringContaining('no such item') });
    expect(JSON.parse(JSON.stringify(error.details))).toEqual(error.details);
  });

  it('a wait that ends too early is OUTCOME_UNKNOWN, and the run goes on', async () => {
    const error = await refused(call('workflow.execute', { name: 'long', workflowId: 'l', resultTimeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: true, details: { workflowId: 'l' } });
    expect(await call('workflow.describe', { workflowId: 'l' })).toMatchObject({ status: 'running' });
    expect(await refused(call('workflow.result', { workflowId: 'l' }, 50))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('a wait without an end outlasts its slices', async () => {
    await call('workflow.start', { name: 'long', workflowId: 'l' });
    expect(await call('workflow.result', { workflowId: 'l' })).toEqual({ result: 'done' });
  });

  it('a caller that goes away ends its wait at once', async () => {
    await call('workflow.start', { name: 'long', workflowId: 'l' });
    const caller = new AbortController();
    const waiting = refused(api.call('workflow.result', { workflowId: 'l' }, { signal: caller.signal }));
    await cluster.advance(100);
    caller.abort();
    expect(await waiting).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const early = await refused(api.call('workflow.terminate', { workflowId: 'l' }, { signal: caller.signal }));
    expect(early.code).toBe('OUTCOME_UNKNOWN');
    expect(await call('workflow.describe', { workflowId: 'l' })).toMatchObject({ status: 'running' });
  });

  it('cancel, terminate and reset answer with their requestId, and refuse as the engine does, with the requestId', async () => {
    await call('workflow.start', { name: 'long', workflowId: 'a' });
    await call('workflow.start', { name: 'long', workflowId: 'b' });
    expect(await refused(call('workflow.reset', { workflowId: 'a', requestId: 'q' }))).toMatchObject({
      code: 'NOT_BLOCKED',
      requestId: 'q',
    });
    expect(await call('workflow.cancel', { workflowId: 'a', reason: 'no longer wanted' })).toEqual({ requestId: expect.any(String) });
    expect(await call('workflow.terminate', { workflowId: 'b' })).toEqual({ requestId: expect.any(String) });
    expect(await refused(call('workflow.result', { workflowId: 'a' }))).toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(await refused(call('workflow.result', { workflowId: 'b' }))).toMatchObject({ code: 'WORKFLOW_TERMINATED' });
  });

  it.each([
    ['workflow.begin', {}, 'is not a call'],
    ['workflow.events', { workflowId: 'w' }, 'is a stream'],
    ['workflow.start', {}, 'name is missing'],
    ['workflow.start', { name: 7 }, 'name must be a text, not 7'],
    ['workflow.start', { name: null }, 'name must be a text, not null'],
    ['workflow.start', { name: 'order', nmae: 'x' }, 'nmae is no field of it'],
    ['workflow.start', { name: 'order', __proto__x: 1 }, 'is no field of it'],
    ['workflow.start', { name: 'order', version: 1.5 }, 'version must be a whole number'],
    ['workflow.start', { name: 'order', version: 0 }, 'version must be'],
    ['workflow.start', { name: 'order', onExisting: 'maybe' }, 'onExisting must be'],
    ['workflow.start', { name: 'order', timeoutMs: 0 }, 'timeoutMs must be'],
    ['workflow.start', { name: 'order', requestId: '' }, 'requestId must be'],
    ['workflow.execute', { name: 'long', resultTimeoutMs: -1 }, 'resultTimeoutMs must be'],
    ['workflow.describe', { workflowId: 'w', consistency: 'eventual' }, 'consistency must be'],
    ['workflow.query', { workflowId: 'w', query: 'q', args: { a: 1 } }, 'args must be an array'],
    ['workflow.list', { status: 'running' }, 'status must be an array of texts'],
    ['workflow.list', { status: ['asleep'] }, 'status must be one of'],
    ['workflow.list', { startedAfter: 'yesterday' }, 'startedAfter must be an ISO 8601 instant'],
    ['workflow.list', { startedAfter: '2026-99-01' }, 'startedAfter must be an ISO 8601 instant'],
    ['workflow.list', { limit: 0 }, 'limit must be'],
    ['workflow.list', { cursor: 'nonsense' }, 'cursor'],
    ['membership.addLearner', { nodeId: 0 }, 'nodeId must be a node id'],
    ['membership.addLearner', { nodeId: '4' }, "nodeId must be a whole number, not '4'"],
    ['admin.status', { force: true }, 'force is no field of it; it has none'],
    ['admin.leave', {}, 'nodeId must be 1, the node that was asked, not absent'],
    ['admin.leave', { nodeId: 2 }, 'nodeId must be 1, the node that was asked (ask node 2 itself), not 2'],
  ] as const)('%s %j is INVALID_ARGUMENT, naming call and field, and nothing happens', async (method, request, text) => {
    const error = await refused(call(method, request as JsonObject));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(error.message).toContain(text);
    if (!error.message.startsWith('list()')) expect(error.message.startsWith(method)).toBe(true);
    expect(asked).toEqual([]);
    expect(await call('workflow.list')).toEqual({ items: [], next: null });
  });

  it('a request that is no object, and a field from a prototype, are refused', async () => {
    for (const request of [null, [], 'x', 7]) expect((await refused(call('admin.status', request as never))).code).toBe('INVALID_ARGUMENT');
    const crafted = JSON.parse('{"name":"order","__proto__":{"x":1}}') as JsonObject;
    expect((await refused(call('workflow.start', crafted))).message).toContain('__proto__ is no field of it');
    expect((await refused(call('workflow.start', { name: 'order', toString: 'x' } as never))).message).toContain(
      'toString is no field of it',
    );
  });

  it("membership and administration are the port's, and changes answer with the members", async () => {
    const members = { clusterId: 1, leader: 1, voters: [1], learners: [], isChanging: false };
    expect(await call('membership.members')).toMatchObject({
      ...members,
      members: [{ nodeId: 1, role: 'voter', isLeader: true, isAlive: true, address: null }],
    });
    expect(await call('membership.addLearner', { nodeId: 4 })).toMatchObject(members);
    await call('membership.promote', { nodeId: 4 });
    await call('membership.remove', { nodeId: 4 });
    await call('membership.replace', { lost: 2, replacement: 5 });
    await call('admin.transferLeadership', { to: 3 });
    expect(await call('admin.leave', { nodeId: 1 })).toEqual({ nodeId: 1 });
    expect(asked).toEqual([
      ['addLearner', 4],
      ['promote', 4],
      ['remove', 4],
      ['replace', { lost: 2, replacement: 5 }],
      ['transferLeadership', 3],
      ['leave'],
    ]);
    await call('workflow.start', { name: 'long', workflowId: 'l' });
    const status = await call('admin.status');
    expect(status).toMatchObject({
      nodeId: 1,
      state: 'running',
      problems: [],
      clusters: [{ role: 'leader', runs: { open: 1, owners: [{ nodeId: 1, runs: 1 }] } }],
    });
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
    expect(await call('discovery.nodes')).toEqual({ deployment: 'd', nodeId: 1, nodes: [] });
    expect(api.isServing()).toBe(true);
  });

  it('a membership call has the deadline of its caller', async () => {
    expect(await refused(call('membership.promote', { nodeId: 99 }, 200))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('calls and streams are bounded: OVERLOADED', async () => {
    api = serviceOf({ callsMax: 1, streamsMax: 1 });
    const caller = new AbortController();
    await call('workflow.start', { name: 'long', workflowId: 'l' });
    const waiting = refused(api.call('workflow.result', { workflowId: 'l' }, { signal: caller.signal }));
    expect((await refused(call('admin.status'))).code).toBe('OVERLOADED');
    const stream = api.stream('workflow.watch', {}, { signal: caller.signal });
    expect(() => api.stream('workflow.watch', {}, { signal: never })).toThrow(/1 streams are open/);
    caller.abort();
    await waiting;
    expect(await items(stream)).toEqual([]);
    expect((await call('admin.status'))['nodeId']).toBe(1);
    await api.stream('workflow.watch', {}, { signal: never })[Symbol.asyncIterator]().return?.();
    expect(() => api.stream('workflow.watch', {}, { signal: caller.signal })).not.toThrow();
  });
});

describe('streams of the control API', () => {
  it('events of a run come from a cursor on, in order, and the stream ends after `finished`', async () => {
    await call('workflow.execute', { name: 'chatty', input: 5, workflowId: 'c' });
    const all = await items(api.stream('workflow.events', { workflowId: 'c' }, { signal: never }));
    expect(all.map((item) => (item['event'] as JsonObject)['kind'])).toEqual([
      'started',
      ...Array<string>(5).fill('checkpoint'),
      'finished',
    ]);
    expect(all[0]).toMatchObject({ type: 'event', workflowId: 'c', wseq: 1, event: { input: 5 } });
    const rest = await items(api.stream('workflow.events', { workflowId: 'c', after: 5 }, { signal: never }));
    expect(rest).toEqual(all.slice(5));
  });

  it("a reader of a run's events that is slow loses nothing, however long the run is", async () => {
    const stream = api.stream('workflow.events', { workflowId: 'c' }, { signal: never })[Symbol.asyncIterator]();
    await call('workflow.start', { name: 'chatty', input: 3_000, workflowId: 'c' });
    const first = await cluster.settle(stream.next());
    expect(first.value).toMatchObject({ wseq: 1 });
    await call('workflow.result', { workflowId: 'c' }); // the reader sleeps meanwhile
    let expected = 2;
    for (;;) {
      const { done, value } = await cluster.settle(stream.next());
      if (done === true) break;
      expect(value).toMatchObject({ type: 'event', wseq: expected++ });
    }
    expect(expected).toBe(3_003);
  });

  it('a slow reader of all events gets a gap that names what it missed, and then goes on (R43)', async () => {
    const stream = api.stream('workflow.watch', {}, { signal: never })[Symbol.asyncIterator]();
    const first = stream.next();
    await call('workflow.execute', { name: 'chatty', input: 3_000, workflowId: 'c' });
    expect((await first).value).toMatchObject({ type: 'event', wseq: 1 });
    await call('workflow.execute', { name: 'chatty', input: 1, workflowId: 'd' });
    const seen: JsonObject[] = [];
    while (seen.at(-1)?.['workflowId'] !== 'd' || (seen.at(-1)?.['event'] as JsonObject | undefined)?.['kind'] !== 'finished') {
      const { value } = await cluster.settle(stream.next());
      seen.push(value as JsonObject);
    }
    let next = 2;
    let gaps = 0;
    for (const item of seen.filter(({ workflowId }) => workflowId === 'c')) {
      if (item['type'] === 'gap') gaps++;
      expect(item[item['type'] === 'gap' ? 'from' : 'wseq']).toBe(next);
      next = Number(item[item['type'] === 'gap' ? 'to' : 'wseq']) + 1;
    }
    expect(next).toBe(3_003);
    expect(gaps).toBeGreaterThan(0);
    await stream.return?.();
  });

  it('an unknown workflow rejects next(), a bad request throws at once', async () => {
    const stream = api.stream('workflow.events', { workflowId: 'nobody' }, { signal: never });
    expect(await refused(items(stream))).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
    expect(() => api.stream('workflow.events', {}, { signal: never })).toThrow(/workflowId is missing/);
    expect(() => api.stream('workflow.events', { workflowId: 'x', after: -1 }, { signal: never })).toThrow(/after must be/);
    expect(() => api.stream('workflow.start', { name: 'order' }, { signal: never })).toThrow(/is no stream/);
  });

  it('a reader that goes away frees the stream', async () => {
    const caller = new AbortController();
    await call('workflow.start', { name: 'long', workflowId: 'l' });
    const stream = api.stream('workflow.events', { workflowId: 'l' }, { signal: caller.signal })[Symbol.asyncIterator]();
    expect((await cluster.settle(stream.next())).value).toMatchObject({ wseq: 1 });
    await cluster.settle(stream.next()); // sleep-set
    const waiting = stream.next();
    caller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
