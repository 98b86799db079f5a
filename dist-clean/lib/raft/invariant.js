/**
 * Broken invariants. A node whose core reports one must stop: its state can no longer be trusted. Pure.
 * I1. The check at the call site is a plain compare; the text is built only once it has failed.
 */
/** Thrown when an invariant of the core does not hold. Never caught inside the core. */
export class RaftInvariantError extends Error {
    name = 'RaftInvariantError';
}
/** Thrown when a configuration can not be used. */
export class RaftConfigError extends Error {
    name = 'RaftConfigError';
}
/** Throws with the numbers appended as `name=value`. */
export function fail(what, numbers = {}) {
    const parts = Object.keys(numbers).map((key) => `${key}=${numbers[key]}`);
    throw new RaftInvariantError(parts.length === 0 ? what : `${what} [${parts.join(' ')}]`);
}
//# sourceMappingURL=invariant.js.map