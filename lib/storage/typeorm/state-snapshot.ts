/**
 * A group's stored state at one moment: a connection of its own that holds a read transaction while the file is written on. Owns that connection.
 *
 * I1. Everything it hands out is of the same flush, whatever is flushed meanwhile.
 * I2. Swept runs, forgotten answers and swept fingerprints are left out, deleted or not (R28).
 * I3. A slice has at most SLICE_BYTES_MAX of history, or one run.
 * I4. Rows are counted against what the group's row says: one that is missing is damage.
 * Tests: state-database.spec.ts.
 */
import type {
  ClosedIndexRow,
  HistoryRow,
  RequestRow,
  RunRow,
  RunSlice,
  StateImage,
  StatePosition,
  StoredState,
} from '../../state-machine/rows.js';
import { SqliteConnection, type SqlRow, type SqlValue } from './sqlite-connection.js';
import { readGroup } from './state-owner.js';
import {
  CLOSED,
  CLOSED_INDEX,
  HISTORY,
  REQUESTS,
  TIMERS,
  WORKFLOWS,
  closedIndexOf,
  historyOf,
  requestOf,
  runOf,
  timersByOrder,
  type StoredGroup,
} from './state-rows.js';
import { damaged, type StateTable } from './state-table.js';

const PAGE_ROWS = 256;
const SHARED_PAGE_ROWS = 16;
const SLICE_BYTES_MAX = 1024 * 1024;
/** Readers wait a little where the index of the WAL is being made. */
const BUSY_TIMEOUT_MS = 5000;

