import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Entry, EntryType, HardState } from '../../raft/index.js';
import type { StorageIdentity } from '../storage.js';
import { LogMark } from './log-mark.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteRaftStorage, type SqliteRaftStorageOptions } from './sqlite-storage.js';

const IDENTITY: StorageIdentity = { deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1, incarnation: 100 };
/** So many bytes of entries make a checkpoint due. */
const GENERATION_BYTES = 5 * 1024 * 1024;
const LOG_FILES = ['log.db', 'log.db-wal', 'log.db-mark', 'state.db'];

const folders: string[] = [];
const open: SqliteRaftStorage[] = [];

afterEach(async () => {
  for (const storage of open.splice(0)) await storage.close();
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'raftoral-mark-'));
  folders.push(folder);
  return folder;
}

function storageIn(path: string, options: Partial<SqliteRaftStorageOptions> = {}): SqliteRaftStorage {
  const storage = new SqliteRaftStorage({ path, ...options });
  open.push(storage);
  return storage;
}

/** Ends when it is durable. */
async function append(storage: SqliteRaftStorage, index: number, bytes = 1): Promise<void> {
  await storage.write([
    {
      groupId: 1,
      hardState: new HardState(1, 1, index),
      entries: [new Entry(index, 1, EntryType.Normal, new Uint8Array(bytes))],
      reset: null,
      mustSync: true,
    },
  ]);
}

async function copyOf(path: string, names: readonly string[] = LOG_FILES): Promise<string> {
  const copy = join(await makeFolder(), 'copy');
  await mkdir(copy);
  for (const name of names) await copyFile(join(path, name), join(copy, name));
  return copy;
}

/** What a node leaves that was killed after `generations` checkpoints and some more entries: entries 1 … last. */
async function killedAfter(generations: number): Promise<{ path: string; last: number }> {
  const path = join(await makeFolder(), 'node');
  const storage = storageIn(path);
  await storage.open(IDENTITY);
  let last = 0;
  for (let generation = 0; generation < generations; generation++) await append(storage, ++last, GENERATION_BYTES);
  for (let i = 0; i < 40; i++) await append(storage, ++last);
  const killed = await copyOf(path);
  await storage.close();
  return { path: killed, last };
}

async function lastIndexIn(path: string): Promise<number> {
  const storage = storageIn(path);
  await storage.open(IDENTITY);
  return storage.log(1).lastIndex();
}

const contents = async (path: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all((await readdir(path)).sort().map(async (name) => [name, (await readFile(join(path, name))).toString('base64')])),
  );

describe.each([0, 2])('a log whose write-ahead log is gone, after %i checkpoints (M1, P8)', (generations) => {
  let killed: { readonly path: string; readonly last: number };
  beforeAll(async () => (killed = await killedAfter(generations)));

  it.each<[string, (wal: string) => Promise<void>]>([
    ['deleted', (wal) => rm(wal)],
    ['emptied', (wal) => truncate(wal, 0)],
    ['cut to its header', (wal) => truncate(wal, 32)],
  ])('%s: the node does not start, and says what is missing; the log is as it was', async (_, harm) => {
    const path = await copyOf(killed.path);
    await harm(join(path, 'log.db-wal'));
    const before = await contents(path);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(storageIn(path).open(IDENTITY)).rejects.toMatchObject({
        code: 'STORAGE_MISMATCH',
        message: expect.stringContaining('log.db-wal was deleted or emptied') as unknown,
        details: { file: join(path, 'log.db'), markFile: join(path, 'log.db-mark'), expected: generations + 1 },
      });
    }
    const after = await contents(path);
    expect([after['log.db'], after['log.db-mark']]).toEqual([before['log.db'], before['log.db-mark']]);
    // Whoever would rather go on with what is left says so.
    await rm(join(path, 'log.db-mark'));
    await storageIn(path).open(IDENTITY);
  });

  it('copied into its file by a tool: nothing is missing', async () => {
    const path = await copyOf(killed.path);
    const tool = await SqliteConnection.open(join(path, 'log.db'));
    expect(Number(await tool.value('SELECT count(*) FROM log'))).toBeGreaterThan(0);
    await tool.close();
    expect(await readdir(path)).not.toContain('log.db-wal');
    expect(await lastIndexIn(path)).toBe(killed.last);
  });

  it('there, as the killed process left it: nothing is missing', async () => {
    expect(await lastIndexIn(await copyOf(killed.path))).toBe(killed.last);
  });
});

