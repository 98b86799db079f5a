import { fail } from './invariant.js';
export const ProgressState = { Probe: 0, Replicate: 1, Snapshot: 2 };
export class Progress {
    id;
    /** Highest index known to be in the peer's log and equal to ours. */
    match;
    /** Index of the next entry to send. */
    next;
    /** Highest commit index sent to the peer. */
    sentCommit;
    state;
    /** In Probe: the probe is out. In Replicate: the window is full and was probed. Cleared by any sign of life. */
    appendPaused;
    /** Index of the snapshot on its way, in state Snapshot; else 0. */
    pendingSnapshot;
    /** Whether the peer was heard since the last quorum check. */
    recentActive;
    isLearner;
    /** Highest read round that the peer has acknowledged in this term. */
    readRound;
    inflights;
    constructor(id, match, next, isLearner, recentActive, inflights) {
        this.id = id;
        this.match = match;
        this.next = next;
        this.sentCommit = 0;
        this.state = ProgressState.Probe;
        this.appendPaused = false;
        this.pendingSnapshot = 0;
        this.recentActive = recentActive;
        this.isLearner = isLearner;
        this.readRound = 0;
        this.inflights = inflights;
    }
    get inflightCount() {
        return this.inflights.count;
    }
    get inflightFull() {
        return this.inflights.isFull();
    }
    /** As for a peer that nothing is known of, at the start of a term. */
    restart(match, next) {
        this.resetState(ProgressState.Probe);
        this.match = match;
        this.next = next;
        this.sentCommit = 0;
        this.recentActive = false;
        this.readRound = 0;
    }
    becomeProbe() {
        // A snapshot that was reported as delivered moves the probe past it.
        const next = this.state === ProgressState.Snapshot ? Math.max(this.match + 1, this.pendingSnapshot + 1) : this.match + 1;
        this.resetState(ProgressState.Probe);
        this.next = next;
        this.sentCommit = Math.min(this.sentCommit, next - 1);
    }
    becomeReplicate() {
        this.resetState(ProgressState.Replicate);
        this.next = this.match + 1;
    }
    becomeSnapshot(index) {
        this.resetState(ProgressState.Snapshot);
        this.pendingSnapshot = index;
        this.next = index + 1;
        this.sentCommit = index;
    }
    /** Records that an append of `count` entries left; `count` may be 0. */
    sentEntries(count, bytes) {
        if (this.state === ProgressState.Replicate) {
            if (count > 0) {
                this.next += count;
                this.inflights.add(this.next - 1, bytes);
            }
            // A full window turns every further append into a probe, so that losing all of them does not stall the peer.
            this.appendPaused = this.inflights.isFull();
        }
        else if (this.state === ProgressState.Probe) {
            if (count > 0)
                this.appendPaused = true;
        }
        else {
            fail('append sent to a peer that waits for a snapshot', { peer: this.id, next: this.next });
        }
    }
    sentCommitTo(commit) {
        this.sentCommit = commit;
    }
    /** Whether sending `commit` now could let the peer commit more than it was told so far. */
    canBumpCommit(commit) {
        return commit > this.sentCommit && this.sentCommit < this.next - 1;
    }
    /** Takes an acknowledgement up to `index`. False if it is not news. */
    maybeUpdate(index) {
        if (index <= this.match)
            return false;
        this.match = index;
        if (this.next < index + 1)
            this.next = index + 1;
        this.appendPaused = false;
        return true;
    }
    /**
     * Takes a rejection of the append after `rejected`; the peer's log may match up to `hint`.
     * False if the rejection is stale, which is known by what has been acknowledged or probed since.
     */
    maybeDecrease(rejected, hint) {
        if (this.state === ProgressState.Replicate) {
            if (rejected <= this.match)
                return false;
            this.next = this.match + 1;
        }
        else {
            if (this.next - 1 !== rejected)
                return false;
            this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
            this.appendPaused = false;
        }
        this.sentCommit = Math.min(this.sentCommit, this.next - 1);
        return true;
    }
    isPaused() {
        return this.state === ProgressState.Snapshot || this.appendPaused;
    }
    resetState(state) {
        this.appendPaused = false;
        this.pendingSnapshot = 0;
        this.state = state;
        this.inflights.reset();
    }
}
//# sourceMappingURL=progress.js.map