export class StateSnapshot {
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly connection: SqliteConnection,
    private readonly file: string,
    readonly group: StoredGroup,
  ) {}

  /** null: nothing is stored of this group. */
  static async open(file: string, groupId: number): Promise<StateSnapshot | null> {
    const connection = await SqliteConnection.open(file, { isReadOnly: true });
    try {
      await connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; BEGIN`);
      const group = await readGroup(connection, file, groupId);
      if (group !== null) return new StateSnapshot(connection, file, group);
    } catch (error) {
      await connection.close();
      throw error;
    }
    await connection.close();
    return null;
  }

  /** What a node keeps in memory of the group. */
  async stored(): Promise<StoredState> {
    const { position, part, lastOrder } = this.group;
    const requests = await this.requests();
    const closed = await this.closedIndex();
    const openRuns: RunRow[] = [];
    for (let page = await this.openPage(0); page.length > 0; page = await this.openPage(page.at(-1)!.order)) {
      for (const run of page) openRuns.push(run);
    }
    this.expectCount(WORKFLOWS, openRuns.length, this.group.openRows);
    return { position, group: part, requests, closed, openRuns, lastOrder };
  }

  async image(): Promise<StateImage> {
    const requests = await this.requests();
    const closed = await this.closedIndex();
    const { groupId, sweptMs, openRows } = this.group;
    const closedRows = await this.connection.value(
      'SELECT count(*) FROM "closed_workflows" INDEXED BY "closed_by_closing" WHERE "group_id" = ? AND "closed_ms" > ?',
      [groupId, sweptMs],
    );
    return new SnapshotImage(this, { requests, closed, runCount: openRows + Number(closedRows) });
  }

  /** Runs behind `order`, open and closed, ascending. */
  async runsAfter(order: number): Promise<readonly RunRow[]> {
    const { groupId, sweptMs } = this.group;
    const rows = await this.connection.all(
      `SELECT ${WORKFLOWS.columnList}, 0 AS "is_closed" FROM "workflows" WHERE "group_id" = ?1 AND "run_order" > ?2
       UNION ALL
       SELECT ${CLOSED.columnList}, 1 AS "is_closed" FROM "closed_workflows" WHERE "group_id" = ?1 AND "run_order" > ?2 AND +"closed_ms" > ?3
       ORDER BY "run_order" LIMIT ?4`,
      [groupId, order, sweptMs, PAGE_ROWS],
    );
    return this.runsOf(rows);
  }

  /** Bytes of history of each of the runs. */
  async historyBytes(first: number, last: number): Promise<ReadonlyMap<number, number>> {
    const rows = await this.connection.all(
      `SELECT "run_order", sum(length("events")) AS "bytes" FROM "history"
       WHERE "group_id" = ? AND "run_order" BETWEEN ? AND ? GROUP BY "run_order"`,
      [this.group.groupId, first, last],
    );
    return new Map(rows.map((row) => [Number(row['run_order']), Number(row['bytes'])]));
  }

  async history(runs: readonly RunRow[]): Promise<readonly HistoryRow[]> {
    const wanted = runs.filter(({ events }) => events > 0);
    const rows = await this.connection.all(
      `SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ? AND "run_order" IN (${wanted.map(() => '?').join(', ')})
       ORDER BY "run_order", "from_wseq"`,
      [this.group.groupId, ...wanted.map(({ order }) => order)],
    );
    const history = rows.map((row) => historyOf(row, this.file));
    let at = 0;
    for (const run of wanted) {
      let next = 1;
      for (; history[at]?.order === run.order && history[at]!.fromWseq === next; at++) next = history[at]!.toWseq + 1;
      if (next !== run.events + 1) throw this.missing(HISTORY, `run_order ${run.order}: event ${next} of ${run.events} is missing`);
    }
    return history;
  }

  /** Ends the read transaction. Closing twice is closing once. */
  close(): Promise<void> {
    this.closing ??= this.connection.close();
    return this.closing;
  }

  private async openPage(after: number): Promise<readonly RunRow[]> {
    return this.runsOf(
      await this.connection.all(
        `SELECT ${WORKFLOWS.columnList}, 0 AS "is_closed" FROM "workflows" WHERE "group_id" = ? AND "run_order" > ? ORDER BY "run_order" LIMIT ?`,
        [this.group.groupId, after, PAGE_ROWS],
      ),
    );
  }

  private async runsOf(rows: readonly SqlRow[]): Promise<readonly RunRow[]> {
    if (rows.length === 0) return [];
    const { groupId } = this.group;
    const place = { file: this.file, groupId };
    const timers = timersByOrder(
      await this.connection.all(
        `SELECT ${TIMERS.columnList} FROM "timers" WHERE "group_id" = ? AND "run_order" BETWEEN ? AND ? ORDER BY "run_order", "timer_id"`,
        [groupId, rows[0]!['run_order']!, rows.at(-1)!['run_order']!],
      ),
      this.file,
    );
    return rows.map((row) => runOf(row['is_closed'] === 1 ? CLOSED : WORKFLOWS, row, timers.get(Number(row['run_order'])) ?? [], place));
  }

  private async requests(): Promise<readonly RequestRow[]> {
    const all: RequestRow[] = [];
    for (let page = await this.page(REQUESTS, 0); page.length > 0; page = await this.page(REQUESTS, all.at(-1)!.sequence)) {
      for (const row of page) all.push(requestOf(row, this.file));
    }
    this.expectCount(REQUESTS, all.length, this.group.requestRows);
    return all.filter(({ lastExpiryMs }) => lastExpiryMs >= this.group.requestsExpiredMs);
  }

  private async closedIndex(): Promise<readonly ClosedIndexRow[]> {
    const all: ClosedIndexRow[] = [];
    for (let page = await this.page(CLOSED_INDEX, 0); page.length > 0; page = await this.page(CLOSED_INDEX, all.at(-1)!.sequence)) {
      for (const row of page) all.push(closedIndexOf(row, this.file));
    }
    this.expectCount(CLOSED_INDEX, all.length, this.group.closedIndexRows);
    return all.filter(({ lastClosedMs }) => lastClosedMs > this.group.sweptMs);
  }

  private page(table: StateTable, after: SqlValue): Promise<SqlRow[]> {
    return this.connection.all(
      `SELECT ${table.columnList} FROM "${table.name}" WHERE "group_id" = ? AND "sequence" > ? ORDER BY "sequence" LIMIT ?`,
      [this.group.groupId, after, SHARED_PAGE_ROWS],
    );
  }

  private expectCount(table: StateTable, actual: number, expected: number): void {
    if (actual !== expected) throw this.missing(table, `${actual} rows are there instead of ${expected}`);
  }

  private missing(table: StateTable, why: string): Error {
    return damaged({ file: this.file, groupId: this.group.groupId, table: table.name, row: '' }, why);
  }
}

interface ImageParts {
  readonly requests: readonly RequestRow[];
  readonly closed: readonly ClosedIndexRow[];
  readonly runCount: number;
}

class SnapshotImage implements StateImage {
  readonly position: StatePosition;
  readonly group: Uint8Array;
  readonly requests: readonly RequestRow[];
  readonly closed: readonly ClosedIndexRow[];
  readonly runCount: number;
  private page: readonly RunRow[] = [];
  private bytes: ReadonlyMap<number, number> = new Map();
  private at = 0;
  private lastOrder = 0;

  constructor(
    private readonly snapshot: StateSnapshot,
    { requests, closed, runCount }: ImageParts,
  ) {
    this.position = snapshot.group.position;
    this.group = snapshot.group.part;
    this.requests = requests;
    this.closed = closed;
    this.runCount = runCount;
  }

  async next(): Promise<RunSlice | null> {
    if (this.at === this.page.length) {
      this.page = await this.snapshot.runsAfter(this.lastOrder);
      if (this.page.length === 0) return null;
      this.at = 0;
      this.lastOrder = this.page.at(-1)!.order;
      this.bytes = await this.snapshot.historyBytes(this.page[0]!.order, this.lastOrder);
    }
    const from = this.at;
    let bytes = 0;
    for (; this.at < this.page.length; this.at++) {
      bytes += this.bytes.get(this.page[this.at]!.order) ?? 0;
      if (bytes > SLICE_BYTES_MAX && this.at > from) break;
    }
    const runs = this.page.slice(from, this.at);
    return { runs, history: await this.snapshot.history(runs) };
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}
