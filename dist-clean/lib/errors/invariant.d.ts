/**
 * Throws INVARIANT_VIOLATED unless `condition` holds. `message` is a function where building it costs something.
 */
export declare function invariant(condition: boolean, message: string | (() => string)): asserts condition;
