/**
 * Storage of a node on a simulated disk: the port of lib/storage/storage.ts over two simulated databases, with the engine's own rows of the
 * log and its own recovery. What the real store does by SQLite, this one does by virtual time and a faulty disk.
 *
 * G1. One flush at a time, for all groups; while it is in flight the next gathers. A write resolves when its flush is durable.
 * G2. Rows are deleted as a prefix of the sequence of their group, never the newest one (R35).
 * G3. The first failure of either file poisons both (L7).
 * G4. open() raises the incarnation above every one that it has seen, durably (R13).
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import { RaftoralError } from '../errors/index.js';
import { HardState, NO_BYTES, Snapshot, type ConfState, type Entry } from '../raft/index.js';
import type { RowStateMachine, StatePosition } from '../state-machine/index.js';
import { MemoryGroupLog } from '../storage/memory.js';
import type { GroupWrite, OpenedStorage, RaftStorage, StorageIdentity } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import { packRow, SimulatedDatabase, unpackRow, type RowChange } from './simulated-disk-database.js';
import { decodeLogRow, encodeLogRow, recoverLog, type RecoveredLog } from './simulated-disk-log.js';
import { SimulatedStateStore } from './simulated-disk-state.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';

export const LOG_DATABASE = 'log.db';
export const STATE_DATABASE = 'state.db';

/** For tests of the simulator itself: what a storage could do wrong. */
export interface StorageSabotage {
  readonly answersBeforeSync?: boolean;
  /** Deletes rows of the log that truncate, before those that they truncate. */
  readonly resurrectsTail?: boolean;
  /** A flush of the state is two commits. */
  readonly tearsFlush?: boolean;
  readonly wholeSnapshots?: boolean;
}

export interface SimulatedDiskStorageOptions extends StorageSabotage {
  readonly disk: SimulatedDisk;
  readonly process: VirtualNode;
  readonly random: SeededRandom;
  readonly checkpointFrames: number;
}

interface LogFile {
  readonly log: MemoryGroupLog;
  /** Of the next row. */
  sequence: number;
  hardState: HardState;
  /** Rows that stand in the file, ascending, with their last index. */
  rows: Array<{ readonly sequence: number; readonly lastIndex: number }>;
}

interface Pending {
  readonly batch: readonly GroupWrite[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class SimulatedDiskStorage implements RaftStorage {
  readonly volatile = false;
  readonly counts = { logFlushes: 0, rowsDeleted: 0, mergedWrites: 0 };
  private readonly files = new Map<number, LogFile>();
  private logDatabase: SimulatedDatabase | null = null;
  private stateDatabase: SimulatedDatabase | null = null;
  private stateStore: SimulatedStateStore | null = null;
  private failure: RaftoralError | null = null;
  private pending: Pending[] = [];
  private deletions: RowChange[] = [];
  private isFlushing = false;

  constructor(private readonly options: SimulatedDiskStorageOptions) {}

  get state(): SimulatedStateStore | null {
    return this.options.wholeSnapshots === true ? null : this.stateStore;
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
      onDurable: (groupId, position) => this.file(groupId).log.saveSnapshot(snapshotAt(position)),
      tearsFlush: this.options.tearsFlush === true,
    });
    this.recover(log, state);
    return { incarnation };
  }

  log(groupId: number): MemoryGroupLog {
    return this.file(groupId).log;
  }

