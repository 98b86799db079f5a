/**
 * What this node knows of the others: who was heard when, who is down, whose clock says what (R39, R23). No group, no frame.
 *
 * P1. Any frame of a peer is a sign of life; nothing else is.
 * P2. A peer is down after `peerDownAfterMs` of silence, `peerGraceMs` after its connection broke without a sign of life since, or at once when
 *     its address refuses a connection meanwhile.
 * P3. Time in which this process did not run does not count as a peer's silence, and nobody was heard in the future.
 * Tests: peer-table.spec.ts.
 */
export class Peer {
  lastHeardAt: number;
  lastSentAt = -Infinity;
  /** A connection broke: down at this time unless heard before. */
  suspectAt = Infinity;
  isDown = false;
  incarnation = 0;
  /** Of the ping whose answer is awaited. */
  pingSentAt = -Infinity;
  lastPingAt = -Infinity;
  /** Own wall clock minus the peer's, ms; NaN until it is known. */
  clockAheadMs = NaN;

  constructor(
    readonly id: number,
    now: number,
  ) {
    this.lastHeardAt = now;
  }
}

export interface PeerIntervals {
  readonly peerDownAfterMs: number;
  readonly peerGraceMs: number;
}

export class PeerTable {
  private readonly byId = new Map<number, Peer>();

  constructor(
    private readonly intervals: PeerIntervals,
    private readonly onDown: (peer: number) => void,
    private readonly onUp: (peer: number) => void,
  ) {}

  get(id: number): Peer | undefined {
    return this.byId.get(id);
  }

  all(): IterableIterator<Peer> {
    return this.byId.values();
  }

  isDown(id: number): boolean {
    return this.byId.get(id)?.isDown === true;
  }

  get size(): number {
    return this.byId.size;
  }

  sent(id: number, now: number): void {
    const peer = this.byId.get(id);
    if (peer !== undefined) peer.lastSentAt = now;
  }

  /** When the grace of the next suspect ends; Infinity if there is none. */
  nextSuspectAt(): number {
    let next = Infinity;
    for (const peer of this.byId.values()) if (!peer.isDown && peer.suspectAt < next) next = peer.suspectAt;
    return next;
  }

  /** Keeps what is known of those who stay. */
  keepOnly(ids: ReadonlySet<number>, now: number): void {
    for (const id of this.byId.keys()) if (!ids.has(id)) this.byId.delete(id);
    this.add(ids, now);
  }

  /** Nothing changes for those that are there. */
  add(ids: ReadonlySet<number>, now: number): void {
    for (const id of ids) if (!this.byId.has(id)) this.byId.set(id, new Peer(id, now));
  }

  /** Returns false for a frame of an earlier process of this node: it is to be dropped. */
  heard(id: number, incarnation: number, now: number): boolean {
    const peer = this.byId.get(id);
    if (peer === undefined) return true;
    if (incarnation !== peer.incarnation) {
      if (incarnation < peer.incarnation) return false;
      const isRestart = peer.incarnation !== 0;
      peer.incarnation = incarnation;
      // Whoever came back has lost what it led and owned, even if nobody noticed its absence.
      if (isRestart && !peer.isDown) {
        peer.isDown = true;
        this.onDown(id);
      }
    }
    peer.lastHeardAt = now;
    peer.suspectAt = Infinity;
    if (peer.isDown) {
      peer.isDown = false;
      this.onUp(id);
    }
    return true;
  }

  /** Returns true if the peer is worth a probe now. */
  disconnected(id: number, now: number): boolean {
    const peer = this.byId.get(id);
    if (peer === undefined || peer.isDown) return false;
    peer.suspectAt = Math.min(peer.suspectAt, now + this.intervals.peerGraceMs);
    return true;
  }

  /** Nobody listens at the peer's address. Only of one that is suspected: whoever was heard since its connection broke lives, wherever it listens. */
  refused(id: number): void {
    const peer = this.byId.get(id);
    if (peer !== undefined && !peer.isDown && peer.suspectAt !== Infinity) this.down(peer);
  }

  /** The loop of this process stood still for `ms`, until `now`. */
  stalled(ms: number, now: number): void {
    for (const peer of this.byId.values()) {
      // Whoever was heard after the stall already gets no credit for it.
      peer.lastHeardAt = Math.min(now, peer.lastHeardAt + ms);
      peer.suspectAt += ms;
    }
  }

  check(now: number): void {
    for (const peer of this.byId.values()) {
      if (peer.isDown) continue;
      if (now - peer.lastHeardAt >= this.intervals.peerDownAfterMs || now >= peer.suspectAt) this.down(peer);
    }
  }

  private down(peer: Peer): void {
    peer.isDown = true;
    peer.clockAheadMs = NaN;
    this.onDown(peer.id);
  }

  /**
   * A ping was answered. A slow answer says nothing of the clock: it may have waited anywhere.
   * `wallMs` is the own clock at the answer's arrival.
   */
  clockHeard(id: number, theirMs: number, wallMs: number, now: number, roundTripMsMax: number): void {
    const peer = this.byId.get(id);
    if (peer === undefined || peer.pingSentAt === -Infinity) return;
    const roundTripMs = now - peer.pingSentAt;
    peer.pingSentAt = -Infinity;
    if (roundTripMs > roundTripMsMax) return;
    peer.clockAheadMs = wallMs - roundTripMs / 2 - theirMs;
  }

  /** How far the own clock is ahead of the median of these nodes' clocks (this node counts as itself), ms; 0 while too few are known. */
  clockAheadOfMedian(voters: readonly number[], self: number): number {
    const ahead: number[] = [];
    for (const id of voters) {
      const ms = id === self ? 0 : (this.byId.get(id)?.clockAheadMs ?? NaN);
      if (!Number.isNaN(ms)) ahead.push(ms);
    }
    if (ahead.length * 2 <= voters.length || ahead.length < 2) return 0;
    ahead.sort((a, b) => a - b);
    return ahead[(ahead.length - 1) >> 1]!;
  }
}
