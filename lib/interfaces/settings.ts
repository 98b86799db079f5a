/**
 * Options with every default filled in: what the parts of the engine are built from. Made by resolveSettings() only.
 */
import type { GroupLimits } from '../workflow/command.js';
import type { MemoryStorageOptions, RaftoralModuleOptions, SqliteStorageOptions, TransportMaker } from './options.js';

type Complete<T> = { readonly [Key in keyof T]-?: NonNullable<T[Key]> };
type Section<Key extends keyof RaftoralModuleOptions> = Complete<NonNullable<RaftoralModuleOptions[Key]>>;

export interface RaftoralSettings {
  readonly nodeId: number;
  /** Voters of cluster 1 at its first start, ascending; empty for a node that joins. */
  readonly members: readonly number[];
  readonly deployment: string;
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
  readonly events: Section<'events'>;
  readonly shutdown: Section<'shutdown'>;
  readonly health: Section<'health'>;
  readonly maxClockSkewMs: number;
}
