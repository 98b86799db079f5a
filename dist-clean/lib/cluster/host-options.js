/**
 * Every bound and interval of the shell, with its default. Owns the names; validated once, when the host is made.
 */
import { RaftoralError } from '../errors/index.js';
export const DEFAULT_TUNING = {
    tickMs: 50,
    electionTimeoutTicks: 10,
    heartbeatTimeoutTicks: 1,
    catchUpTicksMax: 2,
    peerDownAfterMs: 600,
    peerGraceMs: 100,
    hibernateAfterTicks: 40,
    messageBytesMax: 1024 * 1024,
    frameBytesMax: 32 * 1024 * 1024,
    inflightMessagesMax: 256,
    uncommittedBytesMax: 64 * 1024 * 1024,
    snapshotEntriesMax: 10_000,
    snapshotLogBytesMax: 64 * 1024 * 1024,
    stateFlushEntriesMax: 5_000,
    stateFlushBytesMax: 8 * 1024 * 1024,
    stateSliceRunsMax: 64,
    stopFlushMs: 5_000,
    compactionKeepEntries: 5_000,
    snapshotPartBytes: 256 * 1024,
    snapshotPartsInFlightMax: 4,
    snapshotBytesPerSecondMax: 64 * 1024 * 1024,
    snapshotBytesMax: 1024 * 1024 * 1024,
    snapshotSendsMax: 4,
    snapshotRetryMs: 500,
    snapshotResumeMs: 30_000,
    snapshotPutOffMs: 5_000,
    queueLengthMax: 10_000,
    queueBytesMax: 64 * 1024 * 1024,
    requestTimeoutMs: 10_000,
    requestsInFlightMax: 10_000,
    inboxFramesMax: 65_536,
    turnRoundsMax: 64,
    microtaskTurnsMax: 200,
    busyPollMs: 0,
    promoteLagEntriesMax: 100,
    maxClockSkewMs: 2_000,
};
const MAY_BE_ZERO = new Set([
    'hibernateAfterTicks',
    'compactionKeepEntries',
    'maxClockSkewMs',
    'promoteLagEntriesMax',
    'peerGraceMs',
    'stopFlushMs',
    'snapshotBytesPerSecondMax',
    'snapshotResumeMs',
    'snapshotPutOffMs',
    'busyPollMs',
]);
/** Throws INVALID_CONFIGURATION that names the option. */
export function resolveTuning(given = {}) {
    const defined = Object.entries(given).filter(([, value]) => value !== undefined);
    const tuning = { ...DEFAULT_TUNING, ...Object.fromEntries(defined) };
    for (const [name, value] of Object.entries(tuning)) {
        const isValid = typeof value === 'number' && !Number.isNaN(value) && (value > 0 || (value === 0 && MAY_BE_ZERO.has(name)));
        if (!isValid)
            refuse(name, value, MAY_BE_ZERO.has(name) ? 'a number from 0' : 'a positive number');
    }
    if (tuning.electionTimeoutTicks <= tuning.heartbeatTimeoutTicks) {
        refuse('electionTimeoutTicks', tuning.electionTimeoutTicks, `more than heartbeatTimeoutTicks (${tuning.heartbeatTimeoutTicks})`);
    }
    if (tuning.catchUpTicksMax >= tuning.electionTimeoutTicks) {
        refuse('catchUpTicksMax', tuning.catchUpTicksMax, `less than electionTimeoutTicks (${tuning.electionTimeoutTicks})`);
    }
    if (tuning.frameBytesMax < 2 * tuning.messageBytesMax) {
        refuse('messageBytesMax', tuning.messageBytesMax, `at most half of frameBytesMax (${tuning.frameBytesMax})`);
    }
    return tuning;
}
function refuse(name, value, wanted) {
    throw new RaftoralError('INVALID_CONFIGURATION', `option ${name} is ${String(value)}; it must be ${wanted}`, {
        details: { option: name },
    });
}
//# sourceMappingURL=host-options.js.map