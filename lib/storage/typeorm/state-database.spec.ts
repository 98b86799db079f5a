import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import sqlite3 from 'sqlite3';
import { OWNER, StateFolders, type StateFolder } from '../../../test/support/state-folder.js';
import { ModelState, contentOf, cutOf, imageOf, positionAt, runRow, slicesOf } from '../../testing/storage-suite-model.js';
import { ClosedWorkflowEntity } from './entities/state-entities.js';
import { isRejoinable } from './file-owner.js';
import { SqliteConnection, SqliteStatement, type SqlRow } from './sqlite-connection.js';
import { openStateDataSource } from './state-data-source.js';
import { listSql } from './state-reader.js';

const GROUP = 3;
const folders = new StateFolders();
afterAll(() => folders.dispose());

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const timer = { timerId: 1, dueMs: 5, purpose: 'sleep', key: 'k', occurrence: 1 };

/** Runs 1 … count; every second is closed, the others have a timer. */
function model(count: number): ModelState {
  const state = new ModelState();
  for (let order = 1; order <= count; order++) {
    const isClosed = order % 2 === 0;
    state.run(runRow(order, { closedMs: isClosed ? 100 + order : 0, timers: isClosed ? [] : [timer] }), 2);
  }
  state.request({ sequence: 1, lastExpiryMs: 50, requests: bytes(1, 2) });
  state.closedIndex({ sequence: 1, lastClosedMs: 100 + count, entries: bytes(3) });
  return state;
}

async function flushed(count: number): Promise<{ readonly folder: StateFolder; readonly state: ModelState }> {
  const folder = await folders.create();
  const state = model(count);
  await state.flush(folder.store, GROUP, positionAt(10));
  return { folder, state };
}

/** What another program would do to the file. */
async function meddle(folder: StateFolder, sql: string): Promise<SqlRow[]> {
  const connection = await SqliteConnection.open(folder.file);
  const rows = await connection.all(sql);
  await connection.close();
  return rows;
}

const count = async (folder: StateFolder, table: string): Promise<number> =>
  Number((await meddle(folder, `SELECT count(*) AS n FROM "${table}"`))[0]!['n']);

const digest = (folder: StateFolder): string[] =>
  ['state.db', 'state.db-wal'].map((name) =>
    createHash('sha256')
      .update(readFileSync(join(folder.path, name)))
      .digest('hex'),
  );

/** The connection that writes, to make it fail. */
const writerOf = (folder: StateFolder): SqliteConnection =>
  (folder.store as unknown as { connections: { writer: SqliteConnection } }).connections.writer;

describe('state.db: schema', () => {
  it('the migrations make exactly the tables of the entities', async () => {
    const folder = folders.folder();
    const source = await openStateDataSource(folder.file);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await source.destroy();
  });

  it('entities can be queried', async () => {
    const { folder } = await flushed(4);
    await folder.store.close();
    const source = await openStateDataSource(folder.file);
    const rows = await source.getRepository(ClosedWorkflowEntity).find({ where: { name: 'orders' }, order: { run_order: 'ASC' } });
    expect(rows.map(({ run_order, status }) => [run_order, status])).toEqual([
      [2, 'running'],
      [4, 'running'],
    ]);
    await source.destroy();
  });

  it('TypeORM does not switch on the verbose mode of the driver, which all connections would pay for', async () => {
    const { run } = sqlite3.Database.prototype;
    await folders.create();
    expect(sqlite3.Database.prototype.run).toBe(run);
  });

  it.each([
    { sweptMs: 0, limit: 5 },
    { sweptMs: 5, limit: 5, name: 'n', statuses: ['a', 'b'], after: { startedMs: 1, runId: 'r' } },
  ])('a list goes by the indexes in order of start: %j', async (query) => {
    const { folder } = await flushed(4);
    const { sql, params } = listSql(GROUP, query);
    const connection = await SqliteConnection.open(folder.file);
    const plan = (await connection.all(`EXPLAIN QUERY PLAN ${sql}`, params)).map(({ detail }) => String(detail));
    await connection.close();
    const text = plan.join('\n');
    expect(text).toContain('USING INDEX workflows_by_start (group_id=?');
    expect(text).toContain('USING INDEX closed_by_start (group_id=?');
    // What is sorted is at most two pages: the select of either table brings its rows in order.
    expect(plan.filter((line) => line.includes('TEMP B-TREE')).length).toBeLessThanOrEqual(2);
    expect(plan.findIndex((line) => line.includes('TEMP B-TREE'))).not.toBe(plan.findIndex((line) => line.includes('SEARCH')) + 1);
  });
});

