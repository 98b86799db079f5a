/**
 * What part of the log the snapshots on their way to peers still need. One per group. Pure.
 *
 * B1. From the moment a snapshot is asked for until its peer has caught up with it, the entries behind it stay: else it is useless when it
 *     arrives, and the next one is as late.
 * B2. That ends when the snapshot failed and can't be resumed any more, the leader leads no more, or the log has grown by `logBytesMax` meanwhile:
 *     a peer that does not get there must not fill the memory of the others.
 * Tests: compaction-hold.spec.ts, test/cluster/stored-state.snapshots.spec.ts.
 */
interface Hold {
  readonly index: number;
  readonly bytes: number;
}

export class CompactionHold {
  private readonly holds = new Map<number, Hold>();

  constructor(private readonly logBytesMax: number) {}

  has(peer: number): boolean {
    return this.holds.has(peer);
  }

  /** `bytes`: of all commands that this node has applied. What is asked for once more counts from the first time. */
  add(peer: number, index: number, bytes: number): void {
    if (this.holds.get(peer)?.index !== index) this.holds.set(peer, { index, bytes });
  }

  remove(peer: number): void {
    this.holds.delete(peer);
  }

  clear(): void {
    this.holds.clear();
  }

  /** Up to where the log may be forgotten, Infinity if nobody needs it. `matchOf`: up to where a peer's log is known to agree. */
  limit(bytes: number, matchOf: (peer: number) => number): number {
    let limit = Infinity;
    for (const [peer, hold] of this.holds) {
      if (bytes - hold.bytes > this.logBytesMax || matchOf(peer) >= hold.index) this.holds.delete(peer);
      else limit = Math.min(limit, hold.index);
    }
    return limit;
  }
}
