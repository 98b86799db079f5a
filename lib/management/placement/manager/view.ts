/**
 * What the cluster manager looks at, what it is told to aim for, and what it answers. Types and defaults only.
 */
import type { TopologyCommand } from '../../command.js';
import type { TopologyView } from '../../state.js';

/** What is known of a node by gossip; a node that is missing was never heard of. */
export interface NodeObservation {
  readonly isLive: boolean;
  /** The manager's clock, ms: since when it has been as it is. */
  readonly sinceMs: number;
}

/** What the leader of a group says of it; a cluster that is missing, or has no leader, can not be changed now. */
export interface GroupObservation {
  /** 0: none. */
  readonly leader: number;
  /** Index of its log as of which its membership is this. */
  readonly confIndex: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  /** A change is under way, or the configuration is joint. */
  readonly isChanging: boolean;
  /** Learners that may be promoted. */
  readonly caughtUp: readonly number[];
  readonly openWorkflows: number;
  readonly startsPerSecond: number;
}

export interface ManagerView {
  readonly topology: TopologyView;
  /** ms. */
  readonly nowMs: number;
  readonly nodes: ReadonlyMap<number, NodeObservation>;
  /** By cluster id; 0 is the management cluster. */
  readonly groups: ReadonlyMap<number, GroupObservation>;
}

export interface ManagerPolicy {
  /** Voters of a new execution cluster. */
  readonly targetSize: number;
  readonly managementVoters: 1 | 3 | 5;
  /** Nodes that are to be those voters, before all others. */
  readonly managementPinned: readonly number[];
  /** A node that was silent for so long is down, ms: its members are replaced. */
  readonly nodeDownAfterMs: number;
  /** One that was down for so long is forgotten, ms. */
  readonly nodeForgetAfterMs: number;
  /** Of one decision round. */
  readonly decisionsMax: number;
  /** Clusters whose members change at one time. */
  readonly changingClustersMax: number;
  /** Moves of slots at one time; never more than the topology's own limit. */
  readonly movesMax: number;
  readonly slotsPerMoveMax: number;
  /** A cluster above either of them is split. */
  readonly openWorkflowsMax: number;
  readonly startsPerSecondMax: number;
  /** Two clusters that would have less than this share of those bounds together are merged: at most 0.5, so that what was merged is not split. */
  readonly mergeBelow: number;
  /** A cluster whose load is above the mean by this share gives slots away. */
  readonly imbalance: number;
  /** Open workflows below which nothing is balanced by load. */
  readonly balanceFrom: number;
  /** Between two changes of slot targets for the sake of load, and before a cluster is merged, ms. */
  readonly settleMs: number;
}

export const DEFAULT_MANAGER_POLICY: ManagerPolicy = {
  targetSize: 3,
  managementVoters: 3,
  managementPinned: [],
  nodeDownAfterMs: 30_000,
  nodeForgetAfterMs: 24 * 3_600_000,
  decisionsMax: 32,
  changingClustersMax: 8,
  movesMax: 8,
  slotsPerMoveMax: 512,
  openWorkflowsMax: 500_000,
  startsPerSecondMax: 5_000,
  mergeBelow: 0.25,
  imbalance: 0.3,
  balanceFrom: 1_000,
  settleMs: 60_000,
};

/** A change of a group's own membership, for its leader (lib/cluster/membership-calls.ts); cluster 0 too. */
export type GroupStep = { readonly clusterId: number; readonly node: number } & (
  | { readonly operation: 'add-learner' | 'promote' | 'remove' | 'demote' }
  // `exchange`: the lost voter goes on as a learner.
  | { readonly operation: 'replace' | 'exchange'; readonly lost: number }
);

export type ManagerRule =
  | 'node-state'
  | 'record-members'
  | 'group-step'
  | 'management-voters'
  | 'management-members'
  | 'repair'
  | 'drain'
  | 'fill'
  | 'shrink'
  | 'spread'
  | 'create'
  | 'split'
  | 'merge'
  | 'destroy'
  | 'slot-targets'
  | 'move-slots'
  | 'forget';

/** One thing to do, and why. `explanation` is a sentence for a person; it is all that a dry run prints. */
export type Decision = { readonly rule: ManagerRule; readonly explanation: string } & (
  { readonly command: TopologyCommand; readonly step?: undefined } | { readonly step: GroupStep; readonly command?: undefined }
);

export interface ManagerPlan {
  /** In the order in which they are to be carried out. Each holds on its own: one that is refused or lost does not make the next one wrong. */
  readonly decisions: readonly Decision[];
  /** What should be done and can not be, and why: sentences. */
  readonly waiting: readonly string[];
}
