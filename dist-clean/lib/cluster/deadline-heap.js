import { afterReading } from './scheduler.js';
export class DeadlineHeap {
    clock;
    scheduler;
    stallMs;
    items = [];
    timer = null;
    timerAt = Infinity;
    isStopped = false;
    constructor(clock, scheduler, stallMs) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.stallMs = stallMs;
    }
    get size() {
        return this.items.length;
    }
    add(item) {
        if (this.isStopped)
            return;
        item.heapIndex = this.items.length;
        this.items.push(item);
        this.siftUp(item.heapIndex);
        if (item.dueAt < this.timerAt)
            this.arm(item.dueAt);
    }
    remove(item) {
        const at = item.heapIndex;
        if (at < 0)
            return;
        item.heapIndex = -1;
        const last = this.items.pop();
        if (last === item)
            return;
        last.heapIndex = at;
        this.items[at] = last;
        this.siftUp(at);
        this.siftDown(last.heapIndex);
    }
    /** Nothing is due any more, ever. */
    stop() {
        this.isStopped = true;
        this.timer?.cancel();
        this.timer = null;
        for (const item of this.items)
            item.heapIndex = -1;
        this.items.length = 0;
    }
    arm(dueAt) {
        this.timer?.cancel();
        this.timerAt = dueAt;
        this.timer = this.clock.setTimer(Math.max(0, dueAt - this.clock.monotonic()), this.fire, { unref: true });
    }
    fire = () => {
        this.timer = null;
        if (this.clock.monotonic() - this.timerAt <= this.stallMs) {
            this.callDue();
            return;
        }
        // Nothing that is added meanwhile needs a timer of its own.
        this.timerAt = -Infinity;
        afterReading(this.scheduler, () => this.callDue());
    };
    callDue() {
        this.timerAt = Infinity;
        const now = this.clock.monotonic();
        while (this.items.length > 0 && this.items[0].dueAt <= now) {
            const item = this.items[0];
            this.remove(item);
            item.onDue();
        }
        const next = this.items[0];
        if (next !== undefined && next.dueAt < this.timerAt)
            this.arm(next.dueAt);
    }
    siftUp(start) {
        const items = this.items;
        const item = items[start];
        let at = start;
        while (at > 0) {
            const parent = (at - 1) >> 1;
            if (items[parent].dueAt <= item.dueAt)
                break;
            items[at] = items[parent];
            items[at].heapIndex = at;
            at = parent;
        }
        items[at] = item;
        item.heapIndex = at;
    }
    siftDown(start) {
        const items = this.items;
        const length = items.length;
        const item = items[start];
        let at = start;
        for (;;) {
            let child = 2 * at + 1;
            if (child >= length)
                break;
            if (child + 1 < length && items[child + 1].dueAt < items[child].dueAt)
                child++;
            if (items[child].dueAt >= item.dueAt)
                break;
            items[at] = items[child];
            items[at].heapIndex = at;
            at = child;
        }
        items[at] = item;
        item.heapIndex = at;
    }
}
//# sourceMappingURL=deadline-heap.js.map