/**
 * What a node says of itself in the topology: kept as it is, on every member of cluster 0.
 *
 * D1. Level-triggered: after each change of the topology what it says of this node is compared with what is so; one proposal is under way at a time.
 * D2. A higher incarnation is another process under this id: this one does not speak over it.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import { encodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type NodeInfo } from './command.js';
import type { TopologyAnswer, TopologyView } from './state.js';

const RETRY_AFTER_MS = 1_000;

export interface NodeDutyParts {
  readonly group: RaftGroup<TopologyAnswer>;
  readonly topology: () => TopologyView;
  readonly clock: Clock;
  readonly info: () => NodeInfo;
}

export class NodeDuty {
  private isUnderWay = false;
  private isStopped = false;
  private retry: Timer | null = null;

  constructor(private readonly parts: NodeDutyParts) {}

  review(): void {
    const { group, topology } = this.parts;
    const known = topology().nodes.get(group.nodeId);
    const info = this.parts.info();
    if (this.isStopped || this.isUnderWay || known === undefined || known.state === 'left') return;
    if (known.info.incarnation > info.incarnation || JSON.stringify(known.info) === JSON.stringify(info)) return;
    this.isUnderWay = true;
    const frame = encodeTopologyCommand({ kind: TopologyKind.SET_NODE_INFO, node: group.nodeId, info }, topology().codecLevel);
    group.propose(frame).then(
      ({ result }) => this.ended(result.ok && result.changed),
      () => this.ended(false),
    );
  }

  stop(): void {
    this.isStopped = true;
    this.retry?.cancel();
  }

  /** What was refused, or got lost, is looked at again a little later; what was done, at once: this node may say something else by now. */
  private ended(isDone: boolean): void {
    this.isUnderWay = false;
    if (this.isStopped) return;
    if (isDone) return this.review();
    this.retry?.cancel();
    this.retry = this.parts.clock.setTimer(RETRY_AFTER_MS, () => this.review(), { unref: true });
  }
}
