/** The calls of the control API about the topology, over the management of real nodes, and what the command line makes of their answers. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { renderPlan, renderTopology } from '../../lib/cli/render-topology.js';
import type { NodeAdministration } from '../../lib/client/administration-port.js';
import type { JsonObject } from '../../lib/client/control-port.js';
import { ControlService } from '../../lib/client/control-service.js';
import type { RequestForwarder } from '../../lib/client/request-forwarder.js';
import type { PlanReport, TopologyReport } from '../../lib/client/topology-administration-port.js';
import { isRaftoralError } from '../../lib/errors/index.js';
import { RaftoralTopology } from '../../lib/raftoral.topology.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { ManagementWorld } from '../support/management-world.js';

let world: ManagementWorld;
afterEach(() => world.stop());

const never = new AbortController().signal;

/** The API of a node, of which only the topology is asked. */
function apiOf(nodeId: number): (method: string, request?: JsonObject) => Promise<JsonObject> {
  const node = world.node(nodeId);
  const administration = { topology: new RaftoralTopology(() => node.management) } as unknown as NodeAdministration;
  const service = new ControlService({
    forwarder: {} as unknown as RequestForwarder,
    administration,
    clock: node.time,
    random: new SeededRandom(1, 'api'),
  });
  return (method, request = {}) => world.settled(service.call(method, request, { signal: never, timeoutMs: 10_000 }));
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'done';
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return error.code;
  }
}

describe('the topology by the control API', () => {
  it('cluster.list, plan and every change, asked of a node that does not lead', async () => {
    world = await ManagementWorld.start({ nodes: 5, info: (node) => ({ zone: `z${node}`, labels: [{ name: 'disk', value: 'ssd' }] }) });
    await world.until(() => world.learnersOfManagement === '4 5' && world.topologyOf(5).nodes.get(5)?.info.zone === 'z5', 'all follow');
    await world.time.advance(3_000);
    const api = apiOf(5);
    const report = (await api('cluster.list')) as unknown as TopologyReport;
    expect(report).toMatchObject({ leader: world.leader.nodeId, deployment: world.topology.deployment, moves: [] });
    expect(
      report.nodes.map(({ nodeId, state, isAlive, management, zone }) => `${nodeId} ${state} ${isAlive} ${management} ${zone}`),
    ).toEqual([
      '1 active true voter z1',
      '2 active true voter z2',
      '3 active true voter z3',
      '4 active true learner z4',
      '5 active true learner z5',
    ]);
    expect(report.nodes[0]!.labels).toEqual({ disk: 'ssd' });
    expect(report.clusters).toMatchObject([
      { clusterId: 1, slots: 4096, slotTarget: 4096, members: [{ nodeId: 1 }, { nodeId: 2 }, { nodeId: 3 }] },
    ]);
    expect(renderPlan((await api('cluster.plan')) as unknown as PlanReport)).toBe('Nothing is to be done.');

    await api('cluster.metadata', { clusterId: 1, metadata: { team: 'orders' }, targetSize: 3, decidedOn: report.version });
    expect(await refusalOf(api('cluster.metadata', { clusterId: 1, targetSize: 5, decidedOn: report.version }))).toBe('TOPOLOGY_STALE');
    expect(await refusalOf(api('cluster.metadata', { clusterId: 1, metadata: { team: 1 } }))).toBe('INVALID_ARGUMENT');
    expect(await refusalOf(api('cluster.destroy', { clusterId: 0 }))).toBe('INVALID_ARGUMENT');
    expect(await refusalOf(api('cluster.retire', { clusterId: 1 }))).toBe('TOPOLOGY_REFUSED');
    expect(await refusalOf(api('cluster.disassociate', { clusterId: 1, nodeId: 5 }))).toBe('TOPOLOGY_REFUSED');
    expect(await refusalOf(api('node.remove', { nodeId: 1 }))).toBe('TOPOLOGY_REFUSED');

    await api('cluster.associate', { clusterId: 1, nodeId: 4, replaces: 2 });
    const changing = (await api('cluster.list')) as unknown as TopologyReport;
    expect(renderTopology(changing)).toMatch(/\n +1 +active +1 2 3 \+4\/2 +3 +4096 +team=orders$/m);
    await world.until(() => world.membersOf(1) === '1 3 4', 'node 4 has the place of node 2');

    await api('node.drain', { nodeId: 5 });
    expect(((await api('cluster.list')) as unknown as TopologyReport).nodes[4]).toMatchObject({ state: 'draining', isDraining: true });
    await api('node.drain', { nodeId: 5, undo: true });
    expect(((await api('cluster.list')) as unknown as TopologyReport).nodes[4]).toMatchObject({ state: 'active', isDraining: false });

    const { clusterId } = await api('cluster.create', { members: [2, 5], targetSize: 2, metadata: { name: 'small' } });
    expect(clusterId).toBe(2);
    expect(renderTopology((await api('cluster.list')) as unknown as TopologyReport)).toContain('name=small');

    // Nobody carries moves out here: it stays what it was asked to be.
    await world.until(() => world.topologyOf(5).moves.size > 0, 'slots go to the new cluster');
    const moves = async (): Promise<TopologyReport['moves']> => ((await api('cluster.list')) as unknown as TopologyReport).moves;
    expect((await moves())[0]).toMatchObject({ moveId: 1, from: 1, to: 2, phase: 'copying' });
    expect(await refusalOf(api('cluster.abortMove', { moveId: 9 }))).toBe('TOPOLOGY_REFUSED');
    expect(await refusalOf(api('cluster.abortMove', { moveId: 0 }))).toBe('INVALID_ARGUMENT');
    await api('cluster.abortMove', { moveId: 1 });
    expect((await moves()).find(({ moveId }) => moveId === 1)).toMatchObject({ phase: 'aborting' });
  });
});
