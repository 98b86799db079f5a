/**
 * The one connection that writes state.db. Owns every transaction on it.
 *
 * W1. A flush, and a replacement, is one transaction; the row of the group is written last.
 * W2. Between any two statements the loop is free: a statement takes at most `ROWS_MAX` rows and, beyond one row, `STATEMENT_BYTES_MAX` bytes.
 * W3. Rows that nobody needs any more are deleted a bounded number at a time, in a flush (R28).
 * W4. Nothing is tried again: what throws here has poisoned the store, but for an image that failed to be read, which is rolled back.
 * Tests: state-database.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import type {
  ClosedIndexRow,
  ImageSlice,
  RequestRow,
  RunRow,
  RunSlice,
  StateCut,
  StateImage,
  StatePosition,
} from '../../state-machine/rows.js';
import type { SqliteConnection, SqliteStatement, SqlValue } from './sqlite-connection.js';
import { readGroup } from './state-owner.js';
import {
  CLOSED,
  CLOSED_INDEX,
  GROUPS,
  HISTORY,
  REQUESTS,
  TIMERS,
  WORKFLOWS,
  closedIndexValues,
  groupValues,
  historyValues,
  requestValues,
  runValues,
  timerValues,
  type StoredGroup,
} from './state-rows.js';
import type { StateTable } from './state-table.js';

/** Runs of a slice, and rows of a statement. */
const ROWS_MAX = 64;
const STATEMENT_BYTES_MAX = 256 * 1024;
/** Closed runs that one flush deletes: more than one flush closes. */
const SWEPT_RUNS_MAX = 8192;
const SWEPT_RUNS_STEP = 256;
const SWEPT_ROWS_MAX = 1024;
/** Of a group that is destroyed, in one statement. */
const DESTROYED_ROWS_MAX = 1024;
/** The row of the group goes last. Rows go by this column: those of a run together. */
const GROUP_TABLES: ReadonlyArray<readonly [StateTable, string]> = [
  [TIMERS, 'run_order'],
  [HISTORY, 'run_order'],
  [WORKFLOWS, 'run_order'],
  [CLOSED, 'run_order'],
  [REQUESTS, 'sequence'],
  [CLOSED_INDEX, 'sequence'],
  [GROUPS, 'group_id'],
];

/** What so many deleted rows put into the WAL, about. */
const CHECKPOINT_SHARE_BYTES = 256 * 1024;

/** What the image handed out could not be read: the file is as it was. */
export class ImageError extends Error {
  constructor(override readonly cause: unknown) {
    super('the image could not be read');
  }
}

/** What one transaction has written of a group. */
interface Tally {
  lastOrder: number;
  runs: number;
}

export class StateWriter {
  /** Bytes and rows since the last checkpoint, roughly. */
  private writtenBytes = 0;
  /** Of the largest statements, by their text: to prepare one costs as much as to run it. */
  private readonly prepared = new Map<string, SqliteStatement>();

  constructor(private readonly connection: SqliteConnection) {}

  get bytesSinceCheckpoint(): number {
    return this.writtenBytes;
  }

  async flush(lastOrder: number, groupId: number, position: StatePosition, cut: StateCut): Promise<StoredGroup> {
    invariant(cut.index === position.index, () => `group ${groupId}: a cut at ${cut.index} is flushed at ${position.index}`);
    await this.connection.exec('BEGIN IMMEDIATE');
    const tally: Tally = { lastOrder, runs: 0 };
    for (let slice = cut.next(ROWS_MAX); slice !== null; slice = cut.next(ROWS_MAX)) await this.writeSlice(groupId, slice, tally);
    await this.writeShared(groupId, cut.requests, cut.closed);
    await this.sweep(groupId, cut.sweptMs, cut.requestsExpiredMs);
    const { requestsExpiredMs, sweptMs, group: part } = cut;
    const group = await this.writeGroup({ groupId, position, requestsExpiredMs, sweptMs, part, installing: false }, tally);
    await this.connection.exec('COMMIT');
    return group;
  }

