import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { RaftoralError } from '../../errors/index.js';
import { EMPTY_CONF_STATE, Entry, EntryType, HardState, NO_BYTES, Snapshot } from '../../raft/index.js';
import type { StatePosition } from '../../state-machine/index.js';
import type { GroupWrite, StorageIdentity } from '../storage.js';
import type { LogFlusherTuning } from './log-flusher.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteRaftStorage, type SqliteRaftStorageOptions } from './sqlite-storage.js';
import type { FileOwner, OpenedGroup, StateFile, StateFileOptions, StateGlance } from './state-port.js';

const IDENTITY: StorageIdentity = { deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1, incarnation: 100 };
const entries = (first: number, count: number, term = 1): Entry[] =>
  Array.from({ length: count }, (_, i) => new Entry(first + i, term, EntryType.Normal, new Uint8Array([term, first + i])));
const write = (changes: Partial<GroupWrite>): GroupWrite => ({
  groupId: 1,
  hardState: null,
  entries: [],
  reset: null,
  mustSync: true,
  ...changes,
});
const position = (index: number, term: number, voters: number[] = [1, 2, 3]): StatePosition => ({
  index,
  term,
  confState: { ...EMPTY_CONF_STATE, voters },
});
const snapshotAt = ({ index, term, confState }: StatePosition): Snapshot => new Snapshot(index, term, confState, NO_BYTES);

/** What a state file says, kept by the test across openings. */
class FakeStates {
  owner: FileOwner | null = null;
  readonly groups = new Map<number, OpenedGroup>();
  failsWith: RaftoralError | null = null;
  closed = 0;

  make = (options: StateFileOptions): Promise<StateFile> => Promise.resolve(new FakeStateFile(this, options));
}

class FakeStateFile implements StateFile {
  constructor(
    private readonly states: FakeStates,
    private readonly options: StateFileOptions,
  ) {}

  async open(owner: FileOwner): Promise<ReadonlyMap<number, OpenedGroup>> {
    await writeFile(this.options.file, '');
    this.states.owner = owner;
    return this.states.groups;
  }

  async glance(): Promise<StateGlance | null> {
    const { owner, groups } = this.states;
    return owner === null
      ? null
      : { owner, positions: new Map([...groups].map(([groupId, group]) => [groupId, group.position])), damagedGroups: [] };
  }

  async flush(groupId: number, at: StatePosition): Promise<void> {
    if (this.states.failsWith !== null) throw this.options.failure.set(this.states.failsWith);
    this.states.groups.set(groupId, { position: at, installing: false });
  }

  async replace(groupId: number, at: StatePosition): Promise<void> {
    this.states.groups.set(groupId, { position: at, installing: true });
  }

  async destroy(groupId: number): Promise<void> {
    this.states.groups.delete(groupId);
  }

  async confirmInstalled(groupId: number): Promise<void> {
    this.states.groups.set(groupId, { ...this.states.groups.get(groupId)!, installing: false });
  }

  async close(): Promise<void> {
    this.states.closed++;
  }

  load = (): Promise<null> => Promise.resolve(null);
  source = (): never => {
    throw new Error('not asked for here');
  };
  image = (): Promise<never> => Promise.reject(new Error('not asked for here'));
}

const folders: string[] = [];
const open: SqliteRaftStorage[] = [];
const children: ChildProcess[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'raftoral-log-'));
  folders.push(folder);
  return folder;
}

/** Of log.db and its WAL. */
async function logBytes(path: string): Promise<Array<readonly [string, string]>> {
  const names = (await readdir(path)).filter((name) => name.startsWith('log.db')).sort();
  return Promise.all(
    names.map(
      async (name) =>
        [
          name,
          createHash('sha256')
            .update(await readFile(join(path, name)))
            .digest('hex'),
        ] as const,
    ),
  );
}

function storageIn(path: string, states: FakeStates, options: Partial<SqliteRaftStorageOptions> = {}): SqliteRaftStorage {
  const storage = new SqliteRaftStorage({ path, ...options }, states.make);
  open.push(storage);
  return storage;
}

