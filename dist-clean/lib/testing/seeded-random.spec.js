import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';
describe('SeededRandom', () => {
    it('the same seed and label give the same sequence; it is pinned for all versions', () => {
        const first = new SeededRandom(42, 'network');
        const again = new SeededRandom(42, 'network');
        const numbers = Array.from({ length: 100 }, () => first.next());
        expect(Array.from({ length: 100 }, () => again.next())).toEqual(numbers);
        expect(numbers.slice(0, 3)).toEqual([1756097180, 938595949, 2087122910]);
    });
    it('other seeds, other labels and forks give other sequences', () => {
        const starts = new Set();
        for (let seed = 0; seed < 1000; seed++)
            starts.add(new SeededRandom(seed).next());
        for (const label of ['a', 'b', 'c'])
            starts.add(new SeededRandom(1, label).next());
        starts.add(new SeededRandom(1, 'a').fork('b').next());
        starts.add(new SeededRandom(2 ** 40 + 1).next());
        expect(starts.size).toBe(1005);
    });
    it('int() is evenly spread and stays below its bound', () => {
        const random = new SeededRandom(7);
        const counts = new Array(10).fill(0);
        for (let i = 0; i < 100_000; i++)
            counts[random.int(10)]++;
        for (const count of counts)
            expect(Math.abs(count - 10_000)).toBeLessThan(500);
    });
    it('makes well-formed UUIDs of version 4, and keeps every item in a shuffle', () => {
        const random = new SeededRandom(1);
        expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    });
});
//# sourceMappingURL=seeded-random.spec.js.map