  async replace(groupId: number, position: StatePosition, image: StateImage): Promise<StoredGroup> {
    await this.connection.exec('BEGIN IMMEDIATE');
    for (const table of [TIMERS, HISTORY, WORKFLOWS, CLOSED, REQUESTS, CLOSED_INDEX]) {
      await this.connection.run(`DELETE FROM "${table.name}" WHERE "group_id" = ?`, [groupId]);
    }
    const tally: Tally = { lastOrder: 0, runs: 0 };
    for (let slice = await this.nextOf(image); slice !== null; slice = await this.nextOf(image)) {
      for (const part of parts(slice)) await this.writeSlice(groupId, part, tally);
      await this.writeShared(groupId, slice.requests, slice.closed);
    }
    if (tally.runs !== image.runCount) await this.giveUp(new Error(`the image has ${tally.runs} runs instead of ${image.runCount}`));
    const group = await this.writeGroup(
      { groupId, position, requestsExpiredMs: 0, sweptMs: 0, part: image.group, installing: true },
      tally,
    );
    await this.connection.exec('COMMIT');
    return group;
  }

  async confirmInstalled(groupId: number, file: string): Promise<void> {
    const group = await readGroup(this.connection, file, groupId);
    if (group === null || !group.installing) return;
    await this.connection.exec('BEGIN IMMEDIATE');
    await this.insert(GROUPS, [groupValues({ ...group, installing: false })]);
    await this.connection.exec('COMMIT');
  }

  /** Deletes some rows of a group, in one statement. Returns true once there are none. */
  async destroySome(groupId: number): Promise<boolean> {
    for (const [{ name }, column] of GROUP_TABLES) {
      const first = await this.connection.value(`SELECT "${column}" FROM "${name}" WHERE "group_id" = ? LIMIT 1`, [groupId]);
      if (first === null) continue;
      await this.connection.run(
        `DELETE FROM "${name}" WHERE "group_id" = ?1 AND "${column}" IN (SELECT "${column}" FROM "${name}" WHERE "group_id" = ?1 LIMIT ?2)`,
        [groupId, DESTROYED_ROWS_MAX],
      );
      this.writtenBytes += CHECKPOINT_SHARE_BYTES;
      return false;
    }
    return true;
  }

