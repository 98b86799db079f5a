/**
 * Storage of a node on a simulated disk: the port of lib/storage/storage.ts over two simulated databases, with the engine's own rows of the
 * log and its own recovery. What the real store does by SQLite, this one does by virtual time and a faulty disk.
 *
 * G1. One flush at a time, for all groups; while it is in flight the next gathers. A write resolves when its flush is durable.
 * G2. Rows are deleted as a prefix of the sequence of their group, never the newest one (R35).
 * G3. The first failure of either file poisons both (L7).
 * G4. open() raises the incarnation above every one that it has seen, durably (R13).
 * G5. A group is destroyed in four steps, each durable before the next: a note, its state, its log, the note (L10).
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import { NO_BYTES, Snapshot, type Entry } from '../raft/index.js';
import type { StateImage, StatePosition } from '../state-machine/index.js';
import { hasContent, type GroupLog } from '../storage/group-log.js';
import { fitLogToState } from '../storage/log-fit.js';
import { LogRecovery, type RecoveredLog } from '../storage/log-recovery.js';
import { readLogRow, storedRow, type StoredRow } from '../storage/log-row.js';
import { LoggedGroup, type RowToWrite } from '../storage/logged-group.js';
import type { GroupWrite, OpenedStorage, RaftStorage, StorageIdentity, StorageOwner } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import { packRow, SimulatedDatabase, unpackRow, type RowChange } from './simulated-disk-database.js';
import { SimulatedSpool } from './simulated-disk-spool.js';
import { SimulatedStateStore } from './simulated-disk-state.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';

export const LOG_DATABASE = 'log.db';
export const STATE_DATABASE = 'state.db';

/** For tests of the simulator itself: what a storage could do wrong. */
export interface StorageSabotage {
  readonly answersBeforeSync?: boolean;
  /** At a start, the entries of a row do not replace those that stand at their indexes: what was truncated is back. */
  readonly resurrectsTail?: boolean;
  /** A flush of the state is two commits, and the first one says that all of it is there. */
  readonly tearsFlush?: boolean;
}

export interface SimulatedDiskStorageOptions extends StorageSabotage {
  readonly disk: SimulatedDisk;
  readonly process: VirtualNode;
  readonly random: SeededRandom;
  readonly checkpointFrames: number;
  /** The state of a received snapshot is durable, and the log is not reset to it yet (R36). */
  readonly onReplaced?: () => void;
  /** A state is about to be sent to another node. */
  readonly onImage?: (groupId: number, image: StateImage) => Promise<void>;
}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of the log that are deleted with one flush, at most. */
const ROWS_DELETED_MAX = 50;
const CHECKSUM_BYTES = 4;
/** Key of the note of G5. */
const DESTROYING = 'destroying';

export class SimulatedDiskStorage implements RaftStorage {
  readonly volatile = false;
  readonly counts = { logFlushes: 0, rowsDeleted: 0, mergedWrites: 0, finishedInstalls: 0 };
  private readonly loggedGroups = new Map<number, LoggedGroup>();
  private logDatabase: SimulatedDatabase | null = null;
  private stateDatabase: SimulatedDatabase | null = null;
  private stateStore: SimulatedStateStore | null = null;
  private failure: RaftoralError | null = null;
  private pending: Pending[] = [];
  /** G5. */
  private readonly destroying = new Set<number>();
  private isFlushing = false;

  constructor(private readonly options: SimulatedDiskStorageOptions) {}

  get state(): SimulatedStateStore {
    invariant(this.stateStore !== null, 'the storage is not open');
    return this.stateStore;
  }

  /** What it has done, for the summary of a run. */
  get work(): Readonly<Record<string, number>> {
    return { ...this.counts, ...this.stateStore?.counts };
  }

  async owner(): Promise<StorageOwner | null> {
    const { disk, process, random, checkpointFrames } = this.options;
    const log = await SimulatedDatabase.open({ disk, process, random, name: LOG_DATABASE, checkpointFrames });
    const stored = log.table('meta').get('meta');
    return stored === undefined ? null : unpackRow<StorageOwner>('meta', 'meta', stored);
  }

