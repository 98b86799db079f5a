/** Milliseconds, ≥ 0, whole. Throws INVALID_ARGUMENT, naming `what`. */
export declare function parseDuration(value: number | string, what: string): number;
