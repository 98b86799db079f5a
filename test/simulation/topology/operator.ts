/**
 * Operators of the deployment: commands at random, by any node, of which the cluster manager knows nothing. Each is carried out, refused by a typed error, or its outcome
 * is unknown; none of them may break a promise.
 */
import { isRaftoralError } from '../../../lib/errors/index.js';
import { encodeTopologyCommand, type ClusterView, type TopologyView } from '../../../lib/management/index.js';
import { TopologyKind, type TopologyCommand } from '../../../lib/management/command.js';
import type { ManagementRuntime } from '../../../lib/management/management-runtime.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import type { OPERATOR_FAULTS } from './plan.js';
import type { TopologyProcess } from './process.js';
import type { TopologyWorld } from './world.js';

type OperatorFault = Exclude<(typeof OPERATOR_FAULTS)[number], 'add-node'> | 'begin-move' | 'abort-move';

const DEADLINE_MS = 3_000;
const RESTART_AFTER_MS = 100;
/** Nodes that are not drained, at least: the deployment is to go on. */
const ACTIVE_MIN = 2;

export class Operator {
  constructor(private readonly world: TopologyWorld) {}

  /** False: there is nothing of the kind to be done now. Its end is not waited for. */
  act(kind: OperatorFault, random: SeededRandom): boolean {
    const { world } = this;
    const asked = world.answering.filter(({ management }) => management !== null && management.topology.deployment !== '');
    if (asked.length === 0) return false;
    const process = random.pick(asked);
    const { runtime, topology } = process.management!;
    const call = this.call(kind, process, runtime, topology, random);
    if (call === null) return false;
    world.within(call(), 2 * DEADLINE_MS).then(
      () => world.journal.write(() => `operator at ${process.name}: ${kind} was done`),
      (error: unknown) => {
        world.journal.write(() => `operator at ${process.name}: ${kind}: ${String(error)}`);
        const isTyped = isRaftoralError(error) || (error instanceof Error && error.message.startsWith('no answer within'));
        if (!isTyped && process.virtual.alive) world.oracle.note('P8', `${kind} at ${process.name} ended with ${String(error)}`);
      },
    );
    return true;
  }

  /** As the error asks for. */
  private async afterLeave(process: TopologyProcess, error: unknown): Promise<never> {
    const { world } = this;
    const machine = world.machines.find((each) => each.process === process);
    if (isRaftoralError(error, 'MEMBERSHIP_REFUSED') && error.details['mustRestart'] === true && machine !== undefined) {
      world.stop(machine, 'kill');
      await world.sleep(RESTART_AFTER_MS);
      world.start(machine);
    }
    throw error;
  }

  private call(
    kind: OperatorFault,
    process: TopologyProcess,
    runtime: ManagementRuntime,
    topology: TopologyView,
    random: SeededRandom,
  ): (() => Promise<unknown>) | null {
    const options = { timeoutMs: DEADLINE_MS };
    const nodes = [...topology.nodes.values()];
    const active = nodes.filter(({ state }) => state === 'active');
    const clusters = [...topology.clusters.values()];
    const cluster = clusters.length === 0 ? undefined : random.pick(clusters);
    const clusterId = cluster?.clusterId ?? 0;
    switch (kind) {
      case 'drain': {
        if (active.length <= ACTIVE_MIN) return null;
        const { node } = random.pick(active);
        return () => runtime.setNodeState(node, 'draining', options);
      }
      case 'undrain': {
        const draining = nodes.filter(({ state }) => state === 'draining');
        if (draining.length === 0) return null;
        const { node } = random.pick(draining);
        return () => runtime.setNodeState(node, 'active', options);
      }
      case 'leave': {
        const leaving = random.pick(this.world.answering);
        if (active.length <= ACTIVE_MIN + 1 || leaving.node.hasManagement === false) return null;
        return () => leaving.node.leave().catch((error: unknown) => this.afterLeave(leaving, error));
      }
      case 'remove-node': {
        const others = nodes.filter(({ state }) => state !== 'active');
        const { node } = random.pick(others.length > 0 && random.chance(0.7) ? others : nodes);
        return () => runtime.removeNode(node, options);
      }
      case 'create-cluster': {
        const size = random.pick([1, 3]);
        if (random.chance(0.5)) return () => runtime.createCluster({ targetSize: size }, options);
        const members = random.shuffle(nodes.map(({ node }) => node)).slice(0, size);
        return () => runtime.createCluster({ members, targetSize: size, metadata: { by: 'operator' } }, options);
      }
      case 'retire-cluster':
        if (cluster === undefined) return null;
        return () => runtime.setClusterState(clusterId, cluster.state === 'active' ? 'retiring' : 'active', options);
      case 'destroy-cluster':
        if (cluster === undefined) return null;
        return () => runtime.destroyCluster(clusterId, options);
      case 'associate': {
        if (cluster === undefined) return null;
        const { node } = random.pick(nodes);
        const replaces = random.chance(0.5) ? random.pick(cluster.members).node : 0;
        return () => runtime.associate({ clusterId, node, replaces }, options);
      }
      case 'disassociate':
        if (cluster === undefined) return null;
        return () => runtime.disassociate({ clusterId, node: random.pick(cluster.members).node }, options);
      case 'set-metadata':
        if (cluster === undefined) return null;
        return () =>
          runtime.setMetadata(clusterId, { metadata: { mood: `${random.int(9)}` }, targetSize: random.pick([1, 3, 3, 5]) }, options);
      case 'stale': {
        if (cluster === undefined) return null;
        const old = { ...options, decidedOn: Math.max(1, topology.version - 1 - random.int(30)) };
        const { node } = random.pick(nodes);
        const calls = [
          () => runtime.setClusterState(clusterId, 'retiring', old),
          () => runtime.associate({ clusterId, node }, old),
          () => runtime.disassociate({ clusterId, node: random.pick(cluster.members).node }, old),
          () => runtime.removeNode(node, old),
          () => runtime.setNodeState(node, 'active', old),
        ];
        return random.pick(calls);
      }
      case 'begin-move':
        return this.move(process, topology, clusters, random);
      case 'abort-move': {
        const moves = [...topology.moves.values()].filter(({ phase }) => phase === 'copying' || phase === 'frozen' || phase === 'imported');
        if (moves.length === 0) return null;
        const { moveId } = random.pick(moves);
        return () => this.propose(process, topology, { kind: TopologyKind.ABORT_MOVE, moveId });
      }
    }
  }

  private move(
    process: TopologyProcess,
    topology: TopologyView,
    clusters: readonly ClusterView[],
    random: SeededRandom,
  ): (() => Promise<unknown>) | null {
    const sources = clusters.filter(({ clusterId }) => topology.slots.countOf(clusterId) > 0);
    if (sources.length === 0 || clusters.length < 2) return null;
    const from = random.pick(sources).clusterId;
    const to = random.pick(clusters.filter(({ clusterId }) => clusterId !== from)).clusterId;
    const range = random.pick(topology.slots.rangesOf(from));
    const count = 1 + random.int(Math.min(range.count, 400));
    const ranges = [{ first: range.first + random.int(range.count - count + 1), count }];
    return () => this.propose(process, topology, { kind: TopologyKind.BEGIN_MOVE, from, to, ranges });
  }

  private propose(process: TopologyProcess, topology: TopologyView, command: TopologyCommand): Promise<unknown> {
    return process.topologyGroup!.propose(encodeTopologyCommand(command, topology.codecLevel), { deadlineMs: DEADLINE_MS });
  }
}