describe('state.db: flushes', () => {
  it('R32: a flush writes what changed, and nothing else', async () => {
    const { folder, state } = await flushed(200);
    state.run(runRow(7, { status: 'blocked' }), 1);
    state.run(runRow(9, { closedMs: 900 }), 1);
    const run = jest.spyOn(SqliteConnection.prototype, 'run');
    await state.flush(folder.store, GROUP, positionAt(11));
    const inserted = run.mock.calls.flatMap(([sql]) => {
      const [, table, values] = /^INSERT INTO "(\w+)" .*?VALUES (.*?)(?: ON CONFLICT.*)?$/.exec(sql) ?? [];
      return table === undefined ? [] : [`${table}: ${values!.split('(').length - 1}`];
    });
    run.mockRestore();
    expect(inserted).toEqual(['workflows: 1', 'history: 1', 'closed_workflows: 1', 'history: 1', 'groups: 1']);
    expect(await contentOf(folder.store, GROUP)).toEqual(state.content());
  });

  it('runs are written many a statement, and a large history is not copied at once', async () => {
    const folder = await folders.create();
    const runs = Array.from({ length: 150 }, (_, at) => runRow(at + 1, { events: 1 }));
    const history = runs.map(({ order }) => ({ order, fromWseq: 1, toWseq: 1, events: new Uint8Array(order === 1 ? 300_000 : 20_000) }));
    const asked: number[] = [];
    let at = 0;
    const run = jest.spyOn(SqliteConnection.prototype, 'run');
    const prepared = jest.spyOn(SqliteStatement.prototype, 'run');
    await folder.store.flush(GROUP, positionAt(1), {
      ...cutOf(1, {}),
      next: (runsMax) => {
        asked.push(runsMax);
        const slice = runs.slice(at, (at += runsMax));
        return slice.length === 0
          ? null
          : { runs: slice, history: history.filter(({ order }) => slice.some((row) => row.order === order)) };
      },
    });
    const bytesOf = (params: readonly unknown[]): number =>
      params.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
    const inserts = run.mock.calls.filter(([sql]) => sql.startsWith('INSERT')).map(([, params]) => params!);
    const sizes = [...inserts, ...prepared.mock.calls.map(([params]) => params)].map(bytesOf);
    run.mockRestore();
    prepared.mockRestore();
    expect(asked[0]).toBeLessThanOrEqual(100);
    expect(sizes.filter((size) => size > 256 * 1024)).toEqual([300_000]);
    expect(sizes.length).toBeLessThan(30);
  });

  it('R28: what is swept is deleted a bounded number of runs a flush, histories too', async () => {
    const folder = await folders.create();
    const total = 8500;
    const runs = Array.from({ length: total }, (_, at) => runRow(at + 1, { closedMs: 10 + at, events: 1 }));
    const history = runs.map(({ order }) => ({ order, fromWseq: 1, toWseq: 1, events: bytes(1) }));
    let at = 0;
    const next = (runsMax: number): ReturnType<ReturnType<typeof cutOf>['next']> => {
      const from = at;
      at += runsMax;
      return from >= total ? null : { runs: runs.slice(from, at), history: history.slice(from, at) };
    };
    await folder.store.flush(GROUP, positionAt(1), { ...cutOf(1, {}), next });
    const left: number[][] = [];
    for (const index of [2, 3]) {
      await folder.store.flush(GROUP, positionAt(index), cutOf(index, { sweptMs: 9 + total - 100 }));
      left.push([await count(folder, 'closed_workflows'), await count(folder, 'history')]);
    }
    expect(left[0]).toEqual([total - 8192, total - 8192]);
    expect(left[1]).toEqual([100, 100]);
    const image = await folder.store.image(GROUP);
    expect(image.runCount).toBe(100);
    await image.close();
  });

  it('the rows of forgotten answers and swept fingerprints are deleted', async () => {
    const { folder } = await flushed(2);
    await folder.store.flush(GROUP, positionAt(11), cutOf(11, { sweptMs: 102, requestsExpiredMs: 51 }));
    expect([await count(folder, 'requests'), await count(folder, 'closed_index')]).toEqual([0, 0]);
  });

  it('R36: a replaced state says so until a flush, or until the log is known to be reset', async () => {
    const folder = await folders.create();
    await folder.store.replace(1, positionAt(5), imageOf(model(3), positionAt(5)));
    await folder.store.replace(2, positionAt(6), imageOf(model(3), positionAt(6)));
    await folder.store.replace(3, positionAt(7), imageOf(model(3), positionAt(7)));
    await folder.store.confirmInstalled(1);
    await folder.store.confirmInstalled(1);
    await folder.store.confirmInstalled(99);
    await folder.store.flush(2, positionAt(8), cutOf(8, {}));
    const again = await folder.reopen();
    expect([...again.opened].map(([groupId, { position, installing }]) => [groupId, position.index, installing])).toEqual([
      [1, 5, false],
      [2, 8, false],
      [3, 7, true],
    ]);
  });

  it('a WAL does not grow with the flushes', async () => {
    const folder = await folders.create();
    const sizes: number[] = [];
    for (let index = 1; index <= 12; index++) {
      const history = [{ order: 1, fromWseq: index, toWseq: index, events: new Uint8Array(1_500_000) }];
      await folder.store.flush(GROUP, positionAt(index), cutOf(index, { runs: [runRow(1, { events: index })], history }));
      sizes.push(readFileSync(`${folder.file}-wal`).length);
    }
    expect(sizes.at(-1)!).toBeLessThan(3 * sizes[0]!);
  });
});

