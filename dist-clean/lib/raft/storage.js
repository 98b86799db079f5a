/** `term()` of an index below the last compacted position. */
export const COMPACTED = -1;
/** `term()` of an index past the end. */
export const UNAVAILABLE = -2;
//# sourceMappingURL=storage.js.map