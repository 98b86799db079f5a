import { describe, expect, it } from '@jest/globals';
import { TopologyUnderTest, idOf, nodeInfo, outcomeOf } from '../../test/support/topology-machine.js';
import { isRaftoralError } from '../errors/index.js';
import { SLOT_COUNT, TopologyKind, type MovePhase } from './command.js';
import { TopologyStateMachine } from './state-machine.js';

function busy(): TopologyUnderTest {
  const t = TopologyUnderTest.founded([
    { zone: 'a' },
    { zone: 'b' },
    { labels: [{ name: 'rack', value: '1' }] },
    {},
    {},
    { role: 'voter-only' },
  ]);
  t.membership([1, 2, 3], { learners: [4, 5] });
  idOf(t.addNode('a', { workflows: [] }));
  t.nowMs += 500;
  idOf(t.create([4, 5, 6], { metadata: [{ name: 'name', value: 'x' }] }));
  idOf(t.nodeState(3, 'draining'));
  idOf(t.nodeState(3, 'down'));
  idOf(t.associate(1, 4, { replaces: 3 }));
  idOf(t.disassociate(2, 6));
  idOf(t.record(1, 7, [1, 2, 3], [4]));
  idOf(t.targets({ 1: 2000, 2: 2096 }));
  t.move(1, 2, [{ first: 100, count: 50 }]);
  idOf(t.beginMove(1, 2, [{ first: 10, count: 5 }]));
  return t;
}

/** Nodes and clusters with three members each, slots in as many pieces as there can be. */
function large(nodes: number, clusters: number): TopologyUnderTest {
  const t = TopologyUnderTest.founded(
    Array.from({ length: nodes }, (_, i) => ({ addresses: [`node-${i + 1}.example.org:7000`], zone: `zone-${i % 3}`, capacity: 1_000 })),
  );
  for (let i = 1; i < clusters; i++) idOf(t.create([(i % nodes) + 1, ((i + 1) % nodes) + 1, ((i + 2) % nodes) + 1]));
  return t;
}

