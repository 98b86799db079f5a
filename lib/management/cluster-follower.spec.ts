/** F1–F5: what the topology says is what a node opens, closes and destroys. */
import { describe, expect, it } from '@jest/globals';
import { SILENT_LOGGER } from '../cluster/logger.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { ClusterFollower, followSteps, type FollowedClusters } from './cluster-follower.js';
import type { ClusterView, MemberState, TopologyView } from './state.js';

const SELF = 3;

function cluster(clusterId: number, members: Readonly<Record<number, MemberState>>, confIndex = 0): ClusterView {
  return {
    clusterId,
    state: 'active',
    targetSize: 3,
    slotTarget: 0,
    metadata: [],
    members: Object.entries(members).map(([node, state]) => ({ node: Number(node), state, replaces: 0 })),
    confIndex,
    changedAt: 1,
    changedMs: 1,
  };
}

function topology(...clusters: readonly ClusterView[]): Pick<TopologyView, 'deployment' | 'clusters' | 'clusterIdHighest'> {
  return { deployment: 'd', clusterIdHighest: 9, clusters: new Map(clusters.map((one) => [one.clusterId, one])) };
}

const hosting = (
  ids: readonly number[],
  outside: readonly number[] = [],
  stored: readonly number[] = ids,
  removed: readonly number[] = [],
) => ({
  isRemoved: (clusterId: number) => removed.includes(clusterId),
  ids: () => ids,
  stored: () => stored,
  isOutside: (clusterId: number) => outside.includes(clusterId),
});

const V = 'voter' as const;

describe('followSteps()', () => {
  const rows: ReadonlyArray<readonly [string, ReturnType<typeof topology>, ReturnType<typeof hosting>, readonly string[]]> = [
    ['F2: a new cluster is opened with its first members', topology(cluster(2, { 1: V, 3: V, 4: V })), hosting([]), ['open 2 with 1,3,4']],
    [
      'F2: with its first members alone, though another one joins already',
      topology(cluster(2, { 1: V, 3: V, 4: V, 5: 'joining' })),
      hosting([]),
      ['open 2 with 1,3,4'],
    ],
    ['F2: who is to join waits to be added', topology(cluster(2, { 1: V, 3: 'joining', 4: V })), hosting([]), ['open 2 with ']],
    [
      'F2: once members were recorded, everybody waits to be added',
      topology(cluster(2, { 1: V, 3: V }, 17)),
      hosting([]),
      ['open 2 with '],
    ],
    [
      'F2: where one is to leave, nobody can tell who was among the first',
      topology(cluster(2, { 1: V, 3: V, 4: 'leaving' })),
      hosting([]),
      ['open 2 with '],
    ],
    ['what is open stays', topology(cluster(2, { 1: V, 3: V })), hosting([2]), []],
    ['others’ clusters are not opened', topology(cluster(2, { 1: V, 4: V })), hosting([]), []],
    [
      'F3: what names this node no more is closed, once its replica is out',
      topology(cluster(2, { 1: V })),
      hosting([2], [2]),
      ['close 2 with '],
    ],
    ['F3: and not before', topology(cluster(2, { 1: V })), hosting([2]), []],
    [
      'F6: a replica that was removed, and is named again before it was closed, is closed: it can not be added any more, and is opened anew',
      topology(cluster(2, { 1: V, 3: 'joining' }, 17)),
      hosting([2], [2], [2], [2]),
      ['close 2 with '],
    ],
    ['F6: one that waits to be added stays open', topology(cluster(2, { 1: V, 3: 'joining' }, 17)), hosting([2], [2]), []],
    ['F3: rows of what was closed stay', topology(cluster(2, { 1: V })), hosting([], [], [0, 2]), []],
    ['F4: a destroyed cluster goes, open or not', topology(), hosting([2], [], [0, 2, 5]), ['destroy 2 with ', 'destroy 5 with ']],
    ['F4: one that this topology does not know of yet stays', topology(), hosting([12], [12]), []],
    ['F5: nothing before the founding', { ...topology(), deployment: '' }, hosting([1], [1]), []],
  ];
  it.each(rows)('%s', (_, view, clusters, steps) => {
    expect(followSteps(SELF, view, clusters).map(({ what, clusterId, members }) => `${what} ${clusterId} with ${members.join()}`)).toEqual(
      steps,
    );
  });
});

