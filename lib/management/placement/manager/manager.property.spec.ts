import { describe, expect, it } from '@jest/globals';
import { TopologyWorld, describeDecision } from '../../../../test/support/topology-world.js';
import { idOf, nodeInfo } from '../../../../test/support/topology-machine.js';
import { xorshift } from '../../../../test/support/workflow-chaos.js';
import { SLOT_COUNT, type NodeInfo } from '../../command.js';

const SEEDS = Array.from({ length: 24 }, (_, i) => i + 1);
const FAULT_ROUNDS = 50;
/** From any state that faults leave, with at most 14 nodes. */
const QUIET_ROUNDS_MAX = 400;

const NO_WORKFLOWS: Partial<NodeInfo> = { workflows: [] };

type Draw = (below: number) => number;

function randomNode(draw: Draw): Partial<NodeInfo> {
  const roles = ['full', 'full', 'full', 'voter-only', 'client'] as const;
  const more = draw(5) === 0 ? NO_WORKFLOWS : {};
  return { zone: ['', 'a', 'b', 'c'][draw(4)]!, capacity: 1 + draw(4), role: roles[draw(roles.length)]!, ...more };
}

/** Nodes that full clusters could be made of. */
function randomWorld(draw: Draw): TopologyWorld {
  const nodes = Array.from({ length: 3 + draw(6) }, (_, i) => (i < 3 ? { zone: ['a', 'b', ''][i]! } : randomNode(draw)));
  const world = new TopologyWorld({
    nodes,
    members: draw(3) === 0 ? [1] : [1, 2, 3],
    management: [1 + draw(3)],
    policy: {
      nodeForgetAfterMs: 600_000,
      openWorkflowsMax: 5_000,
      balanceFrom: 200,
      decisionsMax: 1 + draw(32),
      changingClustersMax: 1 + draw(4),
      movesMax: 1 + draw(8),
    },
  });
  // Clients are no members of cluster 0, which the world makes of all.
  for (const { node, info } of world.t.topology.nodes.values()) if (info.role === 'client') world.leaveManagement(node);
  for (let slot = 0; slot < SLOT_COUNT; slot++) world.slotLoad[slot] = draw(5) / 2;
  return world;
}

/** Something happens that no manager decided. */
function disturb(world: TopologyWorld, draw: Draw): void {
  const nodes = [...world.t.topology.nodes.values()];
  const { node, state } = nodes[draw(nodes.length)]!;
  switch (draw(10)) {
    case 0:
    case 1:
      return world.setLive(node, false);
    case 2:
    case 3:
      return world.setLive(node, true);
    case 4:
      if (state === 'active') world.t.nodeState(node, 'draining');
      return;
    case 5:
      if (state === 'draining') world.t.nodeState(node, 'active');
      return;
    case 6:
      if (nodes.length < 14) world.join(randomNode(draw));
      return;
    case 7: {
      const from = draw(SLOT_COUNT);
      for (let slot = from; slot < Math.min(SLOT_COUNT, from + 900); slot++) world.slotLoad[slot] = draw(6) / 2;
      return;
    }
    case 8:
      return operate(world, draw);
    case 9: {
      // Started again, with the application or without it.
      const { state: now, info } = world.t.topology.nodes.get(node)!;
      if (now === 'left') return;
      const { workflows } = draw(2) === 0 ? NO_WORKFLOWS : nodeInfo();
      return void idOf(world.t.nodeInfo(node, { ...info, incarnation: info.incarnation + 1, workflows: workflows! }));
    }
  }
}

/** Operators ask nobody how many clusters there are, or retire already. What the state machine refuses is not so. */
function operate(world: TopologyWorld, draw: Draw): void {
  const { t } = world;
  const ids = [...t.topology.nodes.keys()];
  if (t.topology.clusters.size < 6) t.create(Array.from(new Set([1, 2, 3].map(() => ids[draw(ids.length)]!))));
  world.carryOutAll(0);
  for (const { clusterId } of [...t.topology.clusters.values()]) if (draw(2) === 0) t.clusterState(clusterId, 'retiring');
}

/** D3, at any moment. */
function check(world: TopologyWorld): void {
  const { clusters, slots, moves } = world.t.topology;
  let owned = 0;
  for (const { clusterId, members } of clusters.values()) {
    const ids = members.map(({ node }) => node);
    expect(new Set(ids).size).toBe(ids.length);
    const { voters, learners } = world.groups.get(clusterId)!;
    expect(voters.length).toBeGreaterThan(0);
    expect(new Set([...voters, ...learners]).size).toBe(voters.length + learners.length);
    owned += slots.countOf(clusterId);
  }
  expect(owned).toBe(SLOT_COUNT);
  expect(moves.size).toBeLessThanOrEqual(world.policy.movesMax);
}

