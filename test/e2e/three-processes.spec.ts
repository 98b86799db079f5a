/** Separate processes over real sockets with real files: they begin together, die, come back, are joined by others, and leave. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RaftoralModuleOptions } from '../../lib/index.js';
import { ClusterProcesses, freePorts, until, type NodeProcess } from '../support/cluster-processes.js';

let cluster: ClusterProcesses;

afterEach(async () => {
  await cluster.close();
});

const SECRET = 'a secret of the peers';

describe.each(['grpc', 'http'] as const)('processes over %s', (type) => {
  const options = (port: number, others: readonly number[], more: RaftoralModuleOptions['cluster'] = {}): RaftoralModuleOptions => ({
    cluster: { seeds: others.map((other) => `127.0.0.1:${other}`), ...more },
    transport: { type, listen: `127.0.0.1:${port}` },
    security: { peerSecret: SECRET },
  });

  async function untilVoters(nodes: readonly NodeProcess[]): Promise<void> {
    await until(`${nodes.length} voters`, async () => {
      const all = await Promise.all(nodes.map((node) => node.status()));
      return all.every(({ voters, leader }) => voters.length === nodes.length && leader !== 0);
    });
  }

  it('three that start at once agree on one deployment, go on when one is killed, and take it back', async () => {
    cluster = new ClusterProcesses();
    const ports = await freePorts(3);
    const begin = (i: number): NodeProcess => cluster.start(`n${i}`, options(ports[i]!, ports, { bootstrapExpect: 3 }));
    const nodes = [begin(0), begin(1), begin(2)];
    await Promise.all(nodes.map(({ booted }) => booted));
    await untilVoters(nodes);
    const before = await Promise.all(nodes.map((node) => node.status()));
    expect(before.map(({ nodeId }) => nodeId).sort()).toEqual([1, 2, 3]);
    expect(new Set(before.map(({ deployment }) => deployment)).size).toBe(1);
    await nodes[0]!.ask('start', { workflowId: 'long', count: 3 });
    await nodes[1]!.ask('word', { workflowId: 'long' });
    const victim = before.findIndex(({ nodeId, leader }) => nodeId === leader);
    await nodes[victim]!.kill();
    const left = nodes.filter((_, i) => i !== victim);
    await left[0]!.ask('word', { workflowId: 'long' });
    const again = begin(victim);
    await again.booted;
    expect((await again.status()).nodeId).toBe(before[victim]!.nodeId);
    await left[1]!.ask('word', { workflowId: 'long' });
    expect(await again.ask('result', { workflowId: 'long' })).toBe(3);
  }, 180_000);

  it('others join by a seed, one leaves for good, and says so when it is started again', async () => {
    cluster = new ClusterProcesses();
    const [first, second, third] = (await freePorts(3)) as [number, number, number];
    const a = cluster.start('a', options(first, [], { bootstrap: true }));
    await a.booted;
    const b = cluster.start('b', options(second, [first]));
    const c = cluster.start('c', options(third, [first]));
    await Promise.all([b.booted, c.booted]);
    await untilVoters([a, b, c]);
    await b.ask('leave');
    await untilVoters([a, c]);
    await b.ask('stop');
    await b.kill();
    await expect(cluster.start('b', options(second, [first])).booted).rejects.toMatchObject({ code: 'NODE_LEFT' });
    expect(await c.ask('execute')).toBe(0);
  }, 180_000);
});