  async open({ deployment, nodeId, incarnation: proposed }: StorageIdentity): Promise<OpenedStorage> {
    const { disk, process, random, checkpointFrames, answersBeforeSync } = this.options;
    const open = (name: string): Promise<SimulatedDatabase> =>
      SimulatedDatabase.open({
        disk,
        process,
        random,
        name,
        checkpointFrames,
        ...(answersBeforeSync === true && name === LOG_DATABASE ? { answersBeforeSync } : {}),
      });
    const log = (this.logDatabase = await open(LOG_DATABASE));
    const state = (this.stateDatabase = await open(STATE_DATABASE));
    const stored = log.table('meta').get('meta');
    const meta = stored === undefined ? null : unpackRow<StorageIdentity>('meta', 'meta', stored);
    if (meta !== null && (meta.nodeId !== nodeId || meta.deployment !== deployment)) {
      throw new RaftoralError('STORAGE_FOREIGN', `${LOG_DATABASE} belongs to node ${meta.nodeId}, not to node ${nodeId}`);
    }
    const incarnation = Math.max(proposed, (meta?.incarnation ?? 0) + 1);
    await log.commit([packRow('meta', 'meta', { deployment, nodeId, incarnation })]);
    this.stateStore = new SimulatedStateStore({
      database: state,
      process,
      random,
      onDurable: (groupId, position) => this.log(groupId).saveSnapshot(snapshotAt(position)),
      onReplaced: this.options.onReplaced,
      onImage: this.options.onImage,
      tearsFlush: this.options.tearsFlush === true,
    });
    await this.recover(log);
    return { incarnation };
  }

  log(groupId: number): GroupLog {
    return this.group(groupId).log;
  }

  write(batch: readonly GroupWrite[]): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    for (const write of batch) this.group(write.groupId).take(write);
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
      if (!this.isFlushing) void this.flushAll();
    });
  }

  /** L5: with a state store, replace() does it. */
  saveSnapshot(groupId: number): void {
    invariant(false, () => `group ${groupId}: a whole snapshot for a storage with a state store`);
  }

  async compact(groupId: number, index: number): Promise<void> {
    this.group(groupId).compact(index);
  }

  groups(): readonly number[] {
    return [...this.loggedGroups.values()]
      .filter(({ log }) => hasContent(log))
      .map(({ groupId }) => groupId)
      .sort((a, b) => a - b);
  }

  async destroyGroup(groupId: number): Promise<void> {
    if (this.failure !== null) throw this.failure;
    if (!this.loggedGroups.has(groupId)) return;
    this.destroying.add(groupId);
    try {
      await this.noteDestroying();
      await this.deleteGroup(groupId);
      this.loggedGroups.delete(groupId);
      this.destroying.delete(groupId);
      await this.noteDestroying();
    } catch (error) {
      this.fail(error as RaftoralError);
      throw this.failure!;
    }
  }

  private noteDestroying(): Promise<void> {
    return this.logDatabase!.commit([packRow('meta', DESTROYING, [...this.destroying])]);
  }

  private async deleteGroup(groupId: number): Promise<void> {
    await this.state.destroy(groupId);
    const log = this.logDatabase!;
    const keys = Array.from(log.table(LOG_TABLE), ({ key }) => key).filter((key) => key.startsWith(`${groupId}/`));
    // In sequence: what a crash leaves is a suffix (R35).
    keys.sort((a, b) => Number(a.split('/')[1]) - Number(b.split('/')[1]));
    for (let at = 0; at < keys.length; at += ROWS_DELETED_MAX)
      await log.commit(keys.slice(at, at + ROWS_DELETED_MAX).map((key) => ({ table: LOG_TABLE, key, value: null })));
  }

  spool(groupId: number): SimulatedSpool {
    const { disk, process, random } = this.options;
    return new SimulatedSpool({ disk, process, random, name: `snapshot-${groupId}.part` });
  }

  async close(): Promise<void> {
    while (this.isFlushing || this.stateStore?.isBusy === true) await new Promise<void>((resolve) => this.options.process.turn(resolve));
  }

  private async flushAll(): Promise<void> {
    this.isFlushing = true;
    while (this.pending.length > 0 && this.failure === null) {
      const flushed = this.pending;
      this.pending = [];
      try {
        await this.flush(flushed);
      } catch (error) {
        this.fail(error as RaftoralError);
        for (const { reject } of flushed) reject(this.failure);
      }
    }
    for (const { reject } of this.pending.splice(0)) reject(this.failure);
    this.isFlushing = false;
  }

  private async flush(flushed: readonly Pending[]): Promise<void> {
    const changes: RowChange[] = [];
    const written: Array<{ readonly group: LoggedGroup; readonly row: RowToWrite }> = [];
    for (const group of this.loggedGroups.values()) {
      for (const sequence of this.takeDeletable(group)) {
        changes.push({ table: LOG_TABLE, key: logKey(group.groupId, sequence), value: null });
        this.counts.rowsDeleted++;
      }
      const row = group.nextRow();
      if (row === null) continue;
      changes.push(changeOf(row));
      written.push({ group, row });
    }
    if (changes.length > 0) {
      this.counts.logFlushes++;
      await this.logDatabase!.commit(changes);
    }
    for (const { group, row } of written) group.written(row.sequence, row);
    if (this.failure !== null) throw this.failure;
    this.counts.mergedWrites += flushed.length - 1;
    for (const { resolve } of flushed) resolve();
  }

  private takeDeletable(group: LoggedGroup): readonly number[] {
    return group.deletableRows === 0 ? [] : group.takeDeletable(ROWS_DELETED_MAX, Infinity);
  }

  private async recover(log: SimulatedDatabase): Promise<void> {
    const stored = storedRows(log);
    const logs = recovered(stored);
    const states = this.state.groups();
    const noted = log.table('meta').get(DESTROYING);
    const destroying = noted === undefined ? [] : unpackRow<number[]>('meta', DESTROYING, noted);
    for (const groupId of destroying) await this.deleteGroup(groupId);
    if (destroying.length > 0) await this.noteDestroying();
    for (const groupId of new Set([...logs.keys(), ...states.keys()])) {
      if (destroying.includes(groupId)) continue;
      const found = states.get(groupId) ?? null;
      const resetRow = fitLogToState({
        groupId,
        log: logs.get(groupId) ?? null,
        state: found,
        logFile: LOG_DATABASE,
        stateFile: STATE_DATABASE,
      });
      let content = logs.get(groupId);
      if (resetRow !== null) {
        this.counts.finishedInstalls++;
        const row = storedRow(groupId, (content?.lastSequence ?? 0) + 1, resetRow);
        await log.commit([changeOf(row)]);
        content = recovered([...stored.filter((other) => other.groupId === groupId), row]).get(groupId)!;
      }
      if (content !== undefined && this.options.resurrectsTail === true) content = untruncated(content, stored);
      const group = this.group(groupId);
      if (found !== null) group.log.saveSnapshot(snapshotAt(found.position));
      if (content !== undefined)
        group.restore(
          content,
          content.rowLastIndexes.map((_, i) => content.firstSequence + i),
        );
    }
  }

  private group(groupId: number): LoggedGroup {
    let group = this.loggedGroups.get(groupId);
    if (group === undefined) this.loggedGroups.set(groupId, (group = new LoggedGroup(groupId)));
    return group;
  }

  /** G3. */
  private fail(error: RaftoralError): void {
    this.failure ??= error;
    this.logDatabase!.poison(this.failure);
    this.stateDatabase!.poison(this.failure);
  }
}

