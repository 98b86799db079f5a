export class Proposal {
    owner;
    frame;
    dueAt;
    requestId;
    resolve;
    reject;
    cancelled;
    heapIndex = -1;
    isSettled = false;
    /** Sends whose outcome is not known. Above 0, nobody may claim that it did not take effect. */
    unknownSends = 0;
    hasBeenSent = false;
    index = 0;
    term = 0;
    /** `resolve` null: a command of the engine, sent again for ever (submit). */
    constructor(owner, frame, dueAt, requestId, resolve, reject, cancelled) {
        this.owner = owner;
        this.frame = frame;
        this.dueAt = dueAt;
        this.requestId = requestId;
        this.resolve = resolve;
        this.reject = reject;
        this.cancelled = cancelled;
    }
    onDue() {
        this.owner.expire(this);
    }
}
const SHRINK_AT = 1024;
export class PlacedList {
    items = [];
    head = 0;
    get length() {
        return this.items.length - this.head;
    }
    /** Index of the first, Infinity if there is none. */
    get firstIndex() {
        return this.head < this.items.length ? this.items[this.head].index : Infinity;
    }
    add(proposal) {
        const items = this.items;
        let at = items.length;
        while (at > this.head && items[at - 1].index > proposal.index)
            at--;
        if (at === items.length)
            items.push(proposal);
        else
            items.splice(at, 0, proposal);
    }
    shift() {
        const items = this.items;
        const first = items[this.head++];
        if (this.head === items.length) {
            // The common case of one in flight spares the slow setter of `length`.
            if (items.length === 1)
                items.pop();
            else
                this.items = [];
            this.head = 0;
        }
        else if (this.head >= SHRINK_AT && this.head * 2 > items.length) {
            this.items = items.slice(this.head);
            this.head = 0;
        }
        return first;
    }
    /** Removes and returns everything. */
    drain() {
        const all = this.items.slice(this.head);
        this.items = [];
        this.head = 0;
        return all;
    }
}
//# sourceMappingURL=proposal.js.map