/**
 * The management of a deployment over real groups: hosts, cluster 0, execution clusters, gossip and a simulated network, in virtual time (manager, observations, calls).
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../../lib/errors/index.js';
import { encodeTopologyCommand } from '../../lib/management/command-codec.js';
import { TopologyKind, type NodeInfo } from '../../lib/management/command.js';
import type { TopologyNotice } from '../../lib/management/topology-changes.js';
import { frame } from '../support/raft-cluster.js';
import { DEPLOYMENT, ManagementWorld, type ManagementWorldOptions } from '../support/management-world.js';

let world: ManagementWorld;
afterEach(() => world.stop());

/** Five nodes, three of them voters of clusters 0 and 1; all follow the topology and are active. */
async function five(options: Partial<ManagementWorldOptions> = {}): Promise<ManagementWorld> {
  world = await ManagementWorld.start({ nodes: 5, ...options });
  await world.until(
    () => [4, 5].every((id) => world.topologyOf(id).version === world.topology.version) && world.learnersOfManagement === '4 5',
    'nodes 4 and 5 follow the topology',
  );
  return world;
}

async function fateOf(promise: Promise<unknown>): Promise<string> {
  try {
    await world.settled(promise);
    return 'ok';
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    const reason = error.details['reason'];
    return typeof reason === 'string' ? `${error.code} ${reason}` : error.code;
  }
}

