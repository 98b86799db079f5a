import { expect, it } from '@jest/globals';
import { Dispatcher } from './dispatcher.js';
class Turns {
    callbacks = [];
    turn(callback) {
        this.callbacks.push(callback);
    }
    soon(callback) {
        callback();
    }
    next() {
        const callback = this.callbacks.shift();
        callback?.();
        return callback !== undefined;
    }
}
/** Each window costs `costMs` of the loop, spent between delivery and boundary. */
class Replay {
    remaining;
    spend;
    queued = false;
    open = false;
    constructor(remaining, spend) {
        this.remaining = remaining;
        this.spend = spend;
    }
    get hasMore() {
        return !this.open && this.remaining > 0;
    }
    advance() {
        expect(this.open).toBe(false);
        this.open = true;
        this.remaining--;
        this.spend();
        return true;
    }
    closeWindow() {
        this.open = false;
    }
}
function setUp(costMs, runs, events) {
    let nowMs = 0;
    const clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => ({ cancel: () => undefined }) };
    const turns = new Turns();
    const dispatcher = new Dispatcher(turns, clock, 10);
    let spentInTurn = 0;
    const replays = Array.from({ length: runs }, () => new Replay(events, () => void ((nowMs += costMs), (spentInTurn += costMs))));
    for (const replay of replays)
        dispatcher.enqueue(replay);
    const longest = [];
    dispatcher.pump();
    for (;;) {
        longest.push(spentInTurn);
        spentInTurn = 0;
        if (!turns.next())
            break;
    }
    return { replays, longest, dispatcher };
}
it('R3: a run gets at most one event per turn, and many runs share a turn', () => {
    const { replays, longest } = setUp(0.001, 100, 5);
    expect(replays.every((replay) => replay.remaining === 0)).toBe(true);
    expect(longest.length).toBe(6);
});
it('R33: what one turn delivers takes about one slice of the loop, however much waits', () => {
    const { replays, longest, dispatcher } = setUp(1, 500, 3);
    expect(replays.every((replay) => replay.remaining === 0)).toBe(true);
    expect(Math.max(...longest)).toBeLessThanOrEqual(27); // the clock is looked at after 16 deliveries
    expect(Math.max(...longest.slice(3))).toBeLessThanOrEqual(10);
    expect(dispatcher.batchSize).toBeLessThanOrEqual(16);
});
it('the batch grows again when turns are short', () => {
    let nowMs = 0;
    const clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => ({ cancel: () => undefined }) };
    const turns = new Turns();
    const dispatcher = new Dispatcher(turns, clock, 10);
    for (let i = 0; i < 64; i++)
        dispatcher.enqueue(new Replay(8, () => void (nowMs += 5)));
    dispatcher.pump();
    while (turns.next())
        ;
    const small = dispatcher.batchSize;
    for (let i = 0; i < 64; i++)
        dispatcher.enqueue(new Replay(50, () => undefined));
    dispatcher.pump();
    while (turns.next())
        ;
    expect(dispatcher.batchSize).toBeGreaterThan(small);
});
//# sourceMappingURL=dispatcher.spec.js.map