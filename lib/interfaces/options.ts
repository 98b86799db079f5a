/**
 * Options of RaftoralModule. Owns names and defaults' meaning; defaults themselves stand in raftoral.module-definition.ts.
 */
import type { Transport } from '../transport/transport.js';
import type { GroupLimits } from '../workflow/command.js';
import type { PlacementPolicy } from '../workflow/service.js';

/** Makes the transport of a node: `InProcessNetwork`, or anything with the same method. */
export interface TransportMaker {
  createTransport(): Transport;
}

/** Everything ends with the process: the node needs a new id at every start. For tests and for trying things out. */
export interface MemoryStorageOptions {
  readonly type: 'memory';
}

/** Two files in a folder of this node's own. What was acknowledged survives the process, and the machine while its disk does. */
export interface SqliteStorageOptions {
  readonly type: 'sqlite';
  /** Folder for log.db and state.db; made if it is missing. No other process may use it. */
  readonly path: string;
  /**
   * True: files that can not be used (damaged, of another node) are put aside and the node starts empty. It needs a node id that was never used,
   * `cluster.join: true`, and the group's membership calls to come back; the sole voter of a cluster is refused (REJOIN_REFUSED).
   */
  readonly rejoinEmpty?: boolean;
}

/** gRPC between the nodes, and for clients. Needs `@nestjs/microservices`. */
export interface GrpcTransportOptions {
  readonly type: 'grpc';
  /** `host:port` to listen on; port 0 = any free one. A host that is not of this machine alone needs TLS or a secret. */
  readonly listen: string;
  /** `host:port` at which the other nodes reach this one. Default: `listen`, as bound. */
  readonly advertise?: string;
  /** Server reflection, for tools such as grpcurl. Default false. */
  readonly reflection?: boolean;
}

/** HTTP between the nodes, and a JSON API for clients. */
export interface HttpTransportOptions {
  readonly type: 'http';
  /** `host:port` of a listener of its own; absent: on the application's own server, once it listens (R44). */
  readonly listen?: string;
  /** `host:port` at which the other nodes reach this one. Required without `listen`. */
  readonly advertise?: string;
  /** Path under which everything stands. Default `/raftoral`. */
  readonly path?: string;
  /** Origins that browsers may call the JSON API from; `true` = any. Default: none. */
  readonly cors?: boolean | readonly string[];
}

/** A text, or the path of a file that holds it (trimmed). */
export type Secret = string | { readonly file: string };

export interface TlsOptions {
  /** PEM files; read again when they change. */
  readonly cert: string;
  readonly key: string;
  /** Authority of the peers' certificates: with it, peers must show one (mutual TLS). */
  readonly ca: string;
  /** Authority of the clients' certificates. Default: none; clients need `clientSecret`. */
  readonly clientCa?: string;
  /** Name that the peers' certificates must bear, where it is not the host of their address. */
  readonly serverName?: string;
}

/** Peers and clients are apart: neither's credentials open what is the other's. */
export interface SecurityOptions {
  /** Shared by all nodes, 16 bytes or more: mutual challenge, and a MAC per frame where there is no TLS (R44). */
  readonly peerSecret?: Secret;
  /** Of those who call the control API, 16 bytes or more. */
  readonly clientSecret?: Secret;
  readonly tls?: TlsOptions;
  /** True: neither secret nor TLS, on purpose, and also beyond the loopback interface. Default false: that is refused. */
  readonly insecure?: boolean;
}

/** What a node says of itself, and what the cluster manager aims for when it runs here: give the manager's options alike on all nodes. */
export interface ManagementOptions {
  /** Voters of the management cluster; all other nodes follow it. Default 3. */
  readonly voters?: 1 | 3 | 5;
  /** Nodes that are to be those voters, before all others. */
  readonly pinned?: readonly number[];
  /** Voters of a new execution cluster. Default 3. */
  readonly targetSize?: number;
  /** Members of a cluster are spread over zones. */
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Execution clusters that this node hosts at most. Default 64. */
  readonly capacity?: number;
  /**
   * `voter-only`: stores and votes, runs no workflow code. `client`: a member of no cluster, which joins by `cluster.seeds`, fetches the topology, and forwards every call. Default `full`.
   */
  readonly role?: 'full' | 'voter-only' | 'client';
  /** Silence after which a node's places are given to others, ms. Default 30,000. */
  readonly nodeDownAfterMs?: number;
  /** A node that was down for so long is forgotten, ms. Default a day. */
  readonly nodeForgetAfterMs?: number;
  /** Between two looks of the cluster manager, ms; after a change it looks at once. Default 1,000. */
  readonly roundEveryMs?: number;
  /** Of one look. Default 32. */
  readonly decisionsMax?: number;
  /** Clusters whose members change at one time. Default 8. */
  readonly changingClustersMax?: number;
  /** Moves of slots at one time. Default 8. */
  readonly movesMax?: number;
  /** Default 512. */
  readonly slotsPerMoveMax?: number;
  /** A cluster with more open workflows is split. Default 500,000. */
  readonly openWorkflowsMax?: number;
  /** A cluster with more starts per second is split. Default 5,000. */
  readonly startsPerSecondMax?: number;
  /** Open workflows below which nothing is balanced by load. */
  readonly balanceFrom?: number;
  /** Between two changes for the sake of load, and before a cluster is merged, ms. */
  readonly settleMs?: number;
}

