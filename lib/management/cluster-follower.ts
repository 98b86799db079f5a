/**
 * Opens and closes execution clusters on this node as the topology says. Owns the decisions, no cluster.
 *
 * F1. Level-triggered: after each change of the topology, or of what this node hosts, both are compared anew; what failed is tried again a little later.
 * F2. A cluster that names this node is opened: with its first members where they are still all that there is, else as one that waits to be added. Whoever opens as one that
 *     waits votes as well once it is asked (etcd#10998), so that one first member that knows the list is enough for the group to begin.
 * F3. One that names it no more is closed once this node's own replica is out as well: until then the others may need its vote (docs/adr/0061). Its rows stay.
 * F4. One that is in the topology no more was destroyed: nothing of it stays.
 * F5. Before the deployment is founded, nothing is decided.
 * F6. A replica that was removed can not be added again: one that is named again before it was closed is closed, and opened anew.
 * F7. What this node has nothing of is opened only on what the management cluster has now. The topology of a node that was started again may be older than what it destroyed: begun
 *     on that, the group would have another log under the same id (R42); and as a member that waits to be added, it would vote once more in terms in which it has voted.
 * F8. Who was removed is told by the leader, if that one is asked (docs/adr/0060); a replica that was away meanwhile knows only members that may be gone themselves. So those of the
 *     topology are asked as well, once a second, as long as a cluster that is open names this node no more.
 * Tests: cluster-follower.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { Logger } from '../cluster/logger.js';
import type { ClusterView, TopologyView } from './state.js';

const RETRY_AFTER_MS = 1_000;
const ASK_EVERY_MS = 1_000;

/** What this node has of execution clusters. */
export interface FollowedClusters {
  /** Open ones. */
  ids(): readonly number[];
  /** Those of which rows are stored, open or not. */
  stored(): readonly number[];
  /** The replica is in no membership that it knows, and the others can do without it. */
  isOutside(clusterId: number): boolean;
  /** It was a member, and is not any more. */
  isRemoved(clusterId: number): boolean;
  open(clusterId: number, members: readonly number[]): Promise<unknown>;
  close(clusterId: number): Promise<void>;
  destroy(clusterId: number): Promise<void>;
}

export interface ClusterFollowerParts {
  readonly nodeId: number;
  readonly topology: () => TopologyView;
  readonly clusters: FollowedClusters;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves once everything that the management cluster had committed before is applied here; rejects where nobody can tell. */
  confirm(): Promise<void>;
  /** Asks nodes whether this node's replica may go; one that leads tells it. Never blocks. */
  ask(clusterId: number, nodes: readonly number[]): void;
}

export interface FollowStep {
  readonly what: 'open' | 'close' | 'destroy';
  readonly clusterId: number;
  /** Of its first membership, to open it; empty: it waits to be added. */
  readonly members: readonly number[];
}

export class ClusterFollower {
  private underWay: Promise<void> | null = null;
  private isAskedAgain = false;
  private isStopped = false;
  private retry: Timer | null = null;
  private asking: Timer | null = null;

  constructor(private readonly parts: ClusterFollowerParts) {}

  /** F1. */
  review(): void {
    if (this.isStopped) return;
    this.isAskedAgain = true;
    this.underWay ??= this.run();
  }

