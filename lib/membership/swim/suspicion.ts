/**
 * How long a node is suspected until it counts as down. Pure.
 *
 * S1. It begins at the longest time and falls to the shortest with the logarithm of how many others suspect the same, independently.
 * S2. The first accuser is not counted, and nobody twice.
 * Source: Dadgar, Phillips, Currey, Lifeguard (DSN-W 2018, arXiv:1707.00788), §IV-B; hashicorp/memberlist, suspicion.go. Tests: test/membership/parts.spec.ts.
 */
export interface SuspicionTimes {
  readonly shortestMs: number;
  readonly longestMs: number;
  /** Confirmations after which it is the shortest; 0: it is from the start. */
  readonly confirmationsWanted: number;
}

export class Suspicion {
  private readonly accusers = new Set<number>();
  private confirmations = 0;

  constructor(
    private startedAtMs: number,
    firstAccuser: number,
    private readonly times: SuspicionTimes,
  ) {
    this.accusers.add(firstAccuser);
  }

  /** True if this is news that others should hear of. */
  confirm(accuser: number): boolean {
    if (this.confirmations >= this.times.confirmationsWanted || this.accusers.has(accuser)) return false;
    this.accusers.add(accuser);
    this.confirmations++;
    return true;
  }

  get endsAtMs(): number {
    const { shortestMs, longestMs, confirmationsWanted } = this.times;
    if (confirmationsWanted === 0) return this.startedAtMs + shortestMs;
    const share = Math.log(this.confirmations + 1) / Math.log(confirmationsWanted + 1);
    return this.startedAtMs + Math.max(shortestMs, longestMs - share * (longestMs - shortestMs));
  }

  /** This process stood still meanwhile. */
  putOff(ms: number): void {
    this.startedAtMs += ms;
  }
}

/** In a group of `nodes`: fewer confirmations are wanted than there are others to give them, or none at all. */
export function suspicionTimes(
  nodes: number,
  settings: {
    readonly probeIntervalMs: number;
    readonly suspicionMultiplier: number;
    readonly suspicionMaxMultiplier: number;
    readonly suspicionConfirmations: number;
  },
): SuspicionTimes {
  const scale = Math.max(1, Math.log10(Math.max(1, nodes)));
  const shortestMs = settings.suspicionMultiplier * scale * settings.probeIntervalMs;
  // Neither the suspected nor the first accuser can confirm.
  const confirmationsWanted = nodes - 2 < settings.suspicionConfirmations ? 0 : settings.suspicionConfirmations;
  return { shortestMs, longestMs: shortestMs * settings.suspicionMaxMultiplier, confirmationsWanted };
}
