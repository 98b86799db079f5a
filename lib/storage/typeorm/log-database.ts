/**
 * log.db: the logs of all groups of a node, and whose they are. Owns: the one connection, its lock, the meta rows.
 *
 * B1. The connection takes an exclusive lock before it reads anything, and keeps it until close(). (`locking_mode` before WAL is first touched: then
 *     the index of the WAL is in memory, and there is no second file that others could map.)
 * B2. WAL, synchronous=FULL, set explicitly: one sync per commit. TypeORM's DataSource opens the file for migrations only, and is closed before.
 * B3. Format, owner and every row are verified before anything is changed (L9).
 * B4. What was read may come from a page cache that never got to the disk: settle() writes and syncs it anew before anyone relies on it.
 * B5. A commit that does not lengthen its file is synced in half the time: the WAL has its length from the start. (SQLite takes it for empty, as it
 *     does what an older generation left; no lock is on it that closing it could lose.)
 * B6. After a failure, and after files that were refused, closing writes and syncs nothing: SQLite, which copies the WAL into the file and deletes it
 *     when its last connection closes, does not if the file is not where it was opened. So it is put aside meanwhile, and back.
 * B7. Each generation of the WAL begins with a commit of its number, which the mark repeats (log-mark.ts): a file that is behind its mark is refused.
 * Source: R35, R42; DESIGN §4; B6: `databaseIsUnmoved` of SQLite's pager.c. Tests: sqlite-storage.spec.ts, ../storage-suite.spec.ts.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { LogRecovery, type RecoveredLog } from '../log-recovery.js';
import type { RowToWrite } from '../logged-group.js';
import { LOG_WAL_BYTES, MARK_SUFFIX, aside, isEmptyFile } from './folder.js';
import type { RowFile } from './log-flusher.js';
import { LogMark } from './log-mark.js';
import { APPLICATION_ID, BARE_TABLES, LOG_FORMAT, LOG_TABLES, migrateLog } from './log-schema.js';
import { SqliteConnection, type SqliteStatement, type SqlValue } from './sqlite-connection.js';
import { WRONG_MARK, storageError } from './sqlite-error.js';
import type { FileOwner } from './state-port.js';

/** A statement for each number of rows up to this is kept. */
const KEPT_STATEMENTS_MAX = 32;
const READ_ROWS = 256;
const PAGE_BYTES = 4096;
/** A checkpoint for so many pages of WAL: about every 500 to 1,000 small commits. */
const WAL_CHECKPOINT_PAGES = 1024;
/** Deleted rows of small commits that share a page, about. */
const ROWS_OF_A_PAGE = 8;
const WAL_BYTES_KEPT_MAX = 64 * 1024 * 1024;

/** Voters of each group, outgoing ones included, when they were last written down. */
export type KnownVoters = Readonly<Record<string, readonly number[]>>;

export interface LogMeta {
  readonly owner: FileOwner;
  readonly incarnation: number;
  readonly voters: KnownVoters;
  /** Of the write-ahead log (B7); 0: written by a build that did not count them. */
  readonly generation: number;
  /** Groups whose deletion was begun, and may not have come to its end. */
  readonly destroying: readonly number[];
}

export interface LogContents {
  readonly logs: ReadonlyMap<number, RecoveredLog>;
  /** Of each group's rows, in sequence. */
  readonly keys: ReadonlyMap<number, readonly number[]>;
  /** 0: none. */
  readonly lastKey: number;
}

/** A file without the table is STORAGE_FAILED: whatever it is, it says nothing. */
const UNREADABLE = ['STORAGE_DAMAGED', 'STORAGE_FORMAT', 'STORAGE_FAILED'] as const;

type MetaKey = 'owner' | 'incarnation' | 'voters' | 'generation' | 'destroying';

export class LogDatabase implements RowFile {
  private connection: SqliteConnection | null = null;
  private readonly inserts = new Map<number, SqliteStatement>();
  private remove: SqliteStatement | null = null;
  private isLocked = false;
  /** Written since the last checkpoint, about. */
  private walPages = 0;
  private readonly mark: LogMark;
  /** Of the WAL; whose it is. null: before begin(). */
  private generation: { readonly owner: FileOwner; number: number } | null = null;

