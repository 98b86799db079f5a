/**
 * Port: what an operator asks of one node, and of the membership through it. The face implements it; ControlService offers it to clients.
 *
 * A1. Reports are plain JSON values with stable names: they are the answers of the control API, as they stand.
 * A2. status(), nodes() and isServing() are local and answer at any time, also before the node has an identity and after it stopped.
 */
import type { NodeAddress, PeerLinkStatus } from '../transport/network-transport-port.js';
import type { TopologyAdministration } from './topology-administration-port.js';

export interface MemberReport {
  readonly nodeId: number;
  readonly role: 'voter' | 'learner';
  readonly isLeader: boolean;
  /** As the answering node hears it. */
  readonly isAlive: boolean;
  /** `host:port`; null where it is not known. */
  readonly address: string | null;
}

/** Answer of membership.members, and of every call that changes the membership. */
export interface MembersReport {
  readonly clusterId: number;
  /** 0: none known. */
  readonly leader: number;
  readonly term: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  /** True while a change of the voters is under way (joint consensus). */
  readonly isChanging: boolean;
  /** Voters and learners, ascending. */
  readonly members: readonly MemberReport[];
}

/** What the leader knows of a member's log; empty on other nodes. */
export interface ReplicationReport {
  readonly nodeId: number;
  readonly matchIndex: number;
  /** Entries that it has still to get. */
  readonly lagEntries: number;
  readonly state: string;
}

export interface RunCountsReport {
  readonly open: number;
  readonly closed: number;
  readonly blocked: number;
  /** Open runs by owner, ascending; owner 0: nobody. */
  readonly owners: ReadonlyArray<{ readonly nodeId: number; readonly runs: number }>;
}

/** What the replicas know of each other's state. */
export interface StateCheckReport {
  /** Applied index of the last check; 0: there was none. */
  readonly index: number;
  /** Of the last one that a majority agreed on. */
  readonly agreedIndex: number;
  /** Members that were found to differ, and have stopped. */
  readonly diverged: readonly number[];
  /** No majority agrees: the cluster refuses commands. */
  readonly isRefusing: boolean;
  /** In one sentence; null while nothing is known to differ. */
  readonly problem: string | null;
}

export interface ClusterReport extends MembersReport {
  readonly role: string;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly isHibernating: boolean;
  /** Why the group stopped on this node; null while it runs. */
  readonly halted: string | null;
  readonly replication: readonly ReplicationReport[];
  readonly stateCheck: StateCheckReport;
  readonly runs: RunCountsReport;
}

/** Answer of admin.status. */
export interface NodeReport {
  /** 0: it has no identity yet. */
  readonly nodeId: number;
  /** '': it knows none yet. */
  readonly deployment: string;
  readonly incarnation: number;
  readonly state: 'starting' | 'joining' | 'running' | 'stopping' | 'stopped' | 'left';
  /** What the node is at while it starts or joins, in one sentence; null else. */
  readonly progress: string | null;
  /** What stopped this node or a group of it; null while all is well. */
  readonly failure: string | null;
  /** The last thing that a person should look at; null if there was none. */
  readonly alarm: string | null;
  /** What is wrong, most urgent first, each in one sentence; empty while all is well. */
  readonly problems: readonly string[];
  /** `host:port` at which peers reach it; null if they can not. */
  readonly address: string | null;
  /** How late the event loop was at the last tick, and at worst. */
  readonly loopLagMs: number;
  readonly loopLagMsMax: number;
  readonly stalls: number;
  readonly clusters: readonly ClusterReport[];
  readonly connections: readonly PeerLinkStatus[];
}

/** Answer of discovery.nodes. */
export interface NodesReport {
  readonly deployment: string;
  readonly nodeId: number;
  readonly nodes: readonly NodeAddress[];
}

export interface NodeAdministration {
  readonly topology: TopologyAdministration;
  status(): NodeReport;
  /** Throws NOT_MEMBER before the node hosts its cluster. */
  members(): MembersReport;
  nodes(): NodesReport;
  addLearner(nodeId: number): Promise<void>;
  promote(nodeId: number): Promise<void>;
  remove(nodeId: number): Promise<void>;
  replace(change: { readonly lost: number; readonly replacement: number }): Promise<void>;
  transferLeadership(to: number): Promise<void>;
  /** Resolves once this node is no member any more and its files say so. Its owner may end the process then; answers under way still go out. */
  leave(): Promise<void>;
  /** True while clients may be sent here: the node runs, and its cluster has a leader that it hears. */
  isServing(): boolean;
}
