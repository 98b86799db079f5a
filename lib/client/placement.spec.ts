import { describe, expect, it } from '@jest/globals';
import type { PlacementPolicy } from '../workflow/service.js';
import { isWorkflowId, slotOf } from '../workflow/slot.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { Placement, sumOfKnown } from './placement.js';
import { RoutingTable } from './routing-table.js';

const random = new SeededRandom(3);

/** Clusters 1, 2, 3 with a third of the slots each; 4 with none; 5 is being emptied. */
function table(): RoutingTable {
  const owners = Uint32Array.from({ length: 4096 }, (_, slot) => (slot === 4095 ? 5 : (slot % 3) + 1));
  const clusters = [1, 2, 3, 4, 5].map((clusterId) => ({
    clusterId,
    isActive: clusterId !== 5,
    members: [clusterId],
    labels: new Map([
      ['region', clusterId === 3 ? 'us' : 'eu'],
      ['tier', String(clusterId)],
    ]),
  }));
  return new RoutingTable(1, clusters, owners);
}

function clustersOf(
  policy: PlacementPolicy,
  count: number,
  loads: Readonly<Record<number, number>> = {},
  hosted: readonly number[] = [],
): number[] {
  const placement = new Placement({
    random,
    policy,
    isHosted: (clusterId) => hosted.includes(clusterId),
    load: (clusterId) => loads[clusterId],
    monotonic: () => 0,
  });
  const map = table();
  return Array.from({ length: count }, () => {
    const id = placement.mint(map);
    expect(isWorkflowId(id)).toBe(true);
    return map.ownerOf(slotOf(id));
  });
}

describe('where a new workflow begins', () => {
  it('round-robin: each cluster in turn; none without slots, none that is being emptied', () => {
    expect(clustersOf('round-robin', 7)).toEqual([1, 2, 3, 1, 2, 3, 1]);
  });

  it('least-loaded: the one with the fewest open workflows; those of which nothing was heard are empty', () => {
    expect(clustersOf('least-loaded', 2, { 1: 5, 2: 3, 3: 9 })).toEqual([2, 2]);
    expect(clustersOf('least-loaded', 3, { 1: 5, 2: 3 })).toEqual([3, 3, 3]);
    expect(clustersOf('least-loaded', 3, {}).sort()).toEqual([1, 2, 3]);
  });

  it('P4: a burst of starts does not go to one cluster: what was begun here counts until it has been heard', () => {
    const loads = { 1: 5, 2: 3, 3: 4 };
    const after = new Map(Object.entries(loads).map(([clusterId, load]) => [Number(clusterId), load]));
    for (const clusterId of clustersOf('least-loaded', 9, loads)) after.set(clusterId, after.get(clusterId)! + 1);
    expect([...after.values()]).toEqual([7, 7, 7]);
    // Of what is hosted here the load is exact, and what was begun is in it.
    expect(clustersOf('least-loaded', 4, { 1: 5, 2: 3, 3: 4 }, [2])).toEqual([2, 2, 2, 2]);
  });

  it('P4: what was begun is forgotten once it must have been heard', () => {
    let nowMs = 0;
    const placement = new Placement({
      random,
      policy: 'least-loaded',
      isHosted: () => false,
      load: (clusterId) => (clusterId === 2 ? 0 : 3),
      monotonic: () => nowMs,
    });
    const map = table();
    const next = (): number => map.ownerOf(slotOf(placement.mint(map)));
    expect([next(), next(), next()]).toEqual([2, 2, 2]);
    for (let i = 0; i < 7; i++) next();
    // 16 in all: two of the three have five.
    nowMs = 6_000;
    expect(next()).not.toBe(next());
    nowMs = 30_000;
    expect([next(), next(), next()]).toEqual([2, 2, 2]);
  });

  it('the load of a cluster is what is known of its members', () => {
    expect([sumOfKnown([]), sumOfKnown([undefined, undefined]), sumOfKnown([3, undefined, 4]), sumOfKnown([0])]).toEqual([
      undefined,
      undefined,
      7,
      0,
    ]);
  });

  it('local-first: one that this node hosts, else any', () => {
    expect(clustersOf('local-first', 3, {}, [2, 4, 5])).toEqual([2, 2, 2]);
    expect(clustersOf('local-first', 3, {}, [4])).toEqual([1, 2, 3]);
  });

  it('labels: one that has all of them, else any', () => {
    expect(clustersOf({ labels: { region: 'eu' } }, 4)).toEqual([1, 2, 1, 2]);
    expect(clustersOf({ labels: { region: 'eu', tier: '2' } }, 2)).toEqual([2, 2]);
    expect(clustersOf({ labels: { region: 'mars' } }, 3)).toEqual([1, 2, 3]);
  });

  it('without a table an id is any uuid', () => {
    const placement = new Placement({ random, policy: 'round-robin', isHosted: () => false, load: () => undefined, monotonic: () => 0 });
    expect(placement.mint(null)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('P2: a request id is its workflow id; one that can not be one names its slot, on every node', () => {
    const uuid = (): string => random.uuid();
    expect(Placement.idFor('order-7', uuid)).toBe('order-7');
    for (const requestId of ['a\nb', 'ü'.repeat(200), '\ud800']) {
      const ids = [Placement.idFor(requestId, uuid), Placement.idFor(requestId, uuid)];
      expect(ids.map(slotOf)).toEqual([slotOf(requestId), slotOf(requestId)]);
      expect(ids.every(isWorkflowId)).toBe(true);
    }
  });
});
