/** Nodes of role `client` and `voter-only` in real applications of two layers: what the first forwards and how it keeps up, what the second never does. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Param, UseFilters, type INestApplicationContext } from '@nestjs/common';
import { lastValueFrom, toArray } from 'rxjs';
import {
  RAFTORAL_SETTINGS,
  RaftoralExceptionFilter,
  RaftoralEvents,
  RaftoralHealthIndicator,
  WorkflowClient,
  isRaftoralError,
  type RaftoralModuleOptions,
} from '../../lib/index.js';
import { slotOf } from '../../lib/workflow/slot.js';
import { CountWords, WORD, clientOf, nodeOf } from '../support/network-apps.js';
import { PATIENT, TwoLayerApps, administrationOf, clusterIdsOf, topologyOf, until } from '../support/two-layer-apps.js';

let apps: TwoLayerApps;
beforeEach(() => {
  apps = new TwoLayerApps(true);
});
afterEach(async () => {
  await apps.close();
});

/** A route that answers when a workflow has ended. */
@Controller('words')
@UseFilters(RaftoralExceptionFilter)
class WordsController {
  constructor(@Inject(WorkflowClient) private readonly client: WorkflowClient) {}

  @Get(':id')
  result(@Param('id') workflowId: string): Promise<number> {
    return this.client.getHandle(CountWords, workflowId).result();
  }
}

const roleOf = (app: INestApplicationContext, nodeId: number): string | undefined => topologyOf(app).nodes.get(nodeId)?.info.role;
const startClient = (at: number, options: Partial<RaftoralModuleOptions> = {}): Promise<INestApplicationContext> =>
  apps.start(at, { role: 'client', zone: 'edge' }, options);

async function run(app: INestApplicationContext, workflowId: string): Promise<void> {
  await clientOf(app).start(CountWords, 1, { workflowId, ...PATIENT });
  await clientOf(app).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
  expect(await clientOf(app).getHandle(CountWords, workflowId).result(PATIENT)).toBe(1);
}

