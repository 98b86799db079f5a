/**
 * What operators and the node itself ask of the topology: each call is one command in cluster 0's log, from any member.
 *
 * M1. A call resolves once its command is applied here; it rejects with TOPOLOGY_REFUSED or TOPOLOGY_STALE, whose message says what would have happened and what to do
 *     instead, or as RaftGroup.propose() does. A refused command changes nothing.
 * M2. Unless told otherwise a call was decided on the topology as this node has it now; what it names and has changed since makes it stale (docs/adr/0058).
 * M3. What is recorded about members is a wish: the cluster manager has the group make it so.
 * Tests: test/management/management.spec.ts.
 */
import type { EventStream } from '../cluster/event-bus.js';
import type { RaftGroup } from '../cluster/group.js';
import { isMember } from '../cluster/membership-rules.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { encodeTopologyCommand } from './command-codec.js';
import {
  TopologyKind,
  type ClusterState,
  type Label,
  type NodeInfo,
  type NodeState,
  type TopologyCommand,
  type TopologyLimits,
} from './command.js';
import type { Observer } from './observer.js';
import { codeRunners, isLastVoterWithCode } from './placement/code.js';
import { chooseMembers } from './placement/manager/candidates.js';
import { Draft } from './placement/manager/draft.js';
import type { ManagerPolicy } from './placement/manager/view.js';
import { isStillborn } from './placement/stillborn.js';
import type { TopologyAnswer, TopologyView } from './state.js';
import type { TopologyChanges, TopologyNotice } from './topology-changes.js';

export interface TopologyCallOptions {
  /** As of RaftGroup.propose(), ms. */
  readonly timeoutMs?: number;
  /** Topology version that the caller saw; default: the newest that this node has. */
  readonly decidedOn?: number;
}

export interface NewNode {
  /** Uuid of the process that joins: the same one has the same id. */
  readonly token: string;
  readonly info: NodeInfo;
  /** The id is above it. Default 0. */
  readonly above?: number;
  /** The deployment that it means to join; default any. */
  readonly deployment?: string;
}

export interface NewCluster {
  /** Its first voters; default: chosen as the cluster manager would. */
  readonly members?: readonly number[];
  readonly targetSize?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ManagementRuntimeParts {
  readonly group: RaftGroup<TopologyAnswer>;
  readonly topology: () => TopologyView;
  readonly changes: TopologyChanges;
  readonly observer: Observer;
  readonly policy: ManagerPolicy;
}

export class ManagementRuntime {
  constructor(private readonly parts: ManagementRuntimeParts) {}

  /** As this node has applied it. Read only, and valid until the next apply. */
  get topology(): TopologyView {
    return this.parts.topology();
  }

  /** Changes after a topology version, then live; without one, live only. See topology-changes.ts. */
  changes(after?: number): EventStream<TopologyNotice> {
    return this.parts.changes.stream(after);
  }

  /** Resolves once everything that was committed before the call is applied here: `topology` is then no older. */
  async sync({ timeoutMs }: Pick<TopologyCallOptions, 'timeoutMs'> = {}): Promise<void> {
    await this.parts.group.readIndex(timeoutMs === undefined ? {} : { deadlineMs: timeoutMs });
  }

  /** The id of the node. */
  async addNode({ token, info, above = 0, deployment = '' }: NewNode, options: TopologyCallOptions = {}): Promise<number> {
    return (await this.send({ kind: TopologyKind.ADD_NODE, deployment, token, above, info }, options)).id;
  }

  /**
   * Forgets a node that hosts nothing, and is drained, down or gone. One that is down leaves cluster 0 first, as the rules of its membership allow: rejects with
   * MEMBERSHIP_REFUSED where they do not, or while another change is under way there.
   */
  async removeNode(node: number, options: TopologyCallOptions = {}): Promise<void> {
    const decidedOn = this.decidedOn(options);
    await this.leaveManagement(node, decidedOn);
    await this.send({ kind: TopologyKind.REMOVE_NODE, node, decidedOn }, options);
  }

  /** `active` takes back `draining`. Of a node that is down that is refused: it would count as up, and still be drained; the manager says when it is back. */
  async setNodeState(node: number, state: NodeState, options: TopologyCallOptions = {}): Promise<void> {
    if (state === 'active') this.checkNotDown(node);
    await this.send({ kind: TopologyKind.SET_NODE_STATE, node, state, decidedOn: this.decidedOn(options) }, options);
  }

  /** The id of the cluster. */
  async createCluster({ members, targetSize, metadata }: NewCluster = {}, options: TopologyCallOptions = {}): Promise<number> {
    const size = targetSize ?? this.parts.policy.targetSize;
    const chosen = members ?? this.choose(size);
    this.checkMembers(chosen);
    const command = { kind: TopologyKind.CREATE_CLUSTER, members: chosen, targetSize: size, metadata: labelsOf(metadata) } as const;
    return (await this.send({ ...command, decidedOn: this.decidedOn(options) }, options)).id;
  }

