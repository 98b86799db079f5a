export const EnvelopeKind = {
    RAFT: 1,
    PROPOSE: 2,
    PROPOSE_ANSWER: 3,
    REQUEST: 4,
    RESPONSE: 5,
    PING: 6,
    PONG: 7,
    HIBERNATE: 8,
    // 9 and 10 carried chunks of a snapshot that was whole in memory; they are not used again.
    SNAPSHOT_PART: 11,
    SNAPSHOT_PART_ANSWER: 12,
};
export const SnapshotPartStatus = {
    /** Go on at nextOffset: everything before it is there. */
    MORE: 0,
    /** All of it is there, and sound. */
    DONE: 1,
    /** Not this stream. */
    REFUSED: 2,
    /** Not now; ask again. */
    LATER: 3,
    /** Something before this part is missing: send again from nextOffset. */
    GAP: 4,
    /** Nothing of this stream is held here: begin anew. */
    RESTART: 5,
};
//# sourceMappingURL=transport.js.map