describe('role client', () => {
  it('joins by seeds, is a member of nothing, and carries out every call; it outlives the nodes that it heard of first', async () => {
    await apps.open(5);
    for (let at = 0; at < 4; at++) await apps.add();
    await apps.hosted(1, 3);
    const client = await startClient(4);
    const { nodeId } = nodeOf(client);
    expect([nodeId, nodeOf(client).phase, nodeOf(client).nodeStatus().groups, clusterIdsOf(client), nodeOf(client).hasManagement]).toEqual([
      5,
      'running',
      [],
      [],
      false,
    ]);
    // Seen by operators, and a member of nothing.
    await until(
      () =>
        topologyOf(apps.nodes[0]!).nodes.get(nodeId)?.state === 'active' &&
        topologyOf(apps.nodes[0]!).nodes.get(nodeId)?.info.zone === 'edge',
      () => topologyOf(apps.nodes[0]!).nodes.get(nodeId),
    );
    const seen = administrationOf(apps.nodes[0]!)
      .topology.report()
      .nodes.find((node) => node.nodeId === nodeId);
    expect(seen).toMatchObject({ role: 'client', management: 'none', hosted: 0, isAlive: true });
    const { voters, learners } = topologyOf(apps.nodes[0]!).membership;
    expect([...voters, ...learners]).not.toContain(nodeId);
    expect(administrationOf(client).isServing()).toBe(true);
    expect(await client.get(RaftoralHealthIndicator).isReady()).toMatchObject({ raftoral: { status: 'up' } });

    // Every call.
    const workflowId = 'through the client';
    const started = await clientOf(client).start(CountWords, 2, { workflowId, ...PATIENT });
    const handle = clientOf(client).getHandle(CountWords, workflowId);
    const events = lastValueFrom(client.get(RaftoralEvents).workflow$(workflowId).pipe(toArray()));
    await handle.signal(WORD, undefined, PATIENT);
    expect(await handle.query('heard')).toBe(1);
    await handle.signal(WORD, undefined, PATIENT);
    expect(await handle.result(PATIENT)).toBe(2);
    const seenEvents = (await events).flatMap((item) => (item.type === 'event' ? [item.event.kind] : []));
    expect([seenEvents[0], seenEvents.at(-1)]).toEqual(['started', 'finished']);
    expect((await clientOf(client).list({})).items.map((one) => one.runId)).toEqual([started.runId]);
    expect((await clientOf(client).count({})).count).toBe(1);

    // The seeds, of which it heard first, go; the others repair cluster 1 and lead cluster 0.
    await apps.apps.stop(apps.nodes[1]!);
    await run(client, 'one seed is gone');
    const { version } = topologyOf(apps.nodes[0]!);
    await nodeOf(apps.nodes[0]!).management.runtime.setNodeState(2, 'down');
    await until(() => nodeOf(apps.nodes[3]!).clusters?.get(1)?.group.membership.voters.join() === '1,3,4');
    expect(topologyOf(apps.nodes[0]!).version).toBeGreaterThan(version);
    await apps.apps.stop(apps.nodes[0]!);
    await run(client, 'both seeds are gone');

    // Stopped and started on its folder it is who it was; what it stores beside that is nothing.
    await apps.apps.stop(client);
    const again = await startClient(4);
    expect(nodeOf(again).nodeId).toBe(nodeId);
    await run(again, 'again');
    await nodeOf(again).leave();
    expect(nodeOf(again).phase).toBe('left');
    await until(() => roleOf(apps.nodes[2]!, nodeId) === undefined);
    await apps.apps.stop(again);
    await expect(startClient(4)).rejects.toMatchObject({ code: 'NODE_LEFT' });
  }, 400_000);

  it('without a disk it is a new node at each start, and takes itself out of the topology when it stops; workflows in all clusters, wherever slots move', async () => {
    await apps.open(8);
    for (let at = 0; at < 3; at++) await apps.add();
    await apps.hosted(1, 3);
    const client = await startClient(6, { storage: { type: 'memory' } });
    const first = nodeOf(client).nodeId;
    await until(() => roleOf(apps.nodes[0]!, first) === 'client' && topologyOf(apps.nodes[0]!).nodes.get(first)?.state === 'active');
    const open = Array.from({ length: 16 }, (_, i) => `open-${i}`);
    for (const workflowId of open) await clientOf(client).start(CountWords, 1, { workflowId, ...PATIENT });
    // Nodes that it has never heard of, a cluster that it has never heard of, and half of the slots there.
    for (let at = 3; at < 6; at++) await apps.add();
    await apps.hosted(2, 3);
    await until(
      () => apps.topology.slots.countOf(2) === 2_048 && apps.topology.moves.size === 0,
      () => [apps.topology.slots.countOf(2), [...apps.topology.moves.values()]],
    );
    const moved = open.filter((workflowId) => apps.topology.slots.ownerOf(slotOf(workflowId)) === 2);
    expect(moved.length).toBeGreaterThan(0);
    for (const workflowId of open) await clientOf(client).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
    const results = await Promise.all(open.map((workflowId) => clientOf(client).getHandle(CountWords, workflowId).result(PATIENT)));
    expect(results).toEqual(open.map(() => 1));
    expect((await clientOf(client).count({})).count).toBe(open.length);
    // New ones in both, in turn.
    const handles = await Promise.all(Array.from({ length: 4 }, () => clientOf(client).start(CountWords, 0, PATIENT)));
    const owners = handles.map(({ workflowId }) => apps.topology.slots.ownerOf(slotOf(workflowId)));
    expect(owners.sort()).toEqual([1, 1, 2, 2]);
    await apps.apps.stop(client);
    await until(() => !topologyOf(apps.nodes[0]!).nodes.has(first));
    const again = await startClient(6, { storage: { type: 'memory' } });
    expect(nodeOf(again).nodeId).toBeGreaterThan(first);
  }, 400_000);

  it('ends in good order while others wait: what it forwards is rejected at once, and an HTTP server behind it closes; so is what is called later', async () => {
    await apps.open(4);
    await apps.add();
    await apps.hosted(1, 1);
    const port = Number(apps.addresses(3)[0]!.split(':')[1]);
    const options: RaftoralModuleOptions = {
      cluster: { seeds: apps.addresses(0) },
      transport: { type: 'grpc', listen: apps.addresses(2)[0]! },
      management: { role: 'client' },
      storage: { type: 'memory' },
    };
    const client = await apps.apps.serve('express', port, options, [WordsController]);
    const workflowId = 'nobody ends it';
    await until(() => nodeOf(client).phase === 'running');
    await clientOf(client).start(CountWords, 1, { workflowId, ...PATIENT });
    const handle = clientOf(client).getHandle(CountWords, workflowId);
    const codeOf = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'resolved',
        (error: unknown) => (isRaftoralError(error) ? error.code : String(error)),
      );
    const request = fetch(`http://127.0.0.1:${port}/words/${encodeURIComponent(workflowId)}`).then(({ status }) => status);
    const waits = [handle.result(), handle.result(PATIENT)].map(codeOf);
    let events = '';
    handle.events$.subscribe({ complete: () => (events = 'complete'), error: (error: unknown) => (events = String(error)) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const beganMs = Date.now();
    await apps.apps.stop(client);
    expect(await Promise.all(waits)).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN']);
    expect([await request, events]).toEqual([503, 'complete']);
    expect(await codeOf(clientOf(client).start(CountWords, 1, { timeoutMs: 3_000 }))).toBe('SHUTTING_DOWN');
    expect(await codeOf(handle.result())).toBe('SHUTTING_DOWN');
    // None of it waited for a deadline.
    expect(Date.now() - beganMs).toBeLessThan(30_000);
    // The run goes on without it.
    await clientOf(apps.nodes[0]!).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
    expect(await clientOf(apps.nodes[0]!).getHandle(CountWords, workflowId).result(PATIENT)).toBe(1);
  }, 200_000);

  it('a client that was removed while it was away hears so; a node that others count on does not become one; no cluster, no client', async () => {
    await apps.open(4);
    const alone = apps.start(3, { role: 'client' }, { shutdown: { drainTimeoutMs: 0 } });
    for (let at = 0; at < 2; at++) await apps.add();
    // Started before there was anything: it waited.
    const client = await alone;
    const { nodeId } = nodeOf(client);
    await run(client, 'first');
    await apps.apps.stop(client);
    await until(() => roleOf(apps.nodes[0]!, nodeId) === 'client');
    const { runtime } = nodeOf(apps.nodes[0]!).management;
    await runtime.setNodeState(nodeId, 'draining');
    await runtime.removeNode(nodeId);
    const again = await apps.start(3, { role: 'client' });
    await until(() => nodeOf(again).phase === 'left');
    // A member of clusters 0 and 1.
    await apps.apps.stop(apps.nodes[1]!);
    await expect(apps.start(1, { role: 'client' })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('hold clusters 0, 1'),
    });
    apps.nodes[1] = await apps.start(1);
    await run(apps.nodes[1], 'it is a member still');
  }, 180_000);
});

