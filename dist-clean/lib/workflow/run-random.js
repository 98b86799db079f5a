/**
 * random() and uuid() of workflow code: functions of (runId, counter), equal on all replicas and in every replay (R23). Pure.
 *
 * The generator is part of what history means: it is never changed for a released version (pinned by run-random.spec.ts).
 */
import { createHash } from 'node:crypto';
import { formatUuid } from '../cluster/random.js';
/** The `counter`-th random number of a run, in [0, 1), with 53 random bits. */
export function runRandom(runId, counter) {
    const bytes = digest(runId, 'random', counter);
    const high = bytes.readUInt32LE(0) >>> 5;
    const low = bytes.readUInt32LE(4) >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
}
export function runUuid(runId, counter) {
    return formatUuid(digest(runId, 'uuid', counter).subarray(0, 16));
}
function digest(runId, purpose, counter) {
    return createHash('sha256').update(`${runId}\n${purpose}\n${counter}`).digest();
}
//# sourceMappingURL=run-random.js.map