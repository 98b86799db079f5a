/**
 * What this node knows of the others: who was heard when, who is down, whose clock says what (R39, R23). No group, no frame.
 *
 * P1. Any frame of a peer is a sign of life; nothing else is.
 * P2. A peer is down after `peerDownAfterMs` of silence, `peerGraceMs` after its connection broke without a sign of life since, or at once when
 *     its address refuses a connection meanwhile.
 * P3. Time in which this process did not run does not count as a peer's silence, and nobody was heard in the future.
 * Tests: peer-table.spec.ts.
 */
export declare class Peer {
    readonly id: number;
    lastHeardAt: number;
    lastSentAt: number;
    /** A connection broke: down at this time unless heard before. */
    suspectAt: number;
    isDown: boolean;
    incarnation: number;
    /** Of the ping whose answer is awaited. */
    pingSentAt: number;
    lastPingAt: number;
    /** Own wall clock minus the peer's, ms; NaN until it is known. */
    clockAheadMs: number;
    constructor(id: number, now: number);
}
export interface PeerIntervals {
    readonly peerDownAfterMs: number;
    readonly peerGraceMs: number;
}
export declare class PeerTable {
    private readonly intervals;
    private readonly onDown;
    private readonly onUp;
    private readonly byId;
    constructor(intervals: PeerIntervals, onDown: (peer: number) => void, onUp: (peer: number) => void);
    get(id: number): Peer | undefined;
    all(): IterableIterator<Peer>;
    isDown(id: number): boolean;
    get size(): number;
    sent(id: number, now: number): void;
    /** When the grace of the next suspect ends; Infinity if there is none. */
    nextSuspectAt(): number;
    /** Keeps what is known of those who stay. */
    keepOnly(ids: ReadonlySet<number>, now: number): void;
    /** Returns false for a frame of an earlier process of this node: it is to be dropped. */
    heard(id: number, incarnation: number, now: number): boolean;
    /** Returns true if the peer is worth a probe now. */
    disconnected(id: number, now: number): boolean;
    /** Nobody listens at the peer's address. Only of one that is suspected: whoever was heard since its connection broke lives, wherever it listens. */
    refused(id: number): void;
    /** The loop of this process stood still for `ms`, until `now`. */
    stalled(ms: number, now: number): void;
    check(now: number): void;
    private down;
    /**
     * A ping was answered. A slow answer says nothing of the clock: it may have waited anywhere.
     * `wallMs` is the own clock at the answer's arrival.
     */
    clockHeard(id: number, theirMs: number, wallMs: number, now: number, roundTripMsMax: number): void;
    /** How far the own clock is ahead of the median of these nodes' clocks (this node counts as itself), ms; 0 while too few are known. */
    clockAheadOfMedian(voters: readonly number[], self: number): number;
}