  constructor(readonly path: string) {
    this.mark = new LogMark(`${path}${MARK_SUFFIX}`);
  }

  /** Takes the lock, checks format and mark, and makes the tables if there are none. Changes nothing of what it refuses. */
  async lock(): Promise<void> {
    await this.guard('open it', async () => {
      const format = await this.connect();
      if (format === LOG_FORMAT) return;
      await this.close();
      await migrateLog(this.path);
      if ((await this.connect()) !== LOG_FORMAT) throw new RaftoralError('STORAGE_FORMAT', `${this.path}: its tables could not be made`);
    });
  }

  /** null: nobody's yet. */
  async meta(): Promise<LogMeta | null> {
    return this.guard('read whose it is', () => this.readMeta(this.use()));
  }

  /** Instead of lock(): looks, changes no row and nothing of the WAL, and closes again. null: nobody's, or unreadable. Rejects with STORAGE_LOCKED and the like. */
  async glance(): Promise<LogMeta | null> {
    try {
      return await this.guard('read whose it is', async () => {
        // SQLite deletes the WAL of a file without a byte, even when it only reads.
        if (await isEmptyFile(this.path)) return null;
        const connection = await SqliteConnection.open(this.path, { isReadOnly: true });
        try {
          return await this.readMeta(connection);
        } finally {
          await connection.close();
        }
      });
    } catch (error) {
      if (UNREADABLE.some((code) => isRaftoralError(error, code))) return null;
      throw error;
    }
  }

  async writeMeta(values: Partial<Record<MetaKey, unknown>>): Promise<void> {
    const params: SqlValue[] = [];
    for (const [key, value] of Object.entries(values)) {
      const text = JSON.stringify(value);
      params.push(key, text, metaChecksum(key, text));
    }
    await this.guard('write whose it is', () =>
      this.use().run(`INSERT OR REPLACE INTO meta (key, value, checksum) VALUES ${tuples(params.length / 3, 3)}`, params),
    );
  }

  /** Throws STORAGE_MISMATCH if the file is behind its mark (B7). */
  async checkMark({ owner, generation }: LogMeta): Promise<void> {
    const marked = await this.guard('read its mark', () => this.mark.read(owner));
    if (generation >= marked) return;
    const markFile = `${this.path}${MARK_SUFFIX}`;
    throw new RaftoralError(
      'STORAGE_MISMATCH',
      `${this.path}: what its write-ahead log held is missing: it ends at generation ${generation}, and ${markFile} has seen ${marked}; ` +
        `${this.path}-wal was deleted or emptied, or the files are of an earlier moment; nothing was changed: put all files of one moment back, or let the node rejoin empty under a new node id (rejoinEmpty)`,
      { details: { file: this.path, markFile, found: generation, expected: marked } },
    );
  }

  /** After settle(): from here on the file is used, by `owner`. */
  async begin(owner: FileOwner, generationBefore: number): Promise<void> {
    this.generation = { owner, number: generationBefore };
    await this.nextGeneration();
  }

  private async nextGeneration(): Promise<void> {
    const { generation } = this;
    if (generation === null) return;
    generation.number++;
    await this.writeMeta({ generation: generation.number });
    await this.guard('write its mark', () => this.mark.write(generation.owner, generation.number));
  }

  /** Reads and verifies every row, and the pages that they are in. */
  async read(): Promise<LogContents> {
    return this.guard('read the log', async () => {
      const recovery = new LogRecovery(this.path);
      const keys = new Map<number, number[]>();
      const select = await this.use().prepare(
        `SELECT id, group_id, sequence, row, checksum FROM log WHERE id > ? ORDER BY id LIMIT ${READ_ROWS}`,
      );
      let lastKey = 0;
      try {
        for (;;) {
          const rows = await select.all([lastKey]);
          for (const { id, group_id, sequence, row, checksum } of rows) {
            const [groupId, key] = [Number(group_id), Number(id)];
            const bytes = row instanceof Uint8Array ? row : new Uint8Array(0);
            recovery.take({ groupId, sequence: Number(sequence), row: bytes, checksum: Number(checksum) });
            const ofGroup = keys.get(groupId);
            if (ofGroup === undefined) keys.set(groupId, [key]);
            else ofGroup.push(key);
            lastKey = key;
          }
          if (rows.length < READ_ROWS) break;
        }
      } finally {
        await select.finalize();
      }
      await this.checkPages();
      return { logs: recovery.finish(), keys, lastKey };
    });
  }