  /** Begins nothing any more. Resolves once nothing is under way; never rejects. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.retry?.cancel();
    this.asking?.cancel();
    await this.underWay;
  }

  private async run(): Promise<void> {
    // Never inside apply.
    await Promise.resolve();
    while (this.isAskedAgain && !this.isStopped) {
      this.isAskedAgain = false;
      const { nodeId, topology, clusters } = this.parts;
      const steps = followSteps(nodeId, topology(), clusters);
      // What has to be confirmed holds up nothing else.
      const isSure = (step: FollowStep): boolean => !this.isBeginning(step);
      for (const step of [...steps.filter(isSure), ...steps.filter((step) => !isSure(step))]) {
        if (this.isStopped) break;
        await this.carryOut(step);
      }
    }
    this.underWay = null;
    this.askWhetherGone();
  }

  private async carryOut({ what, clusterId, members }: FollowStep): Promise<void> {
    const { clusters, clock, logger } = this.parts;
    try {
      if (this.isBeginning({ what, clusterId })) {
        if (!(await this.begin(clusterId))) return;
      } else if (what === 'open') await clusters.open(clusterId, members);
      else if (what === 'close') await clusters.close(clusterId);
      else await clusters.destroy(clusterId);
      // F6: what was closed is looked at anew.
      if (what === 'close') this.isAskedAgain = true;
      logger.log('info', `cluster ${clusterId}: ${SAID[what]} on this node`);
    } catch (error) {
      if (this.isStopped) return;
      logger.log('warn', `cluster ${clusterId}: could not ${what} it on this node: ${String(error)}`);
      this.retry?.cancel();
      this.retry = clock.setTimer(RETRY_AFTER_MS, () => this.review(), { unref: true });
    }
  }

  private isBeginning({ what, clusterId }: Pick<FollowStep, 'what' | 'clusterId'>): boolean {
    return what === 'open' && !this.parts.clusters.stored().includes(clusterId);
  }

  /** F7. False: it is not to be opened any more. */
  private async begin(clusterId: number): Promise<boolean> {
    const { nodeId, topology, clusters, confirm } = this.parts;
    const toOpen = (): FollowStep | undefined =>
      followSteps(nodeId, topology(), clusters).find((one) => one.clusterId === clusterId && one.what === 'open');
    if (toOpen() === undefined) return false;
    await confirm();
    const step = toOpen();
    if (step === undefined || this.isStopped) return false;
    await clusters.open(clusterId, step.members);
    return true;
  }

  /** F8. */
  private askWhetherGone(): void {
    const { nodeId, topology, clusters, clock, ask } = this.parts;
    this.asking?.cancel();
    this.asking = null;
    if (this.isStopped || topology().deployment === '') return;
    let isAny = false;
    for (const clusterId of clusters.ids()) {
      const members = topology().clusters.get(clusterId)?.members;
      if (members === undefined || members.some(({ node }) => node === nodeId) || clusters.isOutside(clusterId)) continue;
      isAny = true;
      ask(
        clusterId,
        members.map(({ node }) => node),
      );
    }
    if (isAny) this.asking = clock.setTimer(ASK_EVERY_MS, () => this.askWhetherGone(), { unref: true });
  }
}

const SAID = { open: 'opened', close: 'closed, its rows stay', destroy: 'destroyed' } as const;

/** What is to be done now. Pure. */
export function followSteps(
  nodeId: number,
  topology: Pick<TopologyView, 'deployment' | 'clusters' | 'clusterIdHighest'>,
  clusters: Pick<FollowedClusters, 'ids' | 'stored' | 'isOutside' | 'isRemoved'>,
): FollowStep[] {
  if (topology.deployment === '') return [];
  const steps: FollowStep[] = [];
  const open = clusters.ids();
  for (const cluster of topology.clusters.values()) {
    const { clusterId } = cluster;
    const isNamed = cluster.members.some(({ node }) => node === nodeId);
    if (isNamed && !open.includes(clusterId)) steps.push({ what: 'open', clusterId, members: firstMembers(nodeId, cluster) });
    if (open.includes(clusterId) && (isNamed ? clusters.isRemoved(clusterId) : clusters.isOutside(clusterId)))
      steps.push({ what: 'close', clusterId, members: [] });
  }
  for (const clusterId of new Set([...open, ...clusters.stored()])) {
    if (clusterId !== 0 && clusterId <= topology.clusterIdHighest && !topology.clusters.has(clusterId))
      steps.push({ what: 'destroy', clusterId, members: [] });
  }
  return steps;
}

/** F2. A member that is to leave may have been one of the first, or one that never came: then the list can not be told. */
function firstMembers(nodeId: number, { confIndex, members }: ClusterView): readonly number[] {
  if (confIndex !== 0 || members.some(({ state }) => state === 'leaving')) return [];
  const voters = members.filter(({ state }) => state === 'voter').map(({ node }) => node);
  return voters.includes(nodeId) ? voters : [];
}
