import { NO_BYTES } from '../raft/index.js';
/** The state machine itself, if it has rows. */
export function withRows(stateMachine) {
    const { cut, load, prefetch, rowsOf, expectRows, bytesOf } = stateMachine;
    const hasRows = [cut, load, prefetch, rowsOf, expectRows, bytesOf].every((method) => typeof method === 'function');
    return hasRows ? stateMachine : new WholeRows(stateMachine);
}
/** Nothing but a group part, at a position. */
export class WholeImage {
    position;
    group;
    runCount = 0;
    constructor(position, group) {
        this.position = position;
        this.group = group;
    }
    get bytesAbout() {
        return this.group.length;
    }
    next() {
        return Promise.resolve(null);
    }
    again() {
        return this;
    }
    close() {
        return Promise.resolve();
    }
}
export class WholeRows {
    inner;
    index = 0;
    constructor(inner) {
        this.inner = inner;
    }
    apply(index, term, frame) {
        const result = this.inner.apply(index, term, frame);
        this.index = index;
        return result;
    }
    check(frame) {
        this.inner.check?.(frame);
    }
    applyMembership(index, membership) {
        this.inner.applyMembership(index, membership);
        this.index = index;
    }
    snapshot() {
        return this.inner.snapshot();
    }
    restore(index, bytes) {
        this.inner.restore(index, bytes);
        this.index = index;
    }
    cut() {
        return {
            index: this.index,
            group: this.inner.snapshot(),
            requests: [],
            closed: [],
            requestsExpiredMs: 0,
            sweptMs: 0,
            next: () => null,
            done: () => undefined,
        };
    }
    load(stored, _source) {
        if (stored.group.length > 0)
            this.inner.restore(stored.position.index, stored.group);
        this.index = stored.position.index;
    }
    prefetch() {
        return null;
    }
    rowsOf(position, bytes) {
        return new WholeImage(position, bytes);
    }
    expectRows() {
        // There are none, and what the group part is worth is seen by restore().
    }
    async bytesOf(image) {
        await image.close();
        return image.group;
    }
}
/** What is stored of a group that was never stored. */
export function nothingStored(confState) {
    return { position: { index: 0, term: 0, confState }, group: NO_BYTES, requests: [], closed: [], openRuns: [], lastOrder: 0 };
}
//# sourceMappingURL=whole-rows.js.map