/**
 * Binary heap whose items know their place, so that any of them is removed in O(log n). Pure.
 *
 * H1. items[i].heapIndex === i for every item in the heap, and -1 for one that is not.
 * H2. The order is total (comparators end in unique ids), so what the heap answers depends on its members only, never on the order
 *     in which they came.
 */
import { invariant } from '../../errors/index.js';
export class IndexedHeap {
    before;
    items = [];
    /** @param before true when `a` comes before `b`. */
    constructor(before) {
        this.before = before;
    }
    get size() {
        return this.items.length;
    }
    peek() {
        return this.items[0];
    }
    push(item) {
        invariant(item.heapIndex === -1, () => `heap item is already in a heap, at ${item.heapIndex}`);
        item.heapIndex = this.items.length;
        this.items.push(item);
        this.up(item.heapIndex);
    }
    remove(item) {
        const at = item.heapIndex;
        invariant(this.items[at] === item, () => `heap item claims place ${at} of ${this.items.length}, where another one is`);
        const last = this.items.pop();
        item.heapIndex = -1;
        if (last === item)
            return;
        this.items[at] = last;
        last.heapIndex = at;
        this.up(at);
        this.down(last.heapIndex);
    }
    /** The first items in order, while `accept` answers true, at most `limit`. Touches O(limit) items. */
    firstWhile(accept, limit) {
        const found = [];
        const frontier = this.items.length > 0 ? [0] : [];
        while (frontier.length > 0 && found.length < limit) {
            const at = this.takeFirst(frontier);
            const item = this.items[at];
            if (!accept(item))
                break;
            found.push(item);
            if (2 * at + 1 < this.items.length)
                this.addTo(frontier, 2 * at + 1);
            if (2 * at + 2 < this.items.length)
                this.addTo(frontier, 2 * at + 2);
        }
        return found;
    }
    up(at) {
        const item = this.items[at];
        while (at > 0) {
            const parent = (at - 1) >>> 1;
            const above = this.items[parent];
            if (!this.before(item, above))
                break;
            this.items[at] = above;
            above.heapIndex = at;
            at = parent;
        }
        this.items[at] = item;
        item.heapIndex = at;
    }
    down(at) {
        const { items } = this;
        const item = items[at];
        for (;;) {
            let child = 2 * at + 1;
            if (child >= items.length)
                break;
            if (child + 1 < items.length && this.before(items[child + 1], items[child]))
                child++;
            const below = items[child];
            if (!this.before(below, item))
                break;
            items[at] = below;
            below.heapIndex = at;
            at = child;
        }
        items[at] = item;
        item.heapIndex = at;
    }
    // The frontier of firstWhile() is itself a small heap of places.
    addTo(frontier, place) {
        let at = frontier.length;
        frontier.push(place);
        while (at > 0) {
            const parent = (at - 1) >>> 1;
            if (!this.before(this.items[place], this.items[frontier[parent]]))
                break;
            frontier[at] = frontier[parent];
            at = parent;
        }
        frontier[at] = place;
    }
    takeFirst(frontier) {
        const first = frontier[0];
        const last = frontier.pop();
        if (frontier.length === 0)
            return first;
        let at = 0;
        for (;;) {
            let child = 2 * at + 1;
            if (child >= frontier.length)
                break;
            if (child + 1 < frontier.length && this.before(this.items[frontier[child + 1]], this.items[frontier[child]]))
                child++;
            if (!this.before(this.items[frontier[child]], this.items[last]))
                break;
            frontier[at] = frontier[child];
            at = child;
        }
        frontier[at] = last;
        return first;
    }
}
//# sourceMappingURL=heap.js.map