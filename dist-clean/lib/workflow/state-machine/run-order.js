export function byStart(a, b) {
    return a.startedMs !== b.startedMs ? a.startedMs - b.startedMs : compareUtf8(a.runId, b.runId);
}
export function compareUtf8(a, b) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
        const x = a.charCodeAt(i);
        const y = b.charCodeAt(i);
        if (x !== y)
            return inUtf8(x) - inUtf8(y);
    }
    return a.length - b.length;
}
/** Surrogates stand for code points above all other units. */
function inUtf8(unit) {
    return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
/** All but sweptMs and limit. */
export function matches(run, query) {
    const { name, version, statuses, startedAfterMs, startedBeforeMs, after } = query;
    if (name !== undefined && run.name !== name)
        return false;
    if (version !== undefined && run.version !== version)
        return false;
    if (statuses !== undefined && !statuses.includes(run.status))
        return false;
    if (startedAfterMs !== undefined && run.startedMs <= startedAfterMs)
        return false;
    if (startedBeforeMs !== undefined && run.startedMs >= startedBeforeMs)
        return false;
    return after === undefined || byStart(run, after) > 0;
}
//# sourceMappingURL=run-order.js.map