  write(batch: readonly GroupWrite[]): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.pending.push({ batch, resolve, reject });
      if (!this.isFlushing) void this.flushAll();
    });
  }

  async saveSnapshot(groupId: number, snapshot: Snapshot): Promise<void> {
    const { index, term, confState, data } = snapshot;
    await this.stateDatabase!.commit([packRow('snapshots', `${groupId}`, { index, term, confState, data })]);
    this.file(groupId).log.saveSnapshot(snapshot);
  }

  async compact(groupId: number, index: number): Promise<void> {
    const file = this.file(groupId);
    file.log.compact(index);
    while (file.rows.length > 1 && file.rows[0]!.lastIndex <= index) {
      const { sequence } = file.rows.shift()!;
      this.deletions.push({ table: `log/${groupId}`, key: `${sequence}`, value: null });
      this.counts.rowsDeleted++;
    }
  }

  async close(): Promise<void> {
    while (this.isFlushing || this.stateStore?.isBusy === true) await new Promise<void>((resolve) => this.options.process.turn(resolve));
  }

  /** The bytes of a snapshot of all that was applied, by way of the disk. For the end of a run: nothing else is to be applied or flushed meanwhile. */
  async finalSnapshot(groupId: number, confState: ConfState, machine: RowStateMachine): Promise<Uint8Array> {
    const state = this.stateStore!;
    while (state.isBusy) await new Promise<void>((resolve) => this.options.process.turn(resolve));
    const cut = machine.cut();
    await state.flush(groupId, { index: cut.index, term: 0, confState }, cut);
    return machine.bytesOf(await state.image(groupId));
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
    const changes = this.deletions.splice(0);
    for (const [groupId, writes] of writesByGroup(flushed)) {
      const row = this.rowOf(groupId, writes);
      if (row !== null) changes.push(row);
    }
    if (changes.length > 0) {
      this.counts.logFlushes++;
      await this.logDatabase!.commit(changes);
    }
    if (this.failure !== null) throw this.failure;
    for (const { batch, resolve } of flushed) {
      for (const write of batch) this.file(write.groupId).log.take(write);
      resolve();
    }
  }

  /** All writes of a flush for one group, as one row. */
  private rowOf(groupId: number, writes: readonly GroupWrite[]): RowChange | null {
    const file = this.file(groupId);
    const { log } = file;
    let previousIndex = log.lastIndex();
    let previousTerm = log.term(previousIndex);
    let isReset = false;
    let entries: Entry[] = [];
    let mustSync = false;
    for (const write of writes) {
      if (write.hardState !== null) file.hardState = write.hardState;
      mustSync ||= write.mustSync || write.entries.length > 0 || write.reset !== null;
      if (write.reset !== null) {
        isReset = true;
        entries = [];
        previousIndex = write.reset.index;
        previousTerm = write.reset.term;
      }
      if (write.entries.length === 0) continue;
      const first = write.entries[0]!.index;
      if (entries.length > 0 && first > entries[0]!.index) entries = entries.filter((entry) => entry.index < first);
      else {
        entries = [];
        if (!isReset || first > previousIndex + 1) previousTerm = first - 1 === previousIndex ? previousTerm : log.term(first - 1);
        previousIndex = first - 1;
      }
      entries.push(...write.entries);
    }
    if (!mustSync) return null;
    this.counts.mergedWrites += writes.length - 1;
    const sequence = file.sequence++;
    file.rows.push({ sequence, lastIndex: entries.at(-1)?.index ?? previousIndex });
    const value = encodeLogRow(groupId, sequence, { hardState: file.hardState, previousIndex, previousTerm, isReset, entries });
    return { table: `log/${groupId}`, key: `${sequence}`, value };
  }

  private recover(log: SimulatedDatabase, state: SimulatedDatabase): void {
    for (const [key, bytes] of state.table('snapshots')) {
      const { index, term, confState, data } = unpackRow<Snapshot>('snapshots', key, bytes);
      this.file(Number(key)).log.saveSnapshot(new Snapshot(index, term, confState, data));
    }
    for (const [groupId, { position }] of this.stateStore!.groups()) this.file(groupId).log.saveSnapshot(snapshotAt(position));
    for (const name of log.tableNames) {
      if (!name.startsWith('log/')) continue;
      const groupId = Number(name.slice(4));
      const rows = [...log.table(name)]
        .map(([key, bytes]) => ({ sequence: Number(key), row: decodeLogRow(groupId, Number(key), bytes) }))
        .sort((a, b) => a.sequence - b.sequence);
      if (rows.length === 0) continue;
      const recovered = recoverLog(groupId, rows);
      const file = this.file(groupId);
      const latest = file.log.snapshot();
      restoreInto(file.log, recovered, latest);
      file.hardState = recovered.hardState;
      file.sequence = rows.at(-1)!.sequence + 1;
      file.rows = [...recovered.lastIndexes];
    }
  }

  private file(groupId: number): LogFile {
    let file = this.files.get(groupId);
    if (file === undefined) {
      file = { log: new MemoryGroupLog(groupId), sequence: 1, hardState: new HardState(0, 0, 0), rows: [] };
      this.files.set(groupId, file);
    }
    return file;
  }

  /** G3. */
  private fail(error: RaftoralError): void {
    this.failure ??= error;
    this.logDatabase!.poison(this.failure);
    this.stateDatabase!.poison(this.failure);
  }
}

function writesByGroup(flushed: readonly Pending[]): Map<number, GroupWrite[]> {
  const byGroup = new Map<number, GroupWrite[]>();
  for (const { batch } of flushed) {
    for (const write of batch) {
      const writes = byGroup.get(write.groupId);
      if (writes === undefined) byGroup.set(write.groupId, [write]);
      else writes.push(write);
    }
  }
  return byGroup;
}

/** Where the state of a group stands; its data is in rows. */
function snapshotAt({ index, term, confState }: StatePosition): Snapshot {
  return new Snapshot(index, term, confState, NO_BYTES);
}

function restoreInto(log: MemoryGroupLog, { base, baseTerm, entries, hardState }: RecoveredLog, latest: Snapshot | null): void {
  if (base > 0) {
    const marker = new Snapshot(base, baseTerm, latest!.confState, NO_BYTES);
    Reflect.set(log, 'latest', marker);
    log.take({ groupId: 0, hardState, entries: [], reset: marker, mustSync: true });
  }
  log.take({ groupId: 0, hardState, entries, reset: null, mustSync: true });
  Reflect.set(log, 'latest', latest);
}