export interface RaftoralModuleOptions {
  readonly node?: {
    /**
     * Whole number ≥ 1, unique in the deployment. Only for a static membership (`cluster.members`, `cluster.join`); else the cluster gives it, and the
     * node's files keep it. With sqlite storage the same at every start; with memory storage never used again (R42).
     */
    readonly id?: number;
  };
  readonly cluster: {
    /** Static membership: node ids of the first members, voters of cluster 1. Every first member is given the same list. */
    readonly members?: readonly number[];
    /** Static membership, true: this node is in no first membership; it waits to be added by addLearner()/promote(). */
    readonly join?: boolean;
    /** True: without files, this node begins a deployment of its own as node 1. Others join it through `seeds`. With files it does nothing. */
    readonly bootstrap?: boolean;
    /** So many nodes start at once, without files, each with the others among its seeds: they agree on one that begins, and the others join it. */
    readonly bootstrapExpect?: number;
    /** `host:port` of other nodes, any of them; a name is resolved again at each attempt, and may have many addresses. */
    readonly seeds?: readonly string[];
    /** A node that joins becomes a voter while there are fewer than so many, then a learner. Default 7. */
    readonly votersMax?: number;
    /** The lost node in whose place this one joins, in one change. */
    readonly replaces?: number;
  };
  /** How this node reaches the others, and clients it. */
  readonly transport?: GrpcTransportOptions | HttpTransportOptions;
  readonly security?: SecurityOptions;
  /** UUID of the deployment: in every frame and idempotency key. Default: a fixed one, derived from the first membership. */
  readonly deployment?: string;
  /** `InProcessNetwork` that the nodes of one process share. Any `Transport` may be given by overriding its token. */
  readonly network?: TransportMaker;
  /** Default: memory. */
  readonly storage?: MemoryStorageOptions | SqliteStorageOptions;
  /** Names the code that runs: equal ids promise equal behaviour (R10). Default: digest of the source of all workflow classes. */
  readonly buildId?: string;
  readonly raft?: {
    /** Default 50. */
    readonly tickMs?: number;
    /** Default 10: an election starts after 500–1000 ms of silence. */
    readonly electionTimeoutTicks?: number;
    /** Default 1. */
    readonly heartbeatTimeoutTicks?: number;
    /** Silence after which a peer counts as down, ms. Default 600. */
    readonly peerDownAfterMs?: number;
    /** Default 1 MiB. */
    readonly messageBytesMax?: number;
    /** Default 256. */
    readonly inflightMessagesMax?: number;
    /** A snapshot (and compaction behind it) is due after so many applied entries, once they have as many bytes as the last snapshot had; after 64 MiB in any case. Default 10,000. */
    readonly snapshotEntriesMax?: number;
    /** Entries kept behind the snapshot, or the flushed state, for slow followers. Default 5,000. */
    readonly compactionKeepEntries?: number;
    /** Sqlite storage: changes are copied from the log to the state after so many applied entries, or so many bytes of them: what a restart replays. Default 5,000 and 8 MiB. */
    readonly stateFlushEntriesMax?: number;
    readonly stateFlushBytesMax?: number;
    /** What leaves this node for snapshots to others, of all groups together, bytes a second; 0 = no bound. Default 64 MiB. */
    readonly snapshotBytesPerSecondMax?: number;
    /**
     * Sqlite storage: while a write is on its way to the disk the event loop does not sleep, for so long at most, ms (2 is a good value). Commits that come one at a time take about a fifth less;
     * a core that would have slept is busy meanwhile: for nodes with cores to spare. Default 0: it sleeps.
     */
    readonly busyPollMs?: number;
  };
  readonly proposals?: {
    /** Proposals waiting on this node at most; more is OVERLOADED. Default 10,000. */
    readonly queueLengthMax?: number;
    /** Default 64 MiB. */
    readonly queueBytesMax?: number;
  };
  /** Deadline of client commands, ms. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** First values of the replicated limits; the first leader commits them, later changes go through the log (R30). */
  readonly limits?: Partial<GroupLimits>;
  readonly runs?: {
    /** Runs whose code stays in memory at most; idle ones above it are passivated (R33). Default 10,000. */
    readonly residentRunsMax?: number;
    /** Memory that resident runs take with their histories at most, as estimated, bytes; idle ones above it are passivated (R33). Default 64 MiB. */
    readonly residentBytesMax?: number;
  };
  /** The replicas compare the hashes of their states: one that differs from a majority stops (docs/OPERATIONS.md). */
  readonly stateChecks?: {
    /** Time between two checks at least, ms; 0 = none. Default 600,000. The leader's option counts. */
    readonly everyMs?: number;
    /** Entries between two checks at least: an idle group is never checked again. Default 1,000. */
    readonly entriesMin?: number;
  };
  readonly events?: {
    /** Items that a slow subscriber may lag behind before it gets `gap` (R43). Default 1,024. */
    readonly subscriberBufferMax?: number;
  };
  readonly shutdown?: {
    /** How long a closing node waits for its runs to find another owner and for its proposals to be answered, ms. Default 2,000; 0 = stop at once. */
    readonly drainTimeoutMs?: number;
  };
  readonly health?: {
    /** A turn of the loop that takes longer is down, ms (liveness). Default 2,000. */
    readonly loopDelayMsMax?: number;
    /** Committed entries that may wait to be applied (readiness). Default 1,000. */
    readonly applyLagEntriesMax?: number;
  };
  /**
   * Two layers: a management cluster, which makes, fills and repairs execution clusters as nodes come and go. `{}`: with the defaults. Absent: cluster 1 alone, unless another node has founded the
   * management cluster, which is for good.
   */
  readonly management?: ManagementOptions;
  /**
   * Where a workflow begins whose id the engine makes, in a deployment of several clusters: `round-robin` (default), `least-loaded`, `local-first`, or affinity by labels of the cluster's metadata. A start may
   * name another one.
   */
  readonly placement?: PlacementPolicy;
  /** A leader whose clock is ahead of the quorum's median by more hands over, ms (R23). Default 2,000; 0 = off. */
  readonly maxClockSkewMs?: number;
}
