/**
 * Durable state of the groups of a simulated node: the rows of lib/state-machine/rows.ts in the tables of a simulated database.
 *
 * T1. A flush is one commit, gathered slice by slice with turns in between, so that the state machine goes on while it is written (O2).
 * T2. Flushes and replacements are carried out one after the other, in the order of the calls.
 * T3. A row without its checksum is STORAGE_DAMAGED, at whatever read.
 * T4. Swept runs and forgotten answers are deleted at leisure: a few with each flush.
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import type { RaftoralError } from '../errors/index.js';
import type {
  ClosedIndexRow,
  HistoryRow,
  RequestRow,
  RunQuery,
  RunRow,
  RunSlice,
  StateCut,
  StateImage,
  StatePosition,
  StateSource,
  StoredState,
} from '../state-machine/index.js';
import type { StateStore } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import { packRow, unpackRow, type RowChange, type SimulatedDatabase } from './simulated-disk-database.js';
import type { StoredRow } from './simulated-disk-table.js';
import type { VirtualNode } from './virtual-time.js';

const RUNS_PER_SLICE = 3;
const DELETED_PER_FLUSH_MAX = 10;
const READ_MS_MAX = 2;

/** Row of a group. */
export interface StoredGroup {
  readonly position: StatePosition;
  readonly group: Uint8Array;
  readonly requestsExpiredMs: number;
  readonly sweptMs: number;
  /** The log has not been reset to this position yet, as far as is known. */
  readonly installing: boolean;
  readonly lastOrder: number;
}

export interface StateStoreParts {
  readonly database: SimulatedDatabase;
  readonly process: VirtualNode;
  readonly random: SeededRandom;
  /** The state of the group is durable at this position. */
  readonly onDurable: (groupId: number, position: StatePosition) => void;
  /** Called when a replacement is durable, a turn before whoever asked for it hears of that: for who wants to strike between state and log. */
  readonly onReplaced: (() => void) | undefined;
  /** Gets a reading of every image that is asked for, before it is handed out: for who compares what a node sends. */
  readonly onImage: ((groupId: number, image: StateImage) => Promise<void>) | undefined;
  /** For tests of the simulator: a flush is more than one commit. */
  readonly tearsFlush: boolean;
}

type TableName = 'groups' | 'runs' | 'history' | 'requests' | 'closed';

export class SimulatedStateStore implements StateStore {
  readonly counts = { flushes: 0, replacements: 0, images: 0, historyReads: 0, closedReads: 0 };
  private queue: Promise<void> = Promise.resolve();
  private pending = 0;

  constructor(private readonly parts: StateStoreParts) {}

  get isBusy(): boolean {
    return this.pending > 0;
  }

  /** Rows of all groups, by group id. Throws STORAGE_DAMAGED. */
  groups(): Map<number, StoredGroup> {
    const groups = new Map<number, StoredGroup>();
    for (const { key, value } of this.parts.database.table('groups')) groups.set(Number(key), unpackRow<StoredGroup>('groups', key, value));
    return groups;
  }

