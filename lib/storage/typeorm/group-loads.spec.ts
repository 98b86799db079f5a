import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { StateFolders, type StateFolder } from '../../../test/support/state-folder.js';
import { ModelState, positionAt, runRow } from '../../testing/storage-suite-model.js';
import { groupsSql } from './group-loads.js';
import { SqliteConnection } from './sqlite-connection.js';
import { StateSnapshot } from './state-snapshot.js';
import { CLOSED_INDEX, GROUPS, REQUESTS, TIMERS, WORKFLOWS } from './state-rows.js';

const folders = new StateFolders();
afterAll(() => folders.dispose());

/** More than one read takes. */
const COUNT = 20;
const IDS = Array.from({ length: COUNT }, (_, at) => at + 1);
const timer = { timerId: 1, dueMs: 5, purpose: 'sleep', key: 'k', occurrence: 1 };

/** Groups 1 … COUNT: those of even ids have nothing in them, the others open and closed runs with timers, answers, fingerprints. */
function stateOf(groupId: number): ModelState {
  const state = new ModelState();
  if (groupId % 2 === 0) return state;
  for (let order = 1; order <= 6; order++) {
    const isClosed = order % 3 === 0;
    state.run(runRow(order, { closedMs: isClosed ? 100 + order : 0, timers: isClosed ? [] : [timer, { ...timer, timerId: 2 }] }), 2);
  }
  state.request({ sequence: 1, lastExpiryMs: 50, requests: new Uint8Array([groupId, 2]) });
  state.request({ sequence: 2, lastExpiryMs: 60, requests: new Uint8Array([groupId, 3]) });
  state.closedIndex({ sequence: 1, lastClosedMs: 106, entries: new Uint8Array([groupId]) });
  return state;
}

async function filled(): Promise<StateFolder> {
  const folder = await folders.create();
  for (const groupId of IDS) await stateOf(groupId).flush(folder.store, groupId, positionAt(10 + groupId));
  return folder;
}

async function meddle(folder: StateFolder, sql: string): Promise<void> {
  const connection = await SqliteConnection.open(folder.file);
  await connection.exec(sql);
  await connection.close();
}

/** Groups that were loaded by themselves, in order. */
async function loadedAlone(work: () => Promise<void>): Promise<readonly number[]> {
  const load = jest.spyOn(StateSnapshot, 'load');
  try {
    await work();
    return load.mock.calls.map(([, , groupId]) => groupId);
  } finally {
    load.mockRestore();
  }
}

describe('groups that are loaded at the same time', () => {
  it('are what they are when each is loaded by itself, in order of nothing', async () => {
    const { store } = await filled();
    const alone = [];
    for (const groupId of [...IDS, 99]) alone.push(await store.load(groupId));
    expect(alone.at(-1)).toBeNull();
    expect(alone[0]!.openRuns).toHaveLength(4);
    let together: unknown[] = [];
    const one = await loadedAlone(async () => {
      together = await Promise.all([99, ...IDS.toReversed()].map((groupId) => store.load(groupId)));
    });
    expect(together.toReversed()).toEqual(alone);
    expect(one).toEqual([]);
  });

  it('take a few statements together, not some each', async () => {
    const { store } = await filled();
    const all = jest.spyOn(SqliteConnection.prototype, 'all');
    await Promise.all(IDS.map((groupId) => store.load(groupId)));
    const statements = all.mock.calls.length;
    all.mockRestore();
    expect(statements).toBeLessThan(COUNT);
  });

  it('a group that is asked for twice at once is there twice', async () => {
    const { store } = await filled();
    const [first, second] = await Promise.all([store.load(3), store.load(3), store.load(5)]);
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  it.each([
    ['workflows', `UPDATE "workflows" SET "head" = x'00' WHERE "group_id" = 7 AND "run_order" = 2`],
    ['workflows', `DELETE FROM "workflows" WHERE "group_id" = 7 AND "run_order" = 5`],
    ['workflows', `UPDATE "workflows" SET "group_id" = 7, "run_order" = 50 WHERE "group_id" = 9 AND "run_order" = 1`],
    ['timers', `DELETE FROM "timers" WHERE "group_id" = 7 AND "run_order" = 4 AND "timer_id" = 2`],
    ['timers', `UPDATE "timers" SET "due_ms" = 6 WHERE "group_id" = 7 AND "run_order" = 4`],
    ['requests', `UPDATE "requests" SET "answers" = x'00' WHERE "group_id" = 7 AND "sequence" = 2`],
    ['requests', `DELETE FROM "requests" WHERE "group_id" = 7 AND "sequence" = 1`],
    ['closed_index', `DELETE FROM "closed_index" WHERE "group_id" = 7`],
    ['closed_index', `UPDATE "closed_index" SET "last_closed_ms" = 1 WHERE "group_id" = 7`],
    ['groups', `UPDATE "groups" SET "open_rows" = 3 WHERE "group_id" = 7`],
  ])('damage of one of them is its own, and told as if it were loaded by itself: %s: %s', async (table, sql) => {
    const folder = await filled();
    await meddle(folder, sql);
    const alone = await folder.store.load(7).catch((error: unknown) => error);
    expect(alone).toMatchObject({ code: 'STORAGE_DAMAGED', details: { groupId: 7, table } });
    const results = await Promise.allSettled(IDS.map((groupId) => folder.store.load(groupId)));
    const failed = IDS.filter((_, at) => results[at]!.status === 'rejected');
    expect(failed.filter((groupId) => groupId !== 9)).toEqual([7]);
    expect((results[6] as PromiseRejectedResult).reason).toEqual(alone);
    // No transaction is left open: all of the WAL can be put away.
    const connection = await SqliteConnection.open(folder.file);
    expect((await connection.all('PRAGMA wal_checkpoint(TRUNCATE)'))[0]).toMatchObject({ busy: 0 });
    await connection.close();
  });

  it('one that has much is loaded by itself', async () => {
    const folder = await filled();
    const large = new ModelState();
    for (let order = 1; order <= 100; order++) large.run(runRow(order), 1);
    await large.flush(folder.store, COUNT + 1, positionAt(10));
    let runs = 0;
    const alone = await loadedAlone(async () => {
      const loaded = await Promise.all([3, COUNT + 1, 5].map((groupId) => folder.store.load(groupId)));
      runs = loaded[1]!.openRuns.length;
    });
    expect(alone).toContain(COUNT + 1);
    expect(alone).not.toContain(5);
    expect(runs).toBe(100);
  });

  it('after the first failure of the store all of them have its error', async () => {
    const { store, failure } = await filled();
    const error = failure.set(new Error('the disk is gone') as never);
    const results = await Promise.allSettled(IDS.map((groupId) => store.load(groupId)));
    expect(results.map((result) => (result as PromiseRejectedResult).reason as unknown)).toEqual(IDS.map(() => error));
  });

  it.each([
    [GROUPS, []],
    [REQUESTS, ['sequence']],
    [CLOSED_INDEX, ['sequence']],
    [WORKFLOWS, ['run_order']],
    [TIMERS, ['run_order', 'timer_id']],
  ])('what is read goes by the key: no table is gone through (%#)', async (table, order) => {
    const folder = await filled();
    const connection = await SqliteConnection.open(folder.file);
    const plan = await connection.all(`EXPLAIN QUERY PLAN ${groupsSql(table, 3, order)}`, [1, 2, 3, 10]);
    await connection.close();
    const lines = plan.map(({ detail }) => String(detail)).join('\n');
    expect(lines).toMatch(/^SEARCH /);
    expect(lines).not.toContain('SCAN');
    expect(lines).not.toContain('TEMP B-TREE');
  });
});
