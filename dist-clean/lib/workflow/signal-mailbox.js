/**
 * Signals of one run on one replica: handlers, those who wait, and what came before anybody asked. Owns: their order.
 *
 * M1. A signal goes to the handler of its name if there is one, else to the first who waits, else it is kept: first in, first out.
 * M2. Payloads are kept as committed bytes and decoded afresh for each receiver (R7).
 */
import { decodeCanonical } from './canonical-json.js';
export class SignalMailbox {
    boxes = new Map();
    box(name) {
        let box = this.boxes.get(name);
        if (box === undefined)
            this.boxes.set(name, (box = { kept: [], waiting: [], handler: null }));
        return box;
    }
    /** What the arrival of a signal sets going: a handler, an operation, or nothing now. */
    receive(name, payload) {
        const box = this.box(name);
        if (box.handler !== null)
            return box.handler;
        const waiting = box.waiting.shift();
        if (waiting !== undefined)
            return waiting;
        box.kept.push(payload);
        return null;
    }
    /** The oldest signal that was kept, or undefined. */
    take(name) {
        const payload = this.box(name).kept.shift();
        return payload === undefined ? undefined : { payload: decodeCanonical(payload) };
    }
    wait(name, operation) {
        this.box(name).waiting.push(operation);
    }
    unwait(name, operation) {
        const { waiting } = this.box(name);
        const index = waiting.indexOf(operation);
        if (index !== -1)
            waiting.splice(index, 1);
    }
    handle(name, handler) {
        this.box(name).handler = handler;
    }
}
//# sourceMappingURL=signal-mailbox.js.map