/**
 * Commands of the management cluster (cluster 0): what may stand in its log. Types and constants only; bytes are made and read by command-codec.ts.
 *
 * C1. A released kind is never renumbered or given another meaning; a new field needs a new kind or a new codec level (R31).
 * C2. `decidedOn` is the topology version that the sender saw. Apply refuses the command as stale if something that it names has changed since,
 *     and only then (docs/adr/0058), so that the commands of one plan do not make each other stale.
 * C3. No command names a workflow: the state of the management cluster does not grow with them.
 * Source: DESIGN §7; RULES R39–R42.
 */
export const TopologyKind = {
  FOUND: 1,
  SET_LIMITS: 2,
  RAISE_CODEC_LEVEL: 3,
  ADD_NODE: 10,
  REMOVE_NODE: 11,
  SET_NODE_STATE: 12,
  SET_NODE_INFO: 13,
  CREATE_CLUSTER: 20,
  DESTROY_CLUSTER: 21,
  ASSOCIATE: 22,
  DISASSOCIATE: 23,
  RECORD_MEMBERS: 24,
  SET_METADATA: 25,
  SET_CLUSTER_STATE: 26,
  SET_SLOT_TARGETS: 30,
  BEGIN_MOVE: 31,
  ADVANCE_MOVE: 32,
  ABORT_MOVE: 33,
  FINISH_MOVE: 34,
} as const;
export type TopologyKind = (typeof TopologyKind)[keyof typeof TopologyKind];

/** Highest codec level of the management cluster that this build applies (R31). */
export const TOPOLOGY_CODEC_LEVEL_MAX = 1;

/** Fixed for the format (R40); lib/workflow/slot.ts says which slot a workflow id has. */
export const SLOT_COUNT = 4096;
/** The execution cluster that a deployment begins with: its group owns every slot from the first entry on. */
export const FIRST_CLUSTER_ID = 1;
/** Ids of nodes and clusters are below 2^31. */
export const TOPOLOGY_ID_MAX = 2 ** 31 - 1;
/** Voters that an execution cluster may have. */
export const CLUSTER_SIZE_MAX = 7;

/** `full`: stores, votes, runs code. `voter-only`: stores and votes. `client`: is a member of nothing. */
export type NodeRole = 'full' | 'voter-only' | 'client';
/** `draining` is a wish of the operator that outlives `down`. */
export type NodeState = 'joining' | 'active' | 'draining' | 'down' | 'left';
/** `retiring`: its slots go to other clusters, then it is destroyed. */
export type ClusterState = 'active' | 'retiring';
/**
 * R41. `copying`: intent, histories are copied ahead. `frozen`: the source's log froze the slots. `imported`: the target's log has them, inactive. `activated`: the
 * target's log made them its own. `aborting`: the target's log is asked to decide against it. `aborted`: it did.
 */
export type MovePhase = 'copying' | 'frozen' | 'imported' | 'activated' | 'aborting' | 'aborted';

/** Slots first … first + count - 1. */
export interface SlotRange {
  readonly first: number;
  readonly count: number;
}

/** Sorted by name where they are kept; no name twice. */
export interface Label {
  readonly name: string;
  readonly value: string;
}

export interface RegisteredWorkflow {
  readonly name: string;
  /** Ascending. */
  readonly versions: readonly number[];
}

/** What a node says of itself. */
export interface NodeInfo {
  /** Grows at each process start of the node. */
  readonly incarnation: number;
  readonly addresses: readonly string[];
  /** '' for none. */
  readonly zone: string;
  readonly labels: readonly Label[];
  /** Execution clusters that it is to host at most; 0: none. */
  readonly capacity: number;
  readonly role: NodeRole;
  /** Highest codec level of the management cluster that its build applies. */
  readonly codecLevelMax: number;
  readonly workflows: readonly RegisteredWorkflow[];
}

/** Bounds of the topology; each is checked by apply. */
export interface TopologyLimits {
  readonly nodesMax: number;
  readonly clustersMax: number;
  /** Moves of slots at one time. */
  readonly movesMax: number;
}

export const DEFAULT_TOPOLOGY_LIMITS: TopologyLimits = { nodesMax: 2_048, clustersMax: 1_024, movesMax: 64 };

/**
 * The first command of the log. A new deployment: one node, and itself as the member of cluster 1. A deployment that knew cluster 1 alone is taken over: all its
 * nodes, the voters of cluster 1, and the highest node id that it ever gave out. Cluster 1 is recorded with all slots: its group owns them already.
 */
export interface FoundCommand {
  readonly kind: typeof TopologyKind.FOUND;
  /** Uuid. */
  readonly deployment: string;
  readonly nodes: ReadonlyArray<{ readonly node: number; readonly info: NodeInfo }>;
  /** Voters of cluster 1; empty: there is none yet. */
  readonly members: readonly number[];
  readonly targetSize: number;
  readonly nodeIdHighest: number;
}

/** Applied only if `expectedRevision` is the current revision. */
export interface SetTopologyLimitsCommand {
  readonly kind: typeof TopologyKind.SET_LIMITS;
  readonly expectedRevision: number;
  readonly limits: TopologyLimits;
}

export interface RaiseTopologyLevelCommand {
  readonly kind: typeof TopologyKind.RAISE_CODEC_LEVEL;
  readonly level: number;
}

