/**
 * Events of a run: its one, totally ordered history (R2). Types only; bytes are made and read by event-codec.ts.
 *
 * H1. wseq is 1, 2, 3 … without gap; event 1 is `started`.
 * H2. Live execution, late join, rehydration and replay are fed from this sequence by the same dispatcher.
 * H3. Payloads are the committed bytes; every consumer decodes them afresh (R7).
 */
export const EventKind = {
    STARTED: 1,
    CHECKPOINT: 2,
    COMPUTE_RESULT: 3,
    ATTEMPT_STARTED: 4,
    ATTEMPT_FAILED: 5,
    SLEEP_SET: 6,
    TIMER_FIRED: 7,
    SIGNAL: 8,
    CANCEL_REQUESTED: 9,
    OWNER_CHANGED: 10,
    DECLINED: 11,
    BLOCKED: 12,
    FINISHED: 13,
};
//# sourceMappingURL=event.js.map