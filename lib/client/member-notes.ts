/**
 * What this node has heard of clusters and nodes from the answers to forwarded calls: who leads, what the log's time is, who did not answer. Owns the order
 * in which members are asked.
 *
 * N1. All of it is a hint that costs a detour when it is wrong.
 * N2. The time of a log is what its member said, and what has passed here since (R26: the expiry of a write is counted from it).
 * Tests: member-notes.spec.ts.
 */
import type { ClusterStanding } from '../workflow/service.js';

/** Whoever did not answer is asked last for so long, ms. */
const SHUNNED_MS = 2_000;

interface Heard {
  readonly standing: ClusterStanding;
  /** Own monotonic clock, ms. */
  readonly atMs: number;
}

export class MemberNotes {
  private readonly heardOf = new Map<number, Heard>();
  private readonly shunnedUntil = new Map<number, number>();
  private turn = 0;

  constructor(private readonly monotonic: () => number) {}

  heard(clusterId: number, standing: ClusterStanding): void {
    this.heardOf.set(clusterId, { standing, atMs: this.monotonic() });
  }

  answered(node: number): void {
    this.shunnedUntil.delete(node);
  }

  silent(node: number): void {
    this.shunnedUntil.set(node, this.monotonic() + SHUNNED_MS);
  }

  /** Expiry of a write that begins now, log time of the cluster, ms; undefined where no member was heard yet. */
  expiryMs(clusterId: number): number | undefined {
    const heard = this.heardOf.get(clusterId);
    if (heard === undefined) return undefined;
    const { logTimeMs, requestRetentionMs } = heard.standing;
    return logTimeMs + (this.monotonic() - heard.atMs) + requestRetentionMs;
  }

  /** Whom to ask, in this order: `first` and then the leader where the call is best there, the others in turn; whoever was silent comes last. */
  order(
    clusterId: number,
    members: readonly number[],
    { leaderFirst, first }: { leaderFirst: boolean; first?: number | undefined },
  ): number[] {
    const now = this.monotonic();
    const leader = leaderFirst ? this.heardOf.get(clusterId)?.standing.leaderId : undefined;
    const start = members.length === 0 ? 0 : this.turn++ % members.length;
    const rank = (node: number): number => {
      if ((this.shunnedUntil.get(node) ?? Number.NEGATIVE_INFINITY) > now) return 3;
      if (node === first) return 0;
      return node === leader ? 1 : 2;
    };
    return [...members.slice(start), ...members.slice(0, start)].sort((a, b) => rank(a) - rank(b));
  }
}
