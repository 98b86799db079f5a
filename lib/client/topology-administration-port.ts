/**
 * Port: what an operator asks of the topology of a deployment with a management cluster. The face implements it; ControlService offers it to clients.
 *
 * A1. Reports are plain JSON values with stable names: they are the answers of the control API, as they stand.
 * A2. report() is local, and as old as what this node has applied of cluster 0.
 * A3. Every call rejects with TOPOLOGY_REFUSED where the deployment has no management cluster.
 */
export interface TopologyNodeReport {
  readonly nodeId: number;
  readonly state: string;
  /** What was asked of it outlives its absence. */
  readonly isDraining: boolean;
  /** By gossip, as the answering node hears it. */
  readonly isAlive: boolean;
  readonly role: string;
  /** '' for none. */
  readonly zone: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Execution clusters that it hosts, and may host. */
  readonly hosted: number;
  readonly capacity: number;
  readonly addresses: readonly string[];
  readonly incarnation: number;
  /** In cluster 0. */
  readonly management: 'voter' | 'learner' | 'none';
}

export interface TopologyMemberReport {
  readonly nodeId: number;
  readonly state: string;
  /** 0: nobody's place. */
  readonly replaces: number;
}

export interface TopologyClusterReport {
  readonly clusterId: number;
  readonly state: string;
  readonly targetSize: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly members: readonly TopologyMemberReport[];
  readonly slots: number;
  /** That it is to have. */
  readonly slotTarget: number;
}

export interface TopologyMoveReport {
  readonly moveId: number;
  readonly from: number;
  readonly to: number;
  readonly slots: number;
  readonly phase: string;
}

/** Answer of cluster.list. */
export interface TopologyReport {
  /** '' before the deployment is founded. */
  readonly deployment: string;
  readonly version: number;
  /** Of cluster 0; 0: none known. */
  readonly leader: number;
  readonly nodes: readonly TopologyNodeReport[];
  readonly clusters: readonly TopologyClusterReport[];
  readonly moves: readonly TopologyMoveReport[];
}

/** Answer of cluster.plan: what the cluster manager would do now, in this order, and why; and what it waits for. */
export interface PlanReport {
  readonly decisions: ReadonlyArray<{ readonly rule: string; readonly explanation: string }>;
  readonly waiting: readonly string[];
}

/** Of a change: the topology version that it was decided on; default: the newest that the answering node has. */
export interface DecidedOn {
  readonly decidedOn?: number;
}

export interface TopologyAdministration {
  report(): TopologyReport;
  plan(): Promise<PlanReport>;
  /** The id of the new cluster. */
  createCluster(
    cluster: {
      readonly members?: readonly number[];
      readonly targetSize?: number;
      readonly metadata?: Readonly<Record<string, string>>;
    } & DecidedOn,
  ): Promise<number>;
  /** Its slots go to the others, and then it is destroyed; `isUndone`: it stays. */
  retireCluster(change: { readonly clusterId: number; readonly isUndone: boolean } & DecidedOn): Promise<void>;
  destroyCluster(change: { readonly clusterId: number } & DecidedOn): Promise<void>;
  associate(change: { readonly clusterId: number; readonly nodeId: number; readonly replaces?: number } & DecidedOn): Promise<void>;
  disassociate(change: { readonly clusterId: number; readonly nodeId: number } & DecidedOn): Promise<void>;
  setMetadata(
    change: { readonly clusterId: number; readonly metadata?: Readonly<Record<string, string>>; readonly targetSize?: number } & DecidedOn,
  ): Promise<void>;
  /** Its slots stay where they are, unless the target's log has decided for it by then. The cluster manager may begin it anew. */
  abortMove(change: { readonly moveId: number }): Promise<void>;
  /** It leaves all clusters and gets nothing more to host; `isUndone`: it takes part again. */
  drainNode(change: { readonly nodeId: number; readonly isUndone: boolean } & DecidedOn): Promise<void>;
  /** Forgets a node that is gone and hosts nothing. */
  removeNode(change: { readonly nodeId: number } & DecidedOn): Promise<void>;
}
