/**
 * Files that must not be believed: in use, of another node, damaged in a row, cut short, of two moments. Each is refused with the code that says
 * so, naming file, group and place, and not a byte of it is changed. Nor may the only copy be dropped (rejoinEmpty, sole voter).
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, openSync, closeSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bootRefusal, countAndClose, settle, sleep, untilReady, type CaseContext, type FaultCase } from './fault-case.js';
import type { VictimOptions } from './protocol.js';
import { Torture } from './torture.js';
import type { Refused, Victim } from './victim-process.js';

const LANES = 16;
const OPEN_RUNS = 20;
/** Few flushes: the log keeps rows that state.db does not have. */
const RARE_FLUSHES = { stateFlushEntriesMax: 3_000, compactionKeepEntries: 100 };

interface Refusal {
  readonly what: string;
  /** Changes the copy of the folder. */
  readonly harm: (folder: string) => Promise<void> | void;
  readonly code: RegExp;
  readonly message?: RegExp;
  readonly options?: Partial<VictimOptions>;
  /** The files that must be as they were; absent: both. */
  readonly names?: readonly string[];
}

const REFUSALS: readonly Refusal[] = [
  ...(['first', 'middle', 'last'] as const).map((place) => ({
    what: `a damaged ${place} row of the log`,
    harm: (folder: string) => damageRow(join(folder, 'log.db'), 'log', place),
    code: /^STORAGE_DAMAGED$/,
    message: /log\.db.*group 1\b.*\d/s,
  })),
  // Runs are read when the files have been taken over: log.db has noted one start more by then.
  ...(['groups', 'workflows', 'requests', 'closed_index'] as const).map((table) => ({
    names: table === 'groups' ? ['log.db', 'state.db'] : ['state.db'],
    what: `a damaged row of ${table}`,
    harm: (folder: string) => damageRow(join(folder, 'state.db'), table, 'middle'),
    code: /^STORAGE_DAMAGED$/,
    message: /state\.db.*group 1\b/s,
  })),
  {
    what: 'a log whose first page is not one',
    harm: (folder) => overwrite(join(folder, 'log.db'), 0, 64),
    code: /^STORAGE_(FORMAT|DAMAGED)$/,
    message: /log\.db/,
  },
  {
    what: 'a state whose first page is not one',
    harm: (folder) => overwrite(join(folder, 'state.db'), 0, 64),
    code: /^STORAGE_(FORMAT|DAMAGED)$/,
    message: /state\.db/,
  },
  { what: 'a log that was cut short', harm: (folder) => halve(join(folder, 'log.db')), code: /^STORAGE_DAMAGED$/, message: /log\.db/ },
  {
    what: 'a state that was cut short',
    harm: (folder) => halve(join(folder, 'state.db')),
    code: /^STORAGE_DAMAGED$/,
    message: /state\.db/,
  },
  { what: 'a state without its log', harm: (folder) => rmSync(join(folder, 'log.db')), code: /^STORAGE_/, message: /log\.db|state\.db/ },
  { what: 'a log without its state', harm: (folder) => rmSync(join(folder, 'state.db')), code: /^STORAGE_/, message: /log\.db|state\.db/ },
  {
    what: 'the files of another node',
    harm: () => undefined,
    code: /^STORAGE_FOREIGN$/,
    message: /\b1\b.*\b2\b|\b2\b.*\b1\b/s,
    options: { nodeId: 2, join: true },
  },
  {
    what: 'rejoinEmpty, damaged, the sole voter under its own id',
    harm: (folder) => damageRow(join(folder, 'log.db'), 'log', 'middle'),
    code: /^REJOIN_REFUSED$/,
    options: { join: true, rejoinEmpty: true },
  },
  {
    what: 'rejoinEmpty, damaged, the sole voter under a new id',
    harm: (folder) => damageRow(join(folder, 'log.db'), 'log', 'middle'),
    code: /^REJOIN_REFUSED$/,
    options: { nodeId: 2, join: true, rejoinEmpty: true },
  },
];

