/**
 * What the state machine of the management cluster lets its readers see, and what it answers. Types only.
 *
 * V1. Readers never change what they are handed; a view is valid until the next apply.
 */
import type { ConfState } from '../raft/index.js';
import type { ClusterState, Label, MovePhase, NodeInfo, NodeState, SlotRange, TopologyLimits } from './command.js';

/** Why a command was refused; the message has the rest. */
export type TopologyRefusalReason =
  | 'stale' // what it names has changed since it was decided
  | 'not-founded'
  | 'other-deployment'
  | 'unknown-node'
  | 'unknown-cluster'
  | 'unknown-move'
  | 'not-a-member'
  | 'node-twice'
  | 'node-in-use'
  | 'node-not-active'
  | 'node-gone' // it left: its id is never used again
  | 'node-full'
  | 'role'
  | 'quorum-lost'
  | 'last-cluster'
  | 'cluster-not-active'
  | 'owns-slots'
  | 'open-workflows'
  | 'under-way'
  | 'phase'
  | 'slots' // ranges or targets that do not fit
  | 'limit'
  | 'codec-level'
  | 'invalid';

/** In the order of the type, for tables. */
export const TOPOLOGY_REFUSAL_REASONS: readonly TopologyRefusalReason[] = [
  'stale',
  'not-founded',
  'other-deployment',
  'unknown-node',
  'unknown-cluster',
  'unknown-move',
  'not-a-member',
  'node-twice',
  'node-in-use',
  'node-not-active',
  'node-gone',
  'node-full',
  'role',
  'quorum-lost',
  'last-cluster',
  'cluster-not-active',
  'owns-slots',
  'open-workflows',
  'under-way',
  'phase',
  'slots',
  'limit',
  'codec-level',
  'invalid',
];

export type TopologyAnswer =
  | {
      readonly ok: true;
      /** Topology version now. */
      readonly version: number;
      /** False: it was so already. */
      readonly changed: boolean;
      /** Of the node, cluster or move that was made, or found by its token; else 0. */
      readonly id: number;
    }
  | {
      readonly ok: false;
      readonly version: number;
      readonly code: 'TOPOLOGY_STALE' | 'TOPOLOGY_REFUSED';
      readonly reason: TopologyRefusalReason;
      /** What would have happened, and what to do instead. */
      readonly message: string;
    };

export interface NodeView {
  readonly node: number;
  /** '' for one that was there when the deployment was founded. */
  readonly token: string;
  readonly state: NodeState;
  /** Also while it is down. */
  readonly isDraining: boolean;
  readonly info: NodeInfo;
  /** Log time since which it has its state, ms. */
  readonly stateSinceMs: number;
  /** Topology version at which state, zone, labels, role or capacity changed last. */
  readonly changedAt: number;
}

/** `joining`: to become a voter. `voter`: the group's log says so. `leaving`: to be removed. */
export type MemberState = 'joining' | 'voter' | 'leaving';

export interface MemberView {
  readonly node: number;
  readonly state: MemberState;
  /** The member whose place it takes; 0 for none. Only while joining. */
  readonly replaces: number;
}

export interface ClusterView {
  readonly clusterId: number;
  readonly state: ClusterState;
  /** Voters that it is to have. */
  readonly targetSize: number;
  /** Slots that it is to have. */
  readonly slotTarget: number;
  readonly metadata: readonly Label[];
  /** Ascending by node. */
  readonly members: readonly MemberView[];
  /** Of the group's own log, of the membership recorded last; 0: the one that it began with. */
  readonly confIndex: number;
  /** Topology version at which members, state, metadata or target size changed last. */
  readonly changedAt: number;
  /** Log time of that, ms. */
  readonly changedMs: number;
}

export interface MoveView {
  readonly moveId: number;
  readonly from: number;
  readonly to: number;
  readonly ranges: readonly SlotRange[];
  readonly phase: MovePhase;
  /** Log time, ms. */
  readonly begunMs: number;
  readonly phaseSinceMs: number;
}

export interface SlotOwnersView {
  /** 0: nobody. */
  ownerOf(slot: number): number;
  countOf(clusterId: number): number;
  /** Ascending. */
  rangesOf(clusterId: number): readonly SlotRange[];
  /** The move that a slot is in; 0 for none. */
  moveOf(slot: number): number;
}

export interface TopologyView {
  /** '' before it was founded. */
  readonly deployment: string;
  /** Grows by one with each command that changed anything. */
  readonly version: number;
  readonly logTimeMs: number;
  readonly codecLevel: number;
  readonly limits: TopologyLimits;
  readonly limitsRevision: number;
  /** Of cluster 0 itself. */
  readonly membership: ConfState;
  /** Ascending by id. */
  readonly nodes: ReadonlyMap<number, NodeView>;
  readonly clusters: ReadonlyMap<number, ClusterView>;
  readonly moves: ReadonlyMap<number, MoveView>;
  readonly slots: SlotOwnersView;
  /** Highest ids that were ever used. */
  readonly nodeIdHighest: number;
  readonly clusterIdHighest: number;
  readonly moveIdHighest: number;
  /** Topology version at which a cluster was made, destroyed, or changed its state. */
  readonly clustersChangedAt: number;
  /** Topology version at which targets or owners of slots changed last; and its log time, ms. */
  readonly slotsChangedAt: number;
  readonly slotsChangedMs: number;
  /** Execution clusters that a node is a member of, in whatever state. */
  hostedBy(node: number): number;
}