describe('the management of a deployment', () => {
  it('takes over cluster 1: its nodes, its voters, all slots; the others become learners of cluster 0, and each says what it is', async () => {
    await five({ idsGone: 4, info: (node) => ({ zone: `zone-${node}`, addresses: [`10.0.0.${node}:7000`] }) });
    expect(world.states).toBe('1:active 2:active 3:active 4:active 5:active');
    expect(world.membersOf(1)).toBe('1 2 3');
    expect(world.votersOf(0)).toBe('1 2 3');
    expect(world.topology.slots.countOf(1)).toBe(4096);
    expect(world.topology.nodeIdHighest).toBe(9);
    await world.until(
      () => [...world.topology.nodes.values()].every(({ node, info }) => info.zone === `zone-${node}`),
      'all zones are known',
    );
    expect(world.topology.nodes.get(5)!.info).toMatchObject({ incarnation: 1, addresses: ['10.0.0.5:7000'], capacity: 8 });
  });

  it('a node that dies is down, and another takes its place: as a learner first, then in one joint change; what was committed is there', async () => {
    await five();
    await world.settled(world.executionLeader(1)!.group.propose(frame('order-1')));
    const lost = [1, 2, 3].find((id) => id !== world.leader.nodeId && id !== world.executionLeader(1)!.group.nodeId)!;
    world.crash(lost);
    await world.until(() => world.topology.nodes.get(lost)?.state === 'down', 'the node is known to be down');
    const kept = [1, 2, 3].filter((id) => id !== lost);
    await world.until(() => !world.membersOf(1).includes(String(lost)) && !world.membersOf(1).includes('+'), 'cluster 1 has three voters');
    const replacement = [4, 5].find((id) => world.votersOf(1).includes(String(id)))!;
    expect(world.votersOf(1)).toBe([...kept, replacement].join(' '));
    expect(world.membersOf(1)).toBe([...kept, replacement].join(' '));
    expect(world.node(replacement).executions.get(1)!.machine.texts).toEqual(['order-1']);
    // It was a voter of cluster 0 as well.
    await world.until(() => !world.votersOf(0).split(' ').includes(String(lost)), 'a learner takes its place in cluster 0');
    expect(world.leader.group.membership.voters).toHaveLength(3);
    expect(world.learnersOfManagement).toContain(String(lost));
  });

  it('the leader dies in the middle of a change: the next one goes on from the topology, and nothing is begun twice', async () => {
    await five();
    const before = world.leader;
    await world.settled(before.management.runtime.associate({ clusterId: 1, node: 4, replaces: before.nodeId }));
    expect(world.membersOf(1)).toBe('1 2 3 +4');
    world.crash(before.nodeId);
    const members = [...[1, 2, 3].filter((id) => id !== before.nodeId), 4].join(' ');
    await world.until(() => world.membersOf(1) === members, 'node 4 has the place of the dead one');
    expect(world.leader.group.term).toBeGreaterThan(before.group.term);
    expect(world.votersOf(1)).toBe(members);
    await world.until(() => world.topology.nodes.get(before.nodeId)?.state === 'down', 'the dead node is known to be down');
    await world.time.advance(10_000);
    expect(world.membersOf(1)).toBe(members);
    const wishes = world.alive.flatMap(({ log }) => log.filter((line) => /takes its place \(/.test(line)));
    expect(wishes).toEqual([]);
  });

  it('a node comes back to a cluster that it was removed from, and goes on with what it has', async () => {
    await five();
    await world.settled(world.executionLeader(1)!.group.propose(frame('before')));
    const away = [1, 2, 3].find((id) => id !== world.leader.nodeId && id !== world.executionLeader(1)!.group.nodeId)!;
    const stay = [1, 2, 3].filter((id) => id !== away);
    await world.settled(world.leader.management.runtime.associate({ clusterId: 1, node: 4, replaces: away }));
    await world.until(() => world.membersOf(1) === [...stay, 4].join(' '), 'node 4 has its place');
    await world.settled(world.executionLeader(1)!.group.propose(frame('meanwhile')));
    await world.settled(world.leader.management.runtime.associate({ clusterId: 1, node: away, replaces: 4 }));
    await world.until(() => world.membersOf(1) === '1 2 3', 'it has its place back');
    expect(world.node(away).executions.get(1)!.machine.texts).toEqual(['before', 'meanwhile']);
  });

  it('all nodes were without power for long: none of them is down for that, and all goes on', async () => {
    await five();
    const { version } = world.topology;
    for (const { nodeId } of world.alive) world.crash(nodeId);
    await world.time.advance(600_000);
    for (let nodeId = 1; nodeId <= 5; nodeId++) await world.add(nodeId);
    await world.until(() => world.topology.version > version && world.alive.length === 5, 'cluster 0 has a leader');
    await world.until(() => [...world.topology.nodes.values()].every(({ info }) => info.incarnation === 2), 'all say that they are back');
    await world.time.advance(10_000);
    expect(world.states).toBe('1:active 2:active 3:active 4:active 5:active');
    expect(world.alive.flatMap(({ log }) => log).filter((line) => line.includes('has been silent'))).toEqual([]);
    await world.settled(world.executionLeader(1)!.group.propose(frame('afterwards')));
  });

  it('a node that is drained leaves every cluster, goes on following the topology, and may come back', async () => {
    await five();
    const drained = world.leader.nodeId;
    await world.settled(world.node(5).management.runtime.setNodeState(drained, 'draining'));
    await world.until(() => !world.votersOf(1).split(' ').includes(String(drained)), 'cluster 1 has a replacement');
    await world.until(() => !world.votersOf(0).split(' ').includes(String(drained)), 'cluster 0 has a replacement');
    expect(world.learnersOfManagement.split(' ')).toContain(String(drained));
    await world.settled(world.leader.management.runtime.setNodeState(drained, 'active'));
    await world.until(() => world.topologyOf(drained).nodes.get(drained)?.state === 'active', 'the drained node hears of it');
  });

  it('a node that is silent for a while is down, and active again when it is heard', async () => {
    await five();
    world.isolate(5);
    await world.until(() => world.states.includes('5:down'), 'node 5 is down');
    expect(world.leader.log.filter((line) => line.includes('node 5 has been silent'))).toHaveLength(1);
    world.network.heal();
    await world.until(() => world.states.includes('5:active'), 'node 5 is active');
    await world.until(() => world.topologyOf(5).version === world.topology.version, 'node 5 has caught up');
  });

  it('nodes that are enough for another cluster get one, chosen from any node; every member opens it, and its first voters are its own', async () => {
    await five();
    await world.add(6);
    const id = await world.settled(
      world.node(4).management.runtime.addNode({ token: 'token-6', info: { ...world.topology.nodes.get(4)!.info, capacity: 8 } }),
    );
    expect(id).toBe(6);
    await world.until(() => world.topology.clusters.size === 2, 'there are two clusters');
    await world.until(() => world.executionLeader(2) !== undefined, 'cluster 2 has a leader');
    expect(world.votersOf(2)).toBe(world.membersOf(2));
    expect(world.votersOf(2).split(' ')).toHaveLength(3);
    await world.until(() => world.states.includes('6:active') && world.learnersOfManagement.includes('6'), 'node 6 follows the topology');
  });

  it('a node that has an id and has not arrived yet is waited for, as long as for one that fell silent', async () => {
    await five();
    await world.time.advance(60_000);
    const info = world.topology.nodes.get(4)!.info;
    const id = await world.settled(world.leader.management.runtime.addNode({ token: 'token-6', info }));
    await world.time.advance(3_000);
    expect(world.topology.nodes.get(id)!.state).toBe('joining');
    await world.until(() => world.topology.nodes.get(id)!.state === 'down', 'it is given up');
  });

  it('nothing to do: no entry is committed, whoever asks for the plan gets an empty one', async () => {
    await five();
    await world.until(() => world.alive.every(({ state }) => state.topology.version === world.topology.version), 'all follow');
    await world.time.advance(10_000);
    const { version } = world.topology;
    const index = world.leader.group.status().lastIndex;
    await world.time.advance(30_000);
    expect(world.topology.version).toBe(version);
    expect(world.leader.group.status().lastIndex).toBe(index);
    for (const { management } of world.alive) expect(await world.settled(management.plan())).toEqual({ decisions: [], waiting: [] });
  });

  it('a dry run from any node says what would be done and why, as the leader would, and changes nothing', async () => {
    await five();
    await world.time.advance(5_000);
    world.isolate(5);
    await world.until(() => !world.leader.management.liveNodes().has(5), 'node 5 is not heard');
    await world.settled(world.leader.management.runtime.setNodeState(4, 'draining'));
    const { version } = world.topology;
    for (const { nodeId, management } of world.alive) {
      if (nodeId === 5) continue;
      const plan = await world.settled(management.plan());
      expect(plan.decisions).toEqual([]);
    }
    expect(world.topology.version).toBe(version);
    // One that would be filled, and can not be.
    await world.settled(world.leader.management.runtime.setMetadata(1, { targetSize: 5 }));
    for (const { nodeId, management } of world.alive) {
      if (nodeId === 5) continue;
      expect((await world.settled(management.plan())).waiting).toEqual([
        'cluster 1 has 3 of 5 voters, and no further active node has room',
      ]);
    }
    expect(await fateOf(world.node(5).management.plan())).toMatch(/^(NO_LEADER|OUTCOME_UNKNOWN)$/);
  });

  it('every command has its call, from a node that does not lead; refusals say why, and change nothing', async () => {
    await five();
    const { runtime } = world.alive.find(({ group }) => !group.isLeader)!.management;
    const version = (): number => runtime.topology.version;
    await world.settled(runtime.setMetadata(1, { metadata: { team: 'orders', area: 'eu' } }));
    expect(runtime.topology.clusters.get(1)!.metadata).toEqual([
      { name: 'area', value: 'eu' },
      { name: 'team', value: 'orders' },
    ]);
    await world.settled(runtime.setLimits({ clustersMax: 7 }));
    expect(runtime.topology.limits.clustersMax).toBe(7);
    const stale = version();
    await world.settled(runtime.setMetadata(1, { targetSize: 3, metadata: {} }));
    const before = version();
    expect(await fateOf(runtime.setMetadata(1, { targetSize: 5 }, { decidedOn: stale }))).toBe('TOPOLOGY_STALE stale');
    expect(await fateOf(runtime.associate({ clusterId: 1, node: 2 }))).toBe('TOPOLOGY_REFUSED node-twice');
    expect(await fateOf(runtime.associate({ clusterId: 9, node: 2 }))).toBe('TOPOLOGY_REFUSED unknown-cluster');
    expect(await fateOf(runtime.disassociate({ clusterId: 1, node: 5 }))).toBe('TOPOLOGY_REFUSED not-a-member');
    expect(await fateOf(runtime.removeNode(1))).toBe('TOPOLOGY_REFUSED node-in-use');
    expect(await fateOf(runtime.setNodeState(99, 'draining'))).toBe('TOPOLOGY_REFUSED unknown-node');
    expect(await fateOf(runtime.setClusterState(1, 'retiring'))).toBe('TOPOLOGY_REFUSED last-cluster');
    expect(await fateOf(runtime.setLimits({ nodesMax: 1 }))).toBe('TOPOLOGY_REFUSED limit');
    expect(version()).toBe(before);
  });

  it('a cluster with open workflows is not destroyed, nor one that nobody can speak for; one that is empty is', async () => {
    // No slots move: the new cluster owns none.
    await five({ policy: { movesMax: 0 } });
    const { runtime } = world.alive.find(({ group }) => !group.isLeader)!.management;
    const clusterId = await world.settled(runtime.createCluster({ members: [3, 4, 5], metadata: { name: 'extra' } }));
    await world.until(() => world.executionLeader(clusterId) !== undefined, 'the new cluster has a leader');
    const destroy = (): Promise<string> => fateOf(runtime.destroyCluster(clusterId));
    await world.settled(world.executionLeader(clusterId)!.group.propose(frame('order-7')));
    expect(await destroy()).toBe('TOPOLOGY_REFUSED open-workflows');
    expect(await fateOf(runtime.destroyCluster(1))).toBe('TOPOLOGY_REFUSED owns-slots');
    world.network.partition([4, 5], [1, 2, 3]);
    world.network.partition([4], [5]);
    await world.until(() => [4, 5].every((id) => !world.leader.management.liveNodes().has(id)), 'both are known to be cut off');
    await world.until(() => world.executionLeader(clusterId)?.group.nodeId !== 3, 'node 3 leads the new cluster no more');
    expect(await fateOf(world.leader.management.runtime.destroyCluster(clusterId))).toBe('NO_LEADER');
    world.network.heal();
    await world.until(() => [4, 5].every((id) => world.leader.management.liveNodes().has(id)), 'both are back');
    await world.until(() => world.executionLeader(clusterId) !== undefined, 'the new cluster has a leader');
    // It retires: its slots go, and the manager destroys it once its last workflow has ended.
    await world.settled(runtime.setClusterState(clusterId, 'retiring'));
    await world.until(() => world.topology.clusters.get(clusterId)?.slotTarget === 0, 'its slots go to others');
    await world.time.advance(5_000);
    const waits = 'cluster 2 is to be destroyed, owns no slot, and has 1 open workflows: they have to be dropped or ended first';
    expect((await world.settled(world.leader.management.plan())).waiting).toEqual([waits]);
    expect(await destroy()).toBe('TOPOLOGY_REFUSED open-workflows');
    await world.settled(world.executionLeader(clusterId)!.group.propose(frame('order-7 done')));
    await world.until(() => !world.topology.clusters.has(clusterId), 'it is destroyed');
    await world.until(() => !runtime.topology.clusters.has(clusterId), 'all follow');
    expect(await destroy()).toBe('ok');
  });

  it('a cluster on a node that was lost before it opened it is destroyed by hand as soon as that is known to be down, and is not begun when it is back', async () => {
    await five();
    const { runtime } = world.leader.management;
    world.crash(4);
    const clusterId = await world.settled(runtime.createCluster({ members: [4], targetSize: 1 }));
    // It may be about to begin.
    expect(await fateOf(runtime.destroyCluster(clusterId))).toBe('NO_LEADER');
    await world.until(() => world.topology.nodes.get(4)?.state === 'down', 'the node is known to be down');
    expect(world.topology.clusters.get(clusterId)).toMatchObject({ state: 'active', slotTarget: 0 });
    expect(await fateOf(runtime.destroyCluster(clusterId))).toBe('ok');
    await world.add(4);
    await world.until(() => world.topologyOf(4).version === world.topology.version, 'it follows the topology');
    await world.time.advance(3_000);
    expect([...world.node(4).executions.keys()]).toEqual([]);
    expect(world.topology.slots.countOf(1)).toBe(4096);
  });

  it('one whose node stays away is given up by the manager, which then forgets the node', async () => {
    await five({ policy: { nodeForgetAfterMs: 8_000 } });
    world.crash(4);
    const clusterId = await world.settled(world.leader.management.runtime.createCluster({ members: [4], targetSize: 1 }));
    await world.until(() => world.topology.nodes.get(4)?.state === 'down', 'the node is known to be down');
    await world.time.advance(4_000);
    expect(world.topology.clusters.get(clusterId)?.state).toBe('active');
    await world.until(() => !world.topology.clusters.has(clusterId), 'the cluster is destroyed');
    await world.until(() => !world.topology.nodes.has(4), 'the node is forgotten');
    expect(world.topology.slots.countOf(1)).toBe(4096);
  });

  it('three more nodes are no cluster while they have no workflow registered, and the plan names them; started again with some, they are one', async () => {
    const workflows = [{ name: 'order', versions: [1] }];
    const running = new Set([1, 2, 3]);
    const newcomers = [4, 5, 6];
    const info = (node: number): Partial<NodeInfo> => ({ workflows: running.has(node) ? workflows : [] });
    world = await ManagementWorld.start({ nodes: 6, policy: { movesMax: 0 }, info });
    await world.until(() => world.learnersOfManagement === '4 5 6', 'the newcomers follow the topology');
    await world.until(() => [...world.topology.nodes.values()].every(({ info }) => info.incarnation > 0), 'all have said what they are');
    await world.time.advance(20_000);
    expect(world.topology.clusters.size).toBe(1);
    const { decisions, waiting } = await world.settled(world.leader.management.plan());
    expect(decisions).toEqual([]);
    expect(waiting).toEqual([expect.stringMatching(/^each of nodes 4, 5, 6 has registered no workflow: /)]);
    for (const node of newcomers) {
      world.crash(node);
      running.add(node);
      await world.add(node);
    }
    await world.until(() => world.topology.clusters.get(2)?.slotTarget === 2048, 'they are to have their share of the slots');
    expect(world.membersOf(2)).toBe('4 5 6');
    await world.time.advance(1_000);
    expect(await world.settled(world.leader.management.plan())).toEqual({ decisions: [], waiting: [] });
  });

  it('the last voter that runs code is taken out of no cluster by hand: what would have happened, and what to do', async () => {
    const workflows = [{ name: 'order', versions: [1] }];
    await five({ info: (node) => ({ role: node === 2 ? 'voter-only' : 'full', workflows: node === 1 || node === 4 ? workflows : [] }) });
    await world.until(() => world.topology.nodes.get(4)?.info.workflows.length === 1, 'all have said what they are');
    const { runtime } = world.leader.management;
    const before = world.topology.version;
    expect(await world.settled(runtime.disassociate({ clusterId: 1, node: 1 }).catch((error: unknown) => error))).toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      retryable: false,
      message: expect.stringMatching(
        /^Node 1 is the last voter of cluster 1 that runs code: .* stand still.* Add a node that runs code first/,
      ),
      details: { reason: 'last-with-code', version: before },
    });
    // Nobody would run code on these two either.
    expect(await world.settled(runtime.createCluster({ members: [2, 3] }).catch((error: unknown) => error))).toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      message: expect.stringMatching(
        /^Nodes 2, 3 are voter-only or have registered no workflow \(3\): nobody would run code.* that has registered workflows/,
      ),
      details: { reason: 'role', version: before },
    });
    expect(await fateOf(runtime.disassociate({ clusterId: 1, node: 99 }))).toBe('TOPOLOGY_REFUSED not-a-member');
    expect(await fateOf(runtime.disassociate({ clusterId: 9, node: 1 }))).toBe('TOPOLOGY_REFUSED unknown-cluster');
    expect(world.topology.version).toBe(before);
    // With another one there it goes.
    await world.settled(runtime.associate({ clusterId: 1, node: 4 }));
    await world.until(() => world.membersOf(1) === '1 2 3 4', 'node 4 is a voter');
    expect(await fateOf(runtime.disassociate({ clusterId: 1, node: 1 }))).toBe('ok');
  });

  it('a cluster that names a node twice, or in which nobody would run code, is refused: what would have happened, and what to do', async () => {
    await five({ info: (node) => ({ role: node >= 4 ? 'voter-only' : 'full' }) });
    await world.until(() => world.topology.nodes.get(5)?.info.role === 'voter-only', 'all have said what they are');
    await world.until(() => world.topologyOf(5).version === world.topology.version, 'node 5 follows');
    const { runtime } = world.node(5).management;
    const before = world.topology.version;
    const refusal = async (members: readonly number[]): Promise<unknown> =>
      world.settled(runtime.createCluster({ members }).catch((error: unknown) => error));
    expect(await refusal([1, 1])).toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      retryable: false,
      message: expect.stringMatching(/^Node 1 stands in the members twice: .* two of 2 votes.* Name each node once/),
      details: { reason: 'node-twice', version: before },
    });
    expect(await refusal([4, 5])).toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      message: expect.stringMatching(/^Nodes 4, 5 are all voter-only: nobody would run code.* Name one node of role full/),
      details: { reason: 'role', version: before },
    });
    expect(await refusal([])).toMatchObject({ code: 'TOPOLOGY_REFUSED', details: { reason: 'invalid' } });
    expect(await refusal([4, 99])).toMatchObject({ code: 'TOPOLOGY_REFUSED', details: { reason: 'unknown-node' } });
    expect(world.topology.version).toBe(before);
    expect(await fateOf(runtime.createCluster({ members: [3, 4, 5] }))).toBe('ok');
  });

  it('changes come as a stream with the topology version as its cursor, whoever subscribes late too', async () => {
    await five();
    const { runtime } = world.node(5).management;
    const live: TopologyNotice[] = [];
    runtime.changes().subscribe((notice) => live.push(notice));
    const from = runtime.topology.version;
    await world.settled(runtime.setMetadata(1, { metadata: { a: '1' } }));
    await world.settled(runtime.setLimits({ movesMax: 5 }));
    const late: TopologyNotice[] = [];
    runtime.changes(from).subscribe((notice) => late.push(notice));
    await world.time.advance(100);
    expect(live.map(({ type }) => type)).toEqual(['metadata-set', 'limits-set']);
    expect(late).toEqual(live);
    expect(late.map((notice) => (notice.type === 'gap' ? notice.to : notice.version))).toEqual([from + 1, from + 2]);
  });

  it('two deployments refuse to become one: neither a node that means the other, nor its founding, is taken', async () => {
    await five();
    const { runtime } = world.leader.management;
    const info = world.topology.nodes.get(4)!.info;
    const deployment = '00000000-0000-4000-8000-0000000000ff';
    expect(await fateOf(runtime.addNode({ token: 'token-x', info, deployment }))).toBe('TOPOLOGY_REFUSED other-deployment');
    const before = world.topology.version;
    const found = {
      kind: TopologyKind.FOUND,
      deployment,
      nodes: [{ node: 1, info }],
      members: [1],
      targetSize: 3,
      nodeIdHighest: 1,
    } as const;
    const { result } = await world.settled(world.leader.group.propose(encodeTopologyCommand(found)));
    expect(result).toMatchObject({
      ok: false,
      reason: 'other-deployment',
      message: expect.stringContaining('two deployments do not merge'),
    });
    expect({ version: world.topology.version, nodes: world.topology.nodes.size, deployment: world.topology.deployment }).toEqual({
      version: before,
      nodes: 5,
      deployment: DEPLOYMENT,
    });
  });

  it('a node that left by itself is said to have left, by one that is still there, and is forgotten at once', async () => {
    await five();
    const { host, management } = world.node(5);
    const say = (): Promise<Uint8Array> => host.request(world.leader.nodeId, 'management.left', new Uint8Array(0), 5_000);
    // As long as the others count on it, that would be wrong: nothing is changed.
    expect(await fateOf(say())).toBe('TOPOLOGY_REFUSED node-in-use');
    expect(world.states).toContain('5:active');
    await world.settled(management.runtime.setNodeState(5, 'draining'));
    await world.settled(world.leader.group.remove(5));
    const seen: string[] = [];
    world.leader.management.onTopology(() => seen.push(world.topology.nodes.get(5)?.state ?? 'forgotten'));
    await world.settled(management.sayFarewell(5_000));
    await world.until(() => !world.topology.nodes.has(5), 'node 5 is forgotten', 4_000);
    expect(seen).toEqual(['left', 'forgotten']);
    expect(await fateOf(say())).toBe('ok');
  });

  it('one that nobody hears when it leaves has left all the same, and says so in its log', async () => {
    await five();
    const leaving = world.node(5);
    await world.settled(leaving.management.runtime.setNodeState(5, 'draining'));
    await world.settled(world.leader.group.remove(5));
    world.isolate(5);
    await world.settled(leaving.management.sayFarewell(2_000));
    expect(leaving.log.filter((line) => line.includes('has left, and nobody could record it'))).toHaveLength(1);
  });

  it('a drain is not taken back of a node that is down: refused, with what to do, and nothing is changed; once it is back it can be', async () => {
    await five();
    const { runtime } = world.leader.management;
    await world.settled(runtime.setNodeState(5, 'draining'));
    world.crash(5);
    await world.until(() => world.topology.nodes.get(5)?.state === 'down', 'node 5 is down');
    const before = world.topology.version;
    const refusal: unknown = await world.settled(runtime.setNodeState(5, 'active').catch((error: unknown) => error));
    expect(refusal).toMatchObject({
      code: 'TOPOLOGY_REFUSED',
      message: expect.stringMatching(/^Node 5 is down: .* would count as one that is up.* Start it: .* `raftoral cluster forget 5`/),
      details: { reason: 'node-not-active', version: before },
    });
    expect(world.topology.nodes.get(5)).toMatchObject({ state: 'down', isDraining: true });
    await world.add(5);
    await world.until(() => world.topology.nodes.get(5)?.state === 'draining', 'node 5 is back, and still to be drained');
    await world.settled(runtime.setNodeState(5, 'active'));
    expect(world.topology.nodes.get(5)).toMatchObject({ state: 'active', isDraining: false });
  });

  it('a dead node is forgotten by whoever asks for it: it leaves cluster 0 first', async () => {
    await five();
    const { runtime } = world.alive.find(({ group }) => !group.isLeader)!.management;
    // As long as it answers, or nobody has said that it does not, the others count on it.
    expect(await fateOf(runtime.removeNode(5))).toBe('TOPOLOGY_REFUSED node-in-use');
    world.crash(5);
    expect(await fateOf(runtime.removeNode(5))).toBe('TOPOLOGY_REFUSED node-in-use');
    await world.until(() => runtime.topology.nodes.get(5)?.state === 'down', 'it is down');
    expect(world.learnersOfManagement).toContain('5');
    expect(await fateOf(runtime.removeNode(5))).toBe('ok');
    expect(runtime.topology.nodes.has(5)).toBe(false);
    expect(world.learnersOfManagement).not.toContain('5');
    expect(await fateOf(runtime.removeNode(5))).toBe('ok');
  });

  it('forgetting keeps the majority of cluster 0, and takes nobody out who answers again, or whose record has changed', async () => {
    // Nobody can take the place of a voter.
    world = await ManagementWorld.start({ nodes: 3 });
    await world.settled(world.leader.management.runtime.setMetadata(1, { targetSize: 1 }));
    await world.until(() => world.votersOf(1).split(' ').length === 1 && world.membersOf(1).length === 1, 'cluster 1 is small');
    const keeper = Number(world.membersOf(1));
    const [lost, stays] = [1, 2, 3].filter((id) => id !== keeper) as [number, number];
    world.isolate(lost);
    await world.until(() => world.states.includes(`${lost}:down`), 'it is down');
    const { runtime } = world.node(stays).management;
    await world.until(() => runtime.topology.version === world.topology.version, 'the other follows');
    expect(await fateOf(runtime.removeNode(lost, { decidedOn: runtime.topology.version - 1 }))).toBe('TOPOLOGY_STALE stale');
    expect(world.votersOf(0)).toBe('1 2 3');
    world.network.heal();
    const answersAgain = (): boolean =>
      world.node(stays).management.liveNodes().has(lost) && runtime.topology.nodes.get(lost)?.state === 'down';
    await world.until(answersAgain, 'gossip has it, and the topology not yet');
    expect(await fateOf(runtime.removeNode(lost))).toBe('TOPOLOGY_REFUSED node-in-use');
    await world.until(() => world.states === '1:active 2:active 3:active', 'all are back');
    await world.until(() => runtime.topology.version === world.topology.version, 'all know');
    expect(world.votersOf(0)).toBe('1 2 3');
    // Without a majority nothing is taken out; with one, a voter as well.
    world.crash(lost);
    const isDown = (): boolean => world.states.includes(`${lost}:down`) && runtime.topology.version === world.topology.version;
    await world.until(isDown, 'it is down again, and the other knows');
    world.isolate(stays);
    expect(await fateOf(runtime.removeNode(lost, { timeoutMs: 2_000 }))).toMatch(/^(NO_LEADER|OUTCOME_UNKNOWN)$/);
    world.network.heal();
    await world.until(() => world.states === [1, 2, 3].map((id) => `${id}:${id === lost ? 'down' : 'active'}`).join(' '), 'two are there');
    expect(world.votersOf(0)).toBe('1 2 3');
    expect(await fateOf(runtime.removeNode(lost))).toBe('ok');
    expect(world.votersOf(0)).toBe([keeper, stays].sort((x, y) => x - y).join(' '));
  });

  it('a node that stops says so: it is not waited for until gossip finds out', async () => {
    await five();
    const leaving = world.alive.find(({ nodeId, group }) => nodeId > 3 && !group.isLeader)!;
    const startedMs = world.time.nowMs;
    await world.settled(leaving.management.stop());
    await world.until(() => !world.leader.management.liveNodes().has(leaving.nodeId), 'the leader knows');
    expect(world.time.nowMs - startedMs).toBeLessThan(2_000);
  });
});