describe('state.db: failures', () => {
  it('L7: the first write that fails poisons the store, and nothing is written again, not at closing either [cockroach#37102, raft-engine#131]', async () => {
    const { folder, state } = await flushed(6);
    const source = folder.store.source(GROUP);
    const pages = Number(await writerOf(folder).value('PRAGMA page_count'));
    await writerOf(folder).exec(`PRAGMA max_page_count = ${pages + 2}`);
    const history = [{ order: 20, fromWseq: 1, toWseq: 1, events: new Uint8Array(500_000) }];
    const failing = folder.store.flush(GROUP, positionAt(11), cutOf(11, { runs: [runRow(20, { events: 1 })], history }));
    const behind = folder.store.flush(GROUP, positionAt(12), cutOf(12, {}));
    const error = await failing.catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'STORAGE_FULL', details: { file: folder.file, groupId: GROUP } });
    expect(folder.failure.error).toBe(error);
    const before = digest(folder);
    for (const call of [
      behind,
      folder.store.replace(GROUP, positionAt(13), imageOf(model(1), positionAt(13))),
      folder.store.confirmInstalled(GROUP),
      folder.store.load(GROUP),
      folder.store.image(GROUP),
      source.list({ sweptMs: 0, limit: 1 }),
    ]) {
      expect(
        await call.then(
          () => 'resolved',
          (e: unknown) => e,
        ),
      ).toBe(error);
    }
    await folder.store.close();
    expect(digest(folder)).toEqual(before);
    const again = await folders.at(folder.path).open();
    expect(await contentOf(again.store, GROUP)).toEqual(state.content());
  });

  it('a cut that throws ends the store: it can not be made again', async () => {
    const { folder, state } = await flushed(3);
    const cut = {
      ...cutOf(11, {}),
      next: () => {
        throw new Error('encoding failed');
      },
    };
    await expect(folder.store.flush(GROUP, positionAt(11), cut)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(folder.store.load(GROUP)).rejects.toThrow('encoding failed');
    const again = await folder.reopen();
    expect(await contentOf(again.store, GROUP)).toEqual(state.content());
  });

  it('R36: an image that has fewer runs than it says changes nothing, and the store goes on', async () => {
    const { folder, state } = await flushed(4);
    const image = imageOf(model(3), positionAt(30));
    const short = { ...image, runCount: 4, next: () => image.next() };
    await expect(folder.store.replace(GROUP, positionAt(30), short)).rejects.toThrow('3 runs instead of 4');
    expect(await contentOf(folder.store, GROUP)).toEqual(state.content());
    await state.flush(folder.store, GROUP, positionAt(11));
    expect(folder.failure.error).toBeNull();
  });

  it('a failed read is the matter of its caller alone', async () => {
    const { folder, state } = await flushed(4);
    await meddle(folder, `UPDATE "history" SET "events" = x'00' WHERE "run_order" = 1`);
    await expect(folder.store.source(GROUP).history({ order: 1, fromWseq: 1, toWseq: 2 })).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
    });
    expect(await folder.store.source(GROUP).history({ order: 3, fromWseq: 1, toWseq: 2 })).toHaveLength(1);
    state.run(runRow(5), 1);
    await state.flush(folder.store, GROUP, positionAt(11));
    expect(folder.failure.error).toBeNull();
  });

  it('groups are loaded over one connection that is there: a load that fails leaves no transaction open, and disturbs no other', async () => {
    const { folder } = await flushed(4);
    const state = model(4);
    await state.flush(folder.store, GROUP + 1, positionAt(10));
    await meddle(folder, `UPDATE "workflows" SET "head" = x'00' WHERE "group_id" = ${GROUP}`);
    const opened = jest.spyOn(SqliteConnection, 'open');
    try {
      for (let i = 0; i < 2; i++) {
        await expect(folder.store.load(GROUP)).rejects.toMatchObject({
          code: 'STORAGE_DAMAGED',
          details: { groupId: GROUP, table: 'workflows' },
        });
        expect((await folder.store.load(GROUP + 1))!.openRuns).toHaveLength(2);
        expect(await folder.store.load(GROUP + 2)).toBeNull();
      }
      expect(opened).not.toHaveBeenCalled();
    } finally {
      opened.mockRestore();
    }
    // Nobody reads any more, so that all of the WAL can be put away; and what was flushed since is seen.
    expect((await meddle(folder, 'PRAGMA wal_checkpoint(TRUNCATE)'))[0]).toMatchObject({ busy: 0 });
    state.run(runRow(5), 1);
    await state.flush(folder.store, GROUP + 1, positionAt(11));
    expect((await folder.store.load(GROUP + 1))!.position).toEqual(positionAt(11));
  });

  it('a file that another process writes to is locked', async () => {
    const folder = await folders.create();
    await folder.store.close();
    const other = await SqliteConnection.open(folder.file);
    await other.exec('BEGIN IMMEDIATE');
    await expect(folders.at(folder.path).open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED', details: { file: folder.file } });
    await other.exec('ROLLBACK');
    await other.close();
    await folders.at(folder.path).open();
  });

  it('a reader that is open does not outlive the store', async () => {
    const { folder } = await flushed(400);
    const image = await folder.store.image(GROUP);
    await image.next();
    await folder.store.close();
    await expect(image.next()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await image.close();
    await folder.store.close();
  });
});