describe('the mark', () => {
  it('files of an earlier moment beside a newer mark are refused; with their own they are not', async () => {
    const path = join(await makeFolder(), 'node');
    const storage = storageIn(path);
    await storage.open(IDENTITY);
    await append(storage, 1);
    const earlier = await copyOf(path);
    await append(storage, 2, GENERATION_BYTES);
    await append(storage, 3);
    const mixed = await copyOf(earlier);
    await copyFile(join(path, 'log.db-mark'), join(mixed, 'log.db-mark'));
    await expect(storageIn(mixed).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_MISMATCH' });
    expect(await lastIndexIn(earlier)).toBe(1);
  });

  it('one that is gone, torn, unreadable or of another node says nothing, and is made anew (M2)', async () => {
    const { path, last } = await killedAfter(1);
    const mark = await readFile(join(path, 'log.db-mark'));
    const flipped = Buffer.from(mark);
    flipped[mark.length - 20]! ^= 1;
    const foreign = join(await makeFolder(), 'foreign');
    const other = new LogMark(foreign);
    await other.write({ deployment: IDENTITY.deployment, nodeId: 2 }, 99);
    await other.close();
    for (const text of [
      null,
      Buffer.alloc(0),
      mark.subarray(0, mark.length - 9),
      flipped,
      Buffer.alloc(5000, 7),
      await readFile(foreign),
    ]) {
      const copy = await copyOf(path);
      if (text === null) await rm(join(copy, 'log.db-mark'));
      else await writeFile(join(copy, 'log.db-mark'), text);
      expect(await lastIndexIn(copy)).toBe(last);
      expect(await new LogMark(join(copy, 'log.db-mark')).read(IDENTITY)).toBeGreaterThan(2);
    }
  });

  it('is of one length, and grows with every start and every checkpoint', async () => {
    const path = join(await makeFolder(), 'node');
    const mark = new LogMark(join(path, 'log.db-mark'));
    const seen: Array<readonly [number, number]> = [];
    for (let start = 0; start < 3; start++) {
      const storage = storageIn(path);
      await storage.open({ ...IDENTITY, incarnation: start + 1 });
      await append(storage, start + 1, GENERATION_BYTES);
      await append(storage, start + 2); // behind the checkpoint
      await storage.close();
      seen.push([await mark.read(IDENTITY), (await stat(join(path, 'log.db-mark'))).size]);
    }
    expect(seen.map(([generation]) => generation)).toEqual([2, 4, 6]);
    expect(new Set(seen.map(([, size]) => size)).size).toBe(1);
  });

  it('goes aside with the files when the node rejoins empty', async () => {
    const { path } = await killedAfter(1);
    await rm(join(path, 'log.db-wal'));
    await storageIn(path, { rejoinEmpty: true }).open({ ...IDENTITY, nodeId: 4 });
    expect(await readdir(path)).toEqual(expect.arrayContaining(['log.db.dropped-1', 'log.db-mark.dropped-1', 'log.db-mark']));
    expect(await new LogMark(join(path, 'log.db-mark')).read({ ...IDENTITY, nodeId: 4 })).toBe(1);
  });

  it('left alone, it says that there was a log', async () => {
    const path = await copyOf((await killedAfter(0)).path, ['log.db-mark']);
    await expect(storageIn(path).open(IDENTITY)).rejects.toMatchObject({
      code: 'STORAGE_MISMATCH',
      message: expect.stringContaining('log.db-mark is there, and log.db is not') as unknown,
    });
    expect(await readdir(path)).toEqual(['log.db-mark']);
  });
});
