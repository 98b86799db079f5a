/**
 * Durations as people write them: 1500, '10s', '1h30m', '2 days'. Pure.
 *
 * Own code, because the grammar is a dozen lines and a wrong unit has to be an INVALID_ARGUMENT that names the text.
 */
import { RaftoralError } from '../errors/index.js';
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_NAMES = {
    ms: 'ms',
    millisecond: 'ms',
    s: 's',
    sec: 's',
    second: 's',
    m: 'm',
    min: 'm',
    minute: 'm',
    h: 'h',
    hour: 'h',
    d: 'd',
    day: 'd',
    w: 'w',
    week: 'w',
};
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/g;
/** Milliseconds, ≥ 0, whole. Throws INVALID_ARGUMENT, naming `what`. */
export function parseDuration(value, what) {
    const ms = typeof value === 'number' ? value : parseText(value);
    if (!Number.isFinite(ms) || ms < 0 || ms > Number.MAX_SAFE_INTEGER) {
        throw new RaftoralError('INVALID_ARGUMENT', `${what} is ${JSON.stringify(value)}; give milliseconds (≥ 0) or a text like '500ms', '10s', '1h30m', '2 days'`);
    }
    return Math.round(ms);
}
function parseText(text) {
    const trimmed = String(text).trim().toLowerCase();
    let sum = 0;
    let rest = trimmed.replaceAll(PART, (_whole, count, unit) => {
        const name = UNIT_NAMES[unit] ?? UNIT_NAMES[unit.replace(/s$/, '')];
        sum += name === undefined ? Number.NaN : Number(count) * UNIT_MS[name];
        return '';
    });
    rest = rest.trim();
    return trimmed === '' || rest !== '' ? Number.NaN : sum;
}
//# sourceMappingURL=duration.js.map