it('of a chain of thousands the newest run that is asked for is handed out alone (Q4)', async () => {
  const folder = await folders.create();
  const chain = Array.from({ length: 3000 }, (_, i) =>
    runRow(i + 1, { workflowId: 'chain', status: i % 3 === 0 ? 'left' : 'continued', closedMs: 10 + ((i * 7) % 2900) }),
  );
  await folder.store.flush(GROUP, positionAt(10), cutOf(10, { runs: chain }));
  const source = folder.store.source(GROUP);
  for (const statuses of [undefined, ['continued'], ['left'], ['completed']]) {
    const wanted = chain.filter(({ status }) => statuses === undefined || statuses.includes(status));
    const [newest] = wanted.sort((a, b) => b.closedMs - a.closedMs || b.order - a.order);
    const found = await source.closedRuns({ workflowId: 'chain', ...(statuses === undefined ? {} : { statuses }) });
    expect(found.map(({ order }) => order)).toEqual(newest === undefined ? [] : [newest.order]);
  }
});

/** A change to each table, and the read that must find it. */
const DAMAGES: ReadonlyArray<readonly [string, string, (folder: StateFolder) => Promise<unknown>]> = [
  ['workflows', `UPDATE "workflows" SET "owner" = 2 WHERE "run_order" = 3`, ({ store }) => store.load(GROUP)],
  ['workflows', `DELETE FROM "workflows" WHERE "run_order" = 3`, ({ store }) => store.load(GROUP)],
  ['timers', `UPDATE "timers" SET "due_ms" = 6 WHERE "run_order" = 3`, ({ store }) => store.load(GROUP)],
  ['timers', `DELETE FROM "timers" WHERE "run_order" = 3`, ({ store }) => store.source(GROUP).list({ sweptMs: 0, limit: 9 })],
  ['requests', `UPDATE "requests" SET "answers" = x'0103'`, ({ store }) => store.load(GROUP)],
  ['requests', `DELETE FROM "requests"`, ({ store }) => store.load(GROUP)],
  ['closed_index', `UPDATE "closed_index" SET "last_closed_ms" = "last_closed_ms" + 1`, ({ store }) => store.load(GROUP)],
  ['closed_index', `DELETE FROM "closed_index"`, async ({ store }) => slicesOf(await store.image(GROUP))],
  [
    'closed_workflows',
    `UPDATE "closed_workflows" SET "head" = x'01' WHERE "run_order" = 2`,
    ({ store }) => store.source(GROUP).closedRuns({ runId: runRow(2).runId }),
  ],
  [
    'closed_workflows',
    `UPDATE "closed_workflows" SET "status" = 'failed' WHERE "run_order" = 2`,
    ({ store }) => store.source(GROUP).list({ sweptMs: 0, limit: 9 }),
  ],
  [
    'history',
    `UPDATE "history" SET "events" = x'09' WHERE "run_order" = 1`,
    ({ store }) => store.source(GROUP).history({ order: 1, fromWseq: 2, toWseq: 2 }),
  ],
  ['history', `DELETE FROM "history" WHERE "run_order" = 2`, ({ store }) => contentOf(store, GROUP)],
];

