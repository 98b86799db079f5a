/** Any node answers for any workflow (docs/adr/0064): calls that are forwarded, over real groups, from nodes that host nothing or the other cluster. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { RoutingTable } from '../../lib/client/routing-table.js';
import { workflowRef } from '../../lib/client/workflow-target.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { context } from '../../lib/workflow/context.js';
import { slotOf } from '../../lib/workflow/slot.js';
import { definitionOf } from '../support/definition.js';
import { RoutedWorld, type RoutedWorldOptions } from '../support/routed-world.js';

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
}

@Workflow('echo', 1)
class Echo {
  async run(input: unknown = undefined): Promise<unknown> {
    return input;
  }
}

@Workflow('chain', 1)
class Chain {
  async run(left: number): Promise<string> {
    if (left > 0) return context().continueAsNew(left - 1);
    return 'the end';
  }
}

const SUM = workflowRef<unknown, unknown>('sum');
const ECHO = workflowRef<unknown, unknown>('echo');
const CHAIN = workflowRef<unknown, unknown>('chain');
const CLIENT = 6;
let world: RoutedWorld;
afterEach(() => world?.stop());

async function start(options: Partial<RoutedWorldOptions> = {}): Promise<RoutedWorld> {
  world = await RoutedWorld.start({
    clusters: { 1: [1, 2, 3], 2: [3, 4, 5] },
    clients: [CLIENT],
    workflows: [Sum, Echo, Chain].map(definitionOf),
    ...options,
  });
  return world;
}

/** An id in the slots of a cluster. */
function idIn(clusterId: number, name = 'w'): string {
  const table = world.table();
  for (let i = 0; ; i++) if (table.ownerOf(slotOf(`${name}-${i}`)) === clusterId) return `${name}-${i}`;
}

function errorOf(promise: Promise<unknown>): Promise<RaftoralError> {
  return promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error as RaftoralError,
  );
}

const settledError = (promise: Promise<unknown>, maxMs?: number): Promise<RaftoralError> => world.settled(errorOf(promise), maxMs);