describe('snapshots of the management cluster', () => {
  it('S3: a machine that is restored goes on like the one that was not, byte for byte', () => {
    const [t, other] = [busy(), busy()];
    other.restart();
    expect(Buffer.compare(other.machine.snapshot(), t.machine.snapshot())).toBe(0);
    for (const one of [t, other]) {
      one.nowMs += 10_000;
      idOf(one.advance(2, 'frozen'));
      idOf(one.nodeState(3, 'active'));
      idOf(one.record(1, 9, [1, 2, 4]));
      idOf(one.addNode('b'));
      idOf(one.create([5]));
    }
    expect(Buffer.compare(other.machine.snapshot(), t.machine.snapshot())).toBe(0);
    expect([...other.topology.nodes.values()]).toEqual([...t.topology.nodes.values()]);
    expect([...other.topology.clusters.values()]).toEqual([...t.topology.clusters.values()]);
    expect([...other.topology.moves.values()]).toEqual([...t.topology.moves.values()]);
    for (const node of t.topology.nodes.keys()) expect(other.topology.hostedBy(node)).toBe(t.topology.hostedBy(node));
    const slotsOf = ({ topology: { slots } }: TopologyUnderTest): unknown =>
      Array.from({ length: SLOT_COUNT }, (_, slot) => [slots.ownerOf(slot), slots.moveOf(slot)]);
    expect(slotsOf(other)).toEqual(slotsOf(t));
  });

  it('R41: a slot that is moving, in whichever phase, is in that move after a restore, and is not taken into another one', () => {
    const t = busy();
    const phases: readonly MovePhase[] = ['copying', 'frozen', 'imported', 'activated', 'aborting', 'aborted'];
    const ways: Readonly<Record<MovePhase, readonly MovePhase[]>> = {
      copying: [],
      frozen: ['frozen'],
      imported: ['frozen', 'imported'],
      activated: ['frozen', 'imported', 'activated'],
      aborting: ['aborting'],
      aborted: ['aborting', 'aborted'],
    };
    const moves = phases.map((phase, i) => {
      const moveId = idOf(t.beginMove(1, 2, [{ first: 1_000 + i, count: 1 }]));
      for (const next of ways[phase]) idOf(t.advance(moveId, next));
      return { moveId, slot: 1_000 + i };
    });
    t.restart();
    for (const { moveId, slot } of moves) {
      expect(t.topology.slots.moveOf(slot)).toBe(moveId);
      const owner = t.topology.slots.ownerOf(slot);
      expect(outcomeOf(t.beginMove(owner, owner === 1 ? 2 : 1, [{ first: slot, count: 1 }]))).toBe('under-way');
    }
  });

  it('P8: any flipped bit, any cut and any tail is MALFORMED_FRAME, and the state stays as it was', () => {
    const t = busy();
    const good = t.machine.snapshot();
    const refused = (bytes: Uint8Array): void => {
      let code: string | undefined;
      try {
        t.machine.restore(99, bytes);
      } catch (error) {
        code = isRaftoralError(error) ? error.code : String(error);
      }
      expect(code).toBe('MALFORMED_FRAME');
    };
    for (let at = 0; at < good.length; at++) {
      const flipped = Uint8Array.from(good);
      flipped[at]! ^= 1 << (at % 8);
      refused(flipped);
      refused(good.slice(0, at));
    }
    refused(Uint8Array.from([...good, 0]));
    expect(Buffer.compare(t.machine.snapshot(), good)).toBe(0);
  });

  it('T4: the size follows nodes, members and pieces of the slot map, and has a bound for each; workflows are nowhere in it', () => {
    const bytesOf = (t: TopologyUnderTest): number => t.machine.snapshot().length;
    const base = bytesOf(large(10, 1));
    const perNode = (bytesOf(large(510, 1)) - base) / 500;
    const perCluster = (bytesOf(large(10, 301)) - base) / 300;
    expect(perNode).toBeLessThan(80);
    expect(perCluster).toBeLessThan(50);
    const pieces = large(10, 2);
    idOf(pieces.targets({ 1: 2048, 2: 2048 }));
    pieces.move(
      1,
      2,
      Array.from({ length: 2048 }, (_, i) => ({ first: 2 * i, count: 1 })),
    );
    expect(bytesOf(pieces) - base).toBeLessThan(SLOT_COUNT * 2 + 100);
    // 500 nodes and 300 clusters, all at once.
    const whole = large(500, 300);
    expect(bytesOf(whole)).toBeLessThan(500 * 80 + 300 * 50 + 1_000);
    process.stdout.write(
      `management state: ${perNode.toFixed(1)} bytes a node, ${perCluster.toFixed(1)} a cluster of three, ${bytesOf(whole)} for 500 nodes and 300 clusters\n`,
    );
  });

  it('nodes of one build share the list of what they register: a thousand workflow types cost each node a number', () => {
    const workflows = Array.from({ length: 1_000 }, (_, i) => ({ name: `workflow_${1_000 + i}`, versions: [1, 2] }));
    const t = TopologyUnderTest.founded(3);
    const bytes: number[] = [];
    for (let i = 0; i < 50; i++) {
      idOf(t.addNode(`token-${i}`, { workflows }));
      bytes.push(t.machine.snapshot().length);
    }
    expect(bytes.at(-1)! - bytes[0]!).toBeLessThan(50 * 80);
    const lists = new Set([...t.topology.nodes.values()].map(({ info }) => info.workflows));
    expect(lists.size).toBe(2);
    t.restart();
    expect(new Set([...t.topology.nodes.values()].map(({ info }) => info.workflows)).size).toBe(2);
  });

  it('an empty machine has a snapshot too, and a sink is kept over a restore', () => {
    const t = new TopologyUnderTest();
    t.restart();
    expect(Buffer.compare(t.machine.snapshot(), new TopologyStateMachine().snapshot())).toBe(0);
    const command = {
      kind: TopologyKind.FOUND,
      deployment: 'd',
      nodes: [{ node: 1, info: nodeInfo() }],
      members: [1],
      targetSize: 1,
      nodeIdHighest: 1,
    } as const;
    t.accept(command);
    expect(t.events.map(({ type }) => type)).toEqual(['founded']);
  });
});
