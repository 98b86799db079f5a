import { storageError } from './sqlite-error.js';
import { CLOSED, HISTORY, TIMERS, WORKFLOWS, historyOf, runOf, timersByOrder } from './state-rows.js';
import { damaged } from './state-table.js';
export class StateReader {
    options;
    constructor(options) {
        this.options = options;
    }
    history(range) {
        return this.read('read a history', async (runner) => {
            const rows = await this.historyRows(runner, range);
            if (missingEvent(rows, range) === null)
                return rows;
            return this.atOneMoment(runner, () => this.incompleteHistory(runner, range));
        });
    }
    closedRuns(by) {
        const [index, column, value] = 'workflowId' in by ? ['closed_by_workflow_id', 'workflow_id', by.workflowId] : ['closed_by_run_id', 'run_id', by.runId];
        return this.read('read closed runs', async (runner) => {
            const rows = await all(runner, `SELECT ${CLOSED.columnList} FROM "closed_workflows" INDEXED BY "${index}" WHERE "group_id" = ? AND "${column}" = ? ORDER BY "run_order"`, [this.options.groupId, value]);
            return rows.map((row) => runOf(CLOSED, row, [], this.options));
        });
    }
    list(query) {
        const { sql, params } = listSql(this.options.groupId, query);
        return this.read('list runs', (runner) => this.atOneMoment(runner, async () => {
            const rows = await all(runner, sql, params);
            const timed = rows.filter((row) => row['timers'] !== 0).map((row) => row['run_order']);
            const timers = timersByOrder(timed.length === 0 ? [] : await this.timerRows(runner, timed), this.options.file);
            return rows.map((row) => runOf(row['is_closed'] === 1 ? CLOSED : WORKFLOWS, row, timers.get(Number(row['run_order'])) ?? [], this.options));
        }));
    }
    async historyRows(runner, { order, fromWseq, toWseq }) {
        const rows = await all(runner, `SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ?1 AND "run_order" = ?2 AND "from_wseq" <= ?4 AND "from_wseq" >=
         coalesce((SELECT max("from_wseq") FROM "history" WHERE "group_id" = ?1 AND "run_order" = ?2 AND "from_wseq" <= ?3), 0)
       ORDER BY "from_wseq"`, [this.options.groupId, order, fromWseq, toWseq]);
        return rows.map((row) => historyOf(row, this.options.file));
    }
    /** Events are missing. A run that was swept in between has none, and its reader will see that it is gone; of any other they were lost. */
    async incompleteHistory(runner, range) {
        const { groupId, file } = this.options;
        const rows = await this.historyRows(runner, range);
        const [run] = await all(runner, `SELECT 1 FROM "workflows" WHERE "group_id" = ?1 AND "run_order" = ?2 UNION ALL
       SELECT 1 FROM "closed_workflows" WHERE "group_id" = ?1 AND "run_order" = ?2
         AND "closed_ms" > (SELECT "swept_ms" FROM "groups" WHERE "group_id" = ?1)`, [groupId, range.order]);
        const missing = missingEvent(rows, range);
        if (missing !== null && run !== undefined)
            throw damaged({ file, groupId, table: HISTORY.name, row: `run_order ${range.order}` }, `event ${missing} is missing`);
        return rows;
    }
    timerRows(runner, orders) {
        return all(runner, `SELECT ${TIMERS.columnList} FROM "timers" WHERE "group_id" = ? AND "run_order" IN (${orders.map(() => '?').join(', ')})
       ORDER BY "run_order", "timer_id"`, [this.options.groupId, ...orders]);
    }
    async atOneMoment(runner, work) {
        await runner.query('BEGIN');
        let result;
        try {
            result = await work();
        }
        catch (error) {
            // Nothing was written, and SQLite may have ended the transaction itself: what counts is why.
            await runner.query('ROLLBACK').catch(() => undefined);
            throw error;
        }
        await runner.query('COMMIT');
        return result;
    }
    read(doing, work) {
        const { queue, failure, file, groupId, dataSource } = this.options;
        return queue.run(async () => {
            failure.check();
            const runner = dataSource().createQueryRunner();
            try {
                return await work(runner);
            }
            catch (error) {
                throw storageError(error, { file, groupId, doing });
            }
            finally {
                await runner.release();
            }
        });
    }
}
const all = (runner, sql, params) => runner.query(sql, [...params]);
/** The first event of the range that no row holds. */
function missingEvent(rows, { fromWseq, toWseq }) {
    let next = fromWseq;
    for (const row of rows) {
        if (row.fromWseq > next)
            return next;
        next = Math.max(next, row.toWseq + 1);
    }
    return next > toWseq ? null : next;
}
export function listSql(groupId, query) {
    const params = [];
    const bind = (value) => `?${params.push(value)}`;
    const conditions = [`"group_id" = ${bind(groupId)}`];
    if (query.name !== undefined)
        conditions.push(`"name" = ${bind(query.name)}`);
    if (query.version !== undefined)
        conditions.push(`"version" = ${bind(query.version)}`);
    if (query.statuses !== undefined)
        conditions.push(`"status" IN (${query.statuses.map(bind).join(', ')})`);
    if (query.startedAfterMs !== undefined)
        conditions.push(`"started_ms" > ${bind(query.startedAfterMs)}`);
    if (query.startedBeforeMs !== undefined)
        conditions.push(`"started_ms" < ${bind(query.startedBeforeMs)}`);
    if (query.after !== undefined) {
        conditions.push(`("started_ms", "run_id") > (${bind(query.after.startedMs)}, ${bind(query.after.runId)})`);
    }
    const where = conditions.join(' AND ');
    const swept = bind(query.sweptMs);
    const order = `ORDER BY "started_ms", "run_id" LIMIT ${bind(query.limit)}`;
    const sql = `SELECT * FROM (SELECT ${WORKFLOWS.columnList}, 0 AS "is_closed" FROM "workflows" INDEXED BY "workflows_by_start" WHERE ${where} ${order})
    UNION ALL
    SELECT * FROM (SELECT ${CLOSED.columnList}, 1 AS "is_closed" FROM "closed_workflows" INDEXED BY "closed_by_start"
      WHERE ${where} AND "closed_ms" > ${swept} ${order})
    ${order}`;
    return { sql, params };
}
//# sourceMappingURL=state-reader.js.map