  /** `retiring`: its slots go to the others, and then the manager destroys it. `active` takes that back. */
  async setClusterState(clusterId: number, state: ClusterState, options: TopologyCallOptions = {}): Promise<void> {
    await this.send({ kind: TopologyKind.SET_CLUSTER_STATE, clusterId, state, decidedOn: this.decidedOn(options) }, options);
  }

  /** At once: one that owns slots, or whose leader has open workflows, is refused. Rejects with NO_LEADER where nobody can say whether it has, and it may have. */
  async destroyCluster(clusterId: number, options: TopologyCallOptions = {}): Promise<void> {
    const decidedOn = this.decidedOn(options);
    const openWorkflows = this.topology.clusters.has(clusterId) ? await this.openWorkflowsOf(clusterId) : 0;
    await this.send({ kind: TopologyKind.DESTROY_CLUSTER, clusterId, openWorkflows, decidedOn }, options);
  }

  /** A node is to become a voter of a cluster, in the place of `replaces` if that is given. */
  async associate(
    { clusterId, node, replaces = 0 }: { readonly clusterId: number; readonly node: number; readonly replaces?: number },
    options: TopologyCallOptions = {},
  ): Promise<void> {
    await this.send({ kind: TopologyKind.ASSOCIATE, clusterId, node, replaces, decidedOn: this.decidedOn(options) }, options);
  }

  /** Refuses to take the last voter that runs code out of a cluster (C2 of placement/code.ts); apply, which also carries out what was decided before, does not. */
  async disassociate(
    { clusterId, node }: { readonly clusterId: number; readonly node: number },
    options: TopologyCallOptions = {},
  ): Promise<void> {
    this.checkNotLastWithCode(clusterId, node);
    await this.send({ kind: TopologyKind.DISASSOCIATE, clusterId, node, decidedOn: this.decidedOn(options) }, options);
  }

  /** Metadata replaces what was there; what is not given stays. */
  async setMetadata(
    clusterId: number,
    change: { readonly metadata?: Readonly<Record<string, string>>; readonly targetSize?: number },
    options: TopologyCallOptions = {},
  ): Promise<void> {
    const cluster = this.topology.clusters.get(clusterId);
    const targetSize = change.targetSize ?? cluster?.targetSize ?? this.parts.policy.targetSize;
    const metadata = change.metadata === undefined ? (cluster?.metadata ?? []) : labelsOf(change.metadata);
    await this.send({ kind: TopologyKind.SET_METADATA, clusterId, targetSize, metadata, decidedOn: this.decidedOn(options) }, options);
  }

  /**
   * The target of a move of slots is asked to decide against it: what was frozen goes on where it was. Resolves once that is recorded; the move ends behind it, as its target's
   * log says. Refused once the move is activated. The cluster manager begins another one as long as targets ask for it.
   */
  async abortMove(moveId: number, options: Pick<TopologyCallOptions, 'timeoutMs'> = {}): Promise<void> {
    await this.send({ kind: TopologyKind.ABORT_MOVE, moveId }, options);
  }

  /** Bounds of the deployment itself, for good: nodes, execution clusters, moves at a time. No command line has them; a member's application calls this. */
  async setLimits(change: Partial<TopologyLimits>, options: Pick<TopologyCallOptions, 'timeoutMs'> = {}): Promise<void> {
    const { limits, limitsRevision } = this.topology;
    await this.send({ kind: TopologyKind.SET_LIMITS, expectedRevision: limitsRevision, limits: { ...limits, ...change } }, options);
  }

  private decidedOn({ decidedOn }: TopologyCallOptions): number {
    return decidedOn ?? this.topology.version;
  }

  private checkNotDown(node: number): void {
    const { nodes, version } = this.topology;
    if (nodes.get(node)?.state !== 'down') return;
    const message = `Node ${node} is down: set active it would count as one that is up, and what was asked of it (to be drained) would stay. Start it: the cluster manager lets it take part as soon as it answers, and a drain can be taken back then. One that never comes back is forgotten by \`raftoral cluster forget ${node}\`.`;
    throw new RaftoralError('TOPOLOGY_REFUSED', message, { details: { reason: 'node-not-active', version } });
  }