/** A node with group 1: state at `index`, three entries behind it. */
async function madeNode(voters = [1, 2, 3]): Promise<{ path: string; states: FakeStates }> {
  const path = join(await makeFolder(), 'node');
  const states = new FakeStates();
  const storage = storageIn(path, states);
  await storage.open(IDENTITY);
  await storage.state.replace(1, position(1, 1, voters), null as never);
  await storage.write([write({ reset: snapshotAt(position(1, 1, voters)), hardState: new HardState(1, 0, 1) })]);
  await storage.write([write({ entries: entries(2, 3), hardState: new HardState(1, 1, 1) })]);
  await storage.close();
  return { path, states };
}

async function tamper(path: string, sql: string, params: (string | number)[] = []): Promise<void> {
  const connection = await SqliteConnection.open(join(path, 'log.db'));
  await connection.run(sql, params);
  await connection.close();
}

/** A look at a file may leave an empty WAL beside it. */
const mainFiles = async (path: string): Promise<string[]> => (await readdir(path)).filter((name) => !/-(wal|shm|mark)/.test(name)).sort();

const shape = (storage: SqliteRaftStorage, groupId = 1): unknown => {
  const log = storage.log(groupId);
  return [log.firstIndex(), log.lastIndex(), log.initialState().hardState, log.snapshot()?.index ?? null];
};

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const storage of open.splice(0)) await storage.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('SqliteRaftStorage: what is written is there after the next start', () => {
  it('entries, hard state, position and truncations, of several groups', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    expect(shape(storage)).toEqual([2, 4, new HardState(1, 1, 1), 1]);
    expect(storage.log(1).initialState().confState.voters).toEqual([1, 2, 3]);
    await storage.write([
      write({ entries: entries(3, 1, 2), hardState: new HardState(2, 3, 1) }),
      write({ groupId: 7, entries: entries(1, 2), hardState: new HardState(1, 0, 0) }),
    ]);
    await storage.close();
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(shape(again)).toEqual([2, 3, new HardState(2, 3, 1), 1]);
    expect(again.log(1).entries(2, 4, Infinity)).toEqual([...entries(2, 1), ...entries(3, 1, 2)]);
    expect(shape(again, 7)).toEqual([1, 2, new HardState(1, 0, 0), null]);
  });

  it('the incarnation grows at every start, whatever was proposed (R13)', async () => {
    const path = await makeFolder();
    const states = new FakeStates();
    const seen: number[] = [];
    for (const proposed of [100, 50, 100, 500, 1]) {
      const storage = storageIn(path, states);
      seen.push((await storage.open({ ...IDENTITY, incarnation: proposed })).incarnation);
      await storage.close();
    }
    expect(seen).toEqual([100, 101, 102, 500, 501]);
  });

  it('compaction deletes rows for good, and what is left is the log', async () => {
    const { path, states } = await madeNode();
    const tuning: Partial<LogFlusherTuning> = { deleteRowsMin: 10, deleteBatchRowsMax: 7 };
    const storage = storageIn(path, states, { tuning });
    await storage.open(IDENTITY);
    for (let index = 5; index <= 60; index++) await storage.write([write({ entries: entries(index, 1) })]);
    await storage.state.flush(1, position(50, 1), null as never);
    await storage.compact(1, 40);
    expect(() => storage.compact(1, 51)).toThrow('passes the snapshot');
    await storage.close();
    const connection = await SqliteConnection.open(join(path, 'log.db'));
    expect(await connection.value('SELECT count(*) FROM log')).toBe(20);
    await connection.close();
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(shape(again)).toEqual([41, 60, new HardState(1, 1, 40), 50]);
  });

  it('the write-ahead log does not grow for ever', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    const large = new Uint8Array(2 ** 20);
    for (let index = 5; index < 45; index++) await storage.write([write({ entries: [new Entry(index, 1, EntryType.Normal, large)] })]);
    await storage.write([write({ entries: entries(45, 1) })]);
    expect((await stat(join(path, 'log.db-wal'))).size).toBeLessThan(20 * 2 ** 20);
    expect((await stat(join(path, 'log.db'))).size).toBeGreaterThan(20 * 2 ** 20);
  });

  it('small commits do not change the length of the write-ahead log, however many there are', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    const lengths = new Set<number>();
    for (let index = 5; index < 1505; index++) {
      await storage.write([write({ entries: entries(index, 1) })]);
      if (index % 100 === 0) lengths.add((await stat(join(path, 'log.db-wal'))).size);
    }
    expect(lengths.size).toBe(1);
  });

  it('many groups, many rows: read in slices, written by several statements', async () => {
    const path = await makeFolder();
    const states = new FakeStates();
    const storage = storageIn(path, states, { tuning: { flushRowsMax: 100 } });
    await storage.open(IDENTITY);
    const groupIds = Array.from({ length: 250 }, (_, i) => i + 1);
    for (let index = 1; index <= 3; index++) await storage.write(groupIds.map((groupId) => write({ groupId, entries: entries(index, 1) })));
    await storage.close();
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(groupIds.map((groupId) => again.log(groupId).lastIndex())).toEqual(groupIds.map(() => 3));
    await again.write([write({ groupId: 9, entries: entries(4, 1) })]);
  });

  it('a snapshot whose log was not reset yet is installed at the start (R36)', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    await storage.state.replace(1, position(40, 3), null as never);
    await storage.state.replace(5, position(1, 1), null as never);
    await storage.close();
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(shape(again)).toEqual([41, 40, new HardState(3, 0, 40), 40]);
    expect(shape(again, 5)).toEqual([2, 1, new HardState(1, 0, 1), 1]);
    expect([...states.groups.values()].map(({ installing }) => installing)).toEqual([false, false]);
    await again.write([write({ entries: entries(41, 1, 3) })]);
    await again.close();
    const third = storageIn(path, states);
    await third.open(IDENTITY);
    expect(shape(third)).toEqual([41, 41, new HardState(3, 0, 40), 40]);
  });

  it('once the log is reset, the state file need not remember the install', async () => {
    const { states } = await madeNode();
    expect(states.groups.get(1)).toEqual({ position: position(1, 1), installing: false });
  });

  it('is of one opening at a time, and fails by name when it is closed', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    const opening = storage.open(IDENTITY);
    await expect(storage.open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await opening;
    await expect(storage.open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await storage.close();
    await storage.close();
    expect(() => storage.write([write({ entries: entries(5, 1) })])).toThrow('is not open');
    await expect(storage.state.load(1)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});

describe('SqliteRaftStorage: what does not fit is refused, and left as it was (P8)', () => {
  it.each([
    [
      'a row with other bytes',
      `UPDATE log SET row = zeroblob(length(row)) WHERE sequence = 2`,
      'STORAGE_DAMAGED',
      /log\.db, group 1, index \d+, row 2/,
    ],
    ['a row with another checksum', 'UPDATE log SET checksum = checksum + 1 WHERE sequence = 1', 'STORAGE_DAMAGED', /group 1, row 1/],
    ['a row of another group', 'UPDATE log SET group_id = 2 WHERE sequence = 2', 'STORAGE_DAMAGED', /group 2, row 2/],
    ['a row that is no blob', `UPDATE log SET row = 'text' WHERE sequence = 2`, 'STORAGE_DAMAGED', /group 1, index \d+, row 2/],
    ['a meta row that was edited', `UPDATE meta SET value = '999' WHERE key = 'incarnation'`, 'STORAGE_DAMAGED', /meta row "incarnation"/],
    ['a missing meta row', `DELETE FROM meta WHERE key = 'owner'`, 'STORAGE_DAMAGED', /meta row "owner"/],
    ['no meta rows', 'DELETE FROM meta', 'STORAGE_DAMAGED', /does not say whose/],
    ['a missing first row', 'DELETE FROM log WHERE sequence = 1', 'STORAGE_MISMATCH_OR_FITS', /./],
    ['a newer format', 'PRAGMA user_version = 7', 'STORAGE_FORMAT', /has format 7, this engine reads 1/],
    ['a mark that flipped', 'PRAGMA application_id = 12345', 'STORAGE_FORMAT', /has the tables of this engine and not its mark/],
    ['a lost log', 'DELETE FROM log', 'STORAGE_MISMATCH', /the log ends at 0, the state at 1/],
  ])('%s', async (_, sql, code, message) => {
    const { path, states } = await madeNode();
    await tamper(path, sql);
    const before = await readFile(join(path, 'log.db'));
    const opening = storageIn(path, states).open(IDENTITY);
    if (code === 'STORAGE_MISMATCH_OR_FITS') {
      // As after compaction: the newest row is what the log begins with, and it fits the state.
      await opening;
      return;
    }
    const error: unknown = await opening.then(
      () => 'opened',
      (rejected: unknown) => rejected,
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect((error as RaftoralError).details['file']).toContain('log.db');
    expect(await readFile(join(path, 'log.db'))).toEqual(before);
  });

  it('a page that counts fewer or more rows than it has: the log is never shorter than it was', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    for (let index = 5; index <= 299; index++) await storage.write([write({ entries: entries(index, 1) })]);
    await storage.close();
    const sound = await readFile(join(path, 'log.db'));
    const refused: number[] = [];
    for (let page = 0; page < sound.length; page += 4096) {
      // The number of cells, in the header of a page of a tree; the first page begins with the header of the file.
      const at = page + (page === 0 ? 100 : 0) + 4;
      for (const mask of [1, 2, 4, 8, 16]) {
        const bytes = Buffer.from(sound);
        bytes[at]! ^= mask;
        await writeFile(join(path, 'log.db'), bytes);
        const flipped = storageIn(path, states);
        try {
          await flipped.open(IDENTITY);
          expect(flipped.log(1).lastIndex()).toBe(299);
        } catch (error) {
          expect((error as RaftoralError).code).toMatch(/^STORAGE_(DAMAGED|MISMATCH|FORMAT|FAILED)$/);
          refused.push(page);
        }
        await flipped.close();
      }
    }
    expect(new Set(refused).size).toBeGreaterThan(3);
  });

  it('a state beyond the log, or none behind a compacted one', async () => {
    const { path, states } = await madeNode();
    states.groups.set(1, { position: position(9, 1), installing: false });
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({
      code: 'STORAGE_MISMATCH',
      details: { groupId: 1, index: 9, file: join(path, 'log.db') },
    });
    states.groups.clear();
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_MISMATCH', details: { index: 0 } });
  });

  it('files of another node, or of another deployment (R42)', async () => {
    const { path, states } = await madeNode();
    for (const changes of [{ nodeId: 2 }, { deployment: 'another' }])
      await expect(storageIn(path, states).open({ ...IDENTITY, ...changes })).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    await storageIn(path, states).open(IDENTITY);
  });

  it('a state without its log, and a write-ahead log without its file', async () => {
    const { path, states } = await madeNode();
    await rm(join(path, 'log.db'));
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_MISMATCH' });
    for (const name of ['state.db', 'log.db-mark']) await rm(join(path, name));
    await writeFile(join(path, 'log.db-wal'), 'x');
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_MISMATCH' });
    expect((await readdir(path)).sort()).toEqual(['log.db-wal']);
  });

  it('a compacted log without its state: a refusal leaves no new state.db that would hide what is missing', async () => {
    const { path } = await madeNode();
    await rm(join(path, 'state.db'));
    for (let start = 0; start < 2; start++) {
      const opening = storageIn(path, new FakeStates()).open(IDENTITY);
      await expect(opening).rejects.toMatchObject({ code: 'STORAGE_MISMATCH', message: expect.stringContaining('state.db is missing') });
      expect(await readdir(path)).not.toContain('state.db');
    }
  });

  it('a file that was emptied: nobody deletes the write-ahead log beside it, not even whoever asks whose it is', async () => {
    const { path, states } = await madeNode();
    const first = storageIn(path, states);
    await first.open(IDENTITY);
    for (let index = 5; index < 12; index++) await first.write([write({ entries: entries(index, 1) })]);
    const killed = join(path, '..', 'killed');
    await mkdir(killed);
    for (const name of ['log.db', 'log.db-wal', 'state.db']) await copyFile(join(path, name), join(killed, name));
    const wal = await readFile(join(killed, 'log.db-wal'));
    await writeFile(join(killed, 'log.db'), '');
    const storage = storageIn(killed, states);
    expect(await storage.owner()).toEqual({ deployment: IDENTITY.deployment, nodeId: 1 });
    for (const rejoinEmpty of [false, true])
      await expect(storageIn(killed, states, { rejoinEmpty }).open(IDENTITY)).rejects.toMatchObject({
        code: rejoinEmpty ? 'REJOIN_REFUSED' : 'STORAGE_MISMATCH',
        message: expect.stringContaining('log.db is empty') as unknown,
      });
    expect((await readFile(join(killed, 'log.db-wal'))).equals(wal)).toBe(true);
    expect((await stat(join(killed, 'log.db'))).size).toBe(0);
    // Without a write-ahead log, but with a state: as it is after a stop in good order.
    await rm(join(killed, 'log.db-wal'));
    await expect(storageIn(killed, states).open(IDENTITY)).rejects.toMatchObject({
      code: 'STORAGE_MISMATCH',
      details: { file: join(killed, 'log.db') },
    });
    expect((await stat(join(killed, 'log.db'))).size).toBe(0);
    await copyFile(join(path, 'log.db'), join(killed, 'log.db'));
    await copyFile(join(path, 'log.db-wal'), join(killed, 'log.db-wal'));
    await writeFile(join(killed, 'state.db-wal'), 'x');
    await expect(storageIn(killed, states).open(IDENTITY)).rejects.toMatchObject({
      code: 'STORAGE_MISMATCH',
      details: { file: join(killed, 'state.db') },
    });
  });

  it('a write-ahead log that was cut off: the log is not taken to end there (K4)', async () => {
    const { path, states } = await madeNode();
    const first = storageIn(path, states);
    await first.open(IDENTITY);
    for (let index = 5; index < 105; index++) await first.write([write({ entries: entries(index, 1) })]);
    const killed = join(path, '..', 'killed');
    await mkdir(killed);
    for (const name of ['log.db', 'log.db-wal', 'state.db']) await copyFile(join(path, name), join(killed, name));
    const wal = (await readFile(join(killed, 'log.db-wal'))).subarray(0, 32 + 50 * (24 + 4096));
    await writeFile(join(killed, 'log.db-wal'), wal);
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(storageIn(killed, states).open(IDENTITY)).rejects.toMatchObject({
        code: 'STORAGE_DAMAGED',
        message: expect.stringContaining('it was cut off') as unknown,
        details: { file: join(killed, 'log.db-wal'), bytes: wal.length },
      });
    expect((await readFile(join(killed, 'log.db-wal'))).equals(wal)).toBe(true);
    // What a start makes before the WAL has its length is no more than this, and is no damage.
    await writeFile(join(killed, 'log.db-wal'), wal.subarray(0, 32 + 3 * (24 + 4096)));
    await storageIn(killed, states).open(IDENTITY);
  });

  it('a file that is no database, and one of another program', async () => {
    const path = await makeFolder();
    await writeFile(join(path, 'log.db'), Buffer.alloc(8192, 'not a database '));
    await expect(storageIn(path, new FakeStates()).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_FORMAT' });
    await rm(join(path, 'log.db'));
    await tamper(path, 'CREATE TABLE orders (id INTEGER)');
    await expect(storageIn(path, new FakeStates()).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_FORMAT' });
  });

  it('a start that ended before the tables were made is a new file', async () => {
    const path = await makeFolder();
    await writeFile(join(path, 'log.db'), '');
    await storageIn(path, new FakeStates()).open(IDENTITY);
    const other = await makeFolder();
    await tamper(
      other,
      'CREATE TABLE migrations (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp bigint NOT NULL, name varchar NOT NULL)',
    );
    await storageIn(other, new FakeStates()).open(IDENTITY);
  });

  it('a file in use, by this process or by another', async () => {
    const { path, states } = await madeNode();
    const first = storageIn(path, states);
    await first.open(IDENTITY);
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await first.close();
    const holder = join(path, '..', 'holder.cjs');
    await writeFile(
      holder,
      `const sqlite3 = require(process.argv[3]);
       const db = new sqlite3.Database(process.argv[2]);
       db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; COMMIT', (error) => process.send(String(error)));
       setInterval(() => undefined, 1000);`,
    );
    const child = fork(holder, [join(path, 'log.db'), join(process.cwd(), 'node_modules', 'sqlite3')], { execArgv: [] });
    children.push(child);
    expect(await new Promise((resolve) => child.once('message', resolve))).toBe('null');
    await expect(storageIn(path, states).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await storageIn(path, states).open(IDENTITY);
  });

  it('a folder that can not be written, or is no folder', async () => {
    const path = await makeFolder();
    await writeFile(join(path, 'file'), '');
    await expect(storageIn(join(path, 'file', 'node'), new FakeStates()).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const closed = join(path, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    // The superuser may write everywhere: for a moment this process is somebody else.
    const isSuperuser = process.getuid?.() === 0;
    await chmod(path, 0o755);
    if (isSuperuser) process.seteuid!(65534);
    try {
      await expect(storageIn(join(closed, 'node'), new FakeStates()).open(IDENTITY)).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' });
    } finally {
      if (isSuperuser) process.seteuid!(0);
    }
  });
});

describe('SqliteRaftStorage: the first failure ends it (L7)', () => {
  it('a failed write, then every call, whichever file it is for', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    // A full disk: no page can be added.
    const full = (storage as unknown as { files: { log: { connection: SqliteConnection } } }).files.log.connection;
    const pages = await full.value('PRAGMA page_count');
    await full.exec(`PRAGMA max_page_count = ${Number(pages)}`);
    const results = await Promise.allSettled(
      [0, 1, 2].map(async (i) => storage.write([write({ entries: [new Entry(5 + i, 1, EntryType.Normal, new Uint8Array(50_000))] })])),
    );
    const reasons = results.map((result) => (result.status === 'rejected' ? (result.reason as RaftoralError) : result.status));
    expect(reasons[0]).toMatchObject({ code: 'STORAGE_FULL', details: { file: join(path, 'log.db') } });
    expect([reasons[1], reasons[2]]).toEqual([reasons[0], reasons[0]]);
    await full.exec('PRAGMA max_page_count = 1000000');
    for (const call of [
      async () => storage.write([write({ entries: entries(5, 1) })]),
      async () => storage.compact(1, 1),
      () => storage.state.load(1),
      () => storage.state.flush(1, position(2, 1), null as never),
      () => storage.state.replace(1, position(9, 1), null as never),
      () => storage.state.image(1),
    ])
      await expect(call()).rejects.toBe(reasons[0]);
    await storage.close();
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(again.log(1).lastIndex()).toBe(4);
  });

  it('a failed flush of the state stops the log', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    states.failsWith = new RaftoralError('STORAGE_FAILED', 'state.db: the disk failed');
    await expect(storage.state.flush(1, position(2, 1), null as never)).rejects.toBe(states.failsWith);
    await expect(storage.write([write({ entries: entries(5, 1) })])).rejects.toBe(states.failsWith);
    expect(storage.log(1).snapshot()!.index).toBe(1);
  });

  it('after a failure closing changes no byte: the failed sync is not tried once more by a checkpoint (B6)', async () => {
    const { path, states } = await madeNode();
    const storage = storageIn(path, states);
    await storage.open(IDENTITY);
    await storage.write([write({ entries: entries(5, 1) })]);
    const before = await logBytes(path);
    states.failsWith = new RaftoralError('STORAGE_FAILED', 'state.db: the disk failed');
    await expect(storage.state.flush(1, position(2, 1), null as never)).rejects.toBe(states.failsWith);
    await storage.close();
    expect(await logBytes(path)).toEqual(before);
    states.failsWith = null;
    const again = storageIn(path, states);
    await again.open(IDENTITY);
    expect(again.log(1).lastIndex()).toBe(5);
  });

  it('nor does closing what was refused', async () => {
    const { path, states } = await madeNode();
    const first = storageIn(path, states);
    await first.open(IDENTITY);
    await first.write([write({ entries: entries(5, 1) })]);
    const killed = join(await makeFolder(), 'killed');
    await mkdir(killed);
    for (const name of ['log.db', 'log.db-wal', 'state.db']) await copyFile(join(path, name), join(killed, name));
    const before = await logBytes(killed);
    await expect(storageIn(killed, states).open({ ...IDENTITY, nodeId: 2 })).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    expect(await logBytes(killed)).toEqual(before);
  });

  it('a process that ended while log.db was put aside: the next one puts it back', async () => {
    const { path, states } = await madeNode();
    for (const look of [(storage: SqliteRaftStorage) => storage.owner(), (storage: SqliteRaftStorage) => storage.open(IDENTITY)]) {
      await rename(join(path, 'log.db'), join(path, 'log.db.closing'));
      const storage = storageIn(path, states);
      expect(await look(storage)).not.toBeNull();
      expect(await readdir(path)).toContain('log.db');
      expect(await readdir(path)).not.toContain('log.db.closing');
      await storage.close();
    }
  });
});

describe('SqliteRaftStorage: rejoinEmpty', () => {
  const damage = 'UPDATE log SET checksum = checksum + 1 WHERE sequence = 2';

  it('uses sound files as they are', async () => {
    const { path, states } = await madeNode();
    const lines: string[] = [];
    const storage = storageIn(path, states, { rejoinEmpty: true, logger: { log: (_, text) => void lines.push(text) } });
    await storage.open(IDENTITY);
    expect(storage.log(1).lastIndex()).toBe(4);
    expect(lines.join()).toContain('sound and used as they are');
  });

  it('puts damaged files aside under a new node id, and starts empty', async () => {
    const { path, states } = await madeNode();
    await tamper(path, damage);
    await copyFile(join(path, 'log.db'), join(path, '..', 'copy'));
    const fresh = new FakeStates();
    let asked = 0;
    const make = (options: StateFileOptions): Promise<StateFile> => (asked++ < 2 ? states : fresh).make(options);
    const storage = new SqliteRaftStorage({ path, rejoinEmpty: true }, make);
    open.push(storage);
    await storage.open({ ...IDENTITY, nodeId: 4 });
    expect(shape(storage)).toEqual([1, 0, new HardState(0, 0, 0), null]);
    await storage.close();
    expect(await mainFiles(path)).toEqual(['log.db', 'log.db.dropped-1', 'state.db', 'state.db.dropped-1']);
    expect(await readFile(join(path, 'log.db.dropped-1'))).toEqual(await readFile(join(path, '..', 'copy')));
  });

  it('puts a damaged write-ahead log aside as it is', async () => {
    const { path, states } = await madeNode();
    const first = storageIn(path, states);
    await first.open(IDENTITY);
    for (let index = 5; index < 12; index++) await first.write([write({ entries: entries(index, 1) })]);
    const copy = join(path, '..', 'crashed');
    await mkdir(copy);
    for (const name of ['log.db', 'log.db-wal', 'state.db']) await copyFile(join(path, name), join(copy, name));
    const wal = await readFile(join(copy, 'log.db-wal'));
    wal[5000]! ^= 1;
    await writeFile(join(copy, 'log.db-wal'), wal);
    await expect(storageIn(copy, states).open(IDENTITY)).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      details: { file: join(copy, 'log.db-wal') },
    });
    expect((await readFile(join(copy, 'log.db-wal'))).equals(wal)).toBe(true);
    let asked = 0;
    const make = (options: StateFileOptions): Promise<StateFile> => (asked++ < 1 ? states : new FakeStates()).make(options);
    const storage = new SqliteRaftStorage({ path: copy, rejoinEmpty: true }, make);
    open.push(storage);
    await storage.open({ ...IDENTITY, nodeId: 4 });
    expect(storage.log(1).lastIndex()).toBe(0);
    expect((await readFile(join(copy, 'log.db-wal.dropped-1'))).equals(wal)).toBe(true);
  });

  it('is refused under the old node id, and to a sole voter: nothing is touched', async () => {
    for (const [voters, nodeId, text] of [
      [[1, 2, 3], 1, 'never used again'],
      [[1], 4, 'only voter of group 1'],
    ] as const) {
      const { path, states } = await madeNode([...voters]);
      await tamper(path, damage);
      const before = await readFile(join(path, 'log.db'));
      await expect(storageIn(path, states, { rejoinEmpty: true }).open({ ...IDENTITY, nodeId })).rejects.toMatchObject({
        code: 'REJOIN_REFUSED',
        message: expect.stringContaining(text) as unknown,
      });
      expect(await mainFiles(path)).toEqual(['log.db', 'state.db']);
      expect(await readFile(join(path, 'log.db'))).toEqual(before);
    }
  });

  it('knows the voters from the log when the state can not be read, and refuses when neither can', async () => {
    const { path } = await madeNode([1]);
    await expect(storageIn(path, new FakeStates(), { rejoinEmpty: true }).open({ ...IDENTITY, nodeId: 4 })).rejects.toMatchObject({
      code: 'REJOIN_REFUSED',
      message: expect.stringContaining('only voter of group 1') as unknown,
    });
    await tamper(path, 'UPDATE meta SET checksum = 0');
    await expect(storageIn(path, new FakeStates(), { rejoinEmpty: true }).open({ ...IDENTITY, nodeId: 4 })).rejects.toMatchObject({
      code: 'REJOIN_REFUSED',
      message: expect.stringContaining('can not be read') as unknown,
    });
  });

  it('the voters of groups that begin together are noted together, each of them, and a change behind that once more', async () => {
    const path = join(await makeFolder(), 'node');
    const storage = storageIn(path, new FakeStates());
    await storage.open(IDENTITY);
    const run = jest.spyOn(SqliteConnection.prototype, 'run');
    const ids = Array.from({ length: 30 }, (_, at) => at + 1);
    await Promise.all(ids.map((groupId) => storage.state.replace(groupId, position(1, 1, [1, groupId + 1]), null as never)));
    await storage.write([write({ entries: [], hardState: new HardState(1, 1, 0) })]);
    await storage.state.replace(7, position(1, 1, [1]), null as never);
    await storage.close();
    const notes = run.mock.calls.filter(([, params]) => params?.includes('voters') === true);
    run.mockRestore();
    expect(notes.length).toBeLessThanOrEqual(3);
    const noted = notes.at(-1)![1]!;
    const voters = JSON.parse(String(noted[noted.indexOf('voters') + 1])) as Record<string, readonly number[]>;
    expect(voters).toEqual(Object.fromEntries(ids.map((groupId) => [groupId, groupId === 7 ? [1] : [1, groupId + 1]])));
  });

  it('helps where bits of the mark flipped: the tables are its own', async () => {
    const { path, states } = await madeNode();
    await tamper(path, 'PRAGMA application_id = 12345');
    const fresh = new FakeStates();
    let asked = 0;
    const make = (options: StateFileOptions): Promise<StateFile> => (asked++ < 1 ? states : fresh).make(options);
    const storage = new SqliteRaftStorage({ path, rejoinEmpty: true }, make);
    open.push(storage);
    await storage.open({ ...IDENTITY, nodeId: 4 });
    expect(await mainFiles(path)).toEqual(['log.db', 'log.db.dropped-1', 'state.db', 'state.db.dropped-1']);
  });

  it('does not help against a lock or a newer format', async () => {
    const { path, states } = await madeNode();
    await tamper(path, 'PRAGMA user_version = 7');
    await expect(storageIn(path, states, { rejoinEmpty: true }).open({ ...IDENTITY, nodeId: 4 })).rejects.toMatchObject({
      code: 'STORAGE_FORMAT',
    });
  });
});

it('the sqlite3 that is linked has what the log relies on', () => {
  expect(Number(sqlite3.VERSION.split('.')[1])).toBeGreaterThanOrEqual(38);
});