describe('role voter-only', () => {
  it('stores and votes, and never owns a run; a cluster of such nodes alone is made by nobody', async () => {
    await apps.open(6);
    await apps.add();
    await apps.add({ role: 'voter-only' });
    await apps.add({ role: 'voter-only' });
    const three = await apps.hosted(1, 3);
    const owners = new Set<number>();
    for (let i = 0; i < 12; i++) await clientOf(three[i % 3]!).start(CountWords, 1, { workflowId: `voted-${i}`, ...PATIENT });
    // Whoever answered a start has applied it; the others will.
    await until(() => three.every((app) => nodeOf(app).clusters!.get(1)!.state.openRunCount === 12));
    for (const run of nodeOf(three[0]!).clusters!.get(1)!.state.openRuns()) owners.add(run.owner);
    expect([...owners]).toEqual([1]);
    for (let i = 0; i < 12; i++) {
      const handle = clientOf(three[i % 3]!).getHandle(CountWords, `voted-${i}`);
      await handle.signal(WORD, undefined, PATIENT);
      expect(await handle.result(PATIENT)).toBe(1);
    }
    // Three more of them are enough for a cluster by number, and none is made.
    for (let at = 3; at < 6; at++) await apps.add({ role: 'voter-only' });
    // Active, and known for what they are.
    await until(() => [...apps.topology.nodes.values()].filter(({ state, info }) => state === 'active' && info.capacity > 0).length === 6);
    const { decisions } = await administrationOf(apps.nodes[0]!).topology.plan();
    expect(decisions.filter(({ rule }) => rule === 'create')).toEqual([]);
    // Nor by hand; with one that runs code among them it can be.
    const { topology } = administrationOf(apps.nodes[0]!);
    await expect(topology.createCluster({ members: [4, 5, 6] })).rejects.toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      details: { reason: 'role' },
    });
    await topology.createCluster({ members: [1, 5, 6] });
    await apps.hosted(2, 3);
  }, 400_000);
});

describe('the option', () => {
  it.each([
    ['bootstrap', { bootstrap: true }],
    ['bootstrapExpect', { bootstrapExpect: 3, seeds: ['127.0.0.1:1'] }],
    ['members', { members: [1] }],
    ['replaces', { seeds: ['127.0.0.1:1'], replaces: 2 }],
  ])('a client with cluster.%s is refused before anything is opened', async (_, cluster) => {
    await apps.open(1);
    const options = { cluster, ...('members' in cluster ? { node: { id: 1 } } : {}) } as Partial<RaftoralModuleOptions>;
    await expect(apps.start(0, { role: 'client' }, options)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('management.role'),
    });
  });

  it('is in the settings', async () => {
    await apps.open(1);
    const app = await apps.add({}, { placement: { labels: { tier: 'fast' } } });
    expect(app.get(RAFTORAL_SETTINGS)).toMatchObject({ placement: { labels: { tier: 'fast' } } });
  });
});
