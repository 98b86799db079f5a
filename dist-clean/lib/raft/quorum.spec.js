/** Tests of etcd-io/raft covered: TestQuick (quorum), the assertions of its data-driven harness (README §5). */
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../test/support/raft-network.js';
import { VoteResult, committedOf, jointVote, majority, voteOf } from './quorum.js';
const random = seededRandom(7);
function randomIndices() {
    const indices = new Map();
    const count = random(9);
    while (indices.size < count)
        indices.set(1 + random(20), random(6));
    return indices;
}
const values = (ids, indices) => Array.from(ids, (id) => indices.get(id) ?? 0);
/** The largest index that at least a majority has reached, by trying all of them. */
function naiveCommitted(acknowledged) {
    if (acknowledged.length === 0)
        return Infinity;
    let best = 0;
    for (const candidate of acknowledged) {
        const reached = acknowledged.filter((index) => index >= candidate).length;
        if (reached > acknowledged.length / 2 && candidate > best)
            best = candidate;
    }
    return best;
}
function naiveVote(votes) {
    if (votes.length === 0)
        return VoteResult.Won;
    const yes = votes.filter((vote) => vote === true).length;
    const missing = votes.filter((vote) => vote === undefined).length;
    if (yes > votes.length / 2)
        return VoteResult.Won;
    return yes + missing > votes.length / 2 ? VoteResult.Pending : VoteResult.Lost;
}
const joint = (a, b) => Math.min(committedOf(a), committedOf(b));
describe('majorities (§3.3, §4.3)', () => {
    // TestQuick
    it('the committed index equals a naive computation, for any number of voters', () => {
        for (let i = 0; i < 3_000; i++) {
            const acknowledged = Array.from({ length: random(10) }, () => random(8));
            expect(committedOf(acknowledged)).toBe(naiveCommitted(acknowledged));
        }
    });
    it('the committed index does not depend on the order of the voters', () => {
        for (let i = 0; i < 800; i++) {
            const acknowledged = Array.from({ length: random(8) }, () => random(8));
            expect(committedOf(acknowledged.slice().reverse())).toBe(committedOf(acknowledged));
        }
    });
    it('a vote equals a naive count', () => {
        for (let i = 0; i < 3_000; i++) {
            const votes = Array.from({ length: random(8) }, () => [true, false, undefined][random(3)]);
            const granted = votes.filter((vote) => vote === true).length;
            const rejected = votes.filter((vote) => vote === false).length;
            expect(voteOf(votes.length, granted, rejected)).toBe(naiveVote(votes));
        }
    });
    it('a majority of n is more than half, and two majorities always meet', () => {
        for (let n = 1; n < 50; n++) {
            expect(majority(n)).toBeGreaterThan(n / 2);
            expect(majority(n) - 1).toBeLessThanOrEqual(n / 2);
            expect(2 * majority(n)).toBeGreaterThan(n);
        }
    });
    it('indices beyond 32 bits are compared exactly', () => {
        const high = Number.MAX_SAFE_INTEGER - 10;
        expect(committedOf([high, high + 1, high + 2])).toBe(high + 1);
        expect(committedOf([2 ** 32 + 1, 1, 2 ** 32])).toBe(2 ** 32);
        expect(committedOf([high + 4, high, high + 1, high + 3, high + 2])).toBe(high + 2);
    });
    // data-driven harness: assertions
    it('a joint quorum is symmetric', () => {
        for (let i = 0; i < 1_000; i++) {
            const indices = randomIndices();
            const ids = Array.from(indices.keys());
            const left = values(ids.filter(() => random(2) === 0), indices);
            const right = values(ids.filter(() => random(2) === 0), indices);
            expect(joint(left, right)).toBe(joint(right, left));
        }
        for (const a of Object.values(VoteResult)) {
            for (const b of Object.values(VoteResult))
                expect(jointVote(a, b)).toBe(jointVote(b, a));
        }
    });
    it('joint with an empty half, or with itself, is the same as not joint', () => {
        for (let i = 0; i < 1_000; i++) {
            const acknowledged = Array.from({ length: 1 + random(7) }, () => random(8));
            expect(joint(acknowledged, [])).toBe(committedOf(acknowledged));
            expect(joint(acknowledged, acknowledged)).toBe(committedOf(acknowledged));
        }
        for (const result of Object.values(VoteResult)) {
            expect(jointVote(result, VoteResult.Won === result ? voteOf(0, 0, 0) : result)).toBe(result);
            expect(jointVote(result, result)).toBe(result);
        }
        expect(jointVote(VoteResult.Pending, voteOf(0, 0, 0))).toBe(VoteResult.Pending);
        expect(jointVote(VoteResult.Lost, voteOf(0, 0, 0))).toBe(VoteResult.Lost);
    });
    it('lowering an index that is already below the committed one changes nothing', () => {
        for (let i = 0; i < 1_000; i++) {
            const acknowledged = Array.from({ length: 1 + random(7) }, () => random(8));
            const committed = committedOf(acknowledged);
            const lowered = acknowledged.map((index) => (index > 0 && index < committed ? index - 1 : index));
            expect(committedOf(lowered)).toBe(committed);
            const zeroed = acknowledged.map((index) => (index < committed ? 0 : index));
            expect(committedOf(zeroed)).toBe(committed);
        }
    });
    it('nothing is committed, and no vote won, in a joint quorum by one half alone', () => {
        expect(joint([5, 5, 5], [0, 0, 5])).toBe(0);
        expect(jointVote(VoteResult.Won, VoteResult.Pending)).toBe(VoteResult.Pending);
        expect(jointVote(VoteResult.Won, VoteResult.Lost)).toBe(VoteResult.Lost);
    });
});
//# sourceMappingURL=quorum.spec.js.map