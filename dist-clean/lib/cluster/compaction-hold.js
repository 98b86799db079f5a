export class CompactionHold {
    logBytesMax;
    holds = new Map();
    constructor(logBytesMax) {
        this.logBytesMax = logBytesMax;
    }
    has(peer) {
        return this.holds.has(peer);
    }
    /** `bytes`: of all commands that this node has applied. What is asked for once more counts from the first time. */
    add(peer, index, bytes) {
        if (this.holds.get(peer)?.index !== index)
            this.holds.set(peer, { index, bytes });
    }
    remove(peer) {
        this.holds.delete(peer);
    }
    clear() {
        this.holds.clear();
    }
    /** Up to where the log may be forgotten, Infinity if nobody needs it. `matchOf`: up to where a peer's log is known to agree. */
    limit(bytes, matchOf) {
        let limit = Infinity;
        for (const [peer, hold] of this.holds) {
            if (bytes - hold.bytes > this.logBytesMax || matchOf(peer) >= hold.index)
                this.holds.delete(peer);
            else
                limit = Math.min(limit, hold.index);
        }
        return limit;
    }
}
//# sourceMappingURL=compaction-hold.js.map