/**
 * Time-out and retries of a compute, in numbers. Pure.
 *
 * L1. Without options: one attempt, no time-out.
 * L2. The backoff of attempt n is min(initialDelay × factor^(n−1), maxDelay): the same on whichever node it failed (R21).
 */
import { RaftoralError } from '../errors/index.js';
import { parseDuration } from './duration.js';
const DEFAULT_PLAN = { timeoutMs: 0, attemptsMax: 1, initialDelayMs: 1000, factor: 2, maxDelayMs: 60_000 };
/** Throws INVALID_ARGUMENT, naming `what` and the option. */
export function planOf(options, what) {
    if (options === undefined)
        return DEFAULT_PLAN;
    const retry = options.retry ?? {};
    const attemptsMax = retry.maxAttempts ?? 1;
    if (!Number.isSafeInteger(attemptsMax) || attemptsMax < 1) {
        throw new RaftoralError('INVALID_ARGUMENT', `retry.maxAttempts of ${what} is ${attemptsMax}; give a whole number ≥ 1`);
    }
    const factor = retry.factor ?? DEFAULT_PLAN.factor;
    if (!Number.isFinite(factor) || factor < 1)
        throw new RaftoralError('INVALID_ARGUMENT', `retry.factor of ${what} is ${factor}; give a number ≥ 1`);
    return {
        timeoutMs: options.timeout === undefined ? 0 : parseDuration(options.timeout, `timeout of ${what}`),
        attemptsMax,
        initialDelayMs: retry.initialDelay === undefined ? DEFAULT_PLAN.initialDelayMs : parseDuration(retry.initialDelay, `retry.initialDelay of ${what}`),
        factor,
        maxDelayMs: retry.maxDelay === undefined ? DEFAULT_PLAN.maxDelayMs : parseDuration(retry.maxDelay, `retry.maxDelay of ${what}`),
    };
}
/** Delay after failed attempt `attempt` (1, 2, …), whole ms. */
export function backoffMs(plan, attempt) {
    return Math.round(Math.min(plan.initialDelayMs * plan.factor ** (attempt - 1), plan.maxDelayMs));
}
//# sourceMappingURL=compute-plan.js.map