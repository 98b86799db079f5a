/** The client over a service that only takes note. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { EMPTY, of, toArray, lastValueFrom, Subject } from 'rxjs';
import { RaftoralError } from '../errors/index.js';
import { SingleClusterSlotMap, type SlotMap } from '../cluster/slot-map-port.js';
import { EventKind, type RunEvent } from '../workflow/event.js';
import type { ListPage, RunDescription, WorkflowService, WorkflowStreamItem } from '../workflow/service.js';
import { viewEvent } from './event-view.js';
import { RaftoralEvents } from './raftoral-events.js';
import { RequestForwarder } from './request-forwarder.js';
import { WorkflowClient } from './workflow-client.js';
import { queryRef, signalRef, workflowRef } from './workflow-target.js';

class Order {
  async run(input: string): Promise<string> {
    return input;
  }
  status(): string {
    return 'x';
  }
  poke(_payload: number): void {
    return;
  }
}
class Stranger {
  async run(): Promise<void> {
    return;
  }
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

function describeRun(workflowId: string): RunDescription {
  return { workflowId } as RunDescription;
}

/** Notes every call; list() answers the pages that it was given. */
function fakeService(
  clusterId: number,
  pages: Record<string, ListPage> = {},
  items: readonly WorkflowStreamItem[] = [],
): { service: WorkflowService; calls: Call[] } {
  const calls: Call[] = [];
  const note =
    (method: string, answer: unknown = undefined) =>
    (...args: unknown[]) => {
      calls.push({ method, args });
      return Promise.resolve(answer);
    };
  const service = {
    clusterId,
    nodeId: 1,
    start: note('start', { workflowId: 'w', runId: 'r', existing: false, requestId: 'q' }),
    result: note('result', 42),
    query: note('query', 'answer'),
    signal: note('signal'),
    cancel: note('cancel'),
    terminate: note('terminate'),
    reset: note('reset'),
    describe: note('describe', describeRun('w')),
    explain: note('explain'),
    history: note('history', '{}'),
    count: note('count', 7),
    list: (filter: { cursor?: string }) => {
      calls.push({ method: 'list', args: [filter] });
      return Promise.resolve(pages[filter.cursor ?? '']);
    },
    runEvents: () => of(...items),
    events$: items.length === 0 ? EMPTY : of(...items),
  } as unknown as WorkflowService;
  return { service, calls };
}

function clientOver(...services: WorkflowService[]): WorkflowClient {
  const forwarder = new RequestForwarder(new SingleClusterSlotMap(1));
  for (const service of services) forwarder.attach(service);
  return new WorkflowClient(forwarder, (target) => (target === Order ? { name: 'order', version: 3 } : undefined));
}

/** As JavaScript calls it. */
function untyped(client: WorkflowClient): { start(...args: unknown[]): Promise<unknown> } {
  return client as never;
}

