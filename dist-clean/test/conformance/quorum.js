/** Quorum scripts: majority and joint arithmetic, stateless (conformance README §5). */
import { VoteResult, committedOf, jointVote, voteOf } from '../../lib/raft/quorum.js';
import { argument, argumentList, ScriptError } from './datadriven.js';
export function runQuorum(directive) {
    const quorum = quorumOf(directive);
    switch (directive.command) {
        case 'committed':
            return committed(quorum, assign(quorum, argumentList(directive, 'idx') ?? []));
        case 'vote':
            return vote(quorum, assign(quorum, argumentList(directive, 'votes') ?? []));
        default:
            throw new ScriptError(`unknown command ${directive.command}`);
    }
}
function quorumOf(directive) {
    const config = unique(argumentList(directive, 'cfg') ?? []);
    if (argument(directive, 'cfgj') === 'zero')
        return { config, outgoing: [] };
    const joint = argumentList(directive, 'cfgj');
    return { config, outgoing: joint === undefined ? null : unique(joint) };
}
function unique(values) {
    return Array.from(new Set(values.map(Number)));
}
/** Values go to the voters in order, first of the one half, then of the other, each voter once. `_` is no information. */
function assign(quorum, values) {
    const assigned = new Map();
    unionOf(quorum).forEach((id, at) => {
        const value = values[at];
        if (value !== undefined && value !== '_')
            assigned.set(id, value);
    });
    return assigned;
}
function unionOf(quorum) {
    return Array.from(new Set([...quorum.config, ...(quorum.outgoing ?? [])]));
}
function committed(quorum, values) {
    const indexOf = (id) => Number(values.get(id) ?? 0);
    let index = committedOf(quorum.config.map(indexOf));
    if (quorum.outgoing !== null)
        index = Math.min(index, committedOf(quorum.outgoing.map(indexOf)));
    const known = new Map(Array.from(values, ([id, value]) => [id, Number(value)]));
    return `${describe(unionOf(quorum), known)}${index === Infinity ? '∞' : index}\n`;
}
function describe(voters, known) {
    const n = voters.length;
    if (n === 0)
        return '<empty majority quorum>';
    const byIndex = voters.map((id) => ({ id, index: known.get(id) ?? 0 })).sort((a, b) => a.index - b.index || a.id - b.id);
    const bars = new Map();
    let bar = 0;
    byIndex.forEach(({ id, index }, at) => {
        if (at > 0 && index > byIndex[at - 1].index)
            bar = at;
        bars.set(id, bar);
    });
    const lines = byIndex
        .sort((a, b) => a.id - b.id)
        .map(({ id, index }) => {
        const length = bars.get(id) ?? 0;
        const mark = known.has(id) ? `${'x'.repeat(length)}>${' '.repeat(n - length)}` : `?${' '.repeat(n)}`;
        return `${mark} ${String(index).padStart(5)}    (id=${id.toString(16)})\n`;
    });
    return `${' '.repeat(n)}    idx\n${lines.join('')}`;
}
const VOTE_NAMES = {
    [VoteResult.Pending]: 'VotePending',
    [VoteResult.Lost]: 'VoteLost',
    [VoteResult.Won]: 'VoteWon',
};
function vote(quorum, values) {
    const resultOf = (voters) => {
        const granted = voters.filter((id) => values.get(id) === 'y').length;
        const rejected = voters.filter((id) => values.get(id) === 'n').length;
        return voteOf(voters.length, granted, rejected);
    };
    const incoming = resultOf(quorum.config);
    return `${VOTE_NAMES[quorum.outgoing === null ? incoming : jointVote(incoming, resultOf(quorum.outgoing))]}\n`;
}
//# sourceMappingURL=quorum.js.map