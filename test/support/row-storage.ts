/**
 * A storage with a state store, in memory: the disk outlives the process that uses it. What takes effect does so when its time is over, in order,
 * and only while the process lives; every step can be watched, held, and made to fail.
 */
import { RaftoralError } from '../../lib/errors/index.js';
import { HardState, NO_BYTES, Snapshot } from '../../lib/raft/index.js';
import type { RunRow, StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../lib/state-machine/index.js';
import { GroupLog, hasContent } from '../../lib/storage/group-log.js';
import { MemorySpool } from '../../lib/storage/memory-spool.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StateStore, StorageIdentity } from '../../lib/storage/storage.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';

interface DiskState {
  readonly position: StatePosition;
  readonly group: Uint8Array;
  readonly runs: readonly RunRow[];
}

export class MemoryDisk {
  incarnation = 0;
  readonly logs = new Map<number, GroupLog>();
  readonly states = new Map<number, DiskState>();
  /** Every step that took effect: 'write 1 4-6', 'reset 1 9', 'flush 1 9', 'replace 1 9', 'compact 1 4', 'image 1 9'. */
  readonly steps: string[] = [];

  log(groupId: number): GroupLog {
    let log = this.logs.get(groupId);
    if (log === undefined) this.logs.set(groupId, (log = new GroupLog(groupId)));
    return log;
  }

  stepsOf(name: string): string[] {
    return this.steps.filter((step) => step.startsWith(`${name} `));
  }
}

export interface RowStorageOptions {
  readonly disk: MemoryDisk;
  readonly time: () => VirtualNode;
  readonly writeMs?: number;
  readonly flushMs?: number;
  /** One run of an image that is read. */
  readonly readMs?: number;
}

export class RowStorage implements RaftStorage {
  readonly volatile = false;
  readonly state: StateStore;
  /** The next step of this name fails, and everything after it. */
  failing: { readonly name: string; readonly error: Error } | null = null;
  /** Called when a step begins ('begin …') and when it has taken effect ('done …'). */
  watch: ((step: string) => void) | null = null;
  flushesInFlight = 0;
  /** Those that were not discarded. */
  readonly spools = new Set<MemorySpool>();
  private readonly riding = new Map<number, HardState>();
  private poison: Error | null = null;
  private readonly held = new Map<string, Promise<void>>();
  private writes: Promise<unknown> = Promise.resolve();
  private changes: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RowStorageOptions) {
    this.state = {
      load: (groupId) => this.load(groupId),
      source: () => NO_SOURCE,
      flush: (groupId, position, cut) => this.flush(groupId, position, cut),
      replace: (groupId, position, image) => this.replace(groupId, position, image),
      image: (groupId) => this.image(groupId),
    };
  }

  /** Steps of this name wait until the answer is called. */
  hold(name: string): () => void {
    let release: () => void = () => undefined;
    this.held.set(name, new Promise((resolve) => (release = resolve)));
    return () => {
      this.held.delete(name);
      release();
    };
  }

  async open(identity: StorageIdentity): Promise<OpenedStorage> {
    const { disk } = this.options;
    disk.incarnation = Math.max(identity.incarnation, disk.incarnation + 1);
    // An install that was interrupted between state and log is finished.
    for (const [groupId, { position }] of disk.states) {
      const log = disk.log(groupId);
      if (log.term(position.index) === position.term && log.firstIndex() - 1 <= position.index) continue;
      const { term, vote } = log.initialState().hardState;
      log.take({ groupId, hardState: new HardState(term, vote, position.index), entries: [], reset: snapshotOf(position), mustSync: true });
    }
    return { incarnation: disk.incarnation };
  }

  log(groupId: number): GroupLog {
    return this.options.disk.log(groupId);
  }

  write(batch: readonly GroupWrite[]): Promise<void> {
    const names = batch.map(({ groupId, entries, reset }) => {
      if (reset !== null) return `reset ${groupId} ${reset.index}`;
      return `write ${groupId} ${entries.length === 0 ? '-' : `${entries[0]!.index}-${entries.at(-1)!.index}`}`;
    });
    // They overlap, and take effect in order.
    const before = this.writes;
    const written = this.step(names, this.options.writeMs ?? 0, before, () => {
      for (const write of batch) this.takeWritten(write);
    });
    this.writes = written.catch(() => undefined);
    return written;
  }

  /** What needs no sync rides with what comes next, or is not there after a crash. */
  private takeWritten(write: GroupWrite): void {
    const { groupId, hardState, mustSync } = write;
    const riding = hardState ?? this.riding.get(groupId) ?? null;
    if (mustSync) {
      this.log(groupId).take({ ...write, hardState: riding });
      this.riding.delete(groupId);
    } else if (riding !== null) this.riding.set(groupId, riding);
  }

  saveSnapshot(): never {
    throw new Error('a storage with a state store saves no whole snapshots');
  }

  groups(): readonly number[] {
    return [...this.options.disk.logs.values()]
      .filter(hasContent)
      .map(({ groupId }) => groupId)
      .sort((a, b) => a - b);
  }

  /** In one step. */
  destroyGroup(groupId: number): Promise<void> {
    return this.change(`destroy ${groupId} -`, async () => () => {
      this.options.disk.states.delete(groupId);
      this.options.disk.logs.delete(groupId);
    });
  }

  async compact(groupId: number, index: number): Promise<void> {
    if (this.poison !== null) throw this.poison;
    this.log(groupId).compact(index);
    this.options.disk.steps.push(`compact ${groupId} ${index}`);
  }

  /** Steps 'spool 1' and 'spooled 1', each with what is appended and read. */
  spool(groupId: number): SnapshotSpool {
    const inner = new MemorySpool();
    this.spools.add(inner);
    return {
      append: async (bytes) => {
        await this.spoolStep(`spool ${groupId}`);
        await inner.append(bytes);
      },
      read: async (offset, length) => {
        await this.spoolStep(`spooled ${groupId}`);
        return inner.read(offset, length);
      },
      discard: async () => {
        this.spools.delete(inner);
        await inner.discard();
      },
    };
  }

  /** A failure of a spool is not one of the storage. */
  private async spoolStep(name: string): Promise<void> {
    this.watch?.(`begin ${name}`);
    const kind = name.slice(0, name.indexOf(' '));
    await this.held.get(kind);
    if (this.failing?.name === kind) throw this.failing.error;
    if (!this.options.time().alive) return new Promise(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all([this.writes, this.changes]);
  }

  private async load(groupId: number): Promise<StoredState | null> {
    const stored = this.options.disk.states.get(groupId);
    if (stored === undefined) return null;
    const { position, group, runs } = stored;
    return { position, group, requests: [], closed: [], openRuns: runs, lastOrder: runs.at(-1)?.order ?? 0 };
  }

  private flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void> {
    if (cut.index !== position.index) throw new Error(`group ${groupId}: a cut at ${cut.index} is flushed at ${position.index}`);
    return this.change(`flush ${groupId} ${position.index}`, async () => {
      const changed: RunRow[] = [];
      this.flushesInFlight++;
      for (let slice = cut.next(2); slice !== null; slice = cut.next(2)) {
        if (slice.runs.length > 2) throw new Error(`a slice of ${slice.runs.length} runs`);
        changed.push(...slice.runs);
        await this.pass(1);
      }
      this.flushesInFlight--;
      return () => {
        const before = this.options.disk.states.get(groupId);
        const rows = new Map((before?.runs ?? []).map((row) => [row.order, row]));
        for (const row of changed) rows.set(row.order, row);
        this.put(groupId, { position, group: cut.group, runs: [...rows.values()] });
        cut.done();
      };
    });
  }

  private replace(groupId: number, position: StatePosition, image: StateImage): Promise<void> {
    return this.change(`replace ${groupId} ${position.index}`, async () => {
      const runs: RunRow[] = [];
      for (let slice = await image.next(); slice !== null; slice = await image.next()) runs.push(...slice.runs);
      await image.close();
      return () => this.put(groupId, { position, group: image.group, runs });
    });
  }

  private async image(groupId: number): Promise<StateImage> {
    if (this.poison !== null) throw this.poison;
    const stored = this.options.disk.states.get(groupId);
    if (stored === undefined) throw new RaftoralError('STORAGE_DAMAGED', `group ${groupId} has no state`);
    const { position, group, runs } = stored;
    await this.check(`image ${groupId} ${position.index}`);
    this.options.disk.steps.push(`image ${groupId} ${position.index}`);
    const read = (): StateImage => {
      let next = 0;
      return {
        position,
        group,
        runCount: runs.length,
        bytesAbout: runs.reduce((sum, { head }) => sum + head.length, 0),
        next: async () => {
          await this.pass(this.options.readMs ?? 0);
          await this.check(`slice ${groupId} ${position.index}`);
          return next < runs.length ? { runs: [runs[next++]!], history: [], requests: [], closed: [] } : null;
        },
        again: read,
        close: async () => undefined,
      };
    };
    return read();
  }

  private put(groupId: number, state: DiskState): void {
    this.options.disk.states.set(groupId, state);
    this.log(groupId).saveSnapshot(snapshotOf(state.position));
  }

  /** One writer: in the order of the calls. */
  private change(name: string, prepare: () => Promise<() => void>): Promise<void> {
    const changed = this.changes.then(async () => {
      let commit: () => void = () => undefined;
      await this.step(
        [name],
        this.options.flushMs ?? 0,
        prepare().then((made) => (commit = made)),
        () => commit(),
      );
    });
    this.changes = changed.catch(() => undefined);
    return changed;
  }

  private async step(names: readonly string[], ms: number, before: Promise<unknown>, effect: () => void): Promise<void> {
    for (const name of names) this.watch?.(`begin ${name}`);
    await this.pass(ms);
    await before;
    for (const name of names) await this.check(name);
    if (!this.options.time().alive) return new Promise(() => undefined);
    effect();
    this.options.disk.steps.push(...names);
    for (const name of names) this.watch?.(`done ${name}`);
  }

  private async check(name: string): Promise<void> {
    const kind = name.slice(0, name.indexOf(' '));
    await this.held.get(kind);
    if (this.failing?.name === kind) this.poison = this.failing.error;
    if (this.poison !== null) throw this.poison;
  }

  private pass(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => this.options.time().setTimer(ms, resolve));
  }
}

const NO_SOURCE: StateSource = {
  history: () => Promise.reject(new Error('no history is kept')),
  closedRuns: () => Promise.reject(new Error('no closed runs are kept')),
  list: () => Promise.reject(new Error('no list is kept')),
};

function snapshotOf({ index, term, confState }: StatePosition): Snapshot {
  return new Snapshot(index, term, confState, NO_BYTES);
}
