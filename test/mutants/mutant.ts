/**
 * What a planted fault is, and what is run to find it.
 */
import type { ProfileName } from '../simulation/profile.js';
import type { TenantName } from '../simulation/run-seed.js';

export const LAYERS = [
  'raft',
  'shell',
  'storage',
  'transport',
  'state-machine',
  'runtime',
  'children',
  'moves',
  'client',
  'joining',
  'membership',
  'management',
] as const;
export type Layer = (typeof LAYERS)[number];

/** Seeds `1..seeds` of the simulator; at most SEEDS_MAX of them. */
export interface SeedKiller {
  readonly profile: ProfileName;
  readonly tenant: TenantName;
  readonly seeds: number;
}

/** A case of `npm run test:faults`, by its name: only where nothing else can tell, as it needs Linux and root. */
export interface FaultKiller {
  readonly fault: string;
}

/** A spec, by its path, or seeds of the simulator, or real faults. */
export type Killer = string | SeedKiller | FaultKiller;

export interface Mutant {
  readonly id: string;
  readonly layer: Layer;
  /** What the engine does wrong then, in a few words. */
  readonly what: string;
  /** Of lib/. */
  readonly file: string;
  /** Occurs exactly once in the file, or the table is stale. */
  readonly find: string;
  readonly replace: string;
  /** The specs are run first, then the others in this order, until one fails. */
  readonly killers: readonly Killer[];
}

export const SEEDS_MAX = 200;

export function nameOfKiller(killer: Killer): string {
  if (typeof killer === 'string') return killer;
  if ('fault' in killer) return `real faults: ${killer.fault}`;
  return `seeds 1..${killer.seeds} of ${killer.profile} (${killer.tenant})`;
}

/** `others` are programs of their own, in their order. */
export function killersOf({ killers }: Mutant): {
  readonly specs: readonly string[];
  readonly others: ReadonlyArray<SeedKiller | FaultKiller>;
} {
  return {
    specs: killers.filter((killer) => typeof killer === 'string'),
    others: killers.filter((killer) => typeof killer !== 'string'),
  };
}

/** How often `text` occurs in `source`. */
export function occurrencesOf(text: string, source: string): number {
  return source.split(text).length - 1;
}
