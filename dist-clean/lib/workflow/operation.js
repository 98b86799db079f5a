let capturedResolve;
let capturedReject;
const capture = (resolve, reject) => {
    capturedResolve = resolve;
    capturedReject = reject;
};
const ignore = () => undefined;
export class Operation {
    kind;
    key;
    occurrence;
    position;
    argumentsDigest;
    label;
    promise;
    resolve;
    reject;
    previous = null;
    next = null;
    settled = false;
    /** Checkpoint: this replica's own outcome is known. */
    ready = false;
    /** Checkpoint: canonical text of this replica's own value. */
    valueText = '';
    error = null;
    /** Epoch in which this node proposed it; 0 = never. */
    proposedEpoch = 0;
    // compute
    body = null;
    plan = null;
    attempt = null;
    /** Attempt for which this node sent attempt-started in this epoch (R20); 0 = none. */
    announcedAttempt = 0;
    /** Attempt whose attempt-started was consumed in this epoch, from this node; 0 = none. */
    confirmedAttempt = 0;
    // sleep, and the time-out of a signal wait
    delayMs = 0;
    /** Log time at which it fires; 0 = not set yet. */
    dueMs = 0;
    /** Signal wait ↔ its time-out. */
    partner = null;
    constructor(kind, key, occurrence, position, argumentsDigest, 
    /** For people: the method or call that made it. */
    label) {
        this.kind = kind;
        this.key = key;
        this.occurrence = occurrence;
        this.position = position;
        this.argumentsDigest = argumentsDigest;
        this.label = label;
        this.promise = new Promise(capture);
        this.resolve = capturedResolve;
        this.reject = capturedReject;
    }
    settle(value) {
        this.settled = true;
        this.resolve(value);
    }
    fail(error) {
        this.settled = true;
        this.promise.catch(ignore);
        this.reject(error);
    }
}
export class OperationList {
    first = null;
    last = null;
    length = 0;
    append(operation) {
        operation.previous = this.last;
        if (this.last === null)
            this.first = operation;
        else
            this.last.next = operation;
        this.last = operation;
        this.length++;
    }
    remove(operation) {
        if (operation.previous === null && operation !== this.first)
            return;
        if (operation.previous === null)
            this.first = operation.next;
        else
            operation.previous.next = operation.next;
        if (operation.next === null)
            this.last = operation.previous;
        else
            operation.next.previous = operation.previous;
        operation.previous = null;
        operation.next = null;
        this.length--;
    }
    clear() {
        this.first = null;
        this.last = null;
        this.length = 0;
    }
    toArray() {
        const all = [];
        for (let at = this.first; at !== null; at = at.next)
            all.push(at);
        return all;
    }
}
/** All operations of one key: the counter of occurrences, and those whose events may still come. */
export class KeyState {
    calls = 0;
    expected = [];
    /** What nextOccurrence() will give. */
    peekOccurrence() {
        return this.calls + 1;
    }
    nextOccurrence() {
        return ++this.calls;
    }
    find(occurrence) {
        for (const operation of this.expected)
            if (operation.occurrence === occurrence)
                return operation;
        return undefined;
    }
    drop(operation) {
        const index = this.expected.indexOf(operation);
        if (index !== -1)
            this.expected.splice(index, 1);
    }
}
//# sourceMappingURL=operation.js.map