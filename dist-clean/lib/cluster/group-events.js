export class GroupEvents {
    want;
    rise;
    listeners = [];
    restoredAt = -1;
    membership = null;
    appliedTo = -1;
    leadership = null;
    peers = [];
    isRemoved = false;
    haltedBy = null;
    constructor(want, rise) {
        this.want = want;
        this.rise = rise;
    }
    subscribe(listener) {
        this.listeners = [...this.listeners, listener];
        return () => {
            this.listeners = this.listeners.filter((other) => other !== listener);
        };
    }
    restored(index) {
        this.restoredAt = index;
        this.want();
    }
    membershipChanged(membership) {
        this.membership = membership;
        this.want();
    }
    applied(index) {
        this.appliedTo = index;
        this.want();
    }
    leadershipChanged(change) {
        this.leadership = change;
        this.want();
    }
    peer(peer, isDown) {
        this.peers.push({ peer, isDown });
        this.want();
    }
    removed() {
        this.isRemoved = true;
        this.want();
    }
    halted(reason) {
        this.haltedBy = reason;
        this.want();
    }
    /** Tells what there is, and forgets it. */
    notify() {
        const { restoredAt, membership, appliedTo, leadership, peers, isRemoved, haltedBy } = this;
        this.restoredAt = -1;
        this.membership = null;
        this.appliedTo = -1;
        this.leadership = null;
        if (peers.length > 0)
            this.peers = [];
        this.isRemoved = false;
        this.haltedBy = null;
        for (const listener of this.listeners) {
            try {
                if (restoredAt >= 0)
                    listener.onRestored?.(restoredAt);
                if (membership !== null)
                    listener.onMembership?.(membership);
                if (appliedTo >= 0)
                    listener.onApplied?.(appliedTo);
                if (leadership !== null)
                    listener.onLeadership?.(leadership);
                for (const { peer, isDown } of peers) {
                    if (isDown)
                        listener.onPeerDown?.(peer);
                    else
                        listener.onPeerUp?.(peer);
                }
                if (isRemoved)
                    listener.onRemoved?.();
                if (haltedBy !== null)
                    listener.onHalted?.(haltedBy);
            }
            catch (error) {
                this.rise(error);
            }
        }
    }
}
//# sourceMappingURL=group-events.js.map