  /**
   * Copies what is committed from the WAL into the file, as far as no reader needs the old, and syncs it. Asked for, and not left to SQLite, which does
   * it at a commit of its own choice and says nothing when it fails.
   */
  async checkpoint(): Promise<void> {
    this.writtenBytes = 0;
    await this.connection.all('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** The connection can be closed then. */
  async close(): Promise<void> {
    for (const statement of this.prepared.values()) await statement.finalize();
    this.prepared.clear();
  }

  private async nextOf(image: StateImage): Promise<ImageSlice | null> {
    try {
      return await image.next();
    } catch (error) {
      return this.giveUp(error);
    }
  }

  private async giveUp(cause: unknown): Promise<never> {
    await this.connection.exec('ROLLBACK');
    throw new ImageError(cause);
  }

  private async writeSlice(groupId: number, slice: RunSlice, tally: Tally): Promise<void> {
    const open = slice.runs.filter(({ closedMs }) => closedMs === 0);
    const closed = slice.runs.filter(({ closedMs }) => closedMs > 0);
    for (const { order } of slice.runs) tally.lastOrder = Math.max(tally.lastOrder, order);
    tally.runs += slice.runs.length;
    await this.insert(WORKFLOWS, runs(WORKFLOWS, groupId, open));
    await this.insert(CLOSED, runs(CLOSED, groupId, closed));
    await this.deleteByOrder(WORKFLOWS, groupId, orders(closed));
    await this.deleteByOrder(TIMERS, groupId, orders(slice.runs));
    await this.insert(
      TIMERS,
      slice.runs.flatMap(({ order, timers }) => timers.map((timer) => timerValues(groupId, order, timer))),
    );
    await this.insert(
      HISTORY,
      slice.history.map((row) => historyValues(groupId, row)),
    );
  }

  private async writeShared(groupId: number, requests: readonly RequestRow[], closed: readonly ClosedIndexRow[]): Promise<void> {
    await this.insert(
      REQUESTS,
      requests.map((row) => requestValues(groupId, row)),
    );
    await this.insert(
      CLOSED_INDEX,
      closed.map((row) => closedIndexValues(groupId, row)),
    );
  }

  /** Counts what belongs to the group: a row that a damaged index hides is missed at the next load. */
  private async writeGroup(
    group: Omit<StoredGroup, 'lastOrder' | 'openRows' | 'requestRows' | 'closedIndexRows'>,
    tally: Tally,
  ): Promise<StoredGroup> {
    const count = async ({ name }: StateTable): Promise<number> =>
      Number(await this.connection.value(`SELECT count(*) FROM "${name}" WHERE "group_id" = ?`, [group.groupId]));
    const whole = {
      ...group,
      lastOrder: tally.lastOrder,
      openRows: await count(WORKFLOWS),
      requestRows: await count(REQUESTS),
      closedIndexRows: await count(CLOSED_INDEX),
    };
    await this.insert(GROUPS, [groupValues(whole)]);
    return whole;
  }

  private async sweep(groupId: number, sweptMs: number, requestsExpiredMs: number): Promise<void> {
    const oldest = `SELECT "run_order" FROM "closed_workflows" INDEXED BY "closed_by_closing" WHERE "group_id" = ? AND "closed_ms" <= ? ORDER BY "closed_ms", "run_order" LIMIT ?`;
    for (let left = sweptMs > 0 ? SWEPT_RUNS_MAX : 0; left > 0; left -= SWEPT_RUNS_STEP) {
      const rows = await this.connection.all(oldest, [groupId, sweptMs, SWEPT_RUNS_STEP]);
      const swept = rows.map((row) => Number(row['run_order']));
      await this.deleteByOrder(HISTORY, groupId, swept);
      await this.deleteByOrder(CLOSED, groupId, swept);
      if (swept.length < SWEPT_RUNS_STEP) break;
    }
    await this.connection.run(
      `DELETE FROM "closed_index" WHERE "group_id" = ?1 AND "sequence" IN
         (SELECT "sequence" FROM "closed_index" WHERE "group_id" = ?1 AND "last_closed_ms" <= ?2 ORDER BY "last_closed_ms" LIMIT ?3)`,
      [groupId, sweptMs, SWEPT_ROWS_MAX],
    );
    await this.connection.run(
      `DELETE FROM "requests" WHERE "group_id" = ?1 AND "sequence" IN
         (SELECT "sequence" FROM "requests" WHERE "group_id" = ?1 AND "last_expiry_ms" < ?2 ORDER BY "last_expiry_ms" LIMIT ?3)`,
      [groupId, requestsExpiredMs, SWEPT_ROWS_MAX],
    );
  }

  private async deleteByOrder(table: StateTable, groupId: number, runOrders: readonly number[]): Promise<void> {
    if (runOrders.length === 0) return;
    const marks = runOrders.map(() => '?').join(', ');
    await this.connection.run(`DELETE FROM "${table.name}" WHERE "group_id" = ? AND "run_order" IN (${marks})`, [groupId, ...runOrders]);
  }

  private async insert(table: StateTable, rows: readonly SqlValue[][]): Promise<void> {
    for (let from = 0; from < rows.length;) {
      let bytes = 0;
      let to = from;
      for (; to < rows.length && to - from < ROWS_MAX; to++) {
        bytes += bytesOf(rows[to]!);
        if (bytes > STATEMENT_BYTES_MAX && to > from) break;
      }
      await this.runInsert(table, rows.slice(from, to));
      this.writtenBytes += bytes;
      from = to;
    }
  }

  private async runInsert(table: StateTable, rows: readonly SqlValue[][]): Promise<void> {
    const sql = table.insertSql(rows.length);
    if (rows.length < ROWS_MAX) {
      await this.connection.run(sql, rows.flat());
      return;
    }
    let statement = this.prepared.get(sql);
    if (statement === undefined) {
      statement = await this.connection.prepare(sql);
      this.prepared.set(sql, statement);
    }
    await statement.run(rows.flat());
  }
}

/** A slice of an image is as large as its maker likes. */
function* parts(slice: RunSlice): Iterable<RunSlice> {
  if (slice.runs.length <= ROWS_MAX) {
    yield slice;
    return;
  }
  for (let at = 0; at < slice.runs.length; at += ROWS_MAX) yield { runs: slice.runs.slice(at, at + ROWS_MAX), history: [] };
  yield { runs: [], history: slice.history };
}

const orders = (rows: readonly RunRow[]): number[] => rows.map(({ order }) => order);
const runs = (table: StateTable, groupId: number, rows: readonly RunRow[]): SqlValue[][] =>
  rows.map((run) => runValues(table, groupId, run));

/** What a row weighs: its bytes, and about 8 for each other column. */
function bytesOf(row: readonly SqlValue[]): number {
  let bytes = row.length * 8;
  for (const value of row) {
    if (typeof value === 'string') bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
