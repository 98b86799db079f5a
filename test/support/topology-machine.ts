/**
 * A state machine of the management cluster under test: builds commands with sensible defaults, stamps them, keeps every event that the sink was told of.
 */
import { encodeTopologyCommand } from '../../lib/management/command-codec.js';
import {
  TopologyKind,
  type AssociateCommand,
  type CreateClusterCommand,
  type MovePhase,
  type NodeInfo,
  type NodeState,
  type SlotRange,
  type SlotTarget,
  type TopologyCommand,
} from '../../lib/management/command.js';
import type { TopologyEvent } from '../../lib/management/event.js';
import { TopologyStateMachine } from '../../lib/management/state-machine.js';
import type { ClusterView, TopologyAnswer, TopologyView } from '../../lib/management/state.js';
import type { ConfState } from '../../lib/raft/types.js';
import { stampLogTime } from '../../lib/state-machine/index.js';

export const DEPLOYMENT = '0b6e3a0e-5d0c-4f0e-9f0a-3c1d2e4f5a6b';

export function nodeInfo(more: Partial<NodeInfo> = {}): NodeInfo {
  return {
    incarnation: 1,
    addresses: ['10.0.0.1:7000'],
    zone: '',
    labels: [],
    capacity: 4,
    role: 'full',
    codecLevelMax: 1,
    workflows: [{ name: 'process_order', versions: [1, 2] }],
    ...more,
  };
}

/** 'ok', 'unchanged', or the reason of a refusal. */
export function outcomeOf(answer: TopologyAnswer): string {
  if (answer.ok) return answer.changed ? 'ok' : 'unchanged';
  return answer.reason;
}

/** The id that an answer brought; throws for a refusal. */
export function idOf(answer: TopologyAnswer): number {
  if (!answer.ok) throw new Error(`${answer.reason}: ${answer.message}`);
  return answer.id;
}

export class TopologyUnderTest {
  readonly events: TopologyEvent[] = [];
  readonly machine = new TopologyStateMachine((event) => this.events.push(event));
  /** The leader's clock. */
  nowMs = 1_000_000;
  index = 0;

  get topology(): TopologyView {
    return this.machine.topology;
  }

  /** A deployment of these nodes, with cluster 1 on `members`. */
  static founded(
    nodes: number | ReadonlyArray<Partial<NodeInfo>> = 5,
    members: readonly number[] = [1, 2, 3],
    deployment = DEPLOYMENT,
  ): TopologyUnderTest {
    const under = new TopologyUnderTest();
    const infos = typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes;
    under.accept({
      kind: TopologyKind.FOUND,
      deployment,
      nodes: infos.map((info, i) => ({ node: i + 1, info: nodeInfo(info) })),
      members,
      targetSize: 3,
      nodeIdHighest: infos.length,
    });
    return under;
  }

  apply(command: TopologyCommand): TopologyAnswer {
    const frame = encodeTopologyCommand(command);
    stampLogTime(frame, this.nowMs);
    return this.machine.apply(++this.index, 1, frame);
  }

  /** Its id; throws for a refusal. */
  accept(command: TopologyCommand): number {
    return idOf(this.apply(command));
  }

  membership(voters: readonly number[], more: Partial<ConfState> = {}): void {
    const membership = { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false, ...more };
    this.machine.applyMembership(++this.index, membership);
  }

  restart(): void {
    const snapshot = this.machine.snapshot();
    this.machine.restore(this.index, snapshot);
  }

  get version(): number {
    return this.topology.version;
  }

  cluster(clusterId: number): ClusterView {
    return this.topology.clusters.get(clusterId)!;
  }

  /** 'node state' of each member; ' for' names the one that it replaces. */
  members(clusterId: number): string[] {
    return this.cluster(clusterId).members.map(
      ({ node, state, replaces }) => `${node} ${state}${replaces === 0 ? '' : ` for ${replaces}`}`,
    );
  }

  // --- commands ----------------------------------------------------------------------------------------------------------------

  addNode(token: string, info: Partial<NodeInfo> = {}, more: { deployment?: string; above?: number } = {}): TopologyAnswer {
    return this.apply({ kind: TopologyKind.ADD_NODE, deployment: DEPLOYMENT, above: 0, ...more, token, info: nodeInfo(info) });
  }

  removeNode(node: number, decidedOn = this.version): TopologyAnswer {
    return this.apply({ kind: TopologyKind.REMOVE_NODE, node, decidedOn });
  }

  nodeState(node: number, state: NodeState, decidedOn = this.version): TopologyAnswer {
    return this.apply({ kind: TopologyKind.SET_NODE_STATE, node, state, decidedOn });
  }

  nodeInfo(node: number, info: Partial<NodeInfo>): TopologyAnswer {
    return this.apply({ kind: TopologyKind.SET_NODE_INFO, node, info: nodeInfo(info) });
  }

  create(members: readonly number[], more: Partial<CreateClusterCommand> = {}): TopologyAnswer {
    const kind = TopologyKind.CREATE_CLUSTER;
    return this.apply({ targetSize: 3, metadata: [], decidedOn: this.version, ...more, kind, members });
  }

  destroy(clusterId: number, openWorkflows = 0, decidedOn = this.version): TopologyAnswer {
    return this.apply({ kind: TopologyKind.DESTROY_CLUSTER, clusterId, openWorkflows, decidedOn });
  }

  associate(clusterId: number, node: number, more: Partial<AssociateCommand> = {}): TopologyAnswer {
    return this.apply({ replaces: 0, decidedOn: this.version, ...more, kind: TopologyKind.ASSOCIATE, clusterId, node });
  }

  disassociate(clusterId: number, node: number, decidedOn = this.version): TopologyAnswer {
    return this.apply({ kind: TopologyKind.DISASSOCIATE, clusterId, node, decidedOn });
  }

  record(clusterId: number, confIndex: number, voters: readonly number[], learners: readonly number[] = []): TopologyAnswer {
    return this.apply({ kind: TopologyKind.RECORD_MEMBERS, clusterId, confIndex, voters, learners });
  }

  clusterState(clusterId: number, state: 'active' | 'retiring', decidedOn = this.version): TopologyAnswer {
    return this.apply({ kind: TopologyKind.SET_CLUSTER_STATE, clusterId, state, decidedOn });
  }

  targets(slots: Readonly<Record<number, number>>, decidedOn = this.version): TopologyAnswer {
    const targets: SlotTarget[] = Object.entries(slots).map(([clusterId, count]) => ({ clusterId: Number(clusterId), slots: count }));
    return this.apply({ kind: TopologyKind.SET_SLOT_TARGETS, targets, decidedOn });
  }

  beginMove(from: number, to: number, ranges: readonly SlotRange[]): TopologyAnswer {
    return this.apply({ kind: TopologyKind.BEGIN_MOVE, from, to, ranges });
  }

  advance(moveId: number, phase: MovePhase): TopologyAnswer {
    return this.apply({ kind: TopologyKind.ADVANCE_MOVE, moveId, phase });
  }

  abort(moveId: number): TopologyAnswer {
    return this.apply({ kind: TopologyKind.ABORT_MOVE, moveId });
  }

  finish(moveId: number): TopologyAnswer {
    return this.apply({ kind: TopologyKind.FINISH_MOVE, moveId });
  }

  /** A whole move. */
  move(from: number, to: number, ranges: readonly SlotRange[]): void {
    const moveId = idOf(this.beginMove(from, to, ranges));
    for (const phase of ['frozen', 'imported', 'activated'] as const) idOf(this.advance(moveId, phase));
    idOf(this.finish(moveId));
  }
}
