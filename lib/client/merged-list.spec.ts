import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../errors/index.js';
import type { MergedFilter, MergedPage } from '../workflow/runtime-list.js';
import type { RunDescription, WorkflowService } from '../workflow/service.js';
import { countAll, listAll } from './merged-list.js';

type Run = readonly [startedMs: number, runId: string];

const cursorOf = ([startedMs, runId]: Run): string => `${startedMs}~${runId}`;

/** Lists its runs as a cluster does. */
function cluster(clusterId: number, runs: readonly Run[], failure?: RaftoralError): { service: WorkflowService; asked: MergedFilter[] } {
  const asked: MergedFilter[] = [];
  const list = async (filter: MergedFilter): Promise<MergedPage> => {
    asked.push(filter);
    if (failure !== undefined) throw failure;
    const { cursor, limit = 100 } = filter;
    const [startedMs, runId] = (cursor ?? '-1~').split('~') as [string, string];
    const rest = runs.filter(
      ([ms, id]) => ms > Number(startedMs) || (ms === Number(startedMs) && Buffer.compare(Buffer.from(id), Buffer.from(runId)) > 0),
    );
    const page = rest.slice(0, limit);
    return {
      items: page.map(([ms, id]) => ({ runId: id, startedAt: new Date(ms).toISOString() }) as RunDescription),
      next: rest.length > limit ? cursorOf(page.at(-1)!) : null,
      positions: page.map((run) => ({ startedMs: run[0], cursor: cursorOf(run) })),
    };
  };
  const count = async (): Promise<number> => {
    if (failure !== undefined) throw failure;
    return runs.length;
  };
  return { service: { clusterId, list, count } as unknown as WorkflowService, asked };
}

async function pages(services: readonly WorkflowService[], limit: number): Promise<string[][]> {
  const found: string[][] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listAll(services, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(page.items.map(({ runId }) => runId));
    if (page.next === null) return found;
    cursor = page.next;
  }
}

describe('lists of several clusters', () => {
  it('M1: one order over all of them, whatever the page size; times are not cut to whole ms', async () => {
    const one = cluster(1, [
      [1, 'a'],
      [2.25, 'd'],
      [2.75, 'b'],
      [9, 'z'],
    ]);
    const two = cluster(2, [
      [1, 'b'],
      [2.5, 'a'],
      [2.5, 'c'],
      [3, 'e'],
    ]);
    const three = cluster(3, []);
    const services = [one, two, three].map(({ service }) => service);
    const all = ['a', 'b', 'd', 'a', 'c', 'b', 'e', 'z'];
    for (const limit of [1, 2, 3, 7, 8, 100]) expect((await pages(services, limit)).flat()).toEqual(all);
    expect((await pages(services, 3)).map(({ length }) => length)).toEqual([3, 3, 2]);
  });

  it('M1: a cluster that comes or goes between two pages loses nothing of the others, and nothing is told twice', async () => {
    const one = cluster(1, [
      [1, 'a'],
      [3, 'c'],
      [5, 'e'],
    ]);
    const two = cluster(2, [
      [2, 'b'],
      [4, 'd'],
    ]);
    const first = await listAll([one.service], { limit: 2 });
    expect(first.items.map(({ runId }) => runId)).toEqual(['a', 'c']);
    const rest = await listAll([one.service, two.service], { limit: 10, cursor: first.next! });
    expect(rest.items.map(({ runId }) => runId)).toEqual(['d', 'e']);
  });

  it('M2: a run on the move is listed once', async () => {
    const runs: Run[] = [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ];
    expect(await pages([cluster(1, runs).service, cluster(2, runs).service], 2)).toEqual([['a', 'b'], ['c']]);
  });

  it('run ids are in the order of their UTF-8, as in each cluster', async () => {
    const [low, high] = ['\uffff', '\u{10000}'];
    expect((await pages([cluster(1, [[1, high]]).service, cluster(2, [[1, low]]).service], 10)).flat()).toEqual([low, high]);
  });

  it('M3: who does not answer is named; when nobody does, its error is the answer; a wrong argument is one at once', async () => {
    const failed = cluster(2, [], new RaftoralError('NO_LEADER', 'no majority'));
    const one = cluster(1, [[1, 'a']]);
    expect(await listAll([one.service, failed.service], {})).toMatchObject({
      items: [{ runId: 'a' }],
      next: null,
      incomplete: [{ clusterId: 2, error: { code: 'NO_LEADER' } }],
    });
    expect(await countAll([one.service, failed.service], {})).toMatchObject({ count: 1, incomplete: [{ clusterId: 2 }] });
    expect(await countAll([one.service], {})).toEqual({ count: 1 });
    await expect(listAll([failed.service], {})).rejects.toMatchObject({ code: 'NO_LEADER' });
    const wrong = cluster(3, [], new RaftoralError('INVALID_ARGUMENT', 'cursor'));
    await expect(listAll([one.service, wrong.service], {})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('a cursor of before names a cluster, and goes on from there in all of them', async () => {
    const one = cluster(1, [
      [1, 'a'],
      [2, 'b'],
    ]);
    expect((await listAll([one.service], { cursor: '1:1~a' })).items.map(({ runId }) => runId)).toEqual(['b']);
    for (const cursor of ['', 'x', '*:', '1:', ':1'])
      await expect(listAll([one.service], { cursor })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument: 'cursor' } });
    expect(one.asked).toHaveLength(1);
  });
});
