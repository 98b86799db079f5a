/** Tests of etcd-io/raft covered: TestInflightsAdd, TestInflightFreeTo, TestInflightsFull, TestInflightsReset. */
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../test/support/raft-network.js';
import { Inflights } from './inflights.js';
describe('window of inflight messages (§10.2.1)', () => {
    // TestInflightsAdd, TestInflightFreeTo
    it('count and bytes are exactly those of a plain list, over any sequence of adding, freeing and resetting', () => {
        const random = seededRandom(3);
        for (let run = 0; run < 40; run++) {
            const messagesMax = 1 + random(20);
            const bytesMax = random(2) === 0 ? Infinity : 1 + random(400);
            const window = new Inflights(messagesMax, bytesMax);
            let list = [];
            let index = 2 ** 32;
            for (let i = 0; i < 100; i++) {
                if (random(40) === 0) {
                    window.reset();
                    list = [];
                }
                else if (random(3) > 0 && !window.isFull()) {
                    index += 1 + random(3);
                    const size = random(60);
                    window.add(index, size);
                    list.push({ index, bytes: size });
                }
                else if (list.length > 0) {
                    const upTo = list[random(list.length)].index - random(2);
                    window.freeTo(upTo);
                    list = list.filter((one) => one.index > upTo);
                }
                const total = list.reduce((sum, one) => sum + one.bytes, 0);
                expect(window.count).toBe(list.length);
                expect(window.bytes).toBe(total);
                expect(window.isFull()).toBe(list.length >= messagesMax || total >= bytesMax);
            }
        }
    });
    // TestInflightFreeTo
    it('freeing below the first message frees nothing, freeing past the last frees all', () => {
        const window = new Inflights(10, Infinity);
        for (let i = 0; i < 10; i++)
            window.add(i + 10, 100);
        window.freeTo(9);
        expect(window.count).toBe(10);
        window.freeTo(14);
        expect(window.count).toBe(5);
        expect(window.bytes).toBe(500);
        window.freeTo(1000);
        expect(window.count).toBe(0);
        expect(window.bytes).toBe(0);
    });
    // TestInflightsFull
    it('is full by count or by bytes, whichever comes first, and overshoots the bytes by one message at most', () => {
        const byCount = new Inflights(2, 1000);
        byCount.add(1, 1);
        expect(byCount.isFull()).toBe(false);
        byCount.add(2, 1);
        expect(byCount.isFull()).toBe(true);
        const byBytes = new Inflights(100, 10);
        byBytes.add(1, 9);
        expect(byBytes.isFull()).toBe(false);
        byBytes.add(2, 900);
        expect(byBytes.isFull()).toBe(true);
        expect(() => byBytes.add(3, 1)).toThrow(/full window/);
    });
    // TestInflightsReset / test_inflights_set_cap
    it('can be used again after a reset, and grows past its first capacity without losing order', () => {
        const window = new Inflights(1000, Infinity);
        for (let i = 1; i <= 5; i++)
            window.add(i, 1);
        window.freeTo(3);
        for (let i = 6; i <= 100; i++)
            window.add(i, 1);
        window.freeTo(50);
        expect(window.count).toBe(50);
        window.reset();
        expect(window.count).toBe(0);
        window.add(7, 3);
        expect([window.count, window.bytes]).toEqual([1, 3]);
    });
});
//# sourceMappingURL=inflights.spec.js.map