/** What must be so when nothing is to be done any more. */
function checkEnd(world: TopologyWorld): void {
  const { clusters, nodes, slots } = world.t.topology;
  const waiting = world.plan().waiting.join('\n');
  for (const { clusterId, state, members, slotTarget } of clusters.values()) {
    if (world.leaderOf(clusterId) === 0) continue;
    expect([clusterId, state]).toEqual([clusterId, 'active']);
    expect(slots.countOf(clusterId)).toBe(slotTarget);
    for (const { node, state: member } of members) {
      expect([clusterId, node, member]).toEqual([clusterId, node, 'voter']);
      // Who is not fit to be a member is one only if nobody else can be.
      const record = nodes.get(node)!;
      if (record.state !== 'active') expect(waiting).toMatch(new RegExp(`cluster ${clusterId}\\b`));
    }
    expect(members.map(({ node }) => node)).toEqual([...world.groups.get(clusterId)!.voters].sort((a, b) => a - b));
    // U4 of upkeep-rules.ts.
    const registered = [...nodes.values()].filter(({ info }) => info.role === 'full' && info.workflows.length > 0).map(({ node }) => node);
    const runsCode = (node: number): boolean =>
      registered.length === 0 ? nodes.get(node)!.info.role === 'full' : registered.includes(node);
    if (!members.some(({ node }) => runsCode(node))) expect(waiting).toMatch(new RegExp(`nobody in cluster ${clusterId} runs code`));
  }
}

describe('decisions from random views to a fixed point', () => {
  it.each(SEEDS)('D2, D3: never refused, never below a majority, never a node twice; ends, with bounded moves (seed %d)', (seed) => {
    const random = xorshift(seed * 104_729);
    const draw: Draw = (below) => random() % below;
    const world = randomWorld(draw);
    for (let round = 0; round < FAULT_ROUNDS; round++) {
      if (draw(3) === 0) disturb(world, draw);
      const plan = world.round();
      expect(plan.decisions.length).toBeLessThanOrEqual(world.policy.decisionsMax);
      for (const { explanation } of plan.decisions) expect(explanation.length).toBeGreaterThan(20);
      check(world);
      // The leader of the management cluster changes: nothing but the state is left.
      if (draw(5) === 0) world.t.restart();
      world.pass([1_000, 10_000, 40_000][draw(3)]!);
    }
    // The faults end; who is dead is dead, but nobody's majority.
    for (const { voters } of world.groups.values()) {
      for (const node of voters) if (voters.filter((one) => world.isLive(one)).length * 2 <= voters.length) world.setLive(node, true);
    }
    world.slotsMoved = 0;
    world.untilQuiet(QUIET_ROUNDS_MAX);
    checkEnd(world);
    expect(world.slotsMoved).toBeLessThanOrEqual(4 * SLOT_COUNT);
    expect(world.plan().decisions.map(describeDecision)).toEqual([]);
  });

  it('one node becomes nine, with load: three clusters of three, a third of the slots each, and then six again', () => {
    const world = new TopologyWorld({ nodes: 1, members: [1], management: [1] });
    world.slotLoad.fill(1);
    for (let i = 0; i < 8; i++) {
      world.join({ zone: ['a', 'b', 'c'][i % 3]! });
      world.round();
      world.pass(1_000);
    }
    world.untilQuiet(QUIET_ROUNDS_MAX);
    const shape = (): unknown =>
      [...world.t.topology.clusters.values()].map(({ clusterId, members }) => [members.length, world.t.topology.slots.countOf(clusterId)]);
    expect(shape()).toEqual([
      [3, 1365],
      [3, 1366],
      [3, 1365],
    ]);
    expect(new Set([...world.t.topology.clusters.values()].flatMap(({ members }) => members.map(({ node }) => node))).size).toBe(9);
    expect(world.groups.get(0)).toMatchObject({ voters: { length: 3 }, learners: { length: 6 } });
    // Each slot moved once at most to get there: no more than the newcomers' shares.
    expect(world.slotsMoved).toBeLessThanOrEqual(2_048 + 1_365);
    for (const node of [7, 8, 9]) world.t.nodeState(node, 'draining');
    world.untilQuiet(QUIET_ROUNDS_MAX);
    for (const node of [7, 8, 9]) expect(world.t.topology.hostedBy(node)).toBe(0);
    expect(world.groups.get(0)!.voters.some((node) => node > 6)).toBe(false);
  });
});
