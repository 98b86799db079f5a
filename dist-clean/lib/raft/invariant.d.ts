/**
 * Broken invariants. A node whose core reports one must stop: its state can no longer be trusted. Pure.
 * I1. The check at the call site is a plain compare; the text is built only once it has failed.
 */
/** Thrown when an invariant of the core does not hold. Never caught inside the core. */
export declare class RaftInvariantError extends Error {
    readonly name = "RaftInvariantError";
}
/** Thrown when a configuration can not be used. */
export declare class RaftConfigError extends Error {
    readonly name = "RaftConfigError";
}
/** Throws with the numbers appended as `name=value`. */
export declare function fail(what: string, numbers?: Record<string, number>): never;
