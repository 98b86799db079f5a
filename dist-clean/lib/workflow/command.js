export const CommandKind = {
    MEMBER_HELLO: 1,
    SET_LIMITS: 2,
    RAISE_CODEC_LEVEL: 3,
    NODE_DOWN: 4,
    RESERVE_NODE_ID: 5,
    START: 10,
    SIGNAL: 11,
    CANCEL: 12,
    TERMINATE: 13,
    RESET: 14,
    CHANGE_OWNER: 15,
    CHECKPOINT: 20,
    COMPUTE_RESULT: 21,
    ATTEMPT_STARTED: 22,
    ATTEMPT_FAILED: 23,
    SLEEP: 24,
    TIMER_FIRED: 25,
    DECLINE: 26,
    FINISH: 27,
    CONTINUE_AS_NEW: 28,
    RETENTION_SWEEP: 30,
};
/** Highest codec level that this build applies (R31). Level 2: RESERVE_NODE_ID, and the node ids that were used. */
export const CODEC_LEVEL_MAX = 2;
/** Node ids are below 2^31: they travel as 32-bit numbers in logs and dumps of other tools. */
export const NODE_ID_MAX = 2 ** 31 - 1;
export const DEFAULT_LIMITS = {
    payloadBytesMax: 1024 * 1024,
    openRunsMax: 1_000_000,
    crashSuspectLimit: 3,
    retentionMs: 24 * 3_600_000,
    requestRetentionMs: 600_000,
};
//# sourceMappingURL=command.js.map