  /** B4, B5. */
  async settle(): Promise<void> {
    await this.copyWal('TRUNCATE');
    await this.guard('make room for it', async () => {
      const wal = await open(`${this.path}-wal`, 'r+');
      try {
        // One write may stop short where room ends; K4 of wal-check.ts counts on all of it.
        const zeros = Buffer.alloc(LOG_WAL_BYTES);
        for (let at = 0; at < LOG_WAL_BYTES;) at += (await wal.write(zeros, at, LOG_WAL_BYTES - at, at)).bytesWritten;
        await wal.sync();
      } finally {
        await wal.close();
      }
    });
  }

  /** The WAL is begun anew, and keeps its length. */
  async checkpoint(): Promise<void> {
    await this.copyWal('PASSIVE');
    await this.nextGeneration();
  }

  get isCheckpointDue(): boolean {
    return this.walPages >= WAL_CHECKPOINT_PAGES;
  }

  insert(keys: readonly number[], rows: readonly RowToWrite[]): Promise<void> {
    const params: SqlValue[] = [];
    let bytes = 0;
    for (let i = 0; i < rows.length; i++) {
      const { groupId, sequence, row, checksum } = rows[i]!;
      params.push(keys[i]!, groupId, sequence, row, checksum);
      bytes += row.length;
    }
    this.walPages += 1 + Math.ceil(bytes / PAGE_BYTES);
    // Nearly every commit: no promise but the statement's own.
    const statement = this.inserts.get(rows.length);
    return statement === undefined ? this.insertByNewStatement(rows.length, params) : statement.run(params);
  }

  private async insertByNewStatement(rowCount: number, params: readonly SqlValue[]): Promise<void> {
    if (rowCount > KEPT_STATEMENTS_MAX) {
      await this.use().run(insertSql(rowCount), params);
      return;
    }
    const statement = await this.use().prepare(insertSql(rowCount));
    this.inserts.set(rowCount, statement);
    await statement.run(params);
  }

  async delete(keys: readonly number[]): Promise<void> {
    this.walPages += 1 + Math.ceil(keys.length / ROWS_OF_A_PAGE);
    this.remove ??= await this.use().prepare('DELETE FROM log WHERE id IN (SELECT value FROM json_each(?))');
    await this.remove.run([JSON.stringify(keys)]);
  }

  /**
   * Gives up the lock. Also after whatever failed.
   * @param asItIs B6: nothing is written or synced. A file that somebody else has locked, or that is not the engine's, is not put aside.
   */
  async close(asItIs = false): Promise<void> {
    const { connection } = this;
    if (connection === null) return;
    this.connection = null;
    this.generation = null;
    await this.mark.close();
    for (const statement of this.inserts.values()) await statement.finalize();
    this.inserts.clear();
    await this.remove?.finalize();
    this.remove = null;
    if (asItIs && this.isLocked) await aside(this.path, () => connection.close());
    else await connection.close();
    this.isLocked = false;
  }

