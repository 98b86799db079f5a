import { SqliteConnection } from './sqlite-connection.js';
import { readGroup } from './state-owner.js';
import { CLOSED, CLOSED_INDEX, HISTORY, REQUESTS, TIMERS, WORKFLOWS, closedIndexOf, historyOf, requestOf, runOf, timersByOrder, } from './state-rows.js';
import { damaged } from './state-table.js';
const PAGE_ROWS = 256;
const SHARED_PAGE_ROWS = 16;
const SLICE_BYTES_MAX = 1024 * 1024;
/** Columns and head of a run, for a guess. */
const RUN_BYTES_ABOUT = 300;
/** Readers wait a little where the index of the WAL is being made. */
const BUSY_TIMEOUT_MS = 5000;
export class StateSnapshot {
    connection;
    file;
    group;
    closing = null;
    constructor(connection, file, group) {
        this.connection = connection;
        this.file = file;
        this.group = group;
    }
    /** null: nothing is stored of this group. */
    static async open(file, groupId) {
        const connection = await SqliteConnection.open(file, { isReadOnly: true });
        try {
            await connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; BEGIN`);
            const group = await readGroup(connection, file, groupId);
            if (group !== null)
                return new StateSnapshot(connection, file, group);
        }
        catch (error) {
            await connection.close();
            throw error;
        }
        await connection.close();
        return null;
    }
    /** What a node keeps in memory of the group. */
    async stored() {
        const { position, part, lastOrder } = this.group;
        const requests = await this.requests();
        const closed = await this.closedIndex();
        const openRuns = [];
        for (let page = await this.openPage(0); page.length > 0; page = await this.openPage(page.at(-1).order)) {
            for (const run of page)
                openRuns.push(run);
        }
        this.expectCount(WORKFLOWS, openRuns.length, this.group.openRows);
        return { position, group: part, requests, closed, openRuns, lastOrder };
    }
    async image() {
        const { groupId, sweptMs, openRows } = this.group;
        const closedRows = await this.connection.value('SELECT count(*) FROM "closed_workflows" INDEXED BY "closed_by_closing" WHERE "group_id" = ? AND "closed_ms" > ?', [groupId, sweptMs]);
        // From the pages of the file: the rows themselves are as many as are to be read.
        const bytes = await this.connection.value('SELECT sum(length("events")) FROM "history" WHERE "group_id" = ?', [groupId]);
        const runCount = openRows + Number(closedRows);
        return new SnapshotImage(this, { runCount, bytesAbout: Number(bytes ?? 0) + runCount * RUN_BYTES_ABOUT + this.group.part.length });
    }
    /** Runs behind `order`, open and closed, ascending. */
    async runsAfter(order) {
        const { groupId, sweptMs } = this.group;
        const rows = await this.connection.all(`SELECT ${WORKFLOWS.columnList}, 0 AS "is_closed" FROM "workflows" WHERE "group_id" = ?1 AND "run_order" > ?2
       UNION ALL
       SELECT ${CLOSED.columnList}, 1 AS "is_closed" FROM "closed_workflows" WHERE "group_id" = ?1 AND "run_order" > ?2 AND +"closed_ms" > ?3
       ORDER BY "run_order" LIMIT ?4`, [groupId, order, sweptMs, PAGE_ROWS]);
        return this.runsOf(rows);
    }
    /** Bytes of history of each of the runs. */
    async historyBytes(first, last) {
        const rows = await this.connection.all(`SELECT "run_order", sum(length("events")) AS "bytes" FROM "history"
       WHERE "group_id" = ? AND "run_order" BETWEEN ? AND ? GROUP BY "run_order"`, [this.group.groupId, first, last]);
        return new Map(rows.map((row) => [Number(row['run_order']), Number(row['bytes'])]));
    }
    async history(runs) {
        const wanted = runs.filter(({ events }) => events > 0);
        const rows = await this.connection.all(`SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ? AND "run_order" IN (${wanted.map(() => '?').join(', ')})
       ORDER BY "run_order", "from_wseq"`, [this.group.groupId, ...wanted.map(({ order }) => order)]);
        const history = rows.map((row) => historyOf(row, this.file));
        let at = 0;
        for (const run of wanted) {
            let next = 1;
            for (; history[at]?.order === run.order && history[at].fromWseq === next; at++)
                next = history[at].toWseq + 1;
            if (next !== run.events + 1)
                throw this.missingEvent(run, next);
        }
        return history;
    }
    /** Of a run whose history is too long for one slice: as much as one may have, from this event on. */
    async historyFrom(run, fromWseq) {
        const { groupId } = this.group;
        const sizes = await this.connection.all(`SELECT "from_wseq", "to_wseq", length("events") AS "bytes" FROM "history"
       WHERE "group_id" = ? AND "run_order" = ? AND "from_wseq" >= ? ORDER BY "from_wseq" LIMIT ?`, [groupId, run.order, fromWseq, PAGE_ROWS]);
        let bytes = 0;
        let to = fromWseq - 1;
        for (const [i, size] of sizes.entries()) {
            bytes += Number(size['bytes']);
            if (bytes > SLICE_BYTES_MAX && i > 0)
                break;
            to = Number(size['to_wseq']);
        }
        const rows = await this.connection.all(`SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ? AND "run_order" = ? AND "from_wseq" BETWEEN ? AND ? ORDER BY "from_wseq"`, [groupId, run.order, fromWseq, to]);
        const history = rows.map((row) => historyOf(row, this.file));
        let next = fromWseq;
        for (const row of history) {
            if (row.fromWseq !== next)
                throw this.missingEvent(run, next);
            next = row.toWseq + 1;
        }
        if (history.length === 0 || next > run.events + 1)
            throw this.missingEvent(run, next);
        return history;
    }
    missingEvent(run, wseq) {
        return this.missing(HISTORY, `run_order ${run.order}: event ${wseq} of ${run.events} is missing`);
    }
    /** Ends the read transaction. Closing twice is closing once. */
    close() {
        this.closing ??= this.connection.close();
        return this.closing;
    }
    async openPage(after) {
        return this.runsOf(await this.connection.all(`SELECT ${WORKFLOWS.columnList}, 0 AS "is_closed" FROM "workflows" WHERE "group_id" = ? AND "run_order" > ? ORDER BY "run_order" LIMIT ?`, [this.group.groupId, after, PAGE_ROWS]));
    }
    async runsOf(rows) {
        if (rows.length === 0)
            return [];
        const { groupId } = this.group;
        const place = { file: this.file, groupId };
        const timers = timersByOrder(await this.connection.all(`SELECT ${TIMERS.columnList} FROM "timers" WHERE "group_id" = ? AND "run_order" BETWEEN ? AND ? ORDER BY "run_order", "timer_id"`, [groupId, rows[0]['run_order'], rows.at(-1)['run_order']]), this.file);
        return rows.map((row) => runOf(row['is_closed'] === 1 ? CLOSED : WORKFLOWS, row, timers.get(Number(row['run_order'])) ?? [], place));
    }
    async requests() {
        return (await this.all(REQUESTS)).map((row) => requestOf(row, this.file)).filter((row) => this.isRemembered(row));
    }
    async closedIndex() {
        return (await this.all(CLOSED_INDEX)).map((row) => closedIndexOf(row, this.file)).filter((row) => this.isRetained(row));
    }
    /** The next of the answers. null: there are no more. `seen` counts those of the file. */
    async requestsAfter(place) {
        const rows = await this.sharedAfter(REQUESTS, place, this.group.requestRows);
        return rows === null ? null : rows.map((row) => requestOf(row, this.file)).filter((row) => this.isRemembered(row));
    }
    async closedIndexAfter(place) {
        const rows = await this.sharedAfter(CLOSED_INDEX, place, this.group.closedIndexRows);
        return rows === null ? null : rows.map((row) => closedIndexOf(row, this.file)).filter((row) => this.isRetained(row));
    }
    isRemembered({ lastExpiryMs }) {
        return lastExpiryMs >= this.group.requestsExpiredMs;
    }
    isRetained({ lastClosedMs }) {
        return lastClosedMs > this.group.sweptMs;
    }
    async sharedAfter(table, place, expected) {
        const rows = await this.page(table, place.sequence);
        if (rows.length === 0) {
            this.expectCount(table, place.seen, expected);
            return null;
        }
        place.sequence = Number(rows.at(-1)['sequence']);
        place.seen += rows.length;
        return rows;
    }
    async all(table) {
        const place = { sequence: 0, seen: 0 };
        const expected = table === REQUESTS ? this.group.requestRows : this.group.closedIndexRows;
        const all = [];
        for (let rows = await this.sharedAfter(table, place, expected); rows !== null; rows = await this.sharedAfter(table, place, expected)) {
            for (const row of rows)
                all.push(row);
        }
        return all;
    }
    page(table, after) {
        return this.connection.all(`SELECT ${table.columnList} FROM "${table.name}" WHERE "group_id" = ? AND "sequence" > ? ORDER BY "sequence" LIMIT ?`, [this.group.groupId, after, SHARED_PAGE_ROWS]);
    }
    expectCount(table, actual, expected) {
        if (actual !== expected)
            throw this.missing(table, `${actual} rows are there instead of ${expected}`);
    }
    missing(table, why) {
        return damaged({ file: this.file, groupId: this.group.groupId, table: table.name, row: '' }, why);
    }
}
const NOTHING = { runs: [], history: [], requests: [], closed: [] };
class SnapshotImage {
    snapshot;
    size;
    position;
    group;
    runCount;
    bytesAbout;
    page = [];
    bytes = new Map();
    at = 0;
    lastOrder = 0;
    part = 'runs';
    place = { sequence: 0, seen: 0 };
    /** Its history is being read, in parts. */
    long = null;
    constructor(snapshot, size) {
        this.snapshot = snapshot;
        this.size = size;
        this.position = snapshot.group.position;
        this.group = snapshot.group.part;
        this.runCount = size.runCount;
        this.bytesAbout = size.bytesAbout;
    }
    async next() {
        for (;;) {
            const slice = await this.read();
            if (slice !== null || this.part === 'end')
                return slice;
            this.part = this.part === 'runs' ? 'requests' : this.part === 'requests' ? 'closed' : 'end';
            this.place = { sequence: 0, seen: 0 };
        }
    }
    again() {
        return new SnapshotImage(this.snapshot, this.size);
    }
    close() {
        return this.snapshot.close();
    }
    async read() {
        switch (this.part) {
            case 'runs':
                return this.long === null ? this.nextRuns() : this.moreHistory(this.long);
            case 'requests': {
                const requests = await this.snapshot.requestsAfter(this.place);
                return requests === null ? null : { ...NOTHING, requests };
            }
            case 'closed': {
                const closed = await this.snapshot.closedIndexAfter(this.place);
                return closed === null ? null : { ...NOTHING, closed };
            }
            case 'end':
                return null;
        }
    }
    async nextRuns() {
        if (this.at === this.page.length) {
            this.page = await this.snapshot.runsAfter(this.lastOrder);
            if (this.page.length === 0)
                return null;
            this.at = 0;
            this.lastOrder = this.page.at(-1).order;
            this.bytes = await this.snapshot.historyBytes(this.page[0].order, this.lastOrder);
        }
        const from = this.at;
        let bytes = 0;
        for (; this.at < this.page.length; this.at++) {
            bytes += this.bytes.get(this.page[this.at].order) ?? 0;
            if (bytes > SLICE_BYTES_MAX && this.at > from)
                break;
        }
        const runs = this.page.slice(from, this.at);
        if (runs.length > 1 || bytes <= SLICE_BYTES_MAX)
            return { ...NOTHING, runs, history: await this.snapshot.history(runs) };
        this.long = { run: runs[0], nextWseq: 1 };
        return { ...NOTHING, runs };
    }
    async moreHistory(long) {
        const history = await this.snapshot.historyFrom(long.run, long.nextWseq);
        long.nextWseq = history.at(-1).toWseq + 1;
        if (long.nextWseq > long.run.events)
            this.long = null;
        return { ...NOTHING, history };
    }
}
//# sourceMappingURL=state-snapshot.js.map