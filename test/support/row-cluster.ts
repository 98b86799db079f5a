/**
 * TestCluster over storages with a state store: nodes that crash and come back on their disks, and a state machine that is stored in rows.
 */
import type { RaftHostTuning } from '../../lib/cluster/index.js';
import type { ConfState } from '../../lib/raft/index.js';
import type {
  ImageSlice,
  RowStateMachine,
  RunRow,
  StateCut,
  StateImage,
  StatePosition,
  StateSource,
  StoredState,
} from '../../lib/state-machine/index.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
import { TestCluster, TextMachine, textOf, type TestNode, type TestNodeOptions } from './raft-cluster.js';
import { MemoryDisk, RowStorage, type RowStorageOptions } from './row-storage.js';

/** A text is a run. A text that begins with 'fetch' must be fetched before it is applied. */
export class RowTextMachine extends TextMachine implements RowStateMachine<string> {
  /** Indexes of all that was applied in this process. */
  readonly applied: number[] = [];
  readonly cuts: number[] = [];
  loadedAt = -1;
  /** Fetches that were not let through yet. */
  readonly fetches: Array<{ readonly texts: readonly string[]; resolve(): void; reject(error: Error): void }> = [];
  private index = 0;
  private cutOpen = false;
  private clean = 0;
  private fetched: string[] = [];
  private installs = 0;

  override apply(index: number, term: number, bytes: Uint8Array): string {
    const text = textOf(bytes);
    if (text.startsWith('fetch') && !this.fetched.includes(text)) throw new Error(`${text} was not fetched`);
    if (!text.startsWith('fetch') && this.fetched.length > 0 && !this.fetched.includes(text)) throw new Error(`${text} overtakes a fetch`);
    this.fetched = this.fetched.filter((other) => other !== text);
    this.applied.push(index);
    this.index = index;
    return super.apply(index, term, bytes);
  }

  override applyMembership(index: number, membership: ConfState): void {
    this.index = Math.max(this.index, index);
    super.applyMembership(index, membership);
  }

  override restore(index: number, bytes: Uint8Array): void {
    if (this.loadedAt >= 0) throw new Error('rows are loaded');
    super.restore(index, bytes);
    this.index = index;
  }

  cut(): StateCut {
    if (this.cutOpen) throw new Error('a cut before the last one was done');
    if (this.installs > 0) throw new Error('a cut while a snapshot is being installed');
    this.cutOpen = true;
    this.cuts.push(this.index);
    const end = this.texts.length;
    let at = this.clean;
    return {
      index: this.index,
      group: Buffer.from(`${end}`),
      requests: [],
      closed: [],
      requestsExpiredMs: 0,
      sweptMs: 0,
      next: (runsMax) => {
        if (at === end) return null;
        const from = at;
        at = Math.min(end, at + runsMax);
        return { runs: this.texts.slice(from, at).map((text, offset) => rowOf(from + offset + 1, text)), history: [] };
      },
      done: () => {
        this.cutOpen = false;
        this.clean = end;
      },
    };
  }

  load(stored: StoredState, _source: StateSource): void {
    this.texts = stored.openRuns.map((row) => Buffer.from(row.head).toString('utf8'));
    if (stored.group.length > 0 && Number(Buffer.from(stored.group).toString()) !== this.texts.length) {
      throw new Error(`${this.texts.length} rows, the group part says ${Buffer.from(stored.group).toString()}`);
    }
    this.clean = this.texts.length;
    this.index = stored.position.index;
    if (this.loadedAt < 0) this.loadedAt = this.index;
    else this.restores++;
    this.cutOpen = false;
    this.fetched = [];
    this.installs = 0;
  }

  prefetch(frames: readonly Uint8Array[]): Promise<void> | null {
    const all = frames.map(textOf);
    const texts = all.filter((text) => text.startsWith('fetch'));
    if (texts.length === 0) return null;
    return new Promise((resolve, reject) => {
      this.fetches.push({
        texts,
        reject,
        resolve: () => {
          this.fetched = all;
          resolve();
        },
      });
    });
  }

