/**
 * A store of one group's rows in memory, which does what the ports ask and complains of whatever breaks their rules: cuts are atomic, a run
 * stands in one slice, ranges of history follow each other, sequences ascend. Slices and moments are the test's.
 */
import type {
  ClosedIndexRow,
  HistoryRow,
  ImageSlice,
  RequestRow,
  RowStateMachine,
  RunQuery,
  RunRow,
  RunSlice,
  StateCut,
  StateImage,
  StatePosition,
  StateSource,
  StoredState,
} from '../../lib/state-machine/index.js';

interface Rows {
  position: StatePosition;
  group: Uint8Array;
  requests: RequestRow[];
  closed: ClosedIndexRow[];
  runs: Map<number, RunRow>;
  history: Map<number, HistoryRow[]>;
  lastOrder: number;
}

function copyOf(rows: Rows): Rows {
  return {
    ...rows,
    requests: [...rows.requests],
    closed: [...rows.closed],
    runs: new Map(rows.runs),
    history: new Map([...rows.history].map(([order, some]) => [order, [...some]])),
  };
}

function complain(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the rules of the rows are broken: ${what}`);
}

/** A flush under way: nothing of it is there before commit(). */
export class OpenFlush {
  private readonly next: Rows;
  private readonly seen = new Set<number>();
  private readAll = false;

  constructor(
    private readonly store: RowStore,
    private readonly position: StatePosition,
    readonly cut: StateCut,
    before: Rows,
  ) {
    complain(cut.index === position.index, `a cut at ${cut.index} is flushed for ${position.index}`);
    this.next = copyOf(before);
  }

  /** Reads one slice; false: there are no more. */
  step(runsMax: number): boolean {
    const slice = this.cut.next(runsMax);
    if (slice === null) {
      this.readAll = true;
      return false;
    }
    complain(slice.runs.length <= runsMax && slice.runs.length > 0, `a slice of ${slice.runs.length} runs, ${runsMax} were asked for`);
    for (const run of slice.runs) {
      complain(!this.seen.has(run.order), `run ${run.order} stands in two slices`);
      this.seen.add(run.order);
    }
    take(this.next, slice);
    return true;
  }

  /** Durable, with whatever was not read yet. `sweeps` deletes at leisure. */
  commit(sweeps: boolean): void {
    while (!this.readAll) this.step(3);
    const { cut, next } = this;
    next.position = this.position;
    next.group = cut.group;
    for (const row of cut.requests) {
      complain(row.sequence > (next.requests.at(-1)?.sequence ?? 0), `answers ${row.sequence} do not ascend`);
      next.requests.push(row);
    }
    for (const row of cut.closed) {
      complain(row.sequence > (next.closed.at(-1)?.sequence ?? 0), `fingerprints ${row.sequence} do not ascend`);
      next.closed.push(row);
    }
    if (sweeps) deleteSwept(next, cut);
    this.store.committed(this, next);
    cut.done();
  }
}

function take(rows: Rows, slice: RunSlice): void {
  for (const run of slice.runs) {
    const before = rows.runs.get(run.order);
    complain(before === undefined || before.runId === run.runId, `order ${run.order} is of ${before?.runId} and of ${run.runId}`);
    complain(before === undefined || before.closedMs === 0, `run ${run.runId} was closed, and is written again`);
    rows.runs.set(run.order, run);
    rows.lastOrder = Math.max(rows.lastOrder, run.order);
  }
  for (const row of slice.history) {
    const some = rows.history.get(row.order) ?? [];
    complain(
      row.fromWseq === (some.at(-1)?.toWseq ?? 0) + 1,
      `run ${row.order}: events from ${row.fromWseq} follow ${some.at(-1)?.toWseq}`,
    );
    complain(row.toWseq >= row.fromWseq, `run ${row.order}: an empty row of history`);
    rows.history.set(row.order, [...some, row]);
  }
  for (const run of slice.runs) {
    complain(rows.history.get(run.order)?.at(-1)?.toWseq === run.events, `run ${run.runId} has ${run.events} events, and other rows`);
  }
}

function deleteSwept(rows: Rows, cut: StateCut): void {
  rows.requests = rows.requests.filter((row) => row.lastExpiryMs >= cut.requestsExpiredMs);
  rows.closed = rows.closed.filter((row) => row.lastClosedMs > cut.sweptMs);
  for (const run of rows.runs.values()) {
    if (run.closedMs === 0 || run.closedMs > cut.sweptMs) continue;
    rows.runs.delete(run.order);
    rows.history.delete(run.order);
  }
}

export class RowStore {
  private rows: Rows;
  private flushing: OpenFlush | null = null;
  /** Reads since the store was made. */
  reads = 0;

  constructor(
    position: StatePosition,
    /** How often a read yields before it looks. */
    private readonly ticks: () => number = () => 1,
  ) {
    this.rows = {
      position,
      group: new Uint8Array(0),
      requests: [],
      closed: [],
      runs: new Map(),
      history: new Map(),
      lastOrder: 0,
    };
  }

  get position(): StatePosition {
    return this.rows.position;
  }

  load(): StoredState {
    const { position, group, requests, closed, runs, lastOrder } = copyOf(this.rows);
    const openRuns = [...runs.values()].filter((run) => run.closedMs === 0).sort((a, b) => a.order - b.order);
    return { position, group, requests, closed, openRuns, lastOrder };
  }

  readonly source: StateSource = {
    history: async ({ order, fromWseq, toWseq }) => {
      await this.read();
      return (this.rows.history.get(order) ?? []).filter((row) => row.fromWseq <= toWseq && row.toWseq >= fromWseq);
    },
    closedRuns: async (by) => {
      await this.read();
      const found = [...this.rows.runs.values()].filter(
        (run) =>
          run.closedMs > 0 &&
          ('runId' in by ? run.runId === by.runId : run.workflowId === by.workflowId) &&
          (by.statuses?.includes(run.status) ?? true),
      );
      return found.sort((a, b) => a.order - b.order);
    },
    list: async (query) => {
      await this.read();
      return listed([...this.rows.runs.values()], query);
    },
  };

  flush(position: StatePosition, cut: StateCut): OpenFlush {
    complain(this.flushing === null, 'two flushes at once');
    this.flushing = new OpenFlush(this, position, cut, this.rows);
    return this.flushing;
  }

  committed(flush: OpenFlush, rows: Rows): void {
    complain(this.flushing === flush, 'a flush that is not under way was committed');
    this.flushing = null;
    this.rows = rows;
  }

  /** The process ended: what was being written is not there. */
  crash(): void {
    this.flushing = null;
  }

  async replace(position: StatePosition, image: StateImage): Promise<void> {
    complain(this.flushing === null, 'a replacement during a flush');
    const { group } = image;
    const next: Rows = {
      position,
      group,
      requests: [],
      closed: [],
      runs: new Map(),
      history: new Map(),
      lastOrder: 0,
    };
    for (let slice = await image.next(); slice !== null; slice = await image.next()) {
      for (const [i, run] of slice.runs.entries()) complain(run.order === next.runs.size + i + 1, `run ${run.order} is out of turn`);
      take(next, slice);
      next.requests.push(...slice.requests);
      next.closed.push(...slice.closed);
    }
    complain(next.runs.size === image.runCount && next.lastOrder === image.runCount, `${next.runs.size} runs of ${image.runCount}`);
    this.rows = next;
    await image.close();
  }

  /** Swept runs that are still on disk among them. */
  image(runsPerSlice = 3): StateImage {
    const { position, group, requests, closed, runs, history } = copyOf(this.rows);
    const ordered = [...runs.values()].sort((a, b) => a.order - b.order);
    const slices: ImageSlice[] = [];
    for (let at = 0; at < ordered.length; at += runsPerSlice) {
      const some = ordered.slice(at, at + runsPerSlice);
      const rows = some.flatMap((run) => history.get(run.order) ?? []);
      // Every other slice leaves a part of the last run's history to the one that follows.
      const split = slices.length % 2 === 0 ? rows.length : rows.length - Math.min(1, history.get(some.at(-1)!.order)?.length ?? 0);
      slices.push({ runs: some, history: rows.slice(0, split), requests: [], closed: [] });
      if (split < rows.length) slices.push({ runs: [], history: rows.slice(split), requests: [], closed: [] });
    }
    slices.push({ runs: [], history: [], requests, closed });
    const image = (): StateImage => {
      let at = 0;
      return {
        position,
        group,
        runCount: ordered.length,
        bytesAbout: 0,
        next: async () => slices[at++] ?? null,
        again: image,
        close: async () => void (at = slices.length),
      };
    };
    return image();
  }

  /** Changes what is stored, as damage would. */
  damage(change: (rows: { runs: Map<number, RunRow>; history: Map<number, HistoryRow[]> }) => void): void {
    change(this.rows);
  }

  private async read(): Promise<void> {
    this.reads++;
    for (let left = this.ticks(); left > 0; left--) await Promise.resolve();
  }
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

export function listed<T extends Pick<RunRow, 'runId' | 'name' | 'version' | 'status' | 'startedMs' | 'closedMs'>>(
  runs: readonly T[],
  query: RunQuery,
): T[] {
  const compare = (a: { startedMs: number; runId: string }, b: { startedMs: number; runId: string }): number =>
    a.startedMs - b.startedMs || Buffer.compare(utf8(a.runId), utf8(b.runId));
  return runs
    .filter((run) => run.closedMs === 0 || run.closedMs > query.sweptMs)
    .filter((run) => query.name === undefined || run.name === query.name)
    .filter((run) => query.version === undefined || run.version === query.version)
    .filter((run) => query.statuses === undefined || query.statuses.includes(run.status))
    .filter((run) => query.startedAfterMs === undefined || run.startedMs > query.startedAfterMs)
    .filter((run) => query.startedBeforeMs === undefined || run.startedMs < query.startedBeforeMs)
    .filter((run) => query.after === undefined || compare(run, query.after) > 0)
    .sort(compare)
    .slice(0, query.limit);
}

/** Writes all that changed, at once. */
export function flushWhole(store: RowStore, machine: RowStateMachine, position: StatePosition): void {
  store.flush(position, machine.cut()).commit(true);
}