describe('ClusterFollower', () => {
  it('F1: what failed is tried again, though nothing else happens', async () => {
    const time = new VirtualTime();
    const open = new Set<number>();
    let calls = 0;
    const follower = new ClusterFollower({
      nodeId: SELF,
      topology: () => topology(cluster(2, { 3: V })) as TopologyView,
      clusters: {
        ...hosting([]),
        ids: () => [...open],
        open: async (clusterId) => {
          if (++calls < 3) throw new Error('not now');
          open.add(clusterId);
        },
        close: async () => undefined,
        destroy: async () => undefined,
      },
      clock: time.createNode(),
      logger: SILENT_LOGGER,
      confirm: async () => undefined,
      ask: () => undefined,
    });
    follower.review();
    await time.advance(500);
    expect(calls).toBe(1);
    await time.advance(5_000);
    expect([calls, [...open]]).toEqual([3, [2]]);
    await follower.stop();
  });

  it('F1: does one thing after the other, tries again what failed, and looks anew at what came meanwhile', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    const open = new Set<number>();
    const calls: string[] = [];
    let view = topology(cluster(2, { 3: V }), cluster(4, { 3: V }));
    let failures = 1;
    const clusters: FollowedClusters = {
      ids: () => [...open],
      stored: () => [...open],
      isOutside: () => true,
      isRemoved: () => false,
      open: async (clusterId) => {
        calls.push(`open ${clusterId}`);
        if (clusterId === 2 && failures-- > 0) throw new Error('not now');
        open.add(clusterId);
        view = topology(cluster(2, { 3: V }), cluster(5, { 3: V }));
        follower.review();
      },
      close: async (clusterId) => void open.delete(clusterId),
      destroy: async (clusterId) => {
        calls.push(`destroy ${clusterId}`);
        open.delete(clusterId);
      },
    };
    const follower = new ClusterFollower({
      nodeId: SELF,
      topology: () => view as TopologyView,
      clusters,
      clock: node,
      logger: SILENT_LOGGER,
      confirm: async () => undefined,
      ask: () => undefined,
    });
    follower.review();
    await time.advance(10);
    expect(calls).toEqual(['open 2', 'open 4', 'destroy 4', 'open 2', 'open 5']);
    expect([...open]).toEqual([2, 5]);
    await time.advance(5_000);
    await follower.stop();
    follower.review();
    expect(calls).toHaveLength(5);
  });

  /**
   * A node that is started again with an older topology on its disk, in which cluster 2 begins with it, and 4, of which it has rows, and 5, of which it has none, name it as one to be
   * added; what it learns when it asks is `newest`.
   */
  function startedAgain(newest: ReturnType<typeof topology>, confirmations: ReadonlyArray<'known' | 'nobody leads'>) {
    const time = new VirtualTime();
    const calls: string[] = [];
    const open = new Set<number>();
    let view = topology(cluster(2, { 3: V }), cluster(4, { 3: 'joining', 5: V }, 17), cluster(5, { 3: 'joining', 5: V }, 17));
    const answers = [...confirmations];
    const follower = new ClusterFollower({
      nodeId: SELF,
      topology: () => view as TopologyView,
      clusters: {
        ids: () => [...open],
        stored: () => [4, ...open],
        isOutside: () => true,
        isRemoved: () => false,
        open: async (clusterId, members) => {
          calls.push(`open ${clusterId} with ${members.join()}`);
          open.add(clusterId);
        },
        close: async () => undefined,
        destroy: async () => undefined,
      },
      clock: time.createNode(),
      logger: SILENT_LOGGER,
      confirm: async () => {
        calls.push('confirm');
        if (answers.shift() === 'nobody leads') throw new Error('nobody leads cluster 0');
        view = newest;
      },
      ask: () => undefined,
    });
    follower.review();
    return { time, calls, follower };
  }

  it('F7: begins a cluster only on what the management cluster has now: one that was destroyed since is not begun again under its id', async () => {
    const { time, calls } = startedAgain(topology(cluster(4, { 3: 'joining', 5: V }, 17)), ['known']);
    await time.advance(10_000);
    expect(calls).toEqual(['open 4 with ', 'confirm']);
  });

  it('F7: one term, one vote: a member that waits to be added, and has nothing of the group, may have had a vote in it before that was destroyed', async () => {
    const newest = topology(cluster(2, { 3: V }), cluster(4, { 3: 'joining', 5: V }, 17));
    const { time, calls } = startedAgain(newest, ['nobody leads', 'known', 'known']);
    await time.advance(10_000);
    expect(calls).toEqual(['open 4 with ', 'confirm', 'confirm', 'confirm', 'open 2 with 3']);
  });

  it('F7: and tries again while nobody can tell; what is stored is opened at once', async () => {
    const same = topology(cluster(2, { 3: V }), cluster(4, { 3: 'joining', 5: V }, 17), cluster(5, { 3: 'joining', 5: V }, 17));
    const { time, calls } = startedAgain(same, ['nobody leads', 'nobody leads', 'known', 'known']);
    await time.advance(10_000);
    expect(calls).toEqual(['open 4 with ', 'confirm', 'confirm', 'confirm', 'open 2 with 3', 'confirm', 'open 5 with ']);
  });

  it('F8: asks the members of a cluster that names this node no more whether its replica may go, as long as nobody told it', async () => {
    const time = new VirtualTime();
    const asked: string[] = [];
    let outside = false;
    const open = new Set([2]);
    const follower = new ClusterFollower({
      nodeId: SELF,
      topology: () => topology(cluster(2, { 5: V, 6: V, 7: 'joining' }, 17)) as TopologyView,
      clusters: {
        ids: () => [...open],
        stored: () => [2],
        isOutside: () => outside,
        isRemoved: () => outside,
        open: async () => undefined,
        close: async (clusterId) => void open.delete(clusterId),
        destroy: async () => undefined,
      },
      clock: time.createNode(),
      logger: SILENT_LOGGER,
      confirm: async () => undefined,
      ask: (clusterId, members) => void asked.push(`${clusterId}: ${members.join()}`),
    });
    follower.review();
    await time.advance(2_500);
    expect(asked).toEqual(['2: 5,6,7', '2: 5,6,7', '2: 5,6,7']);
    outside = true;
    follower.review();
    await time.advance(10_000);
    expect(asked).toHaveLength(3);
    expect([...open]).toEqual([]);
  });
});