export const refusalCase: FaultCase = {
  name: 'refusal',
  what: 'files in use, damaged, cut short, of another node or moment: refused by name, unchanged',
  async run(context) {
    const { machine, random } = context;
    const storagePath = machine.newFolder('sound');
    const torture = new Torture(context, random, 'refusal');
    const boot = (folder: string, options: Partial<VictimOptions> = {}): Victim =>
      torture.boot({ storagePath: folder, options: { raft: RARE_FLUSHES, ...options } });
    const victim = boot(storagePath);
    await untilReady(victim);
    await leaveOpen(torture, victim);
    const load = torture.load(victim, LANES);
    for (const endMs = performance.now() + 20_000; victim.control.count('syncs', ['state.db-wal']) < 3 && performance.now() < endMs;)
      await sleep(20);
    await secondProcess(context, () => boot(storagePath));
    await load.stop();
    await victim.stop();
    const older = machine.newFolder('older');
    cpSync(storagePath, older, { recursive: true });
    countAndClose(context, victim);

    for (const refusal of REFUSALS) {
      const copy = machine.newFolder('harmed');
      cpSync(storagePath, copy, { recursive: true });
      await refusal.harm(copy);
      await expectRefusal(context, refusal.what, copy, () => boot(copy, refusal.options), refusal);
    }
    await damagedHistory(context, torture, { boot, storagePath });
    await mixedMoments(context, torture, { boot, storagePath, older });
    await settle(context, torture, () => boot(storagePath));
  },
};

/** Runs that wait for a signal which comes at the very end: rows of every table. */
async function leaveOpen(torture: Torture, victim: Victim): Promise<void> {
  for (let run = 0; run < OPEN_RUNS; run++) {
    const record = torture.intend({ steps: 3, padBytes: 100, sleepMs: 0, signals: 1 });
    const { workflowId, requestId, input } = record;
    const { runId } = (await victim.call({ op: 'start', workflowId, requestId, input })) as { readonly runId: string };
    torture.ledger.started(record, runId);
    torture.hold(record);
  }
}

/** Histories are verified when they are read: that one is refused, by name, and all others are what they were. */
async function damagedHistory(
  context: CaseContext,
  torture: Torture,
  { boot, storagePath }: { boot: (folder: string) => Victim; storagePath: string },
): Promise<void> {
  const { machine, report } = context;
  const copy = machine.newFolder('harmed');
  cpSync(storagePath, copy, { recursive: true });
  await damageRow(join(copy, 'state.db'), 'history', 'middle');
  const victim = boot(copy);
  torture.void(victim); // it lives on a copy
  await untilReady(victim);
  const refusals: Refused[] = [];
  report.clean('a damaged row of history: every other history is there', await torture.verify(victim, 'all', refusals), victim.log);
  const isNamed =
    refusals.length > 0 && refusals.every(({ code, message }) => code === 'STORAGE_DAMAGED' && /state\.db.*group 1\b/s.test(message));
  report.check('a damaged row of history is refused, by name', isNamed, `${refusals.length} refused`, String(refusals[0]?.message));
  await victim.kill();
  countAndClose(context, victim);
}

/** The second process is refused, and the first does not notice. */
async function secondProcess(context: CaseContext, boot: () => Victim): Promise<void> {
  const second = boot();
  const refusal = await bootRefusal(second);
  context.report.check('a second process on the same files is refused', refusal?.code === 'STORAGE_LOCKED', String(refusal?.message));
  context.report.check('the message names the file', /log\.db|state\.db/.test(refusal?.message ?? ''), String(refusal?.message));
  countAndClose(context, second);
}

/** One of the two files from an earlier moment, behind which the log was compacted meanwhile. */
async function mixedMoments(
  context: CaseContext,
  torture: Torture,
  { boot, storagePath, older }: { boot: (folder: string) => Victim; storagePath: string; older: string },
): Promise<void> {
  const victim = boot(storagePath);
  await untilReady(victim);
  const load = torture.load(victim, LANES);
  for (const endMs = performance.now() + 30_000; victim.control.count('syncs', ['state.db-wal']) < 6 && performance.now() < endMs;)
    await sleep(20);
  await load.stop();
  await victim.stop();
  countAndClose(context, victim);
  const unfit = /(log|state)\.db.*group 1\b.*\d/s;
  for (const [what, files, message] of [
    ['an older state beside the log', ['state.db'], unfit],
    ['an older log beside the state', ['log.db', 'log.db-mark'], unfit],
    ['an older log beside a newer mark', ['log.db'], /log\.db: .*log\.db-mark/s],
  ] as const) {
    const copy = context.machine.newFolder('mixed');
    cpSync(storagePath, copy, { recursive: true });
    for (const file of files) cpSync(join(older, file), join(copy, file));
    await expectRefusal(context, what, copy, () => boot(copy), { code: /^STORAGE_MISMATCH$/, message });
  }
}