  /** Connects and returns the format, 0 for a new file. */
  private async connect(): Promise<number> {
    const connection = await SqliteConnection.open(this.path);
    this.connection = connection;
    await connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;');
    const mark = Number(await connection.value('PRAGMA application_id'));
    const format = Number(await connection.value('PRAGMA user_version'));
    if (mark !== APPLICATION_ID) {
      const tables = await connection.all('SELECT name FROM sqlite_master');
      if (mark !== 0 || tables.some(({ name }) => !BARE_TABLES.includes(String(name)) && !String(name).startsWith('sqlite_autoindex')))
        throw this.notMarked(LOG_TABLES.every((table) => tables.some(({ name }) => name === table)));
      return 0;
    }
    this.isLocked = true; // what was read of a file with a WAL is locked (B1)
    if (format !== LOG_FORMAT)
      throw new RaftoralError(
        'STORAGE_FORMAT',
        `${this.path} has format ${format}, this engine reads ${LOG_FORMAT}; start the engine that wrote it`,
        { details: { file: this.path, found: format, expected: LOG_FORMAT } },
      );
    await connection.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${WAL_BYTES_KEPT_MAX};`);
    const mode = await connection.value('PRAGMA journal_mode');
    if (mode !== 'wal')
      throw new RaftoralError('STORAGE_FAILED', `${this.path}: no write-ahead log can be had here (${mode}); use a local disk`);
    return format;
  }

  /** A page that lost its last rows can be read without an error; that the newest rows of a group are missing shows here only. */
  private async checkPages(): Promise<void> {
    const found = await this.use().value('PRAGMA quick_check(1)');
    if (found === 'ok') return;
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `${this.path}: its pages are damaged (${String(found)}); nothing was changed: keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)`,
      { details: { file: this.path } },
    );
  }

  private async copyWal(mode: 'TRUNCATE' | 'PASSIVE'): Promise<void> {
    await this.guard('checkpoint it', async () => {
      const [row] = await this.use().all(`PRAGMA wal_checkpoint(${mode})`);
      if (row?.['busy'] !== 0 || row['log'] !== row['checkpointed'])
        throw new RaftoralError('STORAGE_LOCKED', `${this.path}: another process reads it; stop that one`, {
          details: { file: this.path },
        });
    });
    this.walPages = 0;
  }

  private async readMeta(connection: SqliteConnection): Promise<LogMeta | null> {
    const rows = await connection.all('SELECT key, value, checksum FROM meta');
    const values = new Map<string, unknown>();
    for (const { key, value, checksum } of rows) {
      if (typeof key !== 'string' || typeof value !== 'string' || checksum !== metaChecksum(key, value)) this.damagedMeta(String(key));
      values.set(key, JSON.parse(value));
    }
    if (values.size === 0) return null;
    const [owner, incarnation] = [values.get('owner'), values.get('incarnation')];
    if (owner === undefined || incarnation === undefined) this.damagedMeta(owner === undefined ? 'owner' : 'incarnation');
    return {
      owner: owner as FileOwner,
      incarnation: incarnation as number,
      voters: (values.get('voters') ?? {}) as KnownVoters,
      generation: (values.get('generation') ?? 0) as number,
      destroying: (values.get('destroying') ?? []) as number[],
    };
  }

  private use(): SqliteConnection {
    if (this.connection === null) throw new RaftoralError('STORAGE_FAILED', `${this.path} is closed`);
    return this.connection;
  }

  private async guard<T>(doing: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw storageError(error, { file: this.path, doing });
    }
  }

  private notMarked(hasTables: boolean): RaftoralError {
    const what = hasTables
      ? 'has the tables of this engine and not its mark: its header is damaged; keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)'
      : 'is not a file of this engine; give the node another folder';
    return new RaftoralError('STORAGE_FORMAT', `${this.path} ${what}`, {
      details: { file: this.path, ...(hasTables ? { reason: WRONG_MARK } : {}) },
    });
  }

  private damagedMeta(key: string): never {
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `${this.path}: the meta row "${key}" is missing or does not have its checksum; nothing was changed: keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)`,
      { details: { file: this.path, key } },
    );
  }
}

function tuples(count: number, columns: number): string {
  const tuple = `(${new Array<string>(columns).fill('?').join(',')})`;
  return new Array<string>(count).fill(tuple).join(',');
}

const insertSql = (rows: number): string => `INSERT INTO log (id, group_id, sequence, row, checksum) VALUES ${tuples(rows, 5)}`;
const metaChecksum = (key: string, value: string): number => crc32(value, crc32(`${key}\0`));
