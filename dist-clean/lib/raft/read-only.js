export class ReadOnly {
    /** Reads that wait for a quorum, by ascending round. */
    waiting = [];
    /** Requests that wait for the first commit of the leader's term. */
    postponed = [];
    /** Round of the latest read ever registered. Not reset with the term. */
    lastRound = 0;
    get count() {
        return this.waiting.length + this.postponed.length;
    }
    /** Registers a read and returns its round. */
    add(index, request) {
        this.lastRound++;
        this.waiting.push({ round: this.lastRound, index, request });
        return this.lastRound;
    }
    /** Round of the last waiting read, 0 if none waits. */
    lastWaitingRound() {
        return this.waiting.length === 0 ? 0 : this.waiting[this.waiting.length - 1].round;
    }
    /** Takes out the reads with a round up to `round`. */
    takeConfirmed(round) {
        let count = 0;
        while (count < this.waiting.length && this.waiting[count].round <= round)
            count++;
        return this.waiting.splice(0, count);
    }
    takePostponed() {
        const postponed = this.postponed;
        this.postponed = [];
        return postponed;
    }
    reset() {
        this.waiting = [];
        this.postponed = [];
    }
}
//# sourceMappingURL=read-only.js.map