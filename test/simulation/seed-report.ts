/**
 * What came of one seed: data, for whoever prints or sums it. Types only.
 */
import type { Strike } from './nemesis.js';
import type { ProfileName } from './profile.js';

export interface SeedReport {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly passed: boolean;
  /** What went wrong; null if nothing. */
  readonly failure: string | null;
  /** Equal for two runs of one seed. */
  readonly hash: string;
  readonly nodes: number;
  readonly virtualMs: number;
  readonly tasks: number;
  readonly entries: number;
  readonly faults: Readonly<Record<string, number>>;
  /** The faults that struck, by number. */
  readonly strikes: readonly Strike[];
  readonly clients: number;
  readonly safetyMs: number;
  readonly work: Readonly<Record<string, number>>;
  readonly journal: string;
}
