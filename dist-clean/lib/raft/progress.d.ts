/**
 * Progress of one peer, as its leader sees it. Pure leaf.
 * P1. 0 <= match < next.
 * P2. `match` never falls within a term.
 * P3. Probe: one append with entries at a time. Replicate: a stream, limited by the inflight window. Snapshot: no appends.
 * P4. `sentCommit` never exceeds what was sent to this peer since its state was last in doubt.
 * Source: Raft thesis §3.5, §10.2.1; the three states follow etcd-io/raft. Tests: progress.spec.ts.
 */
import { Inflights } from './inflights.js';
export declare const ProgressState: {
    readonly Probe: 0;
    readonly Replicate: 1;
    readonly Snapshot: 2;
};
export type ProgressState = (typeof ProgressState)[keyof typeof ProgressState];
export declare class Progress {
    readonly id: number;
    /** Highest index known to be in the peer's log and equal to ours. */
    match: number;
    /** Index of the next entry to send. */
    next: number;
    /** Highest commit index sent to the peer. */
    sentCommit: number;
    state: ProgressState;
    /** In Probe: the probe is out. In Replicate: the window is full and was probed. Cleared by any sign of life. */
    appendPaused: boolean;
    /** Index of the snapshot on its way, in state Snapshot; else 0. */
    pendingSnapshot: number;
    /** Whether the peer was heard since the last quorum check. */
    recentActive: boolean;
    isLearner: boolean;
    /** Highest read round that the peer has acknowledged in this term. */
    readRound: number;
    readonly inflights: Inflights;
    constructor(id: number, match: number, next: number, isLearner: boolean, recentActive: boolean, inflights: Inflights);
    get inflightCount(): number;
    get inflightFull(): boolean;
    /** As for a peer that nothing is known of, at the start of a term. */
    restart(match: number, next: number): void;
    becomeProbe(): void;
    becomeReplicate(): void;
    becomeSnapshot(index: number): void;
    /** Records that an append of `count` entries left; `count` may be 0. */
    sentEntries(count: number, bytes: number): void;
    sentCommitTo(commit: number): void;
    /** Whether sending `commit` now could let the peer commit more than it was told so far. */
    canBumpCommit(commit: number): boolean;
    /** Takes an acknowledgement up to `index`. False if it is not news. */
    maybeUpdate(index: number): boolean;
    /**
     * Takes a rejection of the append after `rejected`; the peer's log may match up to `hint`.
     * False if the rejection is stale, which is known by what has been acknowledged or probed since.
     */
    maybeDecrease(rejected: number, hint: number): boolean;
    isPaused(): boolean;
    private resetState;
}
