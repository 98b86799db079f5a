/**
 * What a StateStore must hold after some flushes, kept in memory, and the cuts and images that make it so: for the storage suite and its like.
 *
 * Y1. A cut hands out one run a slice: a store has as many steps as it can have.
 * Y2. contentOf() reads a group by load() and by image(), and insists that the two agree.
 */
import assert from 'node:assert/strict';
export function positionAt(index, term = 2) {
    return { index, term, confState: { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false } };
}
export function runRow(order, changes = {}) {
    return {
        order,
        runId: `run-${(order * 7919) % 1000}-${order}`,
        workflowId: `workflow-${order}`,
        name: 'orders',
        version: 1,
        status: 'running',
        owner: 1,
        startedMs: 1000 + order,
        closedMs: 0,
        events: 0,
        head: new Uint8Array([order % 256, 1, 2]),
        timers: [],
        ...changes,
    };
}
export function cutOf(index, parts) {
    const { runs = [], history = [], step = () => undefined } = parts;
    let at = 0;
    const asked = (value) => {
        step();
        return value;
    };
    return {
        index,
        get group() {
            return asked(parts.group ?? new Uint8Array());
        },
        get requests() {
            return asked(parts.requests ?? []);
        },
        get closed() {
            return asked(parts.closed ?? []);
        },
        requestsExpiredMs: parts.requestsExpiredMs ?? 0,
        sweptMs: parts.sweptMs ?? 0,
        next: () => {
            step();
            const run = runs[at++];
            return run === undefined ? null : { runs: [run], history: history.filter(({ order }) => order === run.order) };
        },
        done: step,
    };
}
export class ModelState {
    group = new Uint8Array([1, 2, 3]);
    position = positionAt(0, 0);
    requestsExpiredMs = 0;
    sweptMs = 0;
    runs = new Map();
    history = new Map();
    requests = [];
    closed = [];
    fresh = {
        runs: new Map(),
        history: [],
        requests: [],
        closed: [],
    };
    /** A new or changed run, with `newEvents` events more. Its name, ids and start stay those of the first time. */
    run(row, newEvents) {
        const known = this.runs.get(row.order);
        const before = known === undefined ? 0 : known.events;
        const { runId, workflowId, name, startedMs } = known ?? row;
        const changed = { ...row, runId, workflowId, name, startedMs, events: before + newEvents };
        this.runs.set(row.order, changed);
        this.fresh.runs.set(row.order, changed);
        if (newEvents === 0)
            return;
        const events = Uint8Array.from({ length: newEvents }, (_, i) => (row.order + before + i + 1) % 256);
        const history = { order: row.order, fromWseq: before + 1, toWseq: before + newEvents, events };
        this.history.set(row.order, [...this.historyOf(row.order), history]);
        this.fresh.history.push(history);
    }
    historyOf(order) {
        return this.history.get(order) ?? [];
    }
    request(row) {
        this.requests.push(row);
        this.fresh.requests.push(row);
    }
    closedIndex(row) {
        this.closed.push(row);
        this.fresh.closed.push(row);
    }
    /** What changed since the last one. */
    cut(index, step) {
        const { runs, history, requests, closed } = this.fresh;
        this.fresh = { runs: new Map(), history: [], requests: [], closed: [] };
        const { group, requestsExpiredMs, sweptMs } = this;
        return cutOf(index, {
            runs: [...runs.values()],
            history,
            requests,
            closed,
            group,
            requestsExpiredMs,
            sweptMs,
            ...(step === undefined ? {} : { step }),
        });
    }
    async flush(store, groupId, position, step) {
        const cut = this.cut(position.index, step);
        this.position = position;
        await store.flush(groupId, position, cut);
    }
    content() {
        const runs = [...this.runs.values()]
            .filter(({ closedMs }) => closedMs === 0 || closedMs > this.sweptMs)
            .sort((a, b) => a.order - b.order);
        return {
            position: this.position,
            group: this.group,
            requests: this.requests.filter(({ lastExpiryMs }) => lastExpiryMs >= this.requestsExpiredMs),
            closed: this.closed.filter(({ lastClosedMs }) => lastClosedMs > this.sweptMs),
            runs,
            events: runs.map(({ order }) => this.historyOf(order).flatMap(({ events }) => [...events])),
        };
    }
}
/** The whole of a model as an image, in slices of two runs. */
export function imageOf(model, position) {
    const { runs, group, requests, closed } = model.content();
    const read = () => {
        let at = 0;
        return {
            position,
            group,
            runCount: runs.length,
            bytesAbout: 0,
            next: async () => {
                if (at > runs.length)
                    return null;
                if (at === runs.length) {
                    at++;
                    return { runs: [], history: [], requests, closed };
                }
                const slice = runs.slice(at, Math.min(at + 2, runs.length));
                at += slice.length;
                return { runs: slice, history: slice.flatMap(({ order }) => model.historyOf(order)), requests: [], closed: [] };
            },
            again: read,
            close: async () => undefined,
        };
    };
    return read();
}
export async function slicesOf(image) {
    const slices = [];
    for (let slice = await image.next(); slice !== null; slice = await image.next())
        slices.push(slice);
    return slices;
}
/** Everything that a store has of a group, read in both ways. */
export async function contentOf(store, groupId) {
    const stored = await store.load(groupId);
    if (stored === null)
        return null;
    const image = await store.image(groupId);
    const slices = await slicesOf(image);
    await image.close();
    const runs = slices.flatMap((slice) => slice.runs);
    const history = slices.flatMap((slice) => slice.history);
    const requests = slices.flatMap((slice) => slice.requests);
    const closed = slices.flatMap((slice) => slice.closed);
    assert.deepEqual(stored.openRuns, runs.filter(({ closedMs }) => closedMs === 0));
    assert.equal(image.runCount, runs.length);
    assert.deepEqual([stored.position, stored.group, stored.requests, stored.closed], [image.position, image.group, requests, closed]);
    assert.ok(stored.lastOrder >= (runs.at(-1)?.order ?? 0));
    return {
        position: image.position,
        group: image.group,
        requests,
        closed,
        runs,
        events: runs.map(({ order }) => history.filter((row) => row.order === order).flatMap(({ events }) => [...events])),
    };
}
//# sourceMappingURL=storage-suite-model.js.map