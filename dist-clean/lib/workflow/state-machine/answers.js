function ignored(reason) {
    return Object.freeze({ ok: false, ignored: true, reason });
}
export const GROUP_OK = Object.freeze({ ok: true, runId: '', wseq: 0, existing: false });
export const IGNORED = {
    unknownRun: ignored('unknown run'),
    closedRun: ignored('the run is closed'),
    staleEpoch: ignored('stale epoch'),
    settled: ignored('the operation has an outcome'),
    started: ignored('the operation was begun as another kind, or this attempt is known'),
    cancelled: ignored('a cancel came before'),
    futureWseq: ignored('the position is ahead of the history'),
    runIdTaken: ignored('the new run id is taken'),
    timerNotPending: ignored('the timer is not pending'),
    timerNotDue: ignored('the timer is not due'),
    staleIncarnation: ignored('stale incarnation'),
    alreadyDown: ignored('the node is known to be down'),
    alreadyDeclined: ignored('the node has declined before'),
    notEligible: ignored('the node is not eligible'),
    sameOwner: ignored('the node owns the run'),
    blocked: ignored('the run is blocked and must be reset'),
    staleRevision: ignored('stale revision'),
    codecLevel: ignored('the codec level is in force, or not every voter supports it'),
    nodeIdsUsedUp: ignored('no node id is left'),
};
export function done(runId, wseq) {
    return { ok: true, runId, wseq, existing: false };
}
export function doneBefore(runId, wseq) {
    return { ok: true, runId, wseq, existing: true };
}
/** @param message names the thing and the remedy. */
export function refused(code, message, runId = '') {
    return { ok: false, ignored: false, code, message, runId };
}
//# sourceMappingURL=answers.js.map