describe('state.db: damage', () => {
  it.each(DAMAGES)('%s: %s', async (table, sql, read) => {
    const { folder } = await flushed(6);
    await folder.store.close();
    await meddle(folder, sql);
    const again = await folders.at(folder.path).open();
    const before = readFileSync(again.file);
    await expect(read(again)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED', details: { file: folder.file, groupId: GROUP, table } });
    expect(readFileSync(again.file).equals(before)).toBe(true);
  });

  it.each([
    ['groups', `UPDATE "groups" SET "position_index" = 11`, 'STORAGE_DAMAGED'],
    ['meta', `UPDATE "meta" SET "node_id" = 2`, 'STORAGE_DAMAGED'],
    ['meta', `DELETE FROM "meta"`, 'STORAGE_DAMAGED'],
    ['a newer format', `PRAGMA user_version = 2`, 'STORAGE_FORMAT'],
    ['a mark that flipped', `PRAGMA application_id = 7`, 'STORAGE_FORMAT'],
  ])('%s is found before anything is changed: %s', async (_, sql, code) => {
    const { folder } = await flushed(2);
    await folder.store.close();
    await meddle(folder, sql);
    const before = readFileSync(folder.file);
    const refused: unknown = await folders
      .at(folder.path)
      .open()
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code, details: { file: folder.file } });
    // The tables are the engine's own; a file of another format is not damaged.
    expect(isRejoinable(refused)).toBe(!sql.includes('user_version'));
    expect(readFileSync(folder.file).equals(before)).toBe(true);
  });

  it('a bit that flipped in the file is found', async () => {
    const folder = await folders.create();
    const head = Buffer.from('the head of a run that lies in the file as it is');
    await folder.store.flush(GROUP, positionAt(1), cutOf(1, { runs: [runRow(1, { head })] }));
    await folder.store.close();
    const content = readFileSync(folder.file);
    content[content.indexOf(head) + 5]! ^= 4;
    writeFileSync(folder.file, content);
    const again = await folders.at(folder.path).open();
    await expect(again.store.load(GROUP)).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      details: { table: 'workflows', row: 'run_order 1' },
    });
  });

  it('a file that lost its end is damaged, one that never was a database has no format', async () => {
    const { folder } = await flushed(500);
    await folder.store.close();
    const content = readFileSync(folder.file);
    writeFileSync(folder.file, content.subarray(0, 3 * 4096));
    await expect(folders.at(folder.path).open()).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    writeFileSync(folder.file, Buffer.alloc(content.length, 'not a database '));
    await expect(folders.at(folder.path).open()).rejects.toMatchObject({ code: 'STORAGE_FORMAT' });
  });

  it('R42: a file of another node or deployment is refused', async () => {
    const { folder } = await flushed(1);
    await folder.store.close();
    for (const owner of [
      { ...OWNER, nodeId: 2 },
      { ...OWNER, deployment: 'another' },
    ]) {
      await expect(folders.at(folder.path).store.open(owner)).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    }
    await folders.at(folder.path).open();
  });

  it('making the file may be interrupted at any step', async () => {
    const bare = folders.folder();
    writeFileSync(bare.file, '');
    await bare.open();
    const unowned = folders.folder();
    const source = await openStateDataSource(unowned.file);
    await source.destroy();
    await unowned.open();
    expect(await count(unowned, 'meta')).toBe(1);
  });
});

