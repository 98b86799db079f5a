/**
 * A list that a turn fills and empties again and again, without allocating: two arrays that take turns.
 *
 * L1. take() hands out everything added since the last take(); what is added meanwhile waits for the next one.
 * L2. The array of take() is valid until the next but one take(); its first `taken` items count. Items beyond are leftovers.
 */
export class TurnList {
    count = 0;
    taken = 0;
    items = [];
    spare = [];
    push(item) {
        this.items[this.count++] = item;
    }
    take() {
        const items = this.items;
        this.items = this.spare;
        this.spare = items;
        this.taken = this.count;
        this.count = 0;
        return items;
    }
    /** Forgets everything, leftovers too. */
    clear() {
        this.count = 0;
        this.taken = 0;
        this.items = [];
        this.spare = [];
    }
}
//# sourceMappingURL=turn-list.js.map