const decoder = new TextDecoder('utf-8', { fatal: true });
/** Committed canonical JSON as a fresh value; no bytes: null. */
function decode(bytes) {
    return bytes.length === 0 ? null : JSON.parse(decoder.decode(bytes));
}
function iso(ms) {
    return new Date(ms).toISOString();
}
/** Item of the service → item for the application. */
export function viewStreamItem(item) {
    return item.type === 'event' ? { ...item, event: viewEvent(item.event) } : item;
}
/** Event of the log → event for the application. */
export function viewEvent(event) {
    const base = { wseq: event.wseq, time: iso(event.timeMs) };
    switch (event.kind) {
        case 1:
            return { ...base, kind: 'started', input: decode(event.input), owner: event.owner, continuedFrom: event.continuedFrom || null };
        case 2:
            return { ...base, kind: 'checkpoint', key: event.key, occurrence: event.occurrence, value: decode(event.value), error: event.error };
        case 3:
            return {
                ...base,
                kind: 'compute-result',
                key: event.key,
                occurrence: event.occurrence,
                attempt: event.attempt,
                value: decode(event.value),
                error: event.error,
            };
        case 4:
            return { ...base, kind: 'attempt-started', key: event.key, occurrence: event.occurrence, attempt: event.attempt, node: event.node };
        case 5:
            return {
                ...base,
                kind: 'attempt-failed',
                key: event.key,
                occurrence: event.occurrence,
                attempt: event.attempt,
                error: event.error,
                retryAt: iso(event.dueMs),
            };
        case 6:
            return { ...base, kind: 'sleep-set', key: event.key, occurrence: event.occurrence, dueAt: iso(event.dueMs) };
        case 7:
            return { ...base, kind: 'timer-fired', key: event.key, occurrence: event.occurrence, purpose: event.purpose };
        case 8:
            return { ...base, kind: 'signal', name: event.name, payload: decode(event.payload) };
        case 9:
            return { ...base, kind: 'cancel-requested', reason: event.reason };
        case 10:
            return { ...base, kind: 'owner-changed', owner: event.owner, epoch: event.epoch, cause: event.cause };
        case 11:
            return { ...base, kind: 'declined', node: event.node, reason: event.reason, message: event.message };
        case 12:
            return { ...base, kind: 'blocked', reason: event.reason };
        case 13:
            return {
                ...base,
                kind: 'finished',
                outcome: event.outcome,
                result: decode(event.result),
                error: event.error,
                continuedAs: event.continuedAs || null,
            };
    }
}
//# sourceMappingURL=event-view.js.map