  /** Who is down and hosts nothing is a member of nothing else. What apply refuses anyway is left to it: nothing is to be changed before. */
  private async leaveManagement(node: number, decidedOn: number): Promise<void> {
    const { nodes, membership, version } = this.topology;
    const record = nodes.get(node);
    if (record?.state !== 'down' || record.changedAt > decidedOn || decidedOn > version) return;
    if (this.topology.hostedBy(node) > 0 || !isMember(membership, node)) return;
    if (this.parts.observer.glance().nodes.get(node)?.isLive === true) {
      const message = `Node ${node} answers again: without its place in the management cluster it could not go on. Look at \`raftoral cluster list\`: it is about to be active; if it is to go, let it leave (\`raftoral leave\`, asked of itself).`;
      throw new RaftoralError('TOPOLOGY_REFUSED', message, { details: { reason: 'node-in-use', version } });
    }
    try {
      await this.parts.group.remove(node);
    } catch (error) {
      // The manager was faster, or an earlier call.
      if (!isRaftoralError(error, 'MEMBERSHIP_REFUSED') || error.details['reason'] !== 'unknown-node') throw error;
    }
  }

  private choose(size: number): number[] {
    const draft = new Draft(this.parts.observer.glance(), this.parts.policy);
    const members = chooseMembers(draft, size);
    if (members.length > 0) return members;
    throw new RaftoralError(
      'TOPOLOGY_REFUSED',
      'No node that is active, answers and runs code has room for another cluster. Add one, or raise a capacity (management.capacity in the options of a node).',
      {
        details: { reason: 'node-full', version: this.topology.version },
      },
    );
  }

  /** What apply can not say: no frame names a node twice, and builds that had no such check apply the command alike (R31). */
  private checkMembers(members: readonly number[]): void {
    const { nodes, version } = this.topology;
    const twice = members.find((node, i) => members.indexOf(node) !== i);
    if (twice !== undefined) {
      const message = `Node ${twice} stands in the members twice: its one copy would count as two of ${members.length} votes, and a majority could be lost with it alone. Name each node once, or name none: they are chosen then.`;
      throw new RaftoralError('TOPOLOGY_REFUSED', message, { details: { reason: 'node-twice', version } });
    }
    const runsCode = codeRunners(this.topology);
    // Who is unknown, or a client, apply refuses by its own reason.
    const mayRun = (node: number): boolean => !['full', 'voter-only'].includes(nodes.get(node)?.info.role ?? '') || runsCode(node);
    if (members.length === 0 || members.some(mayRun)) return;
    const idle = members.filter((node) => nodes.get(node)?.info.role === 'full');
    const why = idle.length === 0 ? 'are all voter-only' : `are voter-only or have registered no workflow (${idle.join(', ')})`;
    const message = `Nodes ${members.join(', ')} ${why}: nobody would run code in the cluster, and what is started there would be refused. Name one node of role full at least${idle.length === 0 ? '' : ' that has registered workflows'}, or name none: they are chosen then.`;
    throw new RaftoralError('TOPOLOGY_REFUSED', message, { details: { reason: 'role', version } });
  }

  private checkNotLastWithCode(clusterId: number, node: number): void {
    const { clusters, version } = this.topology;
    const cluster = clusters.get(clusterId);
    if (cluster === undefined || !isLastVoterWithCode(this.topology, cluster, node)) return;
    const message = `Node ${node} is the last voter of cluster ${clusterId} that runs code: every workflow there would stand still without it. Add a node that runs code first, or drain this one: another takes its place then.`;
    throw new RaftoralError('TOPOLOGY_REFUSED', message, { details: { reason: 'last-with-code', version } });
  }

  private async openWorkflowsOf(clusterId: number): Promise<number> {
    const found = (await this.parts.observer.groups([clusterId])).get(clusterId);
    if (found !== undefined) return found.openWorkflows;
    // Read again: the answers took their time.
    const { topology } = this;
    const cluster = topology.clusters.get(clusterId);
    const isGone = (node: number): boolean => ['down', 'left'].includes(topology.nodes.get(node)?.state ?? 'left');
    if (cluster === undefined || isStillborn(topology, cluster, isGone)) return 0;
    throw new RaftoralError(
      'NO_LEADER',
      `No member of cluster ${clusterId} says that it leads it: nobody can tell whether it has open workflows, and they would be lost. Nothing was changed; try again when a majority of its members is up. One that never owned a slot goes without it once most of its first members are down.`,
      { details: { groupId: clusterId } },
    );
  }

  private async send(
    command: TopologyCommand,
    { timeoutMs }: TopologyCallOptions,
  ): Promise<Extract<TopologyAnswer, { readonly ok: true }>> {
    const frame = encodeTopologyCommand(command, this.topology.codecLevel);
    const { result } = await this.parts.group.propose(frame, timeoutMs === undefined ? {} : { deadlineMs: timeoutMs });
    if (result.ok) return result;
    throw new RaftoralError(result.code, result.message, { details: { reason: result.reason, version: result.version } });
  }
}

/** One form of a list of labels (B2 of record-codec.ts). */
export function labelsOf(record: Readonly<Record<string, string>> = {}): Label[] {
  return Object.entries(record)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
