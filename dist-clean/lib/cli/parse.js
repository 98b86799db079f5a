import { UsageError } from './usage-error.js';
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Longest that a deadline may be, ms. */
const DURATION_MS_MAX = 2 ** 31 - 1;
/** '500ms', '10s', '2m', '1h' → ms. */
export function parseDuration(text, flag) {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
    const ms = amount === undefined ? NaN : Math.round(Number(amount) * UNIT_MS[unit]);
    if (!(ms >= 1 && ms <= DURATION_MS_MAX))
        throw new UsageError(`${flag}: '${text}' is no duration; write 500ms, 10s, 2m or 1h.`);
    return ms;
}
export function parseInteger(text, flag, min = 1) {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value) || value < min)
        throw new UsageError(`${flag}: '${text}' is not a whole number of ${min} or more.`);
    return value;
}
/** `host:port`, also `[::1]:7400`. */
export function parseAddress(text, flag) {
    const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]/]+):(\d{1,5})$/.exec(text) ?? [];
    if (host === undefined || Number(port) > 65_535)
        throw new UsageError(`${flag}: '${text}' is no host:port, as in 127.0.0.1:7400.`);
    return text;
}
/** A list with commas; given twice, both count. */
export function parseList(text, flag, previous = []) {
    const items = text.split(',').map((item) => item.trim());
    if (items.some((item) => item === ''))
        throw new UsageError(`${flag}: '${text}' has an empty item.`);
    return [...previous, ...items];
}
/** A value as JSON. */
export function parseJson(text, what) {
    try {
        return JSON.parse(text);
    }
    catch {
        const hint = /^[\w .@-]+$/.test(text) ? ` For a text, write '${JSON.stringify(text)}' (with the double quotes).` : '';
        throw new UsageError(`${what}: ${JSON.stringify(text.slice(0, 80))} is no JSON value.${hint}`);
    }
}
/** An instant in ISO 8601, or how long ago: '2h', '30m'. Answers ISO 8601. */
export function parseInstant(text, flag, nowMs) {
    if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text)) {
        const days = /^(\d+(?:\.\d+)?)d$/.exec(text);
        const agoMs = days === null ? parseDuration(text, flag) : Number(days[1]) * 24 * UNIT_MS['h'];
        return new Date(nowMs - agoMs).toISOString();
    }
    const instant = new Date(text);
    if (!/^\d{4}-\d{2}-\d{2}/.test(text) || !Number.isFinite(instant.getTime()))
        throw new UsageError(`${flag}: '${text}' is no instant; write 2026-01-31T12:00:00Z, or how long ago: 30m, 2h, 1d.`);
    return instant.toISOString();
}
export function parseChoice(text, flag, choices) {
    const choice = choices.find((one) => one === text);
    if (choice === undefined)
        throw new UsageError(`${flag}: '${text}' is none of ${choices.join(', ')}.`);
    return choice;
}
//# sourceMappingURL=parse.js.map