/**
 * Majorities: which index a quorum has acknowledged, and what a vote amounts to. Pure leaf.
 * Q1. The committed index of n voters is the largest that floor(n/2)+1 of them have reached; of none it is Infinity.
 * Q2. An empty majority wins every vote, so that a joint quorum with an empty half equals the other half.
 * Q3. A joint quorum needs both halves: the smaller index, and a vote lost by either is lost.
 * Source: Raft thesis §3.3, §3.4, §4.3.
 */
export const VoteResult = { Pending: 1, Lost: 2, Won: 3 };
/** Number of voters that make a majority of n. */
export function majority(n) {
    return (n - (n % 2)) / 2 + 1;
}
/** Sorts the first `count` values of `values` in place and returns the one that a majority has reached. */
export function committedOfCounted(values, count) {
    if (count === 0)
        return Infinity;
    if (count === 1)
        return values[0];
    if (count === 3)
        return medianOfThree(values[0], values[1], values[2]);
    for (let i = 1; i < count; i++) {
        const value = values[i];
        let at = i - 1;
        while (at >= 0 && values[at] > value) {
            values[at + 1] = values[at];
            at--;
        }
        values[at + 1] = value;
    }
    return values[count - majority(count)];
}
function medianOfThree(a, b, c) {
    if (a > b) {
        if (b > c)
            return b;
        return a > c ? c : a;
    }
    if (a > c)
        return a;
    return b > c ? c : b;
}
/** Committed index of one majority; unknown acknowledgements are passed as 0. */
export function committedOf(acknowledged) {
    return committedOfCounted(acknowledged.slice(), acknowledged.length);
}
/** Result of one majority of `voters` voters. */
export function voteOf(voters, granted, rejected) {
    if (voters === 0)
        return VoteResult.Won;
    const needed = majority(voters);
    if (granted >= needed)
        return VoteResult.Won;
    if (voters - rejected >= needed)
        return VoteResult.Pending;
    return VoteResult.Lost;
}
export function jointVote(incoming, outgoing) {
    if (incoming === outgoing)
        return incoming;
    if (incoming === VoteResult.Lost || outgoing === VoteResult.Lost)
        return VoteResult.Lost;
    return VoteResult.Pending;
}
//# sourceMappingURL=quorum.js.map