describe('state.db: a glance', () => {
  it('tells owner and positions, as far as they can be read', async () => {
    const none = folders.folder();
    expect(await none.store.glance()).toBeNull();
    const folder = await folders.create();
    for (const groupId of [1, 2]) await folder.store.flush(groupId, positionAt(groupId), cutOf(groupId, {}));
    await folder.store.close();
    await meddle(folder, `UPDATE "groups" SET "position_term" = 9 WHERE "group_id" = 1`);
    const before = readFileSync(folder.file);
    expect(await folders.at(folder.path).store.glance()).toEqual({
      owner: OWNER,
      positions: new Map([[2, positionAt(2)]]),
      damagedGroups: [1],
    });
    expect(readFileSync(folder.file).equals(before)).toBe(true);
    await meddle(folder, `UPDATE "groups" SET "position_term" = 9`);
    await meddle(folder, `UPDATE "meta" SET "node_id" = 9`);
    expect(await folders.at(folder.path).store.glance()).toEqual({ owner: null, positions: null, damagedGroups: [1, 2] });
    // Of a file without a byte SQLite deletes the write-ahead log, even when it only reads.
    writeFileSync(folder.file, '');
    writeFileSync(`${folder.file}-wal`, 'the only copy');
    expect(await folders.at(folder.path).store.glance()).toEqual({ owner: null, positions: null, damagedGroups: [] });
    expect(readFileSync(`${folder.file}-wal`, 'utf8')).toBe('the only copy');
    rmSync(`${folder.file}-wal`);
    writeFileSync(folder.file, 'no database');
    expect(await folders.at(folder.path).store.glance()).toEqual({ owner: null, positions: null, damagedGroups: [] });
  });
});