describe('WorkflowClient', () => {
  it('a class names its own version, a reference the one it was given, a name none; the option overrides all', async () => {
    const { service, calls } = fakeService(1);
    const client = clientOver(service);
    await client.start(Order, 'i');
    await client.start(workflowRef<string, string>('order', 5), 'i');
    await client.start(workflowRef<string, string>('order'), 'i');
    await untyped(client).start('order', 'i');
    await client.start(Order, 'i', { version: 9, workflowId: 'w', requestId: 'q' });
    expect(calls.map(({ args }) => args)).toEqual([
      ['order', 'i', { version: 3 }],
      ['order', 'i', { version: 5 }],
      ['order', 'i', {}],
      ['order', 'i', {}],
      ['order', 'i', { version: 9, workflowId: 'w', requestId: 'q' }],
    ]);
  });

  it('what is no workflow is refused with what it is', async () => {
    const client = clientOver(fakeService(1).service);
    await expect(client.start(Stranger)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/class Stranger.*no @Workflow/),
    });
    await expect(untyped(client).start({ name: 'order', version: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(untyped(client).start(null)).rejects.toMatchObject({ message: expect.stringMatching(/not null/) });
    expect(() => client.getHandle(Order, '')).toThrow(expect.objectContaining({ code: 'INVALID_WORKFLOW_ID' }));
  });

  it('execute is start and result; its timeouts are of the one and of the other', async () => {
    const { service, calls } = fakeService(1);
    expect(await clientOver(service).execute(Order, 'i', { timeoutMs: 5, resultTimeoutMs: 7 })).toBe(42);
    expect(calls).toEqual([
      { method: 'start', args: ['order', 'i', { timeoutMs: 5, version: 3 }] },
      { method: 'result', args: [{ workflowId: 'w', runId: 'r' }, { timeoutMs: 7 }] },
    ]);
  });

  it('a handle passes its run on, and survives JSON as its ids', async () => {
    const { service, calls } = fakeService(1);
    const client = clientOver(service);
    const started = await client.start(Order, 'i');
    expect(JSON.parse(JSON.stringify(started))).toEqual({ workflowId: 'w', runId: 'r' });
    expect({ requestId: started.requestId, existing: started.existing }).toEqual({ requestId: 'q', existing: false });
    const handle = client.getHandle(Order, 'w');
    expect(JSON.parse(JSON.stringify(handle))).toEqual({ workflowId: 'w' });
    calls.length = 0;
    await handle.query('status', { consistency: 'local' });
    await handle.query(queryRef<[number], string>('dynamic'), { args: [1] });
    await handle.signal('poke', 5, { requestId: 'q' });
    await handle.signal(signalRef<string>('go'), 'now');
    await handle.cancel('enough', { requestId: 'q' });
    await handle.terminate();
    await handle.reset();
    const ref = { workflowId: 'w' };
    expect(calls).toEqual([
      { method: 'query', args: [ref, 'status', [], { consistency: 'local' }] },
      { method: 'query', args: [ref, 'dynamic', [1], {}] },
      { method: 'signal', args: [ref, 'poke', 5, { requestId: 'q' }] },
      { method: 'signal', args: [ref, 'go', 'now', undefined] },
      { method: 'cancel', args: [ref, 'enough', { requestId: 'q' }] },
      { method: 'terminate', args: [ref, {}] },
      { method: 'reset', args: [ref, {}] },
    ]);
    await expect(handle.query('status', { consistency: 'eventual' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(handle.query('status', { args: 'x' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(handle.signal('poke', 1, { requestId: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

/** Ids go to the cluster that their first letter names; a, b → 1, 2. */
const TWO_CLUSTERS: SlotMap = {
  clusterIds: () => [1, 2],
  clusterOf: (workflowId) => workflowId.charCodeAt(0) - 96,
  clusterForNewWorkflow: () => 2,
};

describe('RequestForwarder', () => {
  function forwarderOf(...services: WorkflowService[]): RequestForwarder {
    const forwarder = new RequestForwarder(TWO_CLUSTERS);
    for (const service of services) forwarder.attach(service);
    return forwarder;
  }

  it('a workflow id goes to the cluster of its slot, a new one to the cluster that mints it', () => {
    const [one, two] = [fakeService(1).service, fakeService(2).service];
    const forwarder = forwarderOf(two, one);
    expect([forwarder.forWorkflow('a'), forwarder.forWorkflow('b')]).toEqual([one, two]);
    expect(forwarder.forStart({ requestId: 'q' })).toEqual({ service: two, options: { requestId: 'q' } });
    expect(forwarder.forStart({ workflowId: 'a' })).toEqual({ service: one, options: { workflowId: 'a' } });
    expect(forwarder.hosted()).toEqual([one, two]);
  });

  it('a cluster that this node does not host is a typed, retryable refusal', () => {
    expect(() => forwarderOf(fakeService(1).service).forWorkflow('b')).toThrow(
      expect.objectContaining({ code: 'NOT_MEMBER', retryable: true, details: { clusterId: 2 } }),
    );
  });

  it('Q2: nor does it answer for one that it has left', () => {
    const forwarder = forwarderOf(fakeService(1).service, fakeService(2).service);
    forwarder.detach(1);
    expect(() => forwarder.forWorkflow('a')).toThrow(expect.objectContaining({ code: 'NOT_MEMBER' }));
    expect(forwarder.hosted().map(({ clusterId }) => clusterId)).toEqual([2]);
  });

  it('list() and count() ask every cluster, once, and their answers are merged', async () => {
    const run = (id: string): RunDescription => ({ workflowId: id, runId: id }) as RunDescription;
    const page = (...ids: string[]): ListPage =>
      ({ items: ids.map(run), next: null, positions: ids.map((id) => ({ startedMs: Number(id.slice(1)), cursor: id })) }) as ListPage;
    const one = fakeService(1, { '': page('a1', 'a3') });
    const two = fakeService(2, { '': page('b2') });
    const forwarder = forwarderOf(one.service, two.service);
    const all = await forwarder.list({ name: 'x' });
    expect(all).toEqual({ items: ['a1', 'b2', 'a3'].map(run), next: null });
    expect(one.calls.map(({ args }) => args[0])).toEqual([{ name: 'x', limit: 100, withPositions: true }]);
    for (const wrong of ['', 'x', '9:', ':1'])
      await expect(forwarder.list({ cursor: wrong })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await forwarder.count({})).toEqual({ count: 14 });
  });

  it('without routes the service itself is handed out: nothing stands between it and the caller', () => {
    const { service } = fakeService(1);
    const forwarder = new RequestForwarder(new SingleClusterSlotMap(1));
    forwarder.attach(service);
    expect(forwarder.forWorkflow('any')).toBe(service);
    expect(forwarder.forCluster(1)).toBe(service);
    expect(forwarder.forStart({}).service).toBe(service);
  });
});

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** One event of each kind. */
const EVENTS: readonly RunEvent[] = [
  { kind: EventKind.STARTED, wseq: 1, timeMs: 0, input: bytes({ a: 1 }), owner: 1, epoch: 1, buildId: 'b', continuedFrom: '' },
  {
    kind: EventKind.CHECKPOINT,
    wseq: 2,
    timeMs: 1,
    epoch: 1,
    key: 'k',
    occurrence: 1,
    position: { wseq: 1, ordinal: 0 },
    argumentsDigest: 0,
    value: bytes('v'),
    error: null,
  },
  {
    kind: EventKind.COMPUTE_RESULT,
    wseq: 3,
    timeMs: 1,
    epoch: 1,
    key: 'c',
    occurrence: 1,
    position: { wseq: 1, ordinal: 0 },
    argumentsDigest: 0,
    attempt: 2,
    value: new Uint8Array(0),
    error: null,
  },
  { kind: EventKind.ATTEMPT_STARTED, wseq: 4, timeMs: 1, epoch: 1, key: 'c', occurrence: 1, attempt: 1, node: 2 },
  {
    kind: EventKind.ATTEMPT_FAILED,
    wseq: 5,
    timeMs: 1,
    epoch: 1,
    key: 'c',
    occurrence: 1,
    attempt: 1,
    error: { name: 'E', message: 'm', code: '', stack: '', cause: null },
    timerId: 1,
    dueMs: 2,
  },
  {
    kind: EventKind.SLEEP_SET,
    wseq: 6,
    timeMs: 1,
    epoch: 1,
    key: 's',
    occurrence: 1,
    position: { wseq: 1, ordinal: 0 },
    argumentsDigest: 0,
    timerId: 2,
    dueMs: 3,
  },
  { kind: EventKind.TIMER_FIRED, wseq: 7, timeMs: 3, timerId: 2, purpose: 'sleep', key: 's', occurrence: 1 },
  { kind: EventKind.SIGNAL, wseq: 8, timeMs: 3, name: 'go', payload: bytes([1]), requestId: 'q' },
  { kind: EventKind.CANCEL_REQUESTED, wseq: 9, timeMs: 3, reason: 'why' },
  { kind: EventKind.OWNER_CHANGED, wseq: 10, timeMs: 3, owner: 2, epoch: 2, cause: 'down', buildId: 'b' },
  { kind: EventKind.DECLINED, wseq: 11, timeMs: 3, node: 3, reason: 'diverged', message: 'm' },
  { kind: EventKind.BLOCKED, wseq: 12, timeMs: 3, reason: 'declined' },
  {
    kind: EventKind.FINISHED,
    wseq: 13,
    timeMs: 4,
    outcome: 'completed',
    consumedWseq: 12,
    result: bytes('done'),
    error: null,
    digest: 0,
    continuedAs: '',
  },
];

describe('events for applications', () => {
  it('E2: all$ may be subscribed to before this node hosts a cluster; it hears each that comes, and completes when the node ends', () => {
    const forwarder = new RequestForwarder(TWO_CLUSTERS);
    const seen: string[] = [];
    const [one, two] = [new Subject<WorkflowStreamItem>(), new Subject<WorkflowStreamItem>()];
    const subscribe = (): void =>
      void new RaftoralEvents(forwarder).all$.subscribe({
        next: (item) => seen.push(item.workflowId),
        complete: () => seen.push('complete'),
      });
    const gap = (workflowId: string): WorkflowStreamItem => ({ type: 'gap', workflowId, runId: 'r', from: 1, to: 2 });
    subscribe();
    forwarder.attach({ ...fakeService(1).service, clusterId: 1, events$: one });
    subscribe();
    forwarder.attach({ ...fakeService(2).service, clusterId: 2, events$: two });
    one.next(gap('a'));
    two.next(gap('b'));
    expect(seen).toEqual(['a', 'a', 'b', 'b']);
    one.complete();
    two.complete();
    forwarder.close();
    expect(seen.slice(4)).toEqual(['complete', 'complete']);
  });

  it('E2: on a node that never came to host a cluster all$ completes when it ends', () => {
    const forwarder = new RequestForwarder(TWO_CLUSTERS);
    let isComplete = false;
    new RaftoralEvents(forwarder).all$.subscribe({ complete: () => (isComplete = true) });
    expect(isComplete).toBe(false);
    forwarder.close();
    expect(isComplete).toBe(true);
  });

  it('every kind of event has a view that survives JSON, in the order of its numbers', () => {
    expect(EVENTS.map(({ kind }) => kind)).toEqual(Object.values(EventKind));
    const views = EVENTS.map(viewEvent);
    expect(JSON.parse(JSON.stringify(views))).toEqual(views);
    expect(views.map(({ kind }) => kind)).toEqual([
      'started',
      'checkpoint',
      'compute-result',
      'attempt-started',
      'attempt-failed',
      'sleep-set',
      'timer-fired',
      'signal',
      'cancel-requested',
      'owner-changed',
      'declined',
      'blocked',
      'finished',
    ]);
    expect(views[0]).toEqual({
      kind: 'started',
      wseq: 1,
      time: '1970-01-01T00:00:00.000Z',
      input: { a: 1 },
      owner: 1,
      continuedFrom: null,
    });
    expect(views[2]).toMatchObject({ value: null, attempt: 2 });
    expect(views[5]).toMatchObject({ dueAt: '1970-01-01T00:00:00.003Z' });
    expect(views[12]).toMatchObject({ outcome: 'completed', result: 'done', continuedAs: null });
  });

  it('two readers never share a decoded value (R7)', async () => {
    const items: WorkflowStreamItem[] = [{ type: 'event', workflowId: 'a', runId: 'r', wseq: 1, event: EVENTS[0]! }];
    const forwarder = new RequestForwarder(TWO_CLUSTERS);
    forwarder.attach(fakeService(1, {}, items).service);
    const events = new RaftoralEvents(forwarder);
    forwarder.close();
    const [one, two] = [await lastValueFrom(events.workflow$('a').pipe(toArray())), await lastValueFrom(events.all$.pipe(toArray()))];
    expect(one).toEqual(two);
    const inputOf = (view: (typeof one)[number]): unknown =>
      view.type === 'event' && view.event.kind === 'started' ? view.event.input : null;
    expect(inputOf(one[0]!)).not.toBe(inputOf(two[0]!));
  });
});

describe('what an untyped caller may send', () => {
  const untyped = (client: WorkflowClient) => client as unknown as Record<string, (...args: unknown[]) => Promise<never>>;

  it('execute() with a bad resultTimeoutMs is refused before anything is started, with the requestId', async () => {
    const { service, calls } = fakeService(1);
    await expect(untyped(clientOver(service)).execute!(Order, 'x', { resultTimeoutMs: 'soon', requestId: 'r-1' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('resultTimeoutMs'),
      requestId: 'r-1',
    });
    expect(calls).toEqual([]);
  });

  it('a refusal at the door carries the requestId that was given', async () => {
    const { service, calls } = fakeService(1);
    const client = clientOver(service);
    const expected = { code: 'INVALID_ARGUMENT', requestId: 'r-2' };
    await expect(untyped(client).start!(Order, 'x', { onExisting: 'foo', requestId: 'r-2' })).rejects.toMatchObject(expected);
    const handle = client.getHandle(Order, 'w') as unknown as Record<string, (...args: unknown[]) => Promise<never>>;
    await expect(handle.signal!('poke', 1, { timeoutMs: -1, requestId: 'r-2' })).rejects.toMatchObject(expected);
    await expect(handle.cancel!(5, { requestId: 'r-2' })).rejects.toMatchObject(expected);
    await expect(handle.cancel!(null)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(calls).toEqual([]);
  });

  it('an error of waiting for the result carries the requestId of the start', async () => {
    const { service } = fakeService(1);
    const unknown = new RaftoralError('OUTCOME_UNKNOWN', 'it goes on');
    (service as { result: unknown }).result = () => Promise.reject(unknown);
    await expect(clientOver(service).execute(Order, 'x', { resultTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      requestId: 'q',
      details: { workflowId: 'w', runId: 'r' },
    });
  });

  it.each([{ startedAfter: 'yesterday' }, { startedBefore: new Date(Number.NaN) }, { status: 'bogus' }, null, 'filter'])(
    'list(%j) is INVALID_ARGUMENT',
    async (filter) => {
      const { service } = fakeService(1);
      await expect(untyped(clientOver(service)).list!(filter)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    },
  );
});
