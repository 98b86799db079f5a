/**
 * Storage in two SQLite files in a folder of its own: log.db and state.db (R34). Owns: their order at the start, and what joins them.
 *
 * S1. log.db is locked before state.db is opened, and until everything is closed: a second process gets STORAGE_LOCKED. What is looked at before
 *     are names, and write-ahead logs (K3 of wal-check.ts).
 * S2. The log, owners and positions are read and verified before any row is written: who is refused has changed none (L9), and drops files only by
 *     rejoinEmpty, by renaming them (O2 of file-owner.ts). Rows of a group are verified when it is loaded; by then the incarnation has grown.
 * S3. The incarnation is above every one before it, and durable before open() resolves (R13).
 * S4. The first failure of either file fails both (L7).
 * S5. The libraries are loaded by open(): whoever keeps nothing on disk does not pay for them.
 * S6. A group is destroyed in four steps, each durable before the next: it is noted in log.db, its state goes, its log goes, the note goes (L10). A start that
 *     finds the note goes on with it.
 * Tests: sqlite-storage.spec.ts, ../storage-suite.spec.ts.
 */
import { join } from 'node:path';
import { RaftoralError, invariant } from '../../errors/index.js';
import type { LogStorage } from '../../raft/index.js';
import { NO_BYTES, Snapshot } from '../../raft/types.js';
import type { StatePosition } from '../../state-machine/rows.js';
import { hasContent } from '../group-log.js';
import { fitLogToState } from '../log-fit.js';
import type { LogRow } from '../log-row.js';
import { LoggedGroup } from '../logged-group.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StateStore, StorageIdentity, StorageOwner } from '../storage.js';
import { checkOwner, checkRejoin, distinctVoters, isRejoinable } from './file-owner.js';
import { FileSpool, removeSpools } from './file-spool.js';
import {
  LOG_FILE,
  LOG_WAL_BYTES,
  STATE_FILE,
  checkFiles,
  checkRoom,
  dropFiles,
  nodeFiles,
  prepareFolder,
  putBack,
  syncFolder,
} from './folder.js';
import type { LogContents, LogDatabase, LogMeta } from './log-database.js';
import type { LogFlusher, LogFlusherTuning } from './log-flusher.js';
import { PositionedStates } from './positioned-states.js';
import { storageError } from './sqlite-error.js';
import type { FileOwner, OpenedGroup, StateFile, StateFileOptions } from './state-port.js';
import { StoreFailure } from './store-failure.js';
import { checkWal } from './wal-check.js';

