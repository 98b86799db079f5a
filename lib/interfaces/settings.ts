/**
 * Options with every default filled in: what the parts of the engine are built from. Made by resolveSettings() only.
 */
import type { ManagerPolicy, NodeInfo } from '../management/index.js';
import type { GroupLimits } from '../workflow/command.js';
import type { PlacementPolicy } from '../workflow/service.js';
import type { MemoryStorageOptions, RaftoralModuleOptions, Secret, SqliteStorageOptions, TlsOptions, TransportMaker } from './options.js';

type Complete<T> = { readonly [Key in keyof T]-?: NonNullable<T[Key]> };
type Section<Key extends keyof RaftoralModuleOptions> = Complete<NonNullable<RaftoralModuleOptions[Key]>>;

export interface ClusterSettings {
  /** 0: the cluster gives it. */
  readonly nodeId: number;
  /** Of a static first membership, ascending; else empty. */
  readonly members: readonly number[];
  /** The operator gives ids and adds nodes; else they come by bootstrap, bootstrapExpect and joining. */
  readonly isStatic: boolean;
  readonly seeds: readonly string[];
  readonly bootstrap: boolean;
  /** 0: not given. */
  readonly bootstrapExpect: number;
  readonly votersMax: number;
  /** 0: nobody. */
  readonly replaces: number;
}

interface ListenSettings {
  /** null: on the application's own server. */
  readonly listen: string | null;
  /** null: as it is bound. */
  readonly advertise: string | null;
}

export interface GrpcTransportSettings extends ListenSettings {
  readonly type: 'grpc';
  readonly listen: string;
  readonly reflection: boolean;
}

export interface HttpTransportSettings extends ListenSettings {
  readonly type: 'http';
  readonly path: string;
  readonly cors: boolean | readonly string[];
}

export type TransportSettings = GrpcTransportSettings | HttpTransportSettings;

/** As given; files are read when the transport is made. */
export interface SecuritySettings {
  readonly peerSecret: Secret | null;
  readonly clientSecret: Secret | null;
  readonly tls: TlsOptions | null;
  readonly insecure: boolean;
}

/** Of this node in a deployment of two layers. */
export interface ManagementSettings {
  /** Execution clusters that the node hosts at most. */
  readonly capacity: number;
  /** ms. */
  readonly roundEveryMs: number;
  readonly role: NodeInfo['role'];
  /** '' for none. */
  readonly zone: string;
  /** Ascending by name. */
  readonly labels: NodeInfo['labels'];
  /** Of the cluster manager, when it runs on this node. */
  readonly policy: ManagerPolicy;
}

export interface RaftoralSettings {
  /** 0: the cluster gives it. */
  readonly nodeId: number;
  /** Voters of cluster 1 at its first start, ascending; empty for a node that joins. */
  readonly members: readonly number[];
  /** '': the one that this node begins, or finds. */
  readonly deployment: string;
  readonly cluster: ClusterSettings;
  /** null: `network`, or the transport's token is overridden. */
  readonly transport: TransportSettings | null;
  readonly security: SecuritySettings;
  /** null: the transport's token is overridden. */
  readonly network: TransportMaker | null;
  readonly storage: Required<MemoryStorageOptions> | Required<SqliteStorageOptions>;
  /** null: the digest of the sources of all workflow classes. */
  readonly buildId: string | null;
  readonly raft: Section<'raft'>;
  readonly proposals: Section<'proposals'>;
  readonly requestTimeoutMs: number;
  readonly limits: GroupLimits;
  readonly runs: Section<'runs'>;
  readonly stateChecks: Section<'stateChecks'>;
  readonly events: Section<'events'>;
  readonly shutdown: Section<'shutdown'>;
  readonly health: Section<'health'>;
  readonly maxClockSkewMs: number;
  /** null: this node does not ask for two layers; it takes part with the defaults where there are two. */
  readonly management: ManagementSettings | null;
  readonly placement: PlacementPolicy;
}