describe('every call, from a node that hosts nothing and from one that hosts another cluster', () => {
  it.each([
    [CLIENT, 1],
    [CLIENT, 2],
    [1, 2],
    [5, 1],
    [3, 1],
    [3, 2],
  ])('node %i asks about a workflow of cluster %i', async (asker, clusterId) => {
    await start();
    const { client } = world.node(asker);
    const workflowId = idIn(clusterId);
    const handle = await world.settled(client.start(SUM, { deep: [1, null, 'ü'] }, { workflowId, requestId: 'first' }));
    expect(handle).toMatchObject({ workflowId, requestId: 'first', existing: false, clusterId });
    expect((await world.settled(client.start(SUM, { deep: [1, null, 'ü'] }, { workflowId, requestId: 'first' }))).runId).toBe(handle.runId);
    expect(await settledError(client.start(SUM, { deep: [1, null, 'ü'] }, { workflowId }))).toMatchObject({
      code: 'ALREADY_EXISTS',
      requestId: expect.any(String),
      details: { runId: handle.runId },
    });
    const attached = await world.settled(client.start(SUM, { deep: [1, null, 'ü'] }, { workflowId, onExisting: 'attach' }));
    expect(attached).toMatchObject({ runId: handle.runId, existing: true });

    await world.settled(handle.signal('add', 5, { requestId: 's' }));
    await world.settled(handle.signal('add', 5, { requestId: 's' }));
    expect(await world.settled(handle.query('current', { args: [10] }))).toBe(15);
    expect(await world.settled(handle.query('current', { consistency: 'local' }))).toBe(5);
    expect(await world.settled(handle.describe())).toMatchObject({ workflowId, runId: handle.runId, status: 'running' });
    expect(await world.settled(handle.explain())).toMatchObject({ workflowId, cluster: { clusterId, hasQuorum: true } });
    expect((await world.settled(handle.history())).split('\n')[0]).toContain(`"workflowId":"${workflowId}"`);

    const waiting = handle.result();
    await world.time.advance(12_000); // more than two slices of a wait
    await world.settled(handle.signal('add', 0));
    expect(await world.settled(waiting)).toBe(5);
    expect(await settledError(handle.signal('add', 1))).toMatchObject({ code: 'WORKFLOW_CLOSED' });
    expect(await settledError(handle.query('current'))).toMatchObject({ code: 'WORKFLOW_CLOSED' });
    expect(world.reports).toEqual([]);
  });

  it('cancel, terminate and reset, and what became of the run, with its cause', async () => {
    await start();
    const { client } = world.node(CLIENT);
    const [cancelled, terminated, failed] = await world.settled(
      Promise.all([1, 2, 2].map((clusterId, i) => client.start(SUM, null, { workflowId: idIn(clusterId, `c${i}`) }))),
    );
    await world.settled(cancelled!.cancel('enough'));
    await world.settled(terminated!.terminate());
    await world.settled(failed!.signal('add', -1));
    expect(await settledError(cancelled!.result())).toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(await settledError(terminated!.result())).toMatchObject({ code: 'WORKFLOW_TERMINATED' });
    const error = await settledError(failed!.result());
    expect(error).toMatchObject({ code: 'WORKFLOW_FAILED', requestId: failed!.requestId });
    expect(error.cause).toMatchObject({ name: 'RangeError', code: 'NEGATIVE', message: 'negative' });
    expect(error.cause).toBeInstanceOf(RangeError);
    const open = await world.settled(client.start(SUM, null));
    expect(await settledError(open.reset())).toMatchObject({ code: 'NOT_BLOCKED' });
  });

  it('values arrive as they would here: nothing is undefined that was null, and the other way round', async () => {
    await start();
    const { client } = world.node(CLIENT);
    let echoed = 0;
    const echo = (value: unknown): Promise<unknown> => world.settled(client.execute(ECHO, value, { workflowId: idIn(2, `e${echoed++}`) }));
    for (const value of [null, 0, '', false, 'ünï', [null], { a: { b: [] } }]) expect(await echo(value)).toEqual(value);
    expect(await echo(undefined)).toBeUndefined();
    // As a member says it.
    const options = { workflowId: idIn(2), requestId: 'q' };
    const member = world.leaderOf(2)!.clusters.get(2)!.service;
    const refusal = await settledError(client.start(ECHO, { at: new Map() }, options));
    expect(refusal).toMatchObject({ code: 'NOT_SERIALIZABLE', requestId: 'q' });
    expect(refusal.message).toBe((await settledError(member.start('echo', { at: new Map() }, options))).message);
    expect(await settledError(client.start(workflowRef<number, unknown>('unheard-of'), 1, { workflowId: idIn(2) }))).toMatchObject({
      code: 'UNKNOWN_WORKFLOW',
      details: { known: ['chain', 'echo', 'sum'] },
    });
    expect(await settledError(client.getHandle(ECHO, 'no such').describe())).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
  });

  it('an answer that is larger than a frame should be comes in parts', async () => {
    await start();
    const { client } = world.node(CLIENT);
    const large = 'x'.repeat(900_000);
    const handle = await world.settled(client.start(ECHO, { a: large, b: 'ü' }, { workflowId: idIn(2) }));
    expect(await world.settled(handle.result())).toEqual({ a: large, b: 'ü' });
    const history = await world.settled(handle.history());
    expect(history.length).toBeGreaterThan(1_800_000);
    expect(history).toBe(await world.settled(world.leaderOf(2)!.clusters.get(2)!.service.history({ workflowId: handle.workflowId })));
  });

  it('result() follows continueAsNew, and ends in OUTCOME_UNKNOWN at its deadline', async () => {
    await start();
    const { client } = world.node(CLIENT);
    expect(await world.settled(client.execute(CHAIN, 3, { workflowId: idIn(2) }))).toBe('the end');
    const open = await world.settled(client.start(SUM, null, { workflowId: idIn(2, 'open') }));
    const began = world.time.nowMs;
    expect(await settledError(open.result({ timeoutMs: 7_000 }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      details: { runId: open.runId },
    });
    expect(world.time.nowMs - began).toBeGreaterThanOrEqual(7_000);
    expect(world.time.nowMs - began).toBeLessThan(9_000);
  });

  it('execute() of a run that ends at once is one call there and back; of one that does not, or that fails, it is two', async () => {
    await start();
    const { client, host } = world.node(CLIENT);
    await world.settled(client.start(ECHO, 1, { workflowId: idIn(2, 'before') })); // now the leader is known
    let asked = 0;
    const request = host.request.bind(host);
    host.request = (...args) => (asked++, request(...args));
    const calls = async (act: () => Promise<unknown>): Promise<number> => {
      const before = asked;
      await world.settled(act());
      return asked - before;
    };
    expect(await calls(async () => expect(await client.execute(ECHO, { a: [1] }, { workflowId: idIn(2, 'a') })).toEqual({ a: [1] }))).toBe(
      1,
    );
    expect(await calls(async () => expect(await client.execute(ECHO, undefined, { workflowId: idIn(1, 'b') })).toBeUndefined())).toBe(2); // cluster 1 was never heard of
    expect(await calls(async () => expect(await client.execute(CHAIN, 3, { workflowId: idIn(2, 'c') })).toBe('the end'))).toBe(1);
    expect(await calls(() => client.start(ECHO, 1, { workflowId: idIn(2, 'd') }))).toBe(1);

    const open = idIn(2, 'open');
    const waiting = client.execute(SUM, null, { workflowId: open });
    await world.time.advance(1_000);
    await world.settled(client.getHandle(SUM, open).signal('add', 7));
    await world.settled(client.getHandle(SUM, open).signal('add', 0));
    expect(await world.settled(waiting)).toBe(7);

    const failing = idIn(2, 'failing');
    const failure = errorOf(client.execute(SUM, null, { workflowId: failing }));
    await world.time.advance(20);
    await world.settled(client.getHandle(SUM, failing).signal('add', -1));
    expect(await world.settled(failure)).toMatchObject({ code: 'WORKFLOW_FAILED', cause: { code: 'NEGATIVE' } });

    const began = world.time.nowMs;
    expect(await settledError(client.execute(SUM, null, { workflowId: idIn(2, 'endless'), resultTimeoutMs: 700 }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(world.time.nowMs - began).toBeLessThan(1_500);
  });

  it('R26: the member dies between the start and its result: the next one is asked, and one run is there', async () => {
    await start();
    const { client } = world.node(CLIENT);
    await world.settled(client.start(ECHO, 1, { workflowId: idIn(2, 'before') }));
    const leader = world.leaderOf(2)!;
    const workflowId = idIn(2, 'between');
    const executing = client.execute(SUM, null, { workflowId });
    await world.time.advance(10); // committed, and not answered before 50 ms have passed
    expect(leader.clusters.get(2)!.state.current(workflowId)).toBeDefined();
    world.crash(leader.id);
    const handle = client.getHandle(SUM, workflowId);
    await world.settled(handle.signal('add', 6));
    await world.settled(handle.signal('add', 0));
    expect(await world.settled(executing)).toBe(6);
    expect(await world.settled(client.count({ name: 'sum' }))).toEqual({ count: 1 });
  });

  it('what this node hosts it answers itself: nothing is sent that a cluster of its own would not send', async () => {
    await start();
    const leader = world.leaderOf(2)!;
    let asked = 0;
    const request = leader.host.request.bind(leader.host);
    leader.host.request = (...args) => (asked++, request(...args));
    expect(await world.settled(leader.client.execute(ECHO, 1, { workflowId: idIn(2) }))).toBe(1);
    expect(asked).toBe(0);
  });
});

describe('where a new workflow begins', () => {
  it('round-robin by default, over all clusters; its request id finds it again', async () => {
    await start();
    const { client } = world.node(CLIENT);
    const handles = [];
    for (let i = 0; i < 6; i++) handles.push(await world.settled(client.start(ECHO, i)));
    expect(handles.map(({ clusterId }) => clusterId).sort()).toEqual([1, 1, 1, 2, 2, 2]);
    for (const { workflowId, runId, requestId, clusterId } of handles) {
      expect(world.table().ownerOf(slotOf(workflowId))).toBe(clusterId);
      // Another node, which would place it elsewhere.
      const again = await world.settled(world.node(1).client.start(ECHO, 0, { requestId }));
      expect(again).toMatchObject({ workflowId, runId });
    }
  });

  it('local-first and labels', async () => {
    await start();
    const start5 = (options: object): Promise<number> =>
      world.settled(world.node(5).client.start(ECHO, 1, options)).then(({ clusterId }) => clusterId);
    for (let i = 0; i < 3; i++) expect(await start5({ placement: 'local-first' })).toBe(2);
    for (let i = 0; i < 3; i++) expect(await start5({ placement: { labels: { name: 'cluster-1' } } })).toBe(1);
    expect(await settledError(world.node(5).client.start(ECHO, 1, { placement: 'nearest' as never }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'placement' },
    });
  });
});

describe('lists and counts of all clusters', () => {
  it('are in the order of the starts, page by page, each run once', async () => {
    await start();
    const { client } = world.node(CLIENT);
    const ids: string[] = [];
    for (let i = 0; i < 23; i++) {
      ids.push((await world.settled(client.start(ECHO, i))).workflowId);
      await world.time.advance(10);
    }
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await world.settled(client.list({ limit: 5, ...(cursor === undefined ? {} : { cursor }) }));
      expect(page.incomplete).toBeUndefined();
      expect(page.items.length).toBeLessThanOrEqual(5);
      seen.push(...page.items.map(({ workflowId }) => workflowId));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toEqual(ids);
    expect(await world.settled(client.count({ name: 'echo' }))).toEqual({ count: 23 });
    expect(await world.settled(client.count({ name: 'sum' }))).toEqual({ count: 0 });
    for (const cursor of ['', 'x', ':1', '*:', '*:!!'])
      expect(await settledError(client.list({ cursor }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('a cluster that does not answer is named, and the others are listed; when none answers, it is an error', async () => {
    await start({ routing: { requestTimeoutMs: 3_000 } });
    const { client } = world.node(CLIENT);
    for (const clusterId of [1, 2]) await world.settled(client.start(ECHO, 1, { workflowId: idIn(clusterId) }));
    for (const id of [4, 5]) world.crash(id); // cluster 2 has no majority
    const page = await world.settled(client.list());
    expect(page.items.map(({ workflowId }) => workflowId)).toEqual([idIn(1)]);
    expect(page.incomplete).toMatchObject([{ clusterId: 2 }]);
    expect(page.incomplete![0]!.error).toBeInstanceOf(RaftoralError);
    expect(await world.settled(client.count())).toMatchObject({ count: 1, incomplete: [{ clusterId: 2 }] });
    for (const id of [1, 2]) world.crash(id);
    expect(await settledError(client.list())).toBeInstanceOf(RaftoralError);
  });
});

describe('faults', () => {
  it('P5, R26: the leader dies while a forwarded start is under way: the next member is asked with the same ids, and one run is there', async () => {
    await start();
    const { client } = world.node(CLIENT);
    await world.settled(client.start(ECHO, 1, { workflowId: idIn(2, 'before') })); // now the leader is known
    const leader = world.leaderOf(2)!;
    for (let i = 0; i < 20; i++) {
      const workflowId = idIn(2, `f${i}`);
      const starting = client.start(SUM, null, { workflowId });
      if (i === 10) {
        // The command may stand in the logs of the others, or not.
        await world.time.advance(0);
        world.crash(leader.id);
      }
      const handle = await world.settled(starting);
      const page = await world.settled(client.list({ name: 'sum' }));
      expect(page.items.filter((run) => run.workflowId === workflowId).map(({ runId }) => runId)).toEqual([handle.runId]);
    }
  });

  it('R26: an answer that is lost is asked for again, of another member: the start is done once, and so is the signal', async () => {
    await start();
    const { client } = world.node(CLIENT);
    await world.settled(client.start(ECHO, 1, { workflowId: idIn(2, 'before') }));
    const leader = world.leaderOf(2)!;
    // What the client asks arrives; what the leader answers does not.
    (world.network as unknown as { cutOneWay(from: number, to: number): void }).cutOneWay(leader.id, CLIENT);
    const handle = await world.settled(client.start(SUM, null, { workflowId: idIn(2, 'lost') }));
    await world.time.advance(3_000); // the silent member is trusted again
    await world.settled(handle.signal('add', 5));
    expect(leader.clusters.get(2)!.state.current(handle.workflowId)?.runId).toBe(handle.runId);
    expect(await world.settled(client.count({ name: 'sum' }))).toEqual({ count: 1 });
    expect(await world.settled(handle.query('current'))).toBe(5);
  });

  it('a silent leader costs an attempt, not the call', async () => {
    await start();
    const { client } = world.node(CLIENT);
    await world.settled(client.start(ECHO, 1, { workflowId: idIn(2, 'before') }));
    const leader = world.leaderOf(2)!;
    world.network.partition(
      [leader.id],
      [1, 2, 3, 4, 5, CLIENT].filter((id) => id !== leader.id),
    );
    const began = world.time.nowMs;
    const handle = await world.settled(client.start(ECHO, 'x', { workflowId: idIn(2, 'after') }));
    expect(world.time.nowMs - began).toBeLessThan(6_000);
    expect(await world.settled(handle.result())).toBe('x');
  });

  it('a result that is awaited outlives the member that it was awaited of', async () => {
    await start();
    const { client } = world.node(CLIENT);
    const handle = await world.settled(client.start(SUM, null, { workflowId: idIn(2) }));
    const waiting = handle.result();
    await world.time.advance(1_000);
    world.crash(world.leaderOf(2)!.id);
    await world.settled(handle.signal('add', 4));
    await world.settled(handle.signal('add', 0));
    expect(await world.settled(waiting)).toBe(4);
  });

  it('R40: a table that is out of date costs a refresh, and never a second run', async () => {
    await start();
    const node = world.node(CLIENT);
    const { routes, client } = node;
    const right = world.table(2);
    // Version 1 has the clusters the wrong way round.
    const wrong = new RoutingTable(
      1,
      [...right.clusters.values()],
      Uint32Array.from({ length: 4096 }, (_, slot) => 3 - right.ownerOf(slot)),
    );
    Object.assign(routes, { current: wrong });
    const starting = client.start(ECHO, 7, { workflowId: idIn(2) });
    await world.time.advance(500);
    routes.next = right;
    const handle = await world.settled(starting);
    expect(await world.settled(handle.result())).toBe(7);
    expect(routes.refreshes).toBeGreaterThan(1);
    expect(await world.settled(client.count({ name: 'echo' }))).toEqual({ count: 1 });
  });

  it('R40: a slot that nobody owns is WRONG_CLUSTER at the deadline, after a bounded number of attempts', async () => {
    await start();
    const node = world.node(CLIENT);
    const right = world.table(1);
    const wrong = new RoutingTable(
      1,
      [...right.clusters.values()],
      Uint32Array.from({ length: 4096 }, (_, slot) => 3 - right.ownerOf(slot)),
    );
    Object.assign(node.routes, { current: wrong });
    let asked = 0;
    const request = node.host.request.bind(node.host);
    node.host.request = (...args) => (asked++, request(...args));
    const began = world.time.nowMs;
    expect(await settledError(node.client.start(ECHO, 7, { workflowId: idIn(2), timeoutMs: 8_000, requestId: 'q' }))).toMatchObject({
      code: 'WRONG_CLUSTER',
      retryable: true,
      requestId: 'q',
    });
    expect(world.time.nowMs - began).toBeLessThan(10_000);
    expect(asked).toBeLessThan(30);
  });

  it('one hop only: who is asked for what it does not host says NOT_MEMBER, and asks nobody', async () => {
    await start();
    // Node 6 believes that nodes 1 and 2 are the members of cluster 2.
    const table = world.table(1);
    const misled = new RoutingTable(
      1,
      [...table.clusters.values()].map((cluster) => ({ ...cluster, members: [1, 2] })),
      Uint32Array.from({ length: 4096 }, (_, slot) => table.ownerOf(slot)),
    );
    const node = world.node(CLIENT);
    Object.assign(node.routes, { current: misled });
    let passedOn = 0;
    for (const id of [1, 2]) {
      const { host } = world.node(id);
      const request = host.request.bind(host);
      host.request = (...args) => (passedOn++, request(...args));
    }
    expect(await settledError(node.client.getHandle(ECHO, idIn(2)).describe({ timeoutMs: 1_000 }))).toMatchObject({ code: 'NOT_MEMBER' });
    expect(passedOn).toBe(0);
  });

  it('without any member that can be reached a call ends at its deadline', async () => {
    await start();
    const { client } = world.node(CLIENT);
    for (const id of [3, 4, 5]) world.crash(id);
    const began = world.time.nowMs;
    expect(await settledError(client.start(ECHO, 1, { workflowId: idIn(2), timeoutMs: 3_000, requestId: 'q' }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      requestId: 'q',
    });
    expect(world.time.nowMs - began).toBeLessThanOrEqual(3_100);
  });
});

describe('a node that ends', () => {
  /** As the node does: its runs, what it forwards, its host. */
  async function end(id: number): Promise<void> {
    const { clusters, forwarder, host } = world.node(id);
    for (const { runtime } of clusters.values()) runtime.stop();
    forwarder.close();
    await world.settled(host.stop());
  }

  it.each([
    ['hosts nothing', CLIENT],
    ['hosts the other cluster', 1],
  ])('%s: what it forwards ends at once, and whatever is called later', async (_what, id) => {
    await start();
    const { client, host } = world.node(id);
    const workflowId = idIn(2);
    const handle = await world.settled(client.start(SUM, null, { workflowId }));
    const waits = [handle.result(), handle.result({ timeoutMs: 15_000 })].map((wait) => errorOf(wait));
    await world.time.advance(1_000);
    const signalled = errorOf(handle.signal('add', 1, { requestId: 'q' }));
    await Promise.resolve();
    const began = world.time.nowMs;
    await end(id);
    expect(await world.settled(Promise.all(waits))).toMatchObject([{ code: 'SHUTTING_DOWN' }, { code: 'SHUTTING_DOWN' }]);
    // The leader may have it already; who asks again with the same id hears what came of it.
    expect(await world.settled(signalled)).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
    expect(await settledError(client.start(SUM, null, { workflowId: idIn(2, 'late'), timeoutMs: 3_000 }))).toMatchObject({
      code: 'SHUTTING_DOWN',
      requestId: expect.any(String),
    });
    for (const late of [handle.result(), handle.describe(), client.list({}), client.count({})])
      expect(await settledError(late as Promise<unknown>)).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(world.time.nowMs - began).toBeLessThan(100);
    expect(host.status().requestsInFlight).toBe(0);
    const other = world.node(4).client.getHandle(SUM, workflowId);
    await world.settled(other.signal('add', 1, { requestId: 'q' }));
    await world.settled(other.signal('add', 0));
    expect(await world.settled(other.result())).toBe(1);
  });

  it('says SHUTTING_DOWN to those who wait on it from elsewhere, and they ask the next member', async () => {
    await start();
    const workflowId = idIn(2);
    const handle = await world.settled(world.node(CLIENT).client.start(SUM, null, { workflowId }));
    const waiting = handle.result();
    await world.time.advance(1_000);
    await end(world.leaderOf(2)!.id);
    await world.settled(handle.signal('add', 7));
    await world.settled(handle.signal('add', 0));
    expect(await world.settled(waiting)).toBe(7);
  });
});

describe('many calls', () => {
  it('waits have half of what users may have under way, that is below what the host takes: starts, and what the engine asks, have room', async () => {
    await start({ tuning: { requestsInFlightMax: 12 }, routing: { budget: { callsMax: 8, waitsMax: 4 } } });
    const { client, host } = world.node(CLIENT);
    const workflowId = idIn(2);
    const handle = await world.settled(client.start(SUM, null, { workflowId }));
    const ends: unknown[] = [];
    const wait = (): void =>
      void handle.result().then(
        (value) => ends.push(value),
        ({ code, details }: RaftoralError) => ends.push([code, details['limit']]),
      );
    for (let i = 0; i < 4; i++) wait();
    // Longer than a slice: who waits keeps its place, whoever comes.
    for (let i = 0; i < 20; i++) {
      await world.time.advance(600);
      wait();
    }
    await world.time.advance(100);
    expect(ends).toEqual(Array.from({ length: 20 }, () => ['OVERLOADED', 'forwardedWaitsMax']));
    expect(host.status().requestsInFlight).toBe(4);
    expect(await world.settled(client.start(ECHO, 1, { workflowId: idIn(1, 'echo') }))).toMatchObject({ existing: false });
    const asked = await settledError(host.request(4, 'no.such.method', new Uint8Array(0), 100));
    expect(asked).toMatchObject({ code: 'NOT_MEMBER' });
    await world.settled(handle.signal('add', 0));
    await world.time.advance(1_000);
    expect(ends.slice(20)).toEqual([0, 0, 0, 0]);
    expect(await world.settled(handle.result())).toBe(0);
  });

  it('of users do not hold up what workflows ask of each other, nor the other way round; that has a bound of its own', async () => {
    await start({ routing: { budget: { callsMax: 2, waitsMax: 2 }, engineBudget: { callsMax: 3, waitsMax: 1 } } });
    const { client, forwarder, host } = world.node(1);
    const workflowId = idIn(2);
    const handle = await world.settled(client.start(SUM, null, { workflowId }));
    const waits = [handle.result(), handle.result()];
    await world.time.advance(100);
    expect(await settledError(handle.describe())).toMatchObject({ code: 'OVERLOADED', details: { limit: 'forwardedCallsMax' } });
    const engine = forwarder.forEngine(workflowId);
    const result = engine.result({ workflowId });
    await world.time.advance(100);
    expect(await settledError(engine.result({ workflowId }))).toMatchObject({ details: { limit: 'forwardedWaitsMax' } });
    await world.settled(engine.signal({ workflowId }, 'add', 3));
    await world.settled(engine.signal({ workflowId }, 'add', 0));
    expect(await world.settled(Promise.all([result, ...waits]))).toEqual([3, 3, 3]);
    forwarder.close();
    expect(await settledError(engine.describe({ workflowId }))).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(host.status().requestsInFlight).toBe(0);
  });
});
