import { describe, expect, it } from '@jest/globals';
import { TopologyUnderTest, idOf } from '../../test/support/topology-machine.js';
import { RoutingTable } from './routing-table.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

function topology(): TopologyUnderTest {
  const under = TopologyUnderTest.founded(6);
  under.record(1, 1, [1, 2, 3]);
  const created = idOf(under.create([4, 5, 6], { metadata: [{ name: 'region', value: 'eu' }] }));
  expect(created).toBe(2);
  return under;
}

describe('RoutingTable', () => {
  it('is what the topology says: owners of slots, members, labels, and whether anything new may begin there', () => {
    const under = topology();
    const table = RoutingTable.of(under.topology)!;
    expect(table.version).toBe(under.version);
    expect([...table.clusters.keys()]).toEqual([1, 2]);
    expect(table.clusters.get(1)).toMatchObject({ isActive: true, members: [1, 2, 3], slots: 4096 });
    expect(table.clusters.get(2)).toMatchObject({ members: [4, 5, 6], slots: 0, labels: new Map([['region', 'eu']]) });
    expect([table.ownerOf(0), table.ownerOf(4095), table.membersOf(9)]).toEqual([1, 1, []]);
  });

  it('who is down is asked last, who is still to become a member not at all', () => {
    const under = topology();
    under.nodeState(1, 'down');
    under.associate(1, 6);
    expect(under.members(1)).toContain('6 joining');
    expect(RoutingTable.of(under.topology)!.membersOf(1)).toEqual([2, 3, 1]);
  });

  it('nothing new begins where no member runs code', () => {
    const roles = ['full', 'full', 'full', 'voter-only', 'voter-only', 'voter-only'] as const;
    const under = TopologyUnderTest.founded(roles.map((role) => ({ role })));
    under.create([4, 5, 6]);
    under.create([3, 4, 5]);
    expect([...RoutingTable.of(under.topology)!.clusters.values()].map(({ isActive }) => isActive)).toEqual([true, false, true]);
  });

  it('nor where no member has registered a workflow, unless nobody has registered any', () => {
    const none = { workflows: [] };
    const under = TopologyUnderTest.founded([{}, {}, {}, none, none, none]);
    under.create([4, 5, 6]);
    const active = (): boolean[] => [...RoutingTable.of(under.topology)!.clusters.values()].map(({ isActive }) => isActive);
    expect(active()).toEqual([true, false]);
    under.nodeInfo(5, { incarnation: 2 });
    expect(active()).toEqual([true, true]);
    const unregistered = TopologyUnderTest.founded([none, none, none]);
    expect(RoutingTable.of(unregistered.topology)!.clusters.get(1)!.isActive).toBe(true);
  });

  it('is nothing before the deployment was founded', () => {
    expect(RoutingTable.of(new TopologyUnderTest().topology)).toBeNull();
  });

  it('T2: comes back from its bytes as it was, and ignores what it does not know', () => {
    const owners = Uint32Array.from({ length: 4096 }, (_, slot) => (slot < 100 ? 0 : slot % 3 === 0 ? 1 : 2));
    const clusters = [
      { clusterId: 2, isActive: false, members: [3, 1], labels: new Map([['a', 'ü']]) },
      { clusterId: 1, isActive: true, members: [], labels: new Map<string, string>() },
    ];
    const table = new RoutingTable(7, clusters, owners);
    const again = RoutingTable.decode(table.encode());
    expect(again).toEqual(table);
    expect(RoutingTable.decode(bytes({ ...(JSON.parse(text(table.encode())) as object), later: 1 }))).toEqual(table);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['null', bytes(null)],
    ['no version', bytes({ clusters: [], owners: [[0, 4096]] })],
    ['a version below 0', bytes({ version: -1, clusters: [], owners: [[0, 4096]] })],
    ['too few slots', bytes({ version: 1, clusters: [], owners: [[1, 4095]] })],
    [
      'too many slots',
      bytes({
        version: 1,
        clusters: [],
        owners: [
          [1, 4096],
          [2, 1],
        ],
      }),
    ],
    [
      'an empty run',
      bytes({
        version: 1,
        clusters: [],
        owners: [
          [1, 0],
          [2, 4096],
        ],
      }),
    ],
    [
      'a cluster twice',
      bytes({
        version: 1,
        clusters: [
          [1, true, [], {}],
          [1, true, [], {}],
        ],
        owners: [[1, 4096]],
      }),
    ],
    ['a cluster 0', bytes({ version: 1, clusters: [[0, true, [], {}]], owners: [[1, 4096]] })],
    ['a member that is no number', bytes({ version: 1, clusters: [[1, true, ['x'], {}]], owners: [[1, 4096]] })],
    ['a label that is no text', bytes({ version: 1, clusters: [[1, true, [], { a: 1 }]], owners: [[1, 4096]] })],
  ])('P8: %s is MALFORMED_FRAME', (_, body) => {
    expect(() => RoutingTable.decode(body)).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
  });

  it('five hundred nodes in three hundred clusters take less than 100 kB', () => {
    const clusters = Array.from({ length: 300 }, (_, i) => ({
      clusterId: i + 1,
      isActive: true,
      members: [0, 1, 2].map((k) => ((i * 5 + k * 101) % 500) + 1),
      labels: new Map([['region', 'eu-central-1']]),
    }));
    const owners = Uint32Array.from({ length: 4096 }, (_, slot) => ((Math.imul(slot, 2_654_435_761) >>> 8) % 300) + 1);
    expect(new RoutingTable(1, clusters, owners).encode().length).toBeLessThan(100_000);
  });
});
