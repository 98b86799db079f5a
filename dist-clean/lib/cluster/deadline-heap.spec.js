import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../testing/seeded-random.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { DeadlineHeap } from './deadline-heap.js';
class Item {
    dueAt;
    onDue;
    heapIndex = -1;
    constructor(dueAt, onDue) {
        this.dueAt = dueAt;
        this.onDue = onDue;
    }
}
const STALL_MS = 50;
function heapOf(node) {
    return new DeadlineHeap(node, node, STALL_MS);
}
describe('DeadlineHeap', () => {
    it('whatever is added and removed, what remains comes due in order and at its time, once', async () => {
        const time = new VirtualTime();
        const heap = heapOf(time.createNode());
        const random = new SeededRandom(5);
        const due = [];
        const items = [];
        for (let i = 0; i < 500; i++) {
            const dueAt = random.int(1000);
            const item = new Item(dueAt, () => {
                expect(time.nowMs).toBe(dueAt);
                due.push(dueAt);
            });
            items.push(item);
            heap.add(item);
        }
        const removed = items.filter(() => random.int(3) === 0);
        for (const item of removed)
            heap.remove(item);
        for (const item of removed)
            heap.remove(item);
        const expected = items.filter((item) => !removed.includes(item)).map((item) => item.dueAt);
        await time.advance(2000);
        expect(due).toEqual(expected.sort((a, b) => a - b));
        expect(heap.size).toBe(0);
        for (const item of items)
            expect(item.heapIndex).toBe(-1);
    });
    it('has one timer at most, and none when nothing is waited for', async () => {
        const time = new VirtualTime();
        const node = time.createNode();
        let timers = 0;
        const clock = {
            now: () => node.now(),
            monotonic: () => node.monotonic(),
            setTimer: (delayMs, callback) => {
                timers++;
                const timer = node.setTimer(delayMs, () => {
                    timers--;
                    callback();
                });
                return {
                    cancel: () => {
                        timers--;
                        timer.cancel();
                    },
                };
            },
        };
        const heap = new DeadlineHeap(clock, node, STALL_MS);
        for (const dueAt of [50, 20, 90, 10, 70]) {
            heap.add(new Item(dueAt, () => undefined));
            expect(timers).toBe(1);
        }
        await time.advance(60);
        expect(timers).toBe(1);
        await time.advance(60);
        expect(timers).toBe(0);
    });
    it('after a stall what waits in the sockets is read before anything is called due', async () => {
        const time = new VirtualTime();
        const node = time.createNode();
        const heap = heapOf(node);
        const events = [];
        const answered = new Item(10, () => events.push('the answered call is due'));
        heap.add(answered);
        heap.add(new Item(20, () => events.push('the other is due')));
        node.pause();
        await time.advance(1_000);
        node.resume();
        // An answer that came while nothing ran: read when the loop polls, after its timers.
        node.turn(() => {
            events.push('read');
            heap.remove(answered);
            heap.add(new Item(30, () => events.push('a new one is due')));
        });
        await time.advance(0);
        expect(events).toEqual(['read', 'the other is due', 'a new one is due']);
        heap.add(new Item(1_010, () => events.push('in time')));
        await time.advance(10);
        expect(events.at(-1)).toBe('in time');
    });
    it('an item may add items when it comes due; after stop() nothing does', async () => {
        const time = new VirtualTime();
        const heap = heapOf(time.createNode());
        const due = [];
        heap.add(new Item(10, () => {
            due.push('first');
            heap.add(new Item(20, () => due.push('second')));
        }));
        await time.advance(30);
        expect(due).toEqual(['first', 'second']);
        heap.add(new Item(40, () => due.push('never')));
        heap.stop();
        heap.add(new Item(50, () => due.push('never')));
        await time.advance(100);
        expect(due).toEqual(['first', 'second']);
    });
});
//# sourceMappingURL=deadline-heap.spec.js.map