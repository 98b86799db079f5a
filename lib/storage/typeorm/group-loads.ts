/**
 * Groups that are loaded at the same time, read together: a node that begins with a thousand groups asks a few statements for many of them, not some statements for each. Owns who waits.
 *
 * B1. A read is one transaction over a connection that stays open and is in none, for at most `GROUPS_MAX` groups.
 * B2. Nothing is judged here. A group that has more than `ROWS_MAX` rows, whose rows are not exactly as many as its own row says, or of which one can not be read, has no answer:
 *     it is loaded by itself (state-snapshot.ts), which finds what is wrong and says it.
 * B3. What fails for one group is the matter of its caller alone.
 * Tests: group-loads.spec.ts.
 */
import type { StoredState } from '../../state-machine/rows.js';
import type { SqliteConnection, SqlRow } from './sqlite-connection.js';
import { isRemembered, isRetained } from './state-snapshot.js';
import {
  CLOSED_INDEX,
  GROUPS,
  REQUESTS,
  TIMERS,
  WORKFLOWS,
  closedIndexOf,
  groupOf,
  requestOf,
  runOf,
  timersByOrder,
  type StoredGroup,
} from './state-rows.js';
import type { StateTable } from './state-table.js';

/**
 * What one read takes from the event loop is bounded by both: rows are made, and their checksums looked at, in one go. And whoever waits for the groups goes on with all of them at
 * once: more than these would hold up the elections of those that are open.
 */
const GROUPS_MAX = 16;
const ROWS_MAX = 64;
const TIMERS_MAX = 1024;

/** Of the groups that have an answer; null: nothing is stored of it. */
export type LoadedGroups = ReadonlyMap<number, StoredState | null>;

export interface GroupLoadsParts {
  /** Reads the groups that `take` names once it is its turn. */
  many(take: () => readonly number[]): Promise<LoadedGroups>;
  one(groupId: number): Promise<StoredState | null>;
}

interface Waiting {
  readonly groupId: number;
  resolve(stored: StoredState | null | Promise<StoredState | null>): void;
}

const NOBODY: LoadedGroups = new Map();

export class GroupLoads {
  private readonly waiting: Waiting[] = [];
  private isReading = false;

  constructor(private readonly parts: GroupLoadsParts) {}

  load(groupId: number): Promise<StoredState | null> {
    return new Promise((resolve) => {
      this.waiting.push({ groupId, resolve });
      if (!this.isReading) void this.read();
    });
  }

  private async read(): Promise<void> {
    this.isReading = true;
    while (this.waiting.length > 0) {
      let taken: readonly Waiting[] = [];
      const take = (): readonly number[] => {
        taken = this.waiting.splice(0, GROUPS_MAX);
        return taken.map(({ groupId }) => groupId);
      };
      // Whatever it is, it is met again by who loads one group.
      const answers = new Map(await this.parts.many(take).catch(() => NOBODY));
      if (taken.length === 0) take();
      for (const { groupId, resolve } of taken) {
        const answer = answers.get(groupId);
        // Who asks twice gets two of them.
        answers.delete(groupId);
        resolve(answer === undefined ? this.parts.one(groupId) : answer);
      }
    }
    this.isReading = false;
  }
}

/** B1, B2. */
export async function loadGroups(connection: SqliteConnection, file: string, groupIds: readonly number[]): Promise<LoadedGroups> {
  if (groupIds.length < 2) return NOBODY;
  await connection.exec('BEGIN');
  try {
    return await readGroups(connection, file, groupIds);
  } finally {
    // It has only read. SQLite may have ended the transaction itself: what counts is why.
    await connection.exec('COMMIT').catch(() => connection.exec('ROLLBACK').catch(() => undefined));
  }
}

async function readGroups(connection: SqliteConnection, file: string, groupIds: readonly number[]): Promise<LoadedGroups> {
  const loaded = new Map<number, StoredState | null>();
  const rows = await connection.all(groupsSql(GROUPS, groupIds.length, []), [...groupIds, groupIds.length + 1]);
  const known = new Set(rows.map(groupIdOf));
  for (const groupId of groupIds) if (!known.has(groupId)) loaded.set(groupId, null);
  const groups = rows
    .map((row) => unlessDamaged(() => groupOf(row, file)))
    .filter((group) => group !== null && rowsOf(group) <= ROWS_MAX) as StoredGroup[];
  if (groups.length === 0) return loaded;
  const ids = groups.map(({ groupId }) => groupId);
  // One more than there may be of all: of a group that has more than it says, the next groups' rows would be missing, and their counts say so.
  const read = async (table: StateTable, order: readonly string[], count: number): Promise<ReadonlyMap<number, SqlRow[]>> =>
    byGroup(await connection.all(groupsSql(table, ids.length, order), [...ids, count + 1]));
  const requests = await read(
    REQUESTS,
    ['sequence'],
    sum(groups, ({ requestRows }) => requestRows),
  );
  const closed = await read(
    CLOSED_INDEX,
    ['sequence'],
    sum(groups, ({ closedIndexRows }) => closedIndexRows),
  );
  const runs = await read(
    WORKFLOWS,
    ['run_order'],
    sum(groups, ({ openRows }) => openRows),
  );
  const timerCount = sum([...runs.values()].flat(), (row) => Number(row['timers']));
  // Not a whole number, or too many: the groups with runs are left to whoever loads one.
  const hasTimers = timerCount <= TIMERS_MAX;
  const timers = runs.size > 0 && hasTimers ? await read(TIMERS, ['run_order', 'timer_id'], timerCount) : new Map<number, SqlRow[]>();
  for (const group of groups) {
    const { groupId } = group;
    const found = {
      requests: requests.get(groupId) ?? [],
      closed: closed.get(groupId) ?? [],
      runs: runs.get(groupId) ?? [],
      timers: timers.get(groupId) ?? [],
    };
    const isWhole =
      found.requests.length === group.requestRows &&
      found.closed.length === group.closedIndexRows &&
      found.runs.length === group.openRows &&
      (found.runs.length === 0 || hasTimers);
    const stored = isWhole ? unlessDamaged(() => storedOf(group, found, file)) : null;
    if (stored !== null) loaded.set(groupId, stored);
  }
  return loaded;
}

interface FoundRows {
  readonly requests: readonly SqlRow[];
  readonly closed: readonly SqlRow[];
  readonly runs: readonly SqlRow[];
  readonly timers: readonly SqlRow[];
}

/** Throws STORAGE_DAMAGED. */
function storedOf(group: StoredGroup, { requests, closed, runs, timers }: FoundRows, file: string): StoredState {
  const { groupId, position, part, lastOrder } = group;
  const ofRuns = timersByOrder(timers, file);
  return {
    position,
    group: part,
    requests: requests.map((row) => requestOf(row, file)).filter((row) => isRemembered(group, row)),
    closed: closed.map((row) => closedIndexOf(row, file)).filter((row) => isRetained(group, row)),
    openRuns: runs.map((row) => runOf(WORKFLOWS, row, ofRuns.get(Number(row['run_order'])) ?? [], { file, groupId })),
    lastOrder,
  };
}

/** Parameters: the groups, and how many rows at most. */
export function groupsSql(table: StateTable, groupCount: number, order: readonly string[]): string {
  const groups = Array<string>(groupCount).fill('?').join(', ');
  return `SELECT ${table.columnList} FROM "${table.name}" WHERE "group_id" IN (${groups}) ORDER BY ${['group_id', ...order].map((name) => `"${name}"`).join(', ')} LIMIT ?`;
}

function byGroup(rows: readonly SqlRow[]): ReadonlyMap<number, SqlRow[]> {
  const groups = new Map<number, SqlRow[]>();
  for (const row of rows) {
    const ofGroup = groups.get(groupIdOf(row));
    if (ofGroup === undefined) groups.set(groupIdOf(row), [row]);
    else ofGroup.push(row);
  }
  return groups;
}

/** Whoever loads the group by itself says what is wrong with it. */
function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const groupIdOf = (row: SqlRow): number => Number(row['group_id']);
const rowsOf = ({ openRows, requestRows, closedIndexRows }: StoredGroup): number => openRows + requestRows + closedIndexRows;
const sum = <T>(all: readonly T[], count: (one: T) => number): number => all.reduce((total, one) => total + count(one), 0);