/** Gives a node an id of its own (R42). The same token has the same id for as long as the node is known. */
export interface AddNodeCommand {
  readonly kind: typeof TopologyKind.ADD_NODE;
  /** The deployment that the node means to join; '' for any. */
  readonly deployment: string;
  /** Uuid of the process that joins. */
  readonly token: string;
  /** The id is above it: the highest that the sender has heard of otherwise. */
  readonly above: number;
  readonly info: NodeInfo;
}

/** Forgets a node that hosts nothing. Its id is never used again. */
export interface RemoveNodeCommand {
  readonly kind: typeof TopologyKind.REMOVE_NODE;
  readonly node: number;
  readonly decidedOn: number;
}

/** `active` of a node that was draining when it went down makes it draining again; of one that is draining, it ends that. */
export interface SetNodeStateCommand {
  readonly kind: typeof TopologyKind.SET_NODE_STATE;
  readonly node: number;
  readonly state: NodeState;
  readonly decidedOn: number;
}

/** Replaces what the node said before. Refused for an incarnation that is lower than the known one. */
export interface SetNodeInfoCommand {
  readonly kind: typeof TopologyKind.SET_NODE_INFO;
  readonly node: number;
  readonly info: NodeInfo;
}

/** The members are the voters that the new group begins with. The answer has its id. */
export interface CreateClusterCommand {
  readonly kind: typeof TopologyKind.CREATE_CLUSTER;
  readonly members: readonly number[];
  readonly targetSize: number;
  readonly metadata: readonly Label[];
  readonly decidedOn: number;
}

export interface DestroyClusterCommand {
  readonly kind: typeof TopologyKind.DESTROY_CLUSTER;
  readonly clusterId: number;
  /** How many the sender saw: more than 0 is refused. */
  readonly openWorkflows: number;
  readonly decidedOn: number;
}

/** A node is to become a voter of a cluster: learner, caught up, promoted; in the place of `replaces`, in one joint change, unless that is 0. */
export interface AssociateCommand {
  readonly kind: typeof TopologyKind.ASSOCIATE;
  readonly clusterId: number;
  readonly node: number;
  readonly replaces: number;
  readonly decidedOn: number;
}

/** A member is to leave a cluster. It is a member until RECORD_MEMBERS says that the group's own log has removed it. */
export interface DisassociateCommand {
  readonly kind: typeof TopologyKind.DISASSOCIATE;
  readonly clusterId: number;
  readonly node: number;
  readonly decidedOn: number;
}

/** The membership that a group's own log has decided, as of `confIndex` of that log. An older one is refused. */
export interface RecordMembersCommand {
  readonly kind: typeof TopologyKind.RECORD_MEMBERS;
  readonly clusterId: number;
  readonly confIndex: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
}

export interface SetMetadataCommand {
  readonly kind: typeof TopologyKind.SET_METADATA;
  readonly clusterId: number;
  readonly targetSize: number;
  readonly metadata: readonly Label[];
  readonly decidedOn: number;
}

export interface SetClusterStateCommand {
  readonly kind: typeof TopologyKind.SET_CLUSTER_STATE;
  readonly clusterId: number;
  readonly state: ClusterState;
  readonly decidedOn: number;
}

export interface SlotTarget {
  readonly clusterId: number;
  readonly slots: number;
}

/** How many slots each cluster is to have; clusters that are not named, none. They add up to SLOT_COUNT. Moves make it so. */
export interface SetSlotTargetsCommand {
  readonly kind: typeof TopologyKind.SET_SLOT_TARGETS;
  readonly targets: readonly SlotTarget[];
  readonly decidedOn: number;
}

/** Intent of a move (R41). What it was decided on is checked slot by slot: each must be owned by `from`, and in no other move. */
export interface BeginMoveCommand {
  readonly kind: typeof TopologyKind.BEGIN_MOVE;
  readonly from: number;
  readonly to: number;
  /** Ascending, apart from each other. */
  readonly ranges: readonly SlotRange[];
}

/** What the logs of source and target have decided. */
export interface AdvanceMoveCommand {
  readonly kind: typeof TopologyKind.ADVANCE_MOVE;
  readonly moveId: number;
  readonly phase: MovePhase;
}

/** Asks for the end of a move that is not activated: the target's log still decides. */
export interface AbortMoveCommand {
  readonly kind: typeof TopologyKind.ABORT_MOVE;
  readonly moveId: number;
}

/** The source has dropped the slots, or unfrozen them. */
export interface FinishMoveCommand {
  readonly kind: typeof TopologyKind.FINISH_MOVE;
  readonly moveId: number;
}

export type TopologyCommand =
  | FoundCommand
  | SetTopologyLimitsCommand
  | RaiseTopologyLevelCommand
  | AddNodeCommand
  | RemoveNodeCommand
  | SetNodeStateCommand
  | SetNodeInfoCommand
  | CreateClusterCommand
  | DestroyClusterCommand
  | AssociateCommand
  | DisassociateCommand
  | RecordMembersCommand
  | SetMetadataCommand
  | SetClusterStateCommand
  | SetSlotTargetsCommand
  | BeginMoveCommand
  | AdvanceMoveCommand
  | AbortMoveCommand
  | FinishMoveCommand;
