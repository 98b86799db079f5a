/**
 * A disk with faults, in virtual time. Owns: the files of one machine, what of them would survive a power cut, and the count of every fault.
 *
 * D1. A write reaches the page cache, at once. What a sync has reported stands on the platter; of the rest, a power cut keeps an arbitrary
 *     part: a prefix in the order of writing, or any subset, in units of `tearBytes`. The death of a process alone loses nothing.
 * D2. A sync that fails leaves its pages clean in the cache, on the platter or not: the next sync succeeds and does not write them again.
 * D3. A full disk takes a part of a write, and refuses the rest. Space that was taken stays taken.
 * D4. Everything that happens follows from the seed: one random stream, drawn in the order of the calls.
 * Source: sqlite.org/atomiccommit.html §2–3; Rebello et al., Can Applications Recover from fsync Failures? (2020). Tests: simulated-disk.spec.ts.
 */
import type { SeededRandom } from './seeded-random.js';
import type { TraceHash } from './trace-hash.js';
import type { VirtualNode, VirtualTime } from './virtual-time.js';

export const SECTOR_BYTES = 512;

export interface DiskProfile {
  /** Virtual ms that a sync takes: between these two, mostly near the lower one. */
  readonly syncMsMin: number;
  readonly syncMsMax: number;
  /** Chance that a sync takes up to `slowSyncMsMax`. */
  readonly slowSyncRate: number;
  readonly slowSyncMsMax: number;
  /** What a power cut keeps or loses as a whole, where the write was aligned to it. */
  readonly tearBytes: 512 | 4096;
}

export const CALM_DISK: DiskProfile = { syncMsMin: 0.1, syncMsMax: 0.5, slowSyncRate: 0, slowSyncMsMax: 0, tearBytes: 512 };

export interface DiskFaultCounts {
  syncs: number;
  slowSyncs: number;
  failedSyncs: number;
  /** Writes that found the disk full. */
  fullWrites: number;
  powerCuts: number;
  /** Power cuts that lost something, and those that kept one part of a file's unsynced writes and lost another. */
  lossyCuts: number;
  tornCuts: number;
  flippedBits: number;
}

export interface SimulatedDiskOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  /** Default CALM_DISK. */
  readonly profile?: DiskProfile;
  /** Gets every sync with its virtual time. */
  readonly trace?: TraceHash;
}

/** What the system call would have answered. */
export class DiskError extends Error {
  constructor(
    readonly code: 'ENOSPC' | 'EIO',
    readonly file: string,
  ) {
    super(`${code}: ${code === 'ENOSPC' ? 'no space left on device' : 'input/output error'}, '${file}'`);
  }
}

export class SimulatedDisk {
  readonly counts: DiskFaultCounts = {
    syncs: 0,
    slowSyncs: 0,
    failedSyncs: 0,
    fullWrites: 0,
    powerCuts: 0,
    lossyCuts: 0,
    tornCuts: 0,
    flippedBits: 0,
  };
  profile: DiskProfile;
  /** `growth`: files can't grow; `any`: no write succeeds (a file system that copies on write). */
  full: 'no' | 'growth' | 'any' = 'no';
  /** Called once, when the next sync begins, with the virtual ms that it takes: whoever wants to strike while something is at stake. */
  onNextSync: ((ms: number) => void) | null = null;
  private readonly files = new Map<string, SimulatedFile>();
  private syncsToFail = 0;
  private writes = 0;

  constructor(private readonly options: SimulatedDiskOptions) {
    this.profile = options.profile ?? CALM_DISK;
  }

  get fileNames(): readonly string[] {
    return [...this.files.keys()];
  }

  /** Creates it, if it is not there. */
  file(name: string): SimulatedFile {
    let file = this.files.get(name);
    if (file === undefined) this.files.set(name, (file = new SimulatedFile(name, this)));
    return file;
  }

  /** The next sync of any file fails; those after it succeed. */
  failNextSync(): void {
    this.syncsToFail = 1;
  }

  /** Ends what is armed, and makes room. */
  heal(profile: DiskProfile): void {
    this.syncsToFail = 0;
    this.onNextSync = null;
    this.full = 'no';
    this.profile = profile;
  }

  cutPower(): void {
    const { random } = this.options;
    this.counts.powerCuts++;
    let hasLost = false;
    let isTorn = false;
    for (const file of this.files.values()) {
      const { kept, lost } = file.cutPower(random, this.profile.tearBytes);
      if (lost > 0) hasLost = true;
      if (lost > 0 && kept > 0) isTorn = true;
    }
    if (hasLost) this.counts.lossyCuts++;
    if (isTorn) this.counts.tornCuts++;
  }

  /** Bit rot: in the cache and on the platter. */
  flipBit(name: string, offset: number, bit: number): void {
    this.files.get(name)!.flipBit(offset, bit);
    this.counts.flippedBits++;
  }

  /** Called by its files only. */
  nextWrite(): number {
    return ++this.writes;
  }

  /** Resolves or rejects in the process that asked; never, if that died before, or had no power. */
  sync(file: SimulatedFile, process: VirtualNode): Promise<void> {
    const { random, time, trace } = this.options;
    const pages = file.dirtyPages();
    const cuts = this.counts.powerCuts;
    const delayMs = this.drawDelay(random);
    this.counts.syncs++;
    const told = this.onNextSync;
    this.onNextSync = null;
    told?.(delayMs);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (this.counts.powerCuts !== cuts) return;
        trace?.number(time.nowMs);
        if (this.syncsToFail > 0) {
          this.syncsToFail--;
          this.counts.failedSyncs++;
          file.dropPages(pages, random);
          reject(new DiskError('EIO', file.name));
          return;
        }
        file.persist(pages);
        resolve();
      };
      time.schedule(time.nowMs + delayMs, end, process, 'work');
    });
  }

  private drawDelay(random: SeededRandom): number {
    const { syncMsMin, syncMsMax, slowSyncRate, slowSyncMsMax } = this.profile;
    const skew = random.float();
    if (slowSyncRate !== 0 && random.chance(slowSyncRate)) {
      this.counts.slowSyncs++;
      return random.float() * slowSyncMsMax;
    }
    return syncMsMin + (syncMsMax - syncMsMin) * skew * skew * skew;
  }
}

