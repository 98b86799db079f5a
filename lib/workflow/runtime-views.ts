/**
 * Runs as people ask for them: described, explained, listed. Reads state, changes nothing.
 *
 * L1. A page's cursor names the last run by (startedMs, runId), never a log index (R43); a run that was swept in between breaks nothing.
 */
import { RaftoralError } from '../errors/index.js';
import type { WorkflowRuntime } from './runtime.js';
import type { ListFilter, ListPage, RunDescription, RunExplanation } from './service.js';
import type { RunStatus } from './event.js';
import type { RunView, WorkflowStateView } from './state.js';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;

/** Where one replica's code stands. */
export interface ReplicaPosition {
  readonly runsCode: boolean;
  readonly consumedWseq: number | null;
  readonly stopped: string | null;
}

export function describeRun(run: RunView): RunDescription {
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    name: run.name,
    version: run.version,
    status: run.status,
    blockedReason: run.blockedReason,
    owner: run.owner,
    epoch: run.epoch,
    startedAt: new Date(run.startedMs).toISOString(),
    closedAt: run.closedMs === 0 ? null : new Date(run.closedMs).toISOString(),
    events: run.history.length,
    error: run.error,
    cancelRequested: run.cancelRequested,
  };
}

/** `positions`: what each voter said of itself; null where it did not answer. */
export function explainRun(runtime: WorkflowRuntime, run: RunView, positions: ReadonlyMap<number, ReplicaPosition | null>): RunExplanation {
  const { group, state } = runtime.options;
  const live = group.livePeers();
  const voters = state.voters;
  const awaiting = runtime.table.get(run.runId)?.awaiting() ?? [];
  const hasQuorum = group.leaderId !== 0 && voters.filter((node) => live.includes(node)).length * 2 > voters.length;
  return {
    ...describeRun(run),
    summary: summaryOf(run, awaiting, live, hasQuorum),
    awaiting,
    replicas: [...positions.keys()]
      .sort((a, b) => a - b)
      .map((node) => {
        const position = positions.get(node) ?? null;
        return {
          node,
          alive: live.includes(node),
          runsCode: position?.runsCode ?? false,
          consumedWseq: position?.consumedWseq ?? null,
          stopped: position?.stopped ?? null,
        };
      }),
    declined: run.declined.map(({ node, reason, message }) => ({ node, reason, message })),
    cluster: { clusterId: group.groupId, leader: group.leaderId, term: group.term, voters, live, hasQuorum },
  };
}

function summaryOf(run: RunView, awaiting: RunExplanation['awaiting'], live: readonly number[], hasQuorum: boolean): string {
  if (run.outcome !== null) return `The run has ended: ${run.outcome}.`;
  if (!hasQuorum) return 'Nothing moves: the cluster has no leader that reaches a majority of its voters.';
  if (run.status === 'blocked') {
    const last = run.declined.at(-1);
    return `The run is blocked (${run.blockedReason})${last === undefined ? '; no node that is alive has registered this workflow version' : `; node ${last.node} said: ${last.message}`}.`;
  }
  if (!live.includes(run.owner)) return `Its owner, node ${run.owner}, is silent; another node takes over once it counts as down.`;
  const first = awaiting[0];
  if (first === undefined) return `Node ${run.owner} runs it; this node has not its code in memory.`;
  const due = first.dueAt === undefined ? '' : `, due at ${first.dueAt}`;
  return `It waits for ${first.kind} '${first.key}' #${first.occurrence}${due}; its owner is node ${run.owner}.`;
}

/** Throws INVALID_ARGUMENT for a wrong limit or cursor. */
export function listRuns(state: WorkflowStateView, filter: ListFilter): ListPage {
  const limit = filter.limit ?? PAGE_DEFAULT;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new RaftoralError('INVALID_ARGUMENT', `limit of list() is ${String(filter.limit)}; give a whole number from 1 to ${PAGE_MAX}`);
  const after = filter.cursor === undefined ? null : readCursor(filter.cursor);
  const matches = matcherOf(filter);
  const items: RunDescription[] = [];
  let last: RunView | null = null;
  for (const run of afterCursor(state, after)) {
    if (!matches(run)) continue;
    if (items.length === limit) return { items, next: writeCursor(last!) };
    items.push(describeRun(run));
    last = run;
  }
  return { items, next: null };
}

interface Cursor {
  readonly startedMs: number;
  readonly runId: string;
}

function* afterCursor(state: WorkflowStateView, after: Cursor | null): IterableIterator<RunView> {
  const sameMs: RunView[] = [];
  let found = after === null;
  for (const run of state.allRuns()) {
    if (after !== null && !found) {
      if (run.startedMs < after.startedMs) continue;
      if (run.startedMs === after.startedMs) {
        if (run.runId === after.runId) {
          found = true;
          sameMs.length = 0;
        } else sameMs.push(run);
        continue;
      }
      found = true;
      yield* sameMs;
    }
    yield run;
  }
  if (!found) yield* sameMs;
}

function matcherOf(filter: ListFilter): (run: RunView) => boolean {
  const statuses: readonly RunStatus[] | null =
    filter.status === undefined ? null : typeof filter.status === 'string' ? [filter.status] : filter.status;
  const afterMs = filter.startedAfter?.getTime() ?? Number.NEGATIVE_INFINITY;
  const beforeMs = filter.startedBefore?.getTime() ?? Number.POSITIVE_INFINITY;
  return (run) =>
    (filter.name === undefined || run.name === filter.name) &&
    (filter.version === undefined || run.version === filter.version) &&
    (statuses === null || statuses.includes(run.status)) &&
    run.startedMs > afterMs &&
    run.startedMs < beforeMs;
}

function writeCursor(run: RunView): string {
  return Buffer.from(JSON.stringify([run.startedMs, run.runId])).toString('base64url');
}

function readCursor(cursor: string): Cursor {
  try {
    const [startedMs, runId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof startedMs === 'number' && typeof runId === 'string') return { startedMs, runId };
  } catch {
    // told below, like every other wrong cursor
  }
  throw new RaftoralError('INVALID_ARGUMENT', `cursor of list() is ${JSON.stringify(cursor)}; pass the \`next\` of the page before`);
}
