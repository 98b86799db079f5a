/**
 * Runs in lists: those in memory and those on disk, merged. Reads state, changes nothing.
 *
 * L1. The order is (startedMs, runId), runIds compared as UTF-8. A page's cursor names its last run by both, never a log index (R43), so the
 *     next page may be asked of another replica; a run that was swept in between breaks nothing.
 * L2. Memory is looked at first, the disk after: a run that leaves memory in between is seen twice, and told once, as memory had it. None is
 *     missed, and what is not yet flushed is never missing.
 * Tests: runtime-list.spec.ts, test/workflow/service.spec.ts, residency-disk.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { RunQuery } from '../state-machine/index.js';
import type { RunStatus } from './event.js';
import { isOpen } from './run-lookup.js';
import { describeRun } from './runtime-views.js';
import type { CountFilter, ListFilter, ListPage, RunDescription } from './service.js';
import type { RunView, WorkflowStateView } from './state.js';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;

/** Where a run stands in the order of lists. */
export interface ListPosition {
  readonly startedMs: number;
  readonly runId: string;
}

interface ListedRun extends ListPosition {
  readonly description: RunDescription;
  /** How it ended stands in its last event, which is not in memory. */
  readonly lacksEnd: boolean;
}

/** For lists of several clusters, which are merged. */
export interface MergedFilter extends ListFilter {
  readonly withPositions?: boolean;
}

export interface MergedPage extends ListPage {
  /** Of each item: its start, not cut to whole ms, and the cursor behind it, which holds in every cluster (L1). */
  readonly positions?: ReadonlyArray<{ readonly startedMs: number; readonly cursor: string }>;
}

/** Runs in memory that are looked at in one go. */
const COUNT_SLICE_RUNS = 5_000;
/** Ends that are read from disk at once. */
const READS_AT_ONCE = 32;

/** Rejects with INVALID_ARGUMENT for a wrong limit or cursor, and with STORAGE_DAMAGED. */
export async function listRuns(state: WorkflowStateView, filter: ListFilter): Promise<ListPage> {
  const limit = filter.limit ?? PAGE_DEFAULT;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new RaftoralError('INVALID_ARGUMENT', `limit of list() is ${String(filter.limit)}; give a whole number from 1 to ${PAGE_MAX}`);
  const query = queryOf(filter, limit + 1);
  const inMemory = firstInMemory(state, query);
  const stored = await state.listStored(query);
  const runs = merge(inMemory, stored.map(listed));
  const page = runs.slice(0, limit);
  const isMerged = (filter as MergedFilter).withPositions === true;
  const positions = isMerged ? { positions: page.map((run) => ({ startedMs: run.startedMs, cursor: writeCursor(run) })) } : {};
  return { items: await withErrors(state, page), next: runs.length > limit ? writeCursor(page.at(-1)!) : null, ...positions };
}

/** How many runs match. `turn`: lets the process breathe, between two slices of the runs in memory. */
export async function countRuns(state: WorkflowStateView, filter: CountFilter, turn: () => Promise<void>): Promise<number> {
  const query = queryOf(filter, PAGE_MAX);
  // L2: what leaves memory meanwhile is found on disk, and counted once.
  const inMemory = new Set<string>();
  let looked = 0;
  for (const run of state.allRuns()) {
    if (matches(run, query)) inMemory.add(run.runId);
    if (++looked % COUNT_SLICE_RUNS === 0) await turn();
  }
  let count = inMemory.size;
  for (let after: ListPosition | undefined; ;) {
    const page = await state.listStored({ ...query, after });
    for (const { runId } of page) if (!inMemory.has(runId)) count++;
    after = page.at(-1);
    if (after === undefined || page.length < PAGE_MAX) return count;
  }
}

/** Negative, 0 or positive, as of L1. */
export function comparePositions(a: ListPosition, b: ListPosition): number {
  return a.startedMs - b.startedMs || compareUtf8(a.runId, b.runId);
}

/** Order of the UTF-8 bytes: that of the code points, which UTF-16 units have only where no surrogate is involved. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? aboveSurrogates(x) - aboveSurrogates(y) : x - y;
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for code points above U+FFFF, above U+E000…U+FFFF. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

function queryOf(filter: ListFilter, limit: number): Omit<RunQuery, 'sweptMs'> {
  return {
    name: filter.name,
    version: filter.version,
    statuses: filter.status === undefined ? undefined : typeof filter.status === 'string' ? [filter.status] : filter.status,
    startedAfterMs: filter.startedAfter?.getTime(),
    startedBeforeMs: filter.startedBefore?.getTime(),
    after: filter.cursor === undefined ? undefined : readCursor(filter.cursor),
    limit,
  };
}

/** The first runs in memory that match, sorted. Runs come in the order of their starts, so only those of one millisecond are out of order, unless some were imported. */
function firstInMemory(state: WorkflowStateView, query: Omit<RunQuery, 'sweptMs'>): ListedRun[] {
  const found: RunView[] = [];
  const { after, limit } = query;
  for (const run of state.allRuns()) {
    if (state.isInStartOrder && found.length >= limit && run.startedMs > found[limit - 1]!.startedMs) break;
    if (matches(run, query) && (after === undefined || comparePositions(run, after) > 0)) found.push(run);
  }
  return found.sort(comparePositions).slice(0, limit).map(listed);
}

function matches(run: RunView, query: Omit<RunQuery, 'sweptMs'>): boolean {
  const { name, version, statuses, startedAfterMs, startedBeforeMs } = query;
  return (
    (name === undefined || run.name === name) &&
    (version === undefined || run.version === version) &&
    (statuses === undefined || (statuses as readonly RunStatus[]).includes(run.status)) &&
    (startedAfterMs === undefined || run.startedMs > startedAfterMs) &&
    (startedBeforeMs === undefined || run.startedMs < startedBeforeMs)
  );
}

function listed(run: RunView): ListedRun {
  const lacksEnd = !isOpen(run) && run.history.last() === undefined;
  return { startedMs: run.startedMs, runId: run.runId, description: describeRun(run), lacksEnd };
}

/** Runs that ended badly say why. One that was swept meanwhile is told without. */
async function withErrors(state: WorkflowStateView, runs: readonly ListedRun[]): Promise<RunDescription[]> {
  const items: RunDescription[] = [];
  for (let i = 0; i < runs.length; i += READS_AT_ONCE) {
    const described = runs.slice(i, i + READS_AT_ONCE).map(async ({ description, lacksEnd }) => {
      const { workflowId, runId, status } = description;
      if (!lacksEnd || (status !== 'failed' && status !== 'cancelled')) return description;
      const run = await state.fetch({ workflowId, runId }, 'last event');
      return run === undefined ? description : { ...description, error: run.error };
    });
    items.push(...(await Promise.all(described)));
  }
  return items;
}

function merge(inMemory: readonly ListedRun[], stored: readonly ListedRun[]): ListedRun[] {
  const known = new Set(inMemory.map((run) => run.runId));
  return [...inMemory, ...stored.filter((run) => !known.has(run.runId))].sort(comparePositions);
}

function writeCursor({ startedMs, runId }: ListPosition): string {
  return Buffer.from(JSON.stringify([startedMs, runId])).toString('base64url');
}

function readCursor(cursor: string): ListPosition {
  try {
    const [startedMs, runId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof startedMs === 'number' && typeof runId === 'string') return { startedMs, runId };
  } catch {
    // told below, like every other wrong cursor
  }
  throw new RaftoralError('INVALID_ARGUMENT', `cursor of list() is ${JSON.stringify(cursor)}; pass the \`next\` of the page before`);
}
