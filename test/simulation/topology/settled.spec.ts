/** S1, S3 of settled.ts. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { TopologyWorld as ManagerWorld } from '../../support/topology-world.js';
import { Settling, sizeAtRest } from './settled.js';
import { TopologyWorld } from './world.js';

let world: TopologyWorld | null = null;

afterEach(() => {
  for (const process of world?.live ?? []) {
    process.virtual.kill();
    process.died();
  }
  world = null;
});

/** What the cluster manager says while the members of cluster 1 are being changed. */
function underWay(): readonly string[] {
  const w = new ManagerWorld({ nodes: 3 });
  w.groups.get(1)!.isChanging = true;
  return w.plan().waiting;
}

describe('a deployment at rest', () => {
  it('is not one in which a step of a membership is under way, though nothing can be decided meanwhile', async () => {
    const of = (world = new TopologyWorld({ seed: 1, plan: { voterOnly: 0, hostless: 0, nodes: 3 } }));
    const settling = new Settling(of);
    let rests = 0;
    const rest = async (): Promise<boolean> => {
      const before = rests;
      void settling.wait().then(() => rests++);
      return of.time.runUntil(() => rests > before, of.time.nowMs + 30_000);
    };
    void of.boot();
    expect(await rest()).toBe(true);
    const { management } = of.leaderOf(0)!;
    const plan = management!.plan.bind(management);
    let waiting = underWay();
    expect(waiting).toHaveLength(1);
    management!.plan = async () => ({ ...(await plan()), waiting });
    expect(await rest()).toBe(false);
    expect(settling.why).toBe(waiting[0]);
    waiting = ['voter 3 of cluster 1 is down, and no active node with room can take its place: add a node, or raise a capacity'];
    expect(await rest()).toBe(true);
    settling.verify();
  }, 60_000);
});

describe('the size of a cluster at rest (S3)', () => {
  const voting = { role: 'voter-only' } as const;
  it.each([
    ['who alone runs code stays while it is drained', [{}, voting, voting], 3],
    ['also beside fewer', [{}, voting], 2],
    ['and goes where another one runs code', [{}, {}, voting], 2],
    ['where it is the only node, it stays', [{}], 1],
  ] as const)('%s', (_what, nodes, size) => {
    const w = new ManagerWorld({ nodes, members: nodes.map((_, at) => at + 1) });
    w.t.nodeState(1, 'draining');
    for (let round = 0; round < 8; round++) w.round();
    const { topology } = w.t;
    const cluster = topology.clusters.get(1)!;
    expect(sizeAtRest(topology, cluster)).toBe(size);
    expect(cluster.members).toHaveLength(size);
  });
});