const LOG_TABLE = 'log';

function logKey(groupId: number, sequence: number): string {
  return `${groupId}/${sequence}`;
}

function changeOf({ groupId, sequence, row, checksum }: StoredRow): RowChange {
  const value = Buffer.allocUnsafe(CHECKSUM_BYTES + row.length);
  value.writeUInt32LE(checksum, 0);
  value.set(row, CHECKSUM_BYTES);
  return { table: LOG_TABLE, key: logKey(groupId, sequence), value };
}

/** In sequence. */
function storedRows(log: SimulatedDatabase): StoredRow[] {
  const rows = Array.from(log.table(LOG_TABLE), ({ key, value }): StoredRow => {
    const [groupId, sequence] = key.split('/').map(Number) as [number, number];
    const checksum = Buffer.from(value.buffer, value.byteOffset, CHECKSUM_BYTES).readUInt32LE(0);
    return { groupId, sequence, checksum, row: value.subarray(CHECKSUM_BYTES) };
  });
  return rows.sort((a, b) => a.sequence - b.sequence);
}

function recovered(rows: readonly StoredRow[]): ReadonlyMap<number, RecoveredLog> {
  const recovery = new LogRecovery(LOG_DATABASE);
  for (const row of rows) recovery.take(row);
  return recovery.finish();
}

/** For tests of the simulator. */
function untruncated(content: RecoveredLog, rows: readonly StoredRow[]): RecoveredLog {
  const entries: Entry[] = [];
  for (const row of rows) {
    if (row.groupId !== content.groupId) continue;
    for (const entry of readLogRow(row, LOG_DATABASE).entries) {
      if (entry.index === content.baseIndex + entries.length + 1) entries.push(entry);
    }
  }
  return { ...content, entries };
}

/** Where the state of a group stands; its data is in rows. */
function snapshotAt({ index, term, confState }: StatePosition): Snapshot {
  return new Snapshot(index, term, confState, NO_BYTES);
}
