import { expect, it } from '@jest/globals';
import { EventKind } from './event.js';
import { EVENT_BYTES, RUN_BYTES, weightOfEvent, weightOfRun } from './run-weight.js';
import { RunHistory } from './state-machine/run-history.js';
const signal = (wseq, bytes) => ({
    kind: EventKind.SIGNAL,
    wseq,
    timeMs: 1,
    name: 's',
    payload: new Uint8Array(bytes),
    requestId: 'r',
});
it('R33: what an event carries counts, with the chain of causes of an error', () => {
    expect(weightOfEvent(signal(1, 1000))).toBe(EVENT_BYTES + 1000);
    const cause = { name: 'Error', code: '', message: '12345', stack: '', cause: null };
    const failed = {
        kind: EventKind.ATTEMPT_FAILED,
        wseq: 1,
        timeMs: 1,
        epoch: 1,
        key: 'k',
        occurrence: 1,
        attempt: 1,
        error: { name: 'Error', code: '', message: '123', stack: '1234567890', cause },
        timerId: 1,
        dueMs: 1,
    };
    expect(weightOfEvent(failed)).toBe(EVENT_BYTES + 18);
});
it('R33: the weight of a run grows by that of each event', () => {
    const history = new RunHistory();
    expect(weightOfRun(history)).toBe(RUN_BYTES);
    let bytes = RUN_BYTES;
    for (let wseq = 1; wseq <= 5; wseq++) {
        const event = signal(wseq, wseq * 10);
        history.push(event);
        bytes += weightOfEvent(event);
        expect(weightOfRun(history)).toBe(bytes);
    }
});
//# sourceMappingURL=run-weight.spec.js.map