import { describe, expect, it } from '@jest/globals';
import { APPLY_THREAD, Entry, EntryType, Message, MessageType, NO_BYTES } from '../raft/index.js';
import { ApplyQueue } from './apply-queue.js';
function message(...entries) {
    const made = new Message(MessageType.StorageApply, APPLY_THREAD, 1, 0);
    made.entries = entries;
    return made;
}
const entry = (index, data, type = EntryType.Normal) => new Entry(index, 1, type, data);
function setUp() {
    const asked = [];
    const failures = [];
    let resumed = 0;
    const drained = async () => {
        for (let i = 0; i < 5; i++)
            await Promise.resolve();
    };
    const queue = new ApplyQueue((frames) => {
        if (frames.every((frame) => frame[0] < 100))
            return null;
        return new Promise((resolve, reject) => asked.push({
            frames: frames.map((frame) => frame[0]),
            resolve: () => (resolve(), drained()),
            reject: (error) => (reject(error), drained()),
        }));
    }, () => resumed++, (error) => failures.push(error));
    return { queue, asked, failures, resumed: () => resumed };
}
describe('ApplyQueue', () => {
    it('what needs no fetch is handed out at once', () => {
        const { queue } = setUp();
        const first = message(entry(1, new Uint8Array([1])));
        queue.push(first);
        expect(queue.next()).toBe(first);
        expect(queue.next()).toBeNull();
        expect(queue.isEmpty).toBe(true);
    });
    it('asks for commands only: not for empty entries, not for changes of membership', async () => {
        const { queue, asked } = setUp();
        queue.push(message(entry(1, NO_BYTES), entry(2, new Uint8Array([100])), entry(3, new Uint8Array([200]), EntryType.ConfChangeV2)));
        expect(queue.next()).toBeNull();
        expect(asked.map(({ frames }) => frames)).toEqual([[100]]);
    });
    it('what stands behind a fetch waits, and is asked for when its turn comes', async () => {
        const { queue, asked, resumed } = setUp();
        const messages = [100, 1, 101].map((kind, at) => message(entry(at + 1, new Uint8Array([kind]))));
        for (const each of messages)
            queue.push(each);
        expect(queue.next()).toBeNull();
        expect(queue.next()).toBeNull();
        expect(asked).toHaveLength(1);
        await asked[0].resolve();
        expect(resumed()).toBe(1);
        expect([queue.next(), queue.next(), queue.next()]).toEqual([messages[0], messages[1], null]);
        expect(asked).toHaveLength(2);
        await asked[1].resolve();
        expect(queue.next()).toBe(messages[2]);
    });
    it('drop() hands back what waits; the fetch that goes on counts for nothing behind it', async () => {
        const { queue, asked } = setUp();
        const dropped = message(entry(1, new Uint8Array([100])));
        queue.push(dropped);
        queue.next();
        expect(queue.drop()).toEqual([dropped]);
        const { settled } = queue;
        expect(settled).not.toBeNull();
        const later = message(entry(9, new Uint8Array([101])));
        queue.push(later);
        expect(queue.next()).toBeNull();
        await asked[0].resolve();
        await settled;
        expect(queue.settled).toBeNull();
        expect(queue.next()).toBeNull();
        expect(asked.map(({ frames }) => frames)).toEqual([[100], [101]]);
        await asked[1].resolve();
        expect(queue.next()).toBe(later);
    });
    it('a fetch that fails is told, once, and is no unhandled rejection', async () => {
        const { queue, asked, failures, resumed } = setUp();
        queue.push(message(entry(1, new Uint8Array([100]))));
        queue.next();
        await asked[0].reject(new Error('no such row'));
        expect(failures).toEqual([new Error('no such row')]);
        expect(resumed()).toBe(0);
    });
});
//# sourceMappingURL=apply-queue.spec.js.map