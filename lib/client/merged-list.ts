/**
 * Lists and counts of several clusters, as one.
 *
 * M1. All clusters are asked at once, each for a page of its own; the pages are merged by (start, run id), the order that each of them has. The cursor is the
 *     place of the last item in that order, which holds in every cluster: it stays right when slots move or clusters come and go between two pages.
 * M2. A run that is on the move may be told by two clusters; it is listed once.
 * M3. A cluster that does not answer is named in `incomplete`, and its runs are missing; when none answers, the first error is the answer. What every cluster
 *     would refuse (a wrong argument) is an error at once.
 * Tests: merged-list.spec.ts, test/cluster/forwarded-calls.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { CountFilter, ListFilter, ListPage, MissingCluster, RunCount, RunDescription, WorkflowService } from '../workflow/service.js';
import type { MergedFilter, MergedPage } from '../workflow/runtime-list.js';

const LIMIT_DEFAULT = 100;
/** Before the cursor of a merged list, which holds in every cluster. A number stood here once: the cluster that was to be asked. */
const CURSOR_HEAD = /^(?:\*|[0-9]+):/;

type Asked<T> = { readonly clusterId: number; readonly answer: T } | MissingCluster;

export async function listAll(services: readonly WorkflowService[], filter: ListFilter): Promise<ListPage> {
  const { cursor, limit = LIMIT_DEFAULT, ...rest } = filter;
  const asked: MergedFilter = { ...rest, limit, withPositions: true, ...(cursor === undefined ? {} : { cursor: innerCursor(cursor) }) };
  const { answers, incomplete } = await askAll(services, (service) => service.list(asked) as Promise<MergedPage>);
  const heads = answers.map((page) => ({ page, at: 0 }));
  const items: RunDescription[] = [];
  let last: string | undefined;
  let lastRunId = '';
  while (items.length < limit) {
    const next = first(heads);
    if (next === undefined) break;
    const item = next.page.items[next.at]!;
    last = next.page.positions![next.at]!.cursor;
    next.at++;
    if (item.runId === lastRunId) continue;
    items.push(item);
    lastRunId = item.runId;
  }
  const isMore = heads.some(({ page, at }) => at < page.items.length || page.next !== null);
  const next = isMore && last !== undefined ? `*:${last}` : null;
  return incomplete.length === 0 ? { items, next } : { items, next, incomplete };
}

export async function countAll(services: readonly WorkflowService[], filter: CountFilter): Promise<RunCount> {
  const { answers, incomplete } = await askAll(services, (service) => service.count(filter));
  const count = answers.reduce((sum, one) => sum + one, 0);
  return incomplete.length === 0 ? { count } : { count, incomplete };
}

async function askAll<T>(
  services: readonly WorkflowService[],
  ask: (service: WorkflowService) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly incomplete: readonly MissingCluster[] }> {
  const asked = await Promise.all(
    services.map(async (service): Promise<Asked<T>> => {
      const { clusterId } = service;
      try {
        return { clusterId, answer: await ask(service) };
      } catch (error) {
        if (!(error instanceof RaftoralError) || error.code === 'INVALID_ARGUMENT') throw error;
        return { clusterId, error };
      }
    }),
  );
  const incomplete = asked.filter((one): one is MissingCluster => 'error' in one);
  if (incomplete.length === asked.length && incomplete.length > 0) throw incomplete[0]!.error;
  return { answers: asked.flatMap((one) => ('error' in one ? [] : [one.answer])), incomplete };
}

interface Head {
  readonly page: MergedPage;
  at: number;
}

function first(heads: readonly Head[]): Head | undefined {
  let best: Head | undefined;
  for (const head of heads) {
    if (head.at >= head.page.items.length) continue;
    if (best === undefined || comesBefore(head, best)) best = head;
  }
  return best;
}

/** Run ids as UTF-8, as each cluster has them. */
function comesBefore(a: Head, b: Head): boolean {
  const [one, two] = [a.page.positions![a.at]!, b.page.positions![b.at]!];
  if (one.startedMs !== two.startedMs) return one.startedMs < two.startedMs;
  return Buffer.compare(Buffer.from(a.page.items[a.at]!.runId, 'utf8'), Buffer.from(b.page.items[b.at]!.runId, 'utf8')) < 0;
}

/** Throws INVALID_ARGUMENT. */
function innerCursor(cursor: string): string {
  const head = CURSOR_HEAD.exec(cursor);
  if (head !== null && cursor.length > head[0].length) return cursor.slice(head[0].length);
  throw new RaftoralError(
    'INVALID_ARGUMENT',
    `list(): the cursor ${JSON.stringify(cursor)} is not one that list() returned; pass \`next\` of the page before.`,
    { details: { argument: 'cursor' } },
  );
}