async function expectRefusal(
  context: CaseContext,
  what: string,
  folder: string,
  boot: () => Victim,
  { code, message, names = ['log.db', 'state.db'] }: Pick<Refusal, 'code' | 'message' | 'names'>,
): Promise<void> {
  const { report } = context;
  const before = hashes(folder);
  const victim = boot();
  const refusal = await bootRefusal(victim);
  const said = `${refusal?.code ?? 'it started'}: ${refusal?.message ?? ''}`;
  const isNamed = refusal !== null && code.test(refusal.code) && (message?.test(refusal.message) ?? true);
  report.check(`${what} is refused, by name`, isNamed, `wanted ${String(code)} ${String(message ?? '')}`, said);
  const after = hashes(folder);
  const changed = [...before].filter(([name, hash]) => names.includes(name) && after.get(name) !== hash).map(([name]) => name);
  report.check(`${what}: the files are as they were`, changed.length === 0, `changed: ${changed.join(', ')}`);
  countAndClose(context, victim);
}

/** Of every file that has content; the -shm beside a file is an index that SQLite makes anew, and holds nothing. */
function hashes(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => !name.endsWith('-shm') && statSync(join(folder, name)).size > 0);
  return new Map(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

interface SqliteRow {
  readonly [column: string]: unknown;
}

interface SqliteDatabase {
  all(sql: string, values: readonly unknown[], done: (error: Error | null, rows: SqliteRow[]) => void): void;
  close(done: (error: Error | null) => void): void;
}

/** Flips one bit in the longest blob of one row, through SQLite, so that only the row's own checksum can tell. */
async function damageRow(file: string, table: string, place: 'first' | 'middle' | 'last'): Promise<void> {
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  const { Database } = createRequire(import.meta.url)('sqlite3') as { Database: new (path: string) => SqliteDatabase };
  const database = new Database(file);
  const all = (sql: string, ...values: readonly unknown[]): Promise<SqliteRow[]> =>
    new Promise((resolve, reject) => database.all(sql, values, (error, rows) => (error === null ? resolve(rows) : reject(error))));
  const columns = await all(`SELECT name, type, pk FROM pragma_table_info('${table}')`);
  const rows = await all(`SELECT * FROM "${table}"`);
  if (rows.length === 0) throw new Error(`${table} has no row to damage`);
  const row = rows[place === 'first' ? 0 : place === 'last' ? rows.length - 1 : rows.length >> 1]!;
  const blobs = columns.map(({ name }) => String(name)).filter((name) => Buffer.isBuffer(row[name]) && (row[name] as Buffer).length > 0);
  const longest = blobs.sort((a, b) => (row[b] as Buffer).length - (row[a] as Buffer).length)[0];
  if (longest === undefined) throw new Error(`${table} has no blob to damage`);
  const bytes = Buffer.from(row[longest] as Buffer);
  bytes[bytes.length >> 1]! ^= 0x10;
  const keys = columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name));
  await all(
    `UPDATE "${table}" SET "${longest}" = ? WHERE ${keys.map((key) => `"${key}" = ?`).join(' AND ')}`,
    bytes,
    ...keys.map((key) => row[key]),
  );
  await all('PRAGMA wal_checkpoint(TRUNCATE)');
  await new Promise<void>((resolve, reject) => database.close((error) => (error === null ? resolve() : reject(error))));
}

function overwrite(file: string, at: number, length: number): void {
  const opened = openSync(file, 'r+');
  writeSync(opened, Buffer.alloc(length, 0x5a), 0, length, at);
  closeSync(opened);
}

function halve(file: string): void {
  truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
}
