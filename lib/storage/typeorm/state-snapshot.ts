/**
 * A group's stored state at one moment: a connection of its own that holds a read transaction while the file is written on. Owns that connection, but for load().
 *
 * I1. Everything it hands out is of the same flush, whatever is flushed meanwhile.
 * I2. Swept runs, forgotten answers and swept fingerprints are left out, deleted or not (R28).
 * I3. A slice has at most PAGE_ROWS runs and SLICE_BYTES_MAX of history, or one row of it.
 * I4. Rows are counted against what the group's row says: one that is missing is damage.
 * Tests: state-database.spec.ts.
 */
import type {
  ClosedIndexRow,
  HistoryRow,
  ImageSlice,
  RequestRow,
  RunRow,
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
/** Columns and head of a run, for a guess. */
const RUN_BYTES_ABOUT = 300;
/** Readers wait a little where the index of the WAL is being made. */
export const READER_BUSY_TIMEOUT_MS = 5000;

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
      await connection.exec(`PRAGMA busy_timeout = ${READER_BUSY_TIMEOUT_MS}; BEGIN`);
      const group = await readGroup(connection, file, groupId);
      if (group !== null) return new StateSnapshot(connection, file, group);
    } catch (error) {
      await connection.close();
      throw error;
    }
    await connection.close();
    return null;
  }

  /**
   * What a node keeps in memory of the group, read over a connection that stays open and in no transaction; null: nothing is stored of it. A node that begins with many groups
   * opens no connection for each.
   */
  static async load(connection: SqliteConnection, file: string, groupId: number): Promise<StoredState | null> {
    await connection.exec('BEGIN');
    let stored: StoredState | null;
    try {
      const group = await readGroup(connection, file, groupId);
      stored = group === null ? null : await new StateSnapshot(connection, file, group).stored();
    } catch (error) {
      // SQLite may have ended the transaction itself: what counts is why.
      await connection.exec('ROLLBACK').catch(() => undefined);
      throw error;
    }
    await connection.exec('COMMIT');
    return stored;
  }

  /** What a node keeps in memory of the group. */
  private async stored(): Promise<StoredState> {
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
    const { groupId, sweptMs, openRows } = this.group;
    const closedRows = await this.connection.value(
      'SELECT count(*) FROM "closed_workflows" INDEXED BY "closed_by_closing" WHERE "group_id" = ? AND "closed_ms" > ?',
      [groupId, sweptMs],
    );
    // From the pages of the file: the rows themselves are as many as are to be read.
    const bytes = await this.connection.value('SELECT sum(length("events")) FROM "history" WHERE "group_id" = ?', [groupId]);
    const runCount = openRows + Number(closedRows);
    return new SnapshotImage(this, { runCount, bytesAbout: Number(bytes ?? 0) + runCount * RUN_BYTES_ABOUT + this.group.part.length });
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
      if (next !== run.events + 1) throw this.missingEvent(run, next);
    }
    return history;
  }

  /** Of a run whose history is too long for one slice: as much as one may have, from this event on. */
  async historyFrom(run: RunRow, fromWseq: number): Promise<readonly HistoryRow[]> {
    const { groupId } = this.group;
    const sizes = await this.connection.all(
      `SELECT "from_wseq", "to_wseq", length("events") AS "bytes" FROM "history"
       WHERE "group_id" = ? AND "run_order" = ? AND "from_wseq" >= ? ORDER BY "from_wseq" LIMIT ?`,
      [groupId, run.order, fromWseq, PAGE_ROWS],
    );
    let bytes = 0;
    let to = fromWseq - 1;
    for (const [i, size] of sizes.entries()) {
      bytes += Number(size['bytes']);
      if (bytes > SLICE_BYTES_MAX && i > 0) break;
      to = Number(size['to_wseq']);
    }
    const rows = await this.connection.all(
      `SELECT ${HISTORY.columnList} FROM "history" WHERE "group_id" = ? AND "run_order" = ? AND "from_wseq" BETWEEN ? AND ? ORDER BY "from_wseq"`,
      [groupId, run.order, fromWseq, to],
    );
    const history = rows.map((row) => historyOf(row, this.file));
    let next = fromWseq;
    for (const row of history) {
      if (row.fromWseq !== next) throw this.missingEvent(run, next);
      next = row.toWseq + 1;
    }
    if (history.length === 0 || next > run.events + 1) throw this.missingEvent(run, next);
    return history;
  }

  private missingEvent(run: RunRow, wseq: number): Error {
    return this.missing(HISTORY, `run_order ${run.order}: event ${wseq} of ${run.events} is missing`);
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
    return (await this.all(REQUESTS)).map((row) => requestOf(row, this.file)).filter((row) => isRemembered(this.group, row));
  }

  private async closedIndex(): Promise<readonly ClosedIndexRow[]> {
    return (await this.all(CLOSED_INDEX)).map((row) => closedIndexOf(row, this.file)).filter((row) => isRetained(this.group, row));
  }

  /** The next of the answers. null: there are no more. `seen` counts those of the file. */
  async requestsAfter(place: SharedPlace): Promise<readonly RequestRow[] | null> {
    const rows = await this.sharedAfter(REQUESTS, place, this.group.requestRows);
    return rows === null ? null : rows.map((row) => requestOf(row, this.file)).filter((row) => isRemembered(this.group, row));
  }

  async closedIndexAfter(place: SharedPlace): Promise<readonly ClosedIndexRow[] | null> {
    const rows = await this.sharedAfter(CLOSED_INDEX, place, this.group.closedIndexRows);
    return rows === null ? null : rows.map((row) => closedIndexOf(row, this.file)).filter((row) => isRetained(this.group, row));
  }

  private async sharedAfter(table: StateTable, place: SharedPlace, expected: number): Promise<readonly SqlRow[] | null> {
    const rows = await this.page(table, place.sequence);
    if (rows.length === 0) {
      this.expectCount(table, place.seen, expected);
      return null;
    }
    place.sequence = Number(rows.at(-1)!['sequence']);
    place.seen += rows.length;
    return rows;
  }

  private async all(table: StateTable): Promise<SqlRow[]> {
    const place: SharedPlace = { sequence: 0, seen: 0 };
    const expected = table === REQUESTS ? this.group.requestRows : this.group.closedIndexRows;
    const all: SqlRow[] = [];
    for (let rows = await this.sharedAfter(table, place, expected); rows !== null; rows = await this.sharedAfter(table, place, expected)) {
      for (const row of rows) all.push(row);
    }
    return all;
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

/** I2: an answer that may still be asked for. */
export function isRemembered({ requestsExpiredMs }: StoredGroup, { lastExpiryMs }: RequestRow): boolean {
  return lastExpiryMs >= requestsExpiredMs;
}

/** I2: fingerprints of runs that are not swept yet. */
export function isRetained({ sweptMs }: StoredGroup, { lastClosedMs }: ClosedIndexRow): boolean {
  return lastClosedMs > sweptMs;
}

/** How far a table has been read. */
interface SharedPlace {
  sequence: number;
  seen: number;
}

interface ImageSize {
  readonly runCount: number;
  readonly bytesAbout: number;
}

const NOTHING: ImageSlice = { runs: [], history: [], requests: [], closed: [] };

class SnapshotImage implements StateImage {
  readonly position: StatePosition;
  readonly group: Uint8Array;
  readonly runCount: number;
  readonly bytesAbout: number;
  private page: readonly RunRow[] = [];
  private bytes: ReadonlyMap<number, number> = new Map();
  private at = 0;
  private lastOrder = 0;
  private part: 'runs' | 'requests' | 'closed' | 'end' = 'runs';
  private place: SharedPlace = { sequence: 0, seen: 0 };
  /** Its history is being read, in parts. */
  private long: { readonly run: RunRow; nextWseq: number } | null = null;

  constructor(
    private readonly snapshot: StateSnapshot,
    private readonly size: ImageSize,
  ) {
    this.position = snapshot.group.position;
    this.group = snapshot.group.part;
    this.runCount = size.runCount;
    this.bytesAbout = size.bytesAbout;
  }

  async next(): Promise<ImageSlice | null> {
    for (;;) {
      const slice = await this.read();
      if (slice !== null || this.part === 'end') return slice;
      this.part = this.part === 'runs' ? 'requests' : this.part === 'requests' ? 'closed' : 'end';
      this.place = { sequence: 0, seen: 0 };
    }
  }

  again(): StateImage {
    return new SnapshotImage(this.snapshot, this.size);
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }

  private async read(): Promise<ImageSlice | null> {
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

  private async nextRuns(): Promise<ImageSlice | null> {
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
    if (runs.length > 1 || bytes <= SLICE_BYTES_MAX) return { ...NOTHING, runs, history: await this.snapshot.history(runs) };
    this.long = { run: runs[0]!, nextWseq: 1 };
    return { ...NOTHING, runs };
  }

  private async moreHistory(long: { readonly run: RunRow; nextWseq: number }): Promise<ImageSlice> {
    const history = await this.snapshot.historyFrom(long.run, long.nextWseq);
    long.nextWseq = history.at(-1)!.toWseq + 1;
    if (long.nextWseq > long.run.events) this.long = null;
    return { ...NOTHING, history };
  }
}
