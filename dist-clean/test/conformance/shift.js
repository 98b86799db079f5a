/**
 * Shifted variants of interaction scripts: every log index at or above the bootstrap index is raised by a constant.
 * Raft is translation-invariant, so the outcome must be the same; a core that squeezes indices into 32 bits, or rounds them, fails.
 */
import { argument } from './datadriven.js';
/** Reads `4294967296`, `2^32`, `2^53-1000`. */
export function parseShift(text) {
    const match = /^(\d+)(?:\^(\d+))?(?:([+-])(\d+))?$/.exec(text.trim());
    if (match === null)
        throw new Error(`cannot read shift ${text}`);
    const base = match[2] === undefined ? Number(match[1]) : Number(match[1]) ** Number(match[2]);
    const offset = match[4] === undefined ? 0 : Number(match[4]);
    const shift = match[3] === '-' ? base - offset : base + offset;
    if (!Number.isSafeInteger(shift) || shift < 0)
        throw new Error(`shift ${text} is not a safe integer`);
    return shift;
}
/** Each pattern's groups 1, 3, 5 … are kept, groups 2, 4 … are indices. */
const INDEX_PATTERNS = [
    /(\b\d+\/)(\d+)( Entry(?:Normal|ConfChange))/g,
    /(\bLog:\d+\/)(\d+)/g,
    /( Commit:)(\d+)/g,
    /(\(Hint: )(\d+)(\))/g,
    /(\bIndex:)(\d+)( Term:\d+ ConfState)/g,
    /(\b(?:match|next|pendingSnap)=)(\d+)/g,
    /(\b(?:committed|applied|applying|unstable\.offset|unstable\.offsetInProgress)=)(\d+)/g,
    /(\b(?:commit|applied|lastindex|firstindex|index): )(\d+)/g,
    /(\bhint: \(index )(\d+)(,)/g,
    /(\bfor index )(\d+)/g,
    /(\b(?:at|from|before) index )(\d+)/g,
    /(\(applied to )(\d+)(\))/g,
    /(\(index,term\)=\()(\d+)(,\d+\) mismatched with entry at \()(\d+)(,)/g,
    /(\bfirst index=)(\d+)(, last index=)(\d+)/g,
    /(ReadStates \[\{|\]\} \{)(\d+)( \[)/g,
];
/** The script with all its indices raised by `shift`; the payloads of entries stay as they are. */
export function shiftScript(directives, shift) {
    const bootstrap = bootstrapIndex(directives);
    if (shift === 0 || bootstrap === undefined)
        return directives.slice();
    const move = (index) => (index >= bootstrap ? index + shift : index);
    return directives.map((directive) => ({
        ...directive,
        args: shiftArguments(directive, move),
        expected: shiftText(directive.expected, move),
    }));
}
function bootstrapIndex(directives) {
    const indices = directives
        .filter((directive) => directive.command === 'add-nodes')
        .map((directive) => argument(directive, 'index'))
        .filter((index) => index !== undefined)
        .map(Number);
    return indices.length === 0 ? undefined : Math.min(...indices);
}
function shiftArguments(directive, move) {
    if (directive.command === 'add-nodes') {
        return directive.args.map((arg) => (arg.key === 'index' ? { key: arg.key, values: [String(move(Number(arg.values[0])))] } : arg));
    }
    if (directive.command === 'compact') {
        return directive.args.map((arg, at) => (at === 1 ? { key: String(move(Number(arg.key))), values: [] } : arg));
    }
    return directive.args;
}
/** Quoted payloads are set aside, so that a payload that looks like output is not rewritten. */
function shiftText(text, move) {
    const payloads = [];
    let shifted = text.replace(/(EntryNormal )("(?:[^"\\]|\\.)*")/g, (_all, head, payload) => {
        payloads.push(payload);
        return `${head}\u0000`;
    });
    for (const pattern of INDEX_PATTERNS) {
        shifted = shifted.replace(pattern, (...match) => {
            const groups = match.slice(1, -2).filter((group) => group !== undefined);
            return groups.map((group, at) => (at % 2 === 1 ? String(move(Number(group))) : group)).join('');
        });
    }
    let at = 0;
    return shifted.replace(/\u0000/g, () => payloads[at++]);
}
//# sourceMappingURL=shift.js.map