  rowsOf(position: StatePosition, bytes: Uint8Array): StateImage {
    const texts = JSON.parse(Buffer.from(bytes).toString('utf8')) as string[];
    this.installs++;
    return imageOf(position, texts);
  }

  expectRows(_position: StatePosition, _group: Uint8Array): void {
    this.installs++;
  }

  async bytesOf(image: StateImage): Promise<Uint8Array> {
    const texts: string[] = [];
    for (let slice = await image.next(); slice !== null; slice = await image.next()) {
      for (const row of slice.runs) texts.push(Buffer.from(row.head).toString('utf8'));
    }
    await image.close();
    return Buffer.from(JSON.stringify(texts), 'utf8');
  }
}

function imageOf(position: StatePosition, texts: readonly string[]): StateImage {
  let next = 0;
  return {
    position,
    group: Buffer.from(`${texts.length}`),
    runCount: texts.length,
    bytesAbout: 0,
    next: async (): Promise<ImageSlice | null> => {
      if (next === texts.length) return null;
      const at = next++;
      return { runs: [rowOf(at + 1, texts[at]!)], history: [], requests: [], closed: [] };
    },
    again: () => imageOf(position, texts),
    close: async () => undefined,
  };
}

function rowOf(order: number, text: string): RunRow {
  return {
    order,
    runId: `${order}`,
    workflowId: `${order}`,
    name: 'text',
    version: 1,
    status: 'running',
    owner: 0,
    startedMs: 1,
    closedMs: 0,
    events: 0,
    head: Buffer.from(text, 'utf8'),
    timers: [],
  };
}

export interface RowNodeOptions extends Omit<TestNodeOptions, 'storage' | 'onTime' | 'tuning'>, Omit<RowStorageOptions, 'disk' | 'time'> {
  readonly tuning?: Partial<RaftHostTuning>;
  /** A state machine without rows. */
  readonly isPlain?: boolean;
  readonly onStorage?: (storage: RowStorage) => void;
}

export class RowCluster {
  readonly cluster: TestCluster;
  readonly disks = new Map<number, MemoryDisk>();
  readonly storages = new Map<number, RowStorage>();
  /** Clock of the node that was added last, as soon as it has one. */
  lastTime: VirtualNode | null = null;

  constructor(private readonly options: RowNodeOptions = {}) {
    this.cluster = new TestCluster();
  }

  static async start(ids: readonly number[], options: RowNodeOptions = {}): Promise<RowCluster> {
    const rows = new RowCluster({ members: ids, ...options });
    for (const id of ids) await rows.add(id);
    return rows;
  }

  get time(): TestCluster['time'] {
    return this.cluster.time;
  }

  disk(id: number): MemoryDisk {
    let disk = this.disks.get(id);
    if (disk === undefined) this.disks.set(id, (disk = new MemoryDisk()));
    return disk;
  }

  storage(id: number): RowStorage {
    return this.storages.get(id)!;
  }

  machine(id: number): RowTextMachine {
    return this.cluster.node(id).machine as RowTextMachine;
  }

  /** Starts a node on its disk, for the first time or again. */
  add(id: number, more: RowNodeOptions = {}): Promise<TestNode> {
    return this.cluster.settled(this.open(id, more));
  }

  /** The same, while time is moved by somebody else. */
  open(id: number, more: RowNodeOptions = {}): Promise<TestNode> {
    const options = { ...this.options, ...more };
    let time: VirtualNode | null = null;
    const storage = new RowStorage({ ...options, disk: this.disk(id), time: () => time! });
    this.storages.set(id, storage);
    options.onStorage?.(storage);
    const onTime = (made: VirtualNode): VirtualNode => (this.lastTime = time = made);
    const machine = options.machine ?? ((): TextMachine => (options.isPlain === true ? new TextMachine() : new RowTextMachine()));
    return this.cluster.add(id, { ...options, storage, onTime, machine });
  }

  crash(id: number): void {
    this.cluster.crash(id);
  }

  async restart(id: number, more: RowNodeOptions = {}): Promise<TestNode> {
    if (this.cluster.node(id).time.alive) this.crash(id);
    return this.add(id, more);
  }
}