export interface StorageLogger {
  log(level: 'info' | 'warn', text: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface SqliteRaftStorageOptions {
  /** Folder of this node alone; created if it is missing. */
  readonly path: string;
  /** True: files that can not be used are put aside, and the node starts empty, under a new node id. Files that can be used are used. */
  readonly rejoinEmpty?: boolean;
  readonly logger?: StorageLogger;
  readonly tuning?: Partial<LogFlusherTuning>;
}

/** Rows of a log that one statement deletes at the start. */
const DESTROYED_ROWS_MAX = 512;

type StateFileMaker = (options: StateFileOptions) => Promise<StateFile>;

interface OpenFiles {
  readonly failure: StoreFailure;
  readonly log: LogDatabase;
  readonly flusher: LogFlusher;
  readonly state: StateFile;
}

interface Found {
  readonly meta: LogMeta | null;
  readonly contents: LogContents;
  readonly states: ReadonlyMap<number, OpenedGroup>;
}

export class SqliteRaftStorage implements RaftStorage {
  readonly volatile = false;
  readonly state: StateStore;
  private readonly loggedGroups = new Map<number, LoggedGroup>();
  private voters: Record<string, readonly number[]> = {};
  /** They are others than were noted, and will be noted between the next flushes, for all groups at once. */
  private areVotersDue = false;
  /** S6: noted, and not gone yet. */
  private readonly destroying = new Set<number>();
  private files: OpenFiles | null = null;
  private isOpening = false;

  constructor(
    private readonly options: SqliteRaftStorageOptions,
    /** For tests: another state file. */
    private readonly makeStateFile: StateFileMaker = openStateDatabase,
  ) {
    this.state = new PositionedStates(
      () => (this.files === null ? null : { file: this.files.state, failure: this.files.failure }),
      (groupId, position) => this.moved(groupId, position),
    );
  }

  async open(identity: StorageIdentity): Promise<OpenedStorage> {
    const { path, rejoinEmpty } = this.options;
    if (this.isOpening || this.files !== null)
      throw new RaftoralError('STORAGE_FAILED', `${path} is open already; give every node a storage of its own`, {
        details: { file: path },
      });
    this.isOpening = true;
    try {
      try {
        const opened = await this.openFiles(identity);
        if (rejoinEmpty === true)
          this.options.logger?.log('info', `${path}: the files are sound and used as they are; rejoinEmpty did nothing`);
        return opened;
      } catch (error) {
        if (rejoinEmpty !== true || !isRejoinable(error)) throw error;
        await this.dropFiles(identity, error);
        return await this.openFiles(identity);
      }
    } finally {
      this.isOpening = false;
    }
  }

  async owner(): Promise<StorageOwner | null> {
    const { path } = this.options;
    const names = await filesIn(path);
    if (!names.includes(LOG_FILE) && !names.includes(STATE_FILE)) return null;
    const { LogDatabase } = await import('./log-database.js');
    const log = names.includes(LOG_FILE) ? await new LogDatabase(join(path, LOG_FILE)).glance() : null;
    if (log !== null) return log.owner;
    const state = await this.makeStateFile({ file: join(path, STATE_FILE), failure: new StoreFailure() });
    const glanced = names.includes(STATE_FILE) ? await state.glance() : null;
    if (glanced?.owner) return glanced.owner;
    // What is left is a log that was being made when the process ended, or one that is damaged: open() tells them apart, once it is known for whom.
    return null;
  }

  log(groupId: number): LogStorage {
    return this.group(groupId).log;
  }

  write(batch: readonly GroupWrite[]): void | Promise<void> {
    const written = this.use().flusher.write(batch, (groupId) => this.group(groupId));
    if (written !== undefined) for (const { groupId, reset } of batch) if (reset !== null) void this.confirmInstalled(written, groupId);
    return written;
  }

  saveSnapshot(groupId: number): void {
    invariant(false, `group ${groupId}: a whole snapshot for a storage that has a state store`);
  }

  compact(groupId: number, index: number): void | Promise<void> {
    const { failure, flusher } = this.use();
    if (failure.error !== null) return Promise.reject(failure.error);
    flusher.compact(this.group(groupId), index);
  }

  groups(): readonly number[] {
    return [...this.loggedGroups.values()]
      .filter(({ log }) => hasContent(log))
      .map(({ groupId }) => groupId)
      .sort((a, b) => a - b);
  }

  async destroyGroup(groupId: number): Promise<void> {
    const { failure, flusher, log, state } = this.use();
    failure.check();
    const group = this.loggedGroups.get(groupId);
    if (group === undefined) return;
    this.destroying.add(groupId);
    await flusher.perform(() => log.writeMeta({ destroying: [...this.destroying] }));
    await state.destroy(groupId);
    group.abandon();
    await flusher.deleteAll(group);
    this.loggedGroups.delete(groupId);
    this.destroying.delete(groupId);
    this.forgetVoters(groupId);
    await flusher.perform(() => log.writeMeta({ destroying: [...this.destroying], voters: this.voters }));
  }

  spool(groupId: number): SnapshotSpool {
    return new FileSpool(this.options.path, groupId);
  }

  async close(): Promise<void> {
    const { files } = this;
    if (files === null) return;
    this.files = null;
    await files.flusher.idle();
    await closeAll(files.state, files.log, files.failure.error !== null);
    this.loggedGroups.clear();
  }

  // --- the start --------------------------------------------------------------------------------------------------

  private async openFiles(identity: StorageIdentity): Promise<OpenedStorage> {
    const { path } = this.options;
    const failure = new StoreFailure();
    const [{ LogDatabase }, { LogFlusher }] = await Promise.all([import('./log-database.js'), import('./log-flusher.js')]);
    await prepareFolder(path);
    await checkFiles(path);
    const hasState = (await nodeFiles(path)).includes(STATE_FILE);
    await checkWal(join(path, `${LOG_FILE}-wal`), LOG_WAL_BYTES);
    await checkWal(join(path, `${STATE_FILE}-wal`));
    const log = new LogDatabase(join(path, LOG_FILE));
    let state: StateFile | null = null;
    try {
      await log.lock();
      await removeSpools(path);
      await checkRoom(path);
      state = await this.makeStateFile({ file: join(path, STATE_FILE), failure });
      const found = await this.readFiles(log, hasState, state, identity);
      const resets = this.fit(found);
      this.restore(found);
      const incarnation = await this.takeOver(log, identity, found.meta);
      await this.finishDestroying(log, state, found);
      const nextKey = await this.finishInstalls(log, state, resets, found.contents.lastKey + 1);
      await log.settle();
      await log.begin({ deployment: identity.deployment, nodeId: identity.nodeId }, found.meta === null ? 0 : found.meta.generation);
      await syncFolder(path);
      this.files = { failure, log, flusher: new LogFlusher(log, failure, nextKey, this.options.tuning), state };
      return { incarnation };
    } catch (error) {
      this.loggedGroups.clear();
      await closeAll(state, log, true).catch((closing: unknown) =>
        this.options.logger?.log('warn', `${path}: could not be closed: ${String(closing)}`),
      );
      throw storageError(error, { file: path, doing: 'open the files' });
    }
  }

  private async readFiles(log: LogDatabase, hasState: boolean, state: StateFile, identity: StorageIdentity): Promise<Found> {
    const owner: FileOwner = { deployment: identity.deployment, nodeId: identity.nodeId };
    const meta = await log.meta();
    if (meta !== null) {
      checkOwner(log.path, meta.owner, owner);
      await log.checkMark(meta);
    }
    const contents = await log.read();
    if (meta === null && contents.lastKey > 0)
      throw new RaftoralError('STORAGE_DAMAGED', `${log.path}: it has rows, and does not say whose they are`, {
        details: { file: log.path },
      });
    // Asked before there is one: a refusal leaves no new file that hides which is missing.
    if (!hasState) this.fit({ meta, contents, states: new Map() }, true);
    const states = await state.open(owner);
    return { meta, contents, states };
  }

  /** The resets that have to be written, by group. Throws STORAGE_MISMATCH. */
  private fit({ meta, contents, states }: Found, isStateMissing = false): ReadonlyMap<number, LogRow> {
    const { path } = this.options;
    const resets = new Map<number, LogRow>();
    for (const groupId of new Set([...contents.logs.keys(), ...states.keys()])) {
      if (meta?.destroying.includes(groupId) === true) continue;
      const row = fitLogToState({
        groupId,
        log: contents.logs.get(groupId) ?? null,
        state: states.get(groupId) ?? null,
        logFile: join(path, LOG_FILE),
        stateFile: join(path, STATE_FILE),
        isStateMissing,
      });
      if (row !== null) resets.set(groupId, row);
    }
    return resets;
  }

  private restore({ meta, contents, states }: Found): void {
    this.loggedGroups.clear();
    this.voters = {};
    this.areVotersDue = false;
    const isThere = (groupId: number): boolean => meta?.destroying.includes(groupId) !== true;
    for (const [groupId, recovered] of contents.logs)
      if (isThere(groupId)) this.group(groupId).restore(recovered, contents.keys.get(groupId)!);
    for (const [groupId, { position }] of states) if (isThere(groupId)) this.setPosition(groupId, position);
  }

  /** S6: the node ended in the middle. */
  private async finishDestroying(log: LogDatabase, state: StateFile, { meta, contents }: Found): Promise<void> {
    this.destroying.clear();
    if (meta === null || meta.destroying.length === 0) return;
    for (const groupId of meta.destroying) {
      await state.destroy(groupId);
      const keys = contents.keys.get(groupId) ?? [];
      for (let at = 0; at < keys.length; at += DESTROYED_ROWS_MAX) await log.delete(keys.slice(at, at + DESTROYED_ROWS_MAX));
      this.options.logger?.log('info', `group ${groupId}: its deletion, which was interrupted, is finished now`);
    }
    await log.writeMeta({ destroying: [] });
  }

  private forgetVoters(groupId: number): void {
    this.voters = Object.fromEntries(Object.entries(this.voters).filter(([id]) => Number(id) !== groupId));
  }

  /** Makes the files this node's, and the incarnation new. */
  private async takeOver(log: LogDatabase, identity: StorageIdentity, meta: LogMeta | null): Promise<number> {
    const incarnation = meta === null ? identity.incarnation : Math.max(identity.incarnation, meta.incarnation + 1);
    const owner: FileOwner = { deployment: identity.deployment, nodeId: identity.nodeId };
    await log.writeMeta({ owner, incarnation, voters: this.voters });
    return incarnation;
  }

  /** R36: the node ended between the state and the reset of the log. Returns the next free key. */
  private async finishInstalls(log: LogDatabase, state: StateFile, resets: ReadonlyMap<number, LogRow>, firstKey: number): Promise<number> {
    let key = firstKey;
    for (const [groupId, row] of resets) {
      const group = this.group(groupId);
      const stored = group.encode(row);
      await log.insert([key], [stored]);
      group.written(key++, stored);
      group.log.restore({ hardState: row.hardState, baseIndex: row.previousIndex, baseTerm: row.previousTerm, entries: [] });
      await state.confirmInstalled(groupId);
      this.options.logger?.log('info', `group ${groupId}: an interrupted snapshot at ${row.previousIndex} is installed now`);
    }
    return key;
  }

  private async dropFiles(identity: StorageIdentity, cause: RaftoralError): Promise<void> {
    const { path } = this.options;
    const { LogDatabase } = await import('./log-database.js');
    const hasLog = (await nodeFiles(path)).includes(LOG_FILE);
    const meta = hasLog ? await new LogDatabase(join(path, LOG_FILE)).glance() : null;
    const state = await this.makeStateFile({ file: join(path, STATE_FILE), failure: new StoreFailure() });
    checkRejoin({ folder: path, identity, log: meta, state: await state.glance(), cause });
    const suffix = await dropFiles(path);
    this.options.logger?.log('warn', `${path}: the files were put aside as *${suffix}, and the node rejoins empty: ${cause.message}`);
  }

  // --- in between -------------------------------------------------------------------------------------------------

  private group(groupId: number): LoggedGroup {
    let group = this.loggedGroups.get(groupId);
    if (group === undefined) {
      group = new LoggedGroup(groupId);
      this.loggedGroups.set(groupId, group);
    }
    return group;
  }

  private moved(groupId: number, position: StatePosition): void {
    const { files } = this;
    if (!this.setPosition(groupId, position) || files === null || this.areVotersDue) return;
    this.areVotersDue = true;
    files.flusher.between(() => {
      this.areVotersDue = false;
      return files.log.writeMeta({ voters: this.voters });
    });
  }

  /** True if the voters are others than were noted. */
  private setPosition(groupId: number, { index, term, confState }: StatePosition): boolean {
    this.group(groupId).log.saveSnapshot(new Snapshot(index, term, confState, NO_BYTES));
    const voters = distinctVoters(confState);
    if (this.voters[groupId]?.join() === voters.join()) return false;
    this.voters[groupId] = voters;
    return true;
  }

  /** The state file need not remember the install any more, once the log is durably reset. */
  private async confirmInstalled(written: Promise<void>, groupId: number): Promise<void> {
    const { files } = this;
    try {
      await written;
      await files?.state.confirmInstalled(groupId);
    } catch (error) {
      // Whoever wrote has the first; the state file has told the second to the shared failure, and so will every later call.
      files?.failure.set(storageError(error, { file: join(this.options.path, STATE_FILE), doing: 'confirm a snapshot', groupId }));
    }
  }

  private use(): OpenFiles {
    if (this.files === null) throw new RaftoralError('STORAGE_FAILED', `${this.options.path} is not open`);
    return this.files;
  }
}

async function filesIn(path: string): Promise<readonly string[]> {
  try {
    await putBack(path);
    return await nodeFiles(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw storageError(error, { file: join(path, LOG_FILE), doing: 'look into the folder' });
  }
}

async function openStateDatabase(options: StateFileOptions): Promise<StateFile> {
  const { StateDatabase } = await import('./state-database.js');
  return new StateDatabase(options);
}

/** The lock goes last. */
async function closeAll(state: StateFile | null, log: LogDatabase, asItIs: boolean): Promise<void> {
  try {
    await state?.close();
  } finally {
    await log.close(asItIs);
  }
}