/** Sector → number of its latest write that no sync has covered. */
type DirtyPages = ReadonlyMap<number, number>;

export class SimulatedFile {
  private cache = new Uint8Array(0);
  private platter = new Uint8Array(0);
  private length = 0;
  private readonly dirty = new Map<number, number>();

  constructor(
    readonly name: string,
    private readonly disk: SimulatedDisk,
  ) {}

  get lengthBytes(): number {
    return this.length;
  }

  /** What a process reads. Valid until the next write. */
  read(offset: number, length: number): Uint8Array {
    return this.cache.subarray(Math.min(offset, this.length), Math.min(offset + length, this.length));
  }

  /** Throws DiskError ENOSPC, after a part was written. */
  write(offset: number, bytes: Uint8Array): void {
    const { disk } = this;
    const room = disk.full === 'no' ? bytes.length : disk.full === 'any' ? 0 : Math.max(0, this.length - offset);
    const taken = Math.min(bytes.length, room - (room % SECTOR_BYTES === 0 || room >= bytes.length ? 0 : room % SECTOR_BYTES));
    if (taken > 0) this.put(offset, taken === bytes.length ? bytes : bytes.subarray(0, taken));
    if (taken === bytes.length) return;
    disk.counts.fullWrites++;
    throw new DiskError('ENOSPC', this.name);
  }

  sync(process: VirtualNode): Promise<void> {
    return this.disk.sync(this, process);
  }

  dirtyPages(): DirtyPages {
    return new Map(this.dirty);
  }

  /** What was rewritten after the sync began stays dirty. */
  persist(pages: DirtyPages): void {
    // Neighbours at once: most of what is written is.
    let from = 0;
    let to = 0;
    for (const [sector, write] of pages) {
      if (sector !== to) {
        this.toPlatter(from, to);
        from = sector;
      }
      to = sector + 1;
      if (this.dirty.get(sector) === write) this.dirty.delete(sector);
    }
    this.toPlatter(from, to);
  }

  /** D2. */
  dropPages(pages: DirtyPages, random: SeededRandom): void {
    for (const [sector, write] of pages) {
      if (random.chance(0.3)) this.toPlatter(sector, sector + 1);
      if (this.dirty.get(sector) === write) this.dirty.delete(sector);
    }
  }

  /** D1. */
  cutPower(random: SeededRandom, tearBytes: number): { readonly kept: number; readonly lost: number } {
    const mode = random.pick(['prefix', 'subset', 'nothing', 'all'] as const);
    const perUnit = tearBytes / SECTOR_BYTES;
    // In the order of writing, one unit after the other.
    const units = new Map<number, number[]>();
    for (const [sector] of [...this.dirty].sort((a, b) => a[1] - b[1])) {
      const unit = Math.floor(sector / perUnit);
      const sectors = units.get(unit);
      if (sectors === undefined) units.set(unit, [sector]);
      else sectors.push(sector);
    }
    const prefix = random.int(units.size + 1);
    let kept = 0;
    for (const sectors of units.values()) {
      const isKept = mode === 'all' || (mode === 'prefix' && kept < prefix) || (mode === 'subset' && random.chance(0.5));
      if (!isKept) continue;
      kept++;
      for (const sector of sectors) this.toPlatter(sector, sector + 1);
    }
    this.dirty.clear();
    this.cache = this.platter.slice();
    this.length = Math.min(this.length, this.platter.length);
    return { kept, lost: units.size - kept };
  }

  flipBit(offset: number, bit: number): void {
    this.cache[offset]! ^= 1 << bit;
    this.ensurePlatter(offset, offset + 1);
    this.platter[offset]! ^= 1 << bit;
  }

  private put(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.cache.length) this.cache = grown(this.cache, end);
    this.length = Math.max(this.length, end);
    this.cache.set(bytes, offset);
    const write = this.disk.nextWrite();
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      this.dirty.delete(sector); // the order of the map is the order of writing
      this.dirty.set(sector, write);
    }
  }

  /** Sectors from … to - 1. */
  private toPlatter(from: number, to: number): void {
    if (from === to) return;
    const end = Math.min(to * SECTOR_BYTES, this.cache.length);
    this.ensurePlatter(from * SECTOR_BYTES, end);
    this.platter.set(this.cache.subarray(from * SECTOR_BYTES, end), from * SECTOR_BYTES);
  }

  /** Room for what stands from `start` to `end`. What it comes to be is what a file has after a power cut: it grows sector by sector, however much is written at once. */
  private ensurePlatter(start: number, end: number): void {
    if (end <= this.platter.length) return;
    let length = this.platter.length;
    for (let at = start; at < end; at += SECTOR_BYTES) {
      const needed = Math.min(at + SECTOR_BYTES, end);
      if (needed > length) length = Math.max(needed, length * 2);
    }
    this.platter = resized(this.platter, length);
  }
}

/** Zeros where nothing was ever written, as in a file with holes. */
function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  return resized(bytes, Math.max(length, bytes.length * 2));
}

function resized(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
