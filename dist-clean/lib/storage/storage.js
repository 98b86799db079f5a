/** What the reads answer for a term that is not there: the core's numbers. */
export const TERM_COMPACTED = -1;
export const TERM_UNAVAILABLE = -2;
/** `details.reason` of a REJOIN_REFUSED that another node id would not meet. */
export const REJOIN_NEEDS_NEW_ID = 'needs-new-id';
//# sourceMappingURL=storage.js.map