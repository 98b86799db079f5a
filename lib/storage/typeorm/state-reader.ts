/**
 * Reads of one group of state.db while the node runs, through TypeORM's DataSource. Owns the queries.
 *
 * Q1. One at a time (D2), which also leaves the threads of the process to the log.
 * Q2. A list goes by the index in order of (started_ms, run_id), over open and closed runs, and stops at its limit; what it filters out it does not load.
 * Q3. What one call answers is of one flush.
 * Q4. Of the closed runs of an id the newest alone is handed out: a chain of continueAsNew leaves as many as retention keeps, commands wait for this
 *     read, and every row that is handed out costs time of the loop.
 * Tests: state-database.spec.ts.
 */
import type { DataSource, QueryRunner } from 'typeorm';
import type { ClosedRunsQuery, HistoryRow, RunQuery, RunRow, StateSource } from '../../state-machine/rows.js';
import type { SqlRow, SqlValue } from './sqlite-connection.js';
import { storageError } from './sqlite-error.js';
import type { SerialQueue } from './state-queue.js';
import { CLOSED, HISTORY, TIMERS, WORKFLOWS, historyOf, runOf, timersByOrder, type Place } from './state-rows.js';
import { damaged } from './state-table.js';
import type { StoreFailure } from './store-failure.js';

export interface StateReaderOptions extends Place {
  readonly failure: StoreFailure;
  readonly queue: SerialQueue;
  /** Throws when the file is not open. */
  readonly dataSource: () => DataSource;
}

interface EventRange {
  readonly order: number;
  readonly fromWseq: number;
  readonly toWseq: number;
}

export class StateReader implements StateSource {
  constructor(private readonly options: StateReaderOptions) {}

  history(range: EventRange): Promise<readonly HistoryRow[]> {
    return this.read('read a history', async (runner) => {
      const rows = await this.historyRows(runner, range);
      if (missingEvent(rows, range) === null) return rows;
      return this.atOneMoment(runner, () => this.incompleteHistory(runner, range));
    });
  }

  closedRuns(query: ClosedRunsQuery): Promise<readonly RunRow[]> {
    const [index, column, value] =
      'workflowId' in query ? ['closed_by_workflow_id', 'workflow_id', query.workflowId] : ['closed_by_run_id', 'run_id', query.runId];
    const { statuses } = query;
    const ofStatus = statuses === undefined ? '' : `AND "status" IN (${statuses.map(() => '?').join(', ')})`;
    return this.read('read closed runs', async (runner) => {
      const rows = await all(
        runner,
        `SELECT ${CLOSED.columnList} FROM "closed_workflows" INDEXED BY "${index}" WHERE "group_id" = ? AND "${column}" = ? ${ofStatus}
         ORDER BY "closed_ms" DESC, "run_order" DESC LIMIT 1`,
        [this.options.groupId, value, ...(statuses ?? [])],
      );
      return rows.map((row) => runOf(CLOSED, row, [], this.options));
    });
  }

  list(query: RunQuery): Promise<readonly RunRow[]> {
    const { sql, params } = listSql(this.options.groupId, query);
    return this.read('list runs', (runner) =>
      this.atOneMoment(runner, async () => {
        const rows = await all(runner, sql, params);
        const timed = rows.filter((row) => row['timers'] !== 0).map((row) => row['run_order']!);
        const timers = timersByOrder(timed.length === 0 ? [] : await this.timerRows(runner, timed), this.options.file);
        return rows.map((row) =>
          runOf(row['is_closed'] === 1 ? CLOSED : WORKFLOWS, row, timers.get(Number(row['run_order'])) ?? [], this.options),
        );
      }),
    );
  }

  private async historyRows(runner: QueryRunner, { order, fromWseq, toWseq }: EventRange): Promise<HistoryRow[]> {
    const rows = await all(
      runner,
      `SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ?1 AND "run_order" = ?2 AND "from_wseq" <= ?4 AND "from_wseq" >=
         coalesce((SELECT max("from_wseq") FROM "history" WHERE "group_id" = ?1 AND "run_order" = ?2 AND "from_wseq" <= ?3), 0)
       ORDER BY "from_wseq"`,
      [this.options.groupId, order, fromWseq, toWseq],
    );
    return rows.map((row) => historyOf(row, this.options.file));
  }

  /** Events are missing. A run that was swept in between has none, and its reader will see that it is gone; of any other they were lost. */
  private async incompleteHistory(runner: QueryRunner, range: EventRange): Promise<readonly HistoryRow[]> {
    const { groupId, file } = this.options;
    const rows = await this.historyRows(runner, range);
    const [run] = await all(
      runner,
      `SELECT 1 FROM "workflows" WHERE "group_id" = ?1 AND "run_order" = ?2 UNION ALL
       SELECT 1 FROM "closed_workflows" WHERE "group_id" = ?1 AND "run_order" = ?2
         AND "closed_ms" > (SELECT "swept_ms" FROM "groups" WHERE "group_id" = ?1)`,
      [groupId, range.order],
    );
    const missing = missingEvent(rows, range);
    if (missing !== null && run !== undefined)
      throw damaged({ file, groupId, table: HISTORY.name, row: `run_order ${range.order}` }, `event ${missing} is missing`);
    return rows;
  }

  private timerRows(runner: QueryRunner, orders: readonly SqlValue[]): Promise<SqlRow[]> {
    return all(
      runner,
      `SELECT ${TIMERS.columnList} FROM "timers" WHERE "group_id" = ? AND "run_order" IN (${orders.map(() => '?').join(', ')})
       ORDER BY "run_order", "timer_id"`,
      [this.options.groupId, ...orders],
    );
  }

  private async atOneMoment<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
    await runner.query('BEGIN');
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // Nothing was written, and SQLite may have ended the transaction itself: what counts is why.
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    await runner.query('COMMIT');
    return result;
  }

  private read<T>(doing: string, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const { queue, failure, file, groupId, dataSource } = this.options;
    return queue.run(async () => {
      failure.check();
      const runner = dataSource().createQueryRunner();
      try {
        return await work(runner);
      } catch (error) {
        throw storageError(error, { file, groupId, doing });
      } finally {
        await runner.release();
      }
    });
  }
}

const all = (runner: QueryRunner, sql: string, params: readonly SqlValue[]): Promise<SqlRow[]> =>
  runner.query(sql, [...params]) as Promise<SqlRow[]>;

/** The first event of the range that no row holds. */
function missingEvent(rows: readonly HistoryRow[], { fromWseq, toWseq }: EventRange): number | null {
  let next = fromWseq;
  for (const row of rows) {
    if (row.fromWseq > next) return next;
    next = Math.max(next, row.toWseq + 1);
  }
  return next > toWseq ? null : next;
}

export function listSql(groupId: number, query: RunQuery): { readonly sql: string; readonly params: SqlValue[] } {
  const params: SqlValue[] = [];
  const bind = (value: SqlValue): string => `?${params.push(value)}`;
  const conditions = [`"group_id" = ${bind(groupId)}`];
  if (query.name !== undefined) conditions.push(`"name" = ${bind(query.name)}`);
  if (query.version !== undefined) conditions.push(`"version" = ${bind(query.version)}`);
  if (query.statuses !== undefined) conditions.push(`"status" IN (${query.statuses.map(bind).join(', ')})`);
  if (query.startedAfterMs !== undefined) conditions.push(`"started_ms" > ${bind(query.startedAfterMs)}`);
  if (query.startedBeforeMs !== undefined) conditions.push(`"started_ms" < ${bind(query.startedBeforeMs)}`);
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