  async load(groupId: number): Promise<StoredState | null> {
    const key = `${groupId}`;
    const bytes = this.parts.database.table('groups').get(key);
    if (bytes === undefined) return null;
    const { position, group, lastOrder, requestsExpiredMs, sweptMs } = unpackRow<StoredGroup>('groups', key, bytes);
    const view = new GroupView(groupId, this.under);
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

  source(groupId: number): StateSource {
    const view = new GroupView(groupId, this.under);
    return {
      history: async ({ order, fromWseq, toWseq }) => {
        this.counts.historyReads++;
        await this.delay();
        return view.history(order).filter((row) => row.toWseq >= fromWseq && row.fromWseq <= toWseq);
      },
      closedRuns: async (by) => {
        this.counts.closedReads++;
        await this.delay();
        const isWanted = (run: RunRow): boolean =>
          ('runId' in by ? run.runId === by.runId : run.workflowId === by.workflowId) && (by.statuses?.includes(run.status) ?? true);
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

  flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void> {
    return this.inOrder(async () => {
      this.counts.flushes++;
      const changes: RowChange[] = [];
      let lastOrder = this.groups().get(groupId)?.lastOrder ?? 0;
      for (let slice = cut.next(RUNS_PER_SLICE); slice !== null; slice = cut.next(RUNS_PER_SLICE)) {
        putSlice(changes, groupId, slice);
        for (const run of slice.runs) lastOrder = Math.max(lastOrder, run.order);
        await this.turn();
      }
      const { group, requests, closed, requestsExpiredMs, sweptMs } = cut;
      const rest: RowChange[] = [];
      putRest(rest, groupId, { position, group, requestsExpiredMs, sweptMs, installing: false, lastOrder }, requests, closed);
      if (this.parts.tearsFlush) await this.parts.database.commit(rest);
      changes.push(...rest);
      this.deleteSwept(changes, groupId, requestsExpiredMs, sweptMs);
      await this.parts.database.commit(changes);
      cut.done();
      this.parts.onDurable(groupId, position);
    });
  }

  replace(groupId: number, position: StatePosition, image: StateImage): Promise<void> {
    return this.inOrder(async () => {
      this.counts.replacements++;
      const changes: RowChange[] = [];
      for (const name of ['runs', 'history', 'requests', 'closed'] as const) {
        for (const { key } of this.parts.database.table(name))
          if (key.startsWith(`${groupId}/`)) changes.push({ table: name, key, value: null });
      }
      const requests: RequestRow[] = [];
      const closed: ClosedIndexRow[] = [];
      let lastOrder = 0;
      for (let slice = await image.next(); slice !== null; slice = await image.next()) {
        putSlice(changes, groupId, slice);
        for (const run of slice.runs) lastOrder = Math.max(lastOrder, run.order);
        requests.push(...slice.requests);
        closed.push(...slice.closed);
        await this.turn();
      }
      const { group } = image;
      await image.close();
      const row: StoredGroup = { position, group, requestsExpiredMs: 0, sweptMs: 0, installing: true, lastOrder };
      putRest(changes, groupId, row, requests, closed);
      await this.parts.database.commit(changes);
      this.parts.onDurable(groupId, position);
      if (this.parts.onReplaced === undefined) return;
      this.parts.onReplaced();
      await this.turn();
    });
  }

  /** Everything of a group, a few rows at a time; the row of the group last. */
  destroy(groupId: number): Promise<void> {
    return this.inOrder(async () => {
      for (const name of ['history', 'runs', 'requests', 'closed', 'groups'] as const) {
        const keys = Array.from(this.parts.database.table(name), ({ key }) => key);
        const gone = keys.filter((key) => key === `${groupId}` || key.startsWith(`${groupId}/`));
        for (let at = 0; at < gone.length; at += DELETED_PER_FLUSH_MAX)
          await this.parts.database.commit(gone.slice(at, at + DELETED_PER_FLUSH_MAX).map((key) => ({ table: name, key, value: null })));
      }
    });
  }

  async image(groupId: number): Promise<StateImage> {
    this.counts.images++;
    const { position, group, requestsExpiredMs, sweptMs } = unpackRow<StoredGroup>(
      'groups',
      `${groupId}`,
      this.parts.database.table('groups').get(`${groupId}`)!,
    );
    const kept = new Map<string, readonly StoredRow[]>();
    const view = new GroupView(groupId, (name, parent) => kept.get(`${name}/${parent}`)!);
    // Rows are never changed in place: these lists are the state as of now.
    const keep = (name: TableName, parent: string): void => void kept.set(`${name}/${parent}`, this.under(name, parent));
    for (const name of ['runs', 'requests', 'closed'] as const) keep(name, `${groupId}`);
    const runs = view.runs().filter((run) => run.closedMs === 0 || run.closedMs > sweptMs);
    for (const { order } of runs) keep('history', `${groupId}/${order}`);
    await this.delay();
    const requests = view.requests().filter((row) => row.lastExpiryMs >= requestsExpiredMs);
    const closed = view.closed().filter((row) => row.lastClosedMs > sweptMs);
    const read = (): StateImage => {
      let next = 0;
      return {
        position,
        group,
        runCount: runs.length,
        bytesAbout: 0,
        next: async () => {
          await this.delay();
          if (next > runs.length) return null;
          if (next === runs.length) {
            next++;
            return { runs: [], history: [], requests, closed };
          }
          const slice = runs.slice(next, Math.min(next + RUNS_PER_SLICE, runs.length));
          next += slice.length;
          return { runs: slice, history: slice.flatMap((run) => view.history(run.order)), requests: [], closed: [] };
        },
        again: read,
        close: async () => {},
      };
    };
    await this.parts.onImage?.(groupId, read());
    return read();
  }

  private inOrder(work: () => Promise<void>): Promise<void> {
    this.pending++;
    const done = this.queue.then(work).finally(() => this.pending--);
    this.queue = done.catch((error: unknown) => {
      // L7: what follows fails alike.
      this.parts.database.poison(error as RaftoralError);
    });
    return done;
  }

  private deleteSwept(changes: RowChange[], groupId: number, requestsExpiredMs: number, sweptMs: number): void {
    if (sweptMs === 0 && requestsExpiredMs === 0) return;
    const view = new GroupView(groupId, this.under);
    const gone: RowChange[] = [];
    const remove = (table: TableName, key: string): void => void gone.push({ table, key, value: null });
    for (const run of view.runs()) {
      if (gone.length >= DELETED_PER_FLUSH_MAX) break;
      if (run.closedMs === 0 || run.closedMs > sweptMs) continue;
      for (const row of view.history(run.order)) remove('history', historyKey(groupId, row));
      remove('runs', runKey(groupId, run.order));
    }
    for (const row of view.requests()) if (row.lastExpiryMs < requestsExpiredMs) remove('requests', `${groupId}/${row.sequence}`);
    for (const row of view.closed()) if (row.lastClosedMs <= sweptMs) remove('closed', `${groupId}/${row.sequence}`);
    const written = new Set(changes.map(({ table, key }) => `${table}\n${key}`));
    for (const change of gone) if (!written.has(`${change.table}\n${change.key}`)) changes.push(change);
  }

  private readonly under: RowsUnder = (name, parent) => this.parts.database.table(name).under(parent);

  private turn(): Promise<void> {
    return new Promise((resolve) => this.parts.process.turn(resolve));
  }

  private delay(): Promise<void> {
    const { process, random } = this.parts;
    return new Promise((resolve) => void process.setTimer(random.float() * READ_MS_MAX, resolve));
  }
}

type RowsUnder = (name: TableName, parent: string) => readonly StoredRow[];

/** Rows of one group, each verified as it is read. */
class GroupView {
  constructor(
    private readonly groupId: number,
    private readonly under: RowsUnder,
  ) {}

  runs(): RunRow[] {
    return this.rows<RunRow>('runs').sort((a, b) => a.order - b.order);
  }

  history(order: number): HistoryRow[] {
    return this.rows<HistoryRow>('history', `${this.groupId}/${order}`).sort((a, b) => a.fromWseq - b.fromWseq);
  }

  requests(): RequestRow[] {
    return this.rows<RequestRow>('requests').sort((a, b) => a.sequence - b.sequence);
  }

  closed(): ClosedIndexRow[] {
    return this.rows<ClosedIndexRow>('closed').sort((a, b) => a.sequence - b.sequence);
  }

  private rows<Row>(name: TableName, parent = `${this.groupId}`): Row[] {
    return this.under(name, parent).map(({ key, value }) => unpackRow<Row>(name, key, value));
  }
}

function putSlice(changes: RowChange[], groupId: number, { runs, history }: RunSlice): void {
  for (const run of runs) changes.push(packRow('runs', runKey(groupId, run.order), run));
  for (const row of history) changes.push(packRow('history', historyKey(groupId, row), row));
}

function putRest(
  changes: RowChange[],
  groupId: number,
  group: StoredGroup,
  requests: readonly RequestRow[],
  closed: readonly ClosedIndexRow[],
): void {
  for (const row of requests) changes.push(packRow('requests', `${groupId}/${row.sequence}`, row));
  for (const row of closed) changes.push(packRow('closed', `${groupId}/${row.sequence}`, row));
  changes.push(packRow('groups', `${groupId}`, group));
}

function runKey(groupId: number, order: number): string {
  return `${groupId}/${order}`;
}

function historyKey(groupId: number, row: HistoryRow): string {
  return `${groupId}/${row.order}/${row.fromWseq}`;
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function matches(run: RunRow, query: RunQuery): boolean {
  const { name, version, statuses, startedAfterMs, startedBeforeMs, after, sweptMs } = query;
  if (run.closedMs > 0 && run.closedMs <= sweptMs) return false;
  if (name !== undefined && run.name !== name) return false;
  if (version !== undefined && run.version !== version) return false;
  if (statuses !== undefined && !statuses.includes(run.status)) return false;
  if (startedAfterMs !== undefined && run.startedMs <= startedAfterMs) return false;
  if (startedBeforeMs !== undefined && run.startedMs >= startedBeforeMs) return false;
  if (after === undefined) return true;
  return run.startedMs > after.startedMs || (run.startedMs === after.startedMs && compareText(run.runId, after.runId) > 0);
}
