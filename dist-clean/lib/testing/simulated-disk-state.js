import { packRow, unpackRow } from './simulated-disk-database.js';
const RUNS_PER_SLICE = 3;
const DELETED_PER_FLUSH_MAX = 10;
const READ_MS_MAX = 2;
export class SimulatedStateStore {
    parts;
    counts = { flushes: 0, replacements: 0, images: 0, historyReads: 0, closedReads: 0 };
    queue = Promise.resolve();
    pending = 0;
    constructor(parts) {
        this.parts = parts;
    }
    get isBusy() {
        return this.pending > 0;
    }
    /** Rows of all groups, by group id. Throws STORAGE_DAMAGED. */
    groups() {
        const groups = new Map();
        for (const [key, bytes] of this.parts.database.table('groups'))
            groups.set(Number(key), unpackRow('groups', key, bytes));
        return groups;
    }
    async load(groupId) {
        const key = `${groupId}`;
        const bytes = this.parts.database.table('groups').get(key);
        if (bytes === undefined)
            return null;
        const { position, group, lastOrder, requestsExpiredMs, sweptMs } = unpackRow('groups', key, bytes);
        const view = new GroupView(groupId, (name) => this.parts.database.table(name));
        await this.delay();
        return {
            position,
            group,
            lastOrder,
            requests: view.requests().filter((row) => row.lastExpiryMs >= requestsExpiredMs),
            closed: view.closed().filter((row) => row.lastClosedMs > sweptMs),
            openRuns: view.runs().filter((run) => run.closedMs === 0),
        };
    }
    source(groupId) {
        const view = new GroupView(groupId, (name) => this.parts.database.table(name));
        return {
            history: async ({ order, fromWseq, toWseq }) => {
                this.counts.historyReads++;
                await this.delay();
                return view.history(order).filter((row) => row.toWseq >= fromWseq && row.fromWseq <= toWseq);
            },
            closedRuns: async (by) => {
                this.counts.closedReads++;
                await this.delay();
                const isWanted = (run) => ('runId' in by ? run.runId === by.runId : run.workflowId === by.workflowId);
                return view.runs().filter((run) => run.closedMs > 0 && isWanted(run));
            },
            list: async (query) => {
                await this.delay();
                return view
                    .runs()
                    .filter((run) => matches(run, query))
                    .sort((a, b) => a.startedMs - b.startedMs || compareText(a.runId, b.runId))
                    .slice(0, query.limit);
            },
        };
    }
    flush(groupId, position, cut) {
        return this.inOrder(async () => {
            this.counts.flushes++;
            const changes = [];
            let lastOrder = this.groups().get(groupId)?.lastOrder ?? 0;
            for (let slice = cut.next(RUNS_PER_SLICE); slice !== null; slice = cut.next(RUNS_PER_SLICE)) {
                putSlice(changes, groupId, slice);
                for (const run of slice.runs)
                    lastOrder = Math.max(lastOrder, run.order);
                await this.turn();
            }
            const { group, requests, closed, requestsExpiredMs, sweptMs } = cut;
            const rest = [];
            putRest(rest, groupId, { position, group, requestsExpiredMs, sweptMs, installing: false, lastOrder }, requests, closed);
            if (this.parts.tearsFlush)
                await this.parts.database.commit(rest);
            changes.push(...rest);
            this.deleteSwept(changes, groupId, requestsExpiredMs, sweptMs);
            await this.parts.database.commit(changes);
            cut.done();
            this.parts.onDurable(groupId, position);
        });
    }
    replace(groupId, position, image) {
        return this.inOrder(async () => {
            this.counts.replacements++;
            const changes = [];
            for (const name of ['runs', 'history', 'requests', 'closed']) {
                for (const key of this.parts.database.table(name).keys()) {
                    if (key.startsWith(`${groupId}/`))
                        changes.push({ table: name, key, value: null });
                }
            }
            const requests = [];
            const closed = [];
            let lastOrder = 0;
            for (let slice = await image.next(); slice !== null; slice = await image.next()) {
                putSlice(changes, groupId, slice);
                for (const run of slice.runs)
                    lastOrder = Math.max(lastOrder, run.order);
                requests.push(...slice.requests);
                closed.push(...slice.closed);
                await this.turn();
            }
            const { group } = image;
            await image.close();
            const row = { position, group, requestsExpiredMs: 0, sweptMs: 0, installing: true, lastOrder };
            putRest(changes, groupId, row, requests, closed);
            await this.parts.database.commit(changes);
            this.parts.onDurable(groupId, position);
            if (this.parts.onReplaced === undefined)
                return;
            this.parts.onReplaced();
            await this.turn();
        });
    }
    async image(groupId) {
        this.counts.images++;
        // Rows are never changed in place: copies of the tables are the state as of now.
        const tables = new Map();
        for (const name of ['groups', 'runs', 'history', 'requests', 'closed'])
            tables.set(name, new Map(this.parts.database.table(name)));
        const view = new GroupView(groupId, (name) => tables.get(name));
        const { position, group, requestsExpiredMs, sweptMs } = unpackRow('groups', `${groupId}`, tables.get('groups').get(`${groupId}`));
        const runs = view.runs().filter((run) => run.closedMs === 0 || run.closedMs > sweptMs);
        await this.delay();
        const requests = view.requests().filter((row) => row.lastExpiryMs >= requestsExpiredMs);
        const closed = view.closed().filter((row) => row.lastClosedMs > sweptMs);
        const read = () => {
            let next = 0;
            return {
                position,
                group,
                runCount: runs.length,
                bytesAbout: 0,
                next: async () => {
                    await this.delay();
                    if (next > runs.length)
                        return null;
                    if (next === runs.length) {
                        next++;
                        return { runs: [], history: [], requests, closed };
                    }
                    const slice = runs.slice(next, Math.min(next + RUNS_PER_SLICE, runs.length));
                    next += slice.length;
                    return { runs: slice, history: slice.flatMap((run) => view.history(run.order)), requests: [], closed: [] };
                },
                again: read,
                close: async () => { },
            };
        };
        await this.parts.onImage?.(read());
        return read();
    }
    inOrder(work) {
        this.pending++;
        const done = this.queue.then(work).finally(() => this.pending--);
        this.queue = done.catch((error) => {
            // L7: what follows fails alike.
            this.parts.database.poison(error);
        });
        return done;
    }
    deleteSwept(changes, groupId, requestsExpiredMs, sweptMs) {
        if (sweptMs === 0 && requestsExpiredMs === 0)
            return;
        const view = new GroupView(groupId, (name) => this.parts.database.table(name));
        const gone = [];
        const remove = (table, key) => void gone.push({ table, key, value: null });
        for (const run of view.runs()) {
            if (gone.length >= DELETED_PER_FLUSH_MAX)
                break;
            if (run.closedMs === 0 || run.closedMs > sweptMs)
                continue;
            for (const row of view.history(run.order))
                remove('history', historyKey(groupId, row));
            remove('runs', runKey(groupId, run.order));
        }
        for (const row of view.requests())
            if (row.lastExpiryMs < requestsExpiredMs)
                remove('requests', `${groupId}/${row.sequence}`);
        for (const row of view.closed())
            if (row.lastClosedMs <= sweptMs)
                remove('closed', `${groupId}/${row.sequence}`);
        const written = new Set(changes.map(({ table, key }) => `${table}\n${key}`));
        for (const change of gone)
            if (!written.has(`${change.table}\n${change.key}`))
                changes.push(change);
    }
    turn() {
        return new Promise((resolve) => this.parts.process.turn(resolve));
    }
    delay() {
        const { process, random } = this.parts;
        return new Promise((resolve) => void process.setTimer(random.float() * READ_MS_MAX, resolve));
    }
}
/** Rows of one group, each verified as it is read. */
class GroupView {
    groupId;
    table;
    constructor(groupId, table) {
        this.groupId = groupId;
        this.table = table;
    }
    runs() {
        return this.rows('runs', `${this.groupId}/`).sort((a, b) => a.order - b.order);
    }
    history(order) {
        return this.rows('history', `${this.groupId}/${order}/`).sort((a, b) => a.fromWseq - b.fromWseq);
    }
    requests() {
        return this.rows('requests', `${this.groupId}/`).sort((a, b) => a.sequence - b.sequence);
    }
    closed() {
        return this.rows('closed', `${this.groupId}/`).sort((a, b) => a.sequence - b.sequence);
    }
    rows(name, prefix) {
        const rows = [];
        for (const [key, bytes] of this.table(name))
            if (key.startsWith(prefix))
                rows.push(unpackRow(name, key, bytes));
        return rows;
    }
}
function putSlice(changes, groupId, { runs, history }) {
    for (const run of runs)
        changes.push(packRow('runs', runKey(groupId, run.order), run));
    for (const row of history)
        changes.push(packRow('history', historyKey(groupId, row), row));
}
function putRest(changes, groupId, group, requests, closed) {
    for (const row of requests)
        changes.push(packRow('requests', `${groupId}/${row.sequence}`, row));
    for (const row of closed)
        changes.push(packRow('closed', `${groupId}/${row.sequence}`, row));
    changes.push(packRow('groups', `${groupId}`, group));
}
function runKey(groupId, order) {
    return `${groupId}/${order}`;
}
function historyKey(groupId, row) {
    return `${groupId}/${row.order}/${row.fromWseq}`;
}
function compareText(a, b) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
function matches(run, query) {
    const { name, version, statuses, startedAfterMs, startedBeforeMs, after, sweptMs } = query;
    if (run.closedMs > 0 && run.closedMs <= sweptMs)
        return false;
    if (name !== undefined && run.name !== name)
        return false;
    if (version !== undefined && run.version !== version)
        return false;
    if (statuses !== undefined && !statuses.includes(run.status))
        return false;
    if (startedAfterMs !== undefined && run.startedMs <= startedAfterMs)
        return false;
    if (startedBeforeMs !== undefined && run.startedMs >= startedBeforeMs)
        return false;
    if (after === undefined)
        return true;
    return run.startedMs > after.startedMs || (run.startedMs === after.startedMs && compareText(run.runId, after.runId) > 0);
}
//# sourceMappingURL=simulated-disk-state.js.map