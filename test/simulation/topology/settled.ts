/**
 * Whether the deployment has come to rest, and whether it is then as it should be.
 *
 * S1. Nothing is under way: no move, no member that joins or leaves, no cluster that retires, no step of a group's membership whose answer is waited for, nothing that the
 *     cluster manager would do, and so for a while.
 * S2. Every node has the same topology, and every group the members that it names; all replicas have applied the same.
 * S3. Each cluster has as many voters as it is to have, or as there are nodes for it.
 * S4. Each cluster has a member that runs code: else what is open in it would never end (W4 of world.ts: where nobody could be one, a machine is added).
 */
import type { ClusterView, TopologyView } from '../../../lib/management/index.js';
import { Violation } from '../violation.js';
import type { TopologyProcess } from './process.js';
import type { TopologyWorld } from './world.js';

const LOOK_EVERY_MS = 250;
/** The cluster manager has had several rounds, and gossip a few probes. */
const QUIET_LOOKS = 12;
/** What a plan waits for that ends by itself (F4 of lib/management/placement/manager/member-rules.ts): it says nothing yet of what is to be done for the group then. */
const UNDER_WAY = /^a change of the members of .* is under way/;

export class Settling {
  /** Why it has not come to rest yet, for the message. */
  why = 'nobody has looked yet';

  constructor(private readonly world: TopologyWorld) {}

  async wait(): Promise<void> {
    let version = -1;
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      await this.world.sleep(LOOK_EVERY_MS);
      const why = await this.unrest();
      const now = this.world.topology?.version ?? 0;
      quiet = why === null && now === version ? quiet + 1 : 0;
      version = now;
      if (why !== null && why !== this.why) this.world.journal.write(`not at rest: ${why}`);
      if (why !== null) this.why = why;
    }
  }

  /** S3, S4, and A3 of oracle.ts. */
  verify(): void {
    const { world } = this;
    const topology = world.topology!;
    world.oracle.verifySlots((slot) => topology.slots.ownerOf(slot));
    for (const cluster of topology.clusters.values()) {
      const { clusterId, members, targetSize } = cluster;
      if (!members.some(({ node }) => topology.nodes.get(node)?.info.role === 'full'))
        throw new Violation('code', `cluster ${clusterId} has no member that runs code: ${members.map(({ node }) => node).join()}`);
      const size = sizeAtRest(topology, cluster);
      if (members.length === size) continue;
      throw new Violation(
        'size',
        `cluster ${clusterId} has ${members.length} voters, is to have ${targetSize}, and there are nodes for ${size}`,
      );
    }
    for (const { node, name } of world.live) {
      const { failure } = node.nodeStatus();
      if (failure !== null) throw new Violation('P8', `${name}: ${failure}`);
    }
  }

  private async unrest(): Promise<string | null> {
    const { world } = this;
    const missing = world.machines.find(({ process, end }) => end === null && (process === null || !isUp(process)));
    if (missing !== undefined)
      return `${missing.name} is not up: ${missing.process?.node.progress ?? missing.process?.node.phase ?? 'no process'}`;
    const manager = world.leaderOf(0);
    if (manager === undefined) return 'nobody leads cluster 0';
    const { topology } = manager.management!;
    const unfinished = this.unfinished(topology);
    if (unfinished !== null) return unfinished;
    for (const process of world.live) {
      const behind = process.management?.topology.version ?? -1;
      if (behind !== topology.version)
        return `${process.name} is at version ${behind} of the topology, ${manager.name} at ${topology.version}`;
    }
    const group = this.groupsAtUnrest(topology);
    if (group !== null) return group;
    const plan = await world.within(manager.management!.plan(), 5_000).catch((error: unknown) => String(error));
    if (typeof plan === 'string') return `no plan: ${plan}`;
    const [decision] = plan.decisions;
    return decision === undefined ? (plan.waiting.find((text) => UNDER_WAY.test(text)) ?? null) : `to do: ${decision.explanation}`;
  }

  private unfinished({ moves, clusters, slots }: TopologyView): string | null {
    for (const { moveId, phase, from, to } of moves.values()) return `move ${moveId} from cluster ${from} to ${to} is ${phase}`;
    for (const { clusterId, state, members, slotTarget } of clusters.values()) {
      if (state === 'retiring') return `cluster ${clusterId} retires`;
      const member = members.find((each) => each.state !== 'voter');
      if (member !== undefined) return `node ${member.node} is ${member.state} in cluster ${clusterId}`;
      if (slots.countOf(clusterId) !== slotTarget) return `cluster ${clusterId} has ${slots.countOf(clusterId)} of ${slotTarget} slots`;
    }
    return null;
  }

  /** S2. */
  private groupsAtUnrest(topology: TopologyView): string | null {
    const { live } = this.world;
    for (const { clusterId, members } of topology.clusters.values()) {
      const named = members.map(({ node }) => node).sort((a, b) => a - b);
      let applied = -1;
      for (const node of named) {
        const group = live.find(({ nodeId }) => nodeId === node)?.groups.get(clusterId)?.group;
        if (group === undefined) return `node ${node} does not host cluster ${clusterId}`;
        const { voters, votersOutgoing, learners } = group.membership;
        if ([...voters].sort((a, b) => a - b).join() !== named.join() || votersOutgoing.length + learners.length > 0)
          return `cluster ${clusterId} has voters ${voters.join()} on node ${node}, and ${named.join()} in the topology`;
        if (applied === -1) applied = group.appliedIndex;
        if (group.appliedIndex !== applied)
          return `node ${node} has applied ${group.appliedIndex} of cluster ${clusterId}, another ${applied}`;
      }
    }
    for (const { executions, nodeId, name } of live)
      for (const [clusterId] of executions)
        if (topology.clusters.get(clusterId)?.members.some(({ node }) => node === nodeId) !== true)
          return `${name} still hosts cluster ${clusterId}`;
    return null;
  }
}

/** S3. Beside the nodes that can host it, who alone runs code stays while it is drained, if nobody else could (U4 of lib/management/placement/manager/upkeep-rules.ts). */
export function sizeAtRest({ nodes }: Pick<TopologyView, 'nodes'>, { members, targetSize }: ClusterView): number {
  const hosts = [...nodes.values()].filter(({ state, info }) => state === 'active' && info.capacity > 0);
  const [coder, ...others] = members.map(({ node }) => nodes.get(node)).filter((node) => node?.info.role === 'full');
  const isKept = others.length === 0 && coder?.state === 'draining' && !hosts.some(({ info }) => info.role === 'full');
  // Where all are drained, somebody has to keep what there is.
  return Math.max(1, Math.min(targetSize, hosts.length + (isKept ? 1 : 0)));
}

function isUp({ node }: TopologyProcess): boolean {
  return node.phase === 'running' && node.progress === null && node.hasManagement;
}
