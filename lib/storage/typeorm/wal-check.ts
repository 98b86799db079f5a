/**
 * Whether a write-ahead log that SQLite left behind is damaged in its middle. SQLite takes the first frame that is not sound for the end, and drops
 * what follows: acknowledged commits would be gone without a word (P8).
 *
 * K1. A torn end is not damage: of the last commit, which nobody was told of, any part may be missing. Every commit is synced before the next begins,
 *     so two commits of the same generation behind an unsound frame say that it was synced once.
 * K2. Therefore damage within the last two commits can not be told from a torn end.
 * K3. It only reads, and only what no process writes: a file that changes meanwhile is not judged; the lock will say who has it.
 * K4. A WAL that is never shorter than a known length, and is, was cut off, if it holds more commits than a start makes before it gives the WAL that
 *     length. One that is gone, or was cut to less, can not be told from one that a tool has copied into its file.
 * Source: the file format as SQLite documents it, "The Write-Ahead Log". Tests: wal-check.spec.ts.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../../errors/index.js';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const READ_BYTES = 1024 * 1024;
const PAGE_BYTES_MAX = 65_536;
/** Who the file is of, and a reset for each snapshot that was interrupted; more if a node is killed over and over while it starts. */
const START_COMMITS_MAX = 16;

export interface BrokenFrame {
  /** From 1; 0 is the header of the file. */
  readonly frame: number;
  /** Commits of the same generation that follow. */
  readonly commitsBehind: number;
}

/** Throws STORAGE_DAMAGED if `file` is there and damaged. @param bytesMin it has at least so many bytes, once a start has got that far. */
export async function checkWal(file: string, bytesMin = 0): Promise<void> {
  const first = await judge(file);
  if (first === null) return;
  const isCutOff = first.bytes < bytesMin && first.commits > START_COMMITS_MAX;
  if (first.broken === null && !isCutOff) return;
  const again = await judge(file);
  if (again === null || again.digest !== first.digest) return;
  if (first.broken === null)
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `${file}: it was cut off: it has ${first.bytes} bytes with ${first.commits} commits, and had at least ${bytesMin}; nothing was changed: keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)`,
      { details: { file, bytes: first.bytes, expected: bytesMin } },
    );
  const { frame, commitsBehind } = first.broken;
  throw new RaftoralError(
    'STORAGE_DAMAGED',
    `${file}: frame ${frame} does not have its checksum, and ${commitsBehind} commits follow it; nothing was changed: keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)`,
    { details: { file, frame, commitsBehind } },
  );
}

interface Judgement {
  readonly broken: BrokenFrame | null;
  /** Sound ones, before anything that is not. */
  readonly commits: number;
  readonly bytes: number;
  readonly digest: number;
}

async function judge(file: string): Promise<Judgement | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const chunk = Buffer.alloc(READ_BYTES);
    const scan = new WalScan();
    let [digest, length] = [0, 0];
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return { broken: scan.finish(), commits: scan.commits, bytes: length, digest };
      length += bytesRead;
      const bytes = chunk.subarray(0, bytesRead);
      digest = crc32(bytes, digest);
      scan.take(bytes);
    }
  } finally {
    await handle.close();
  }
}

/** Takes the bytes of a WAL in order, in parts of any length. */
export class WalScan {
  private rest: Uint8Array = new Uint8Array(0);
  private pageBytes = 0;
  private isBigEndian = false;
  private salts: readonly [number, number] = [0, 0];
  private sums: readonly [number, number] = [0, 0];
  private frames = 0;
  /** First frame that is not sound; -1: none yet. */
  private brokenFrame = -1;
  private commitsBehind = 0;
  private soundCommits = 0;

  /** Before the first frame that is not sound. */
  get commits(): number {
    return this.soundCommits;
  }

  take(bytes: Uint8Array): void {
    const joined = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const view = new DataView(joined.buffer, joined.byteOffset, joined.length);
    let at = 0;
    if (this.pageBytes === 0) {
      if (joined.length < HEADER_BYTES) {
        this.rest = Uint8Array.from(joined);
        return;
      }
      this.header(view);
      at = HEADER_BYTES;
    }
    const step = FRAME_HEADER_BYTES + this.pageBytes;
    for (; at + step <= joined.length; at += step) this.frame(view, at);
    this.rest = Uint8Array.from(joined.subarray(at));
  }

  /** null: it ends as a WAL may end. */
  finish(): BrokenFrame | null {
    return this.brokenFrame >= 0 && this.commitsBehind >= 2 ? { frame: this.brokenFrame, commitsBehind: this.commitsBehind } : null;
  }

  private header(view: DataView): void {
    const magic = view.getUint32(0);
    this.isBigEndian = (magic & 1) === 1;
    const pageBytes = view.getUint32(8);
    const isPlausible = pageBytes >= 512 && pageBytes <= PAGE_BYTES_MAX && (pageBytes & (pageBytes - 1)) === 0;
    this.pageBytes = isPlausible ? pageBytes : 4096;
    this.salts = [view.getUint32(16), view.getUint32(20)];
    this.sums = this.sum(view, 0, 24, [0, 0]);
    const isSound =
      isPlausible && (magic & ~1) >>> 0 === MAGIC && this.sums[0] === view.getUint32(24) && this.sums[1] === view.getUint32(28);
    if (!isSound) this.brokenFrame = 0;
  }

  private frame(view: DataView, at: number): void {
    this.frames++;
    const salts = [view.getUint32(at + 8), view.getUint32(at + 12)] as const;
    // With the header gone, the frames still say among themselves which generation they are of.
    if (this.brokenFrame === 0 && this.frames === 1) this.salts = salts;
    const isOfGeneration = salts[0] === this.salts[0] && salts[1] === this.salts[1];
    const isCommit = view.getUint32(at + 4) !== 0;
    if (this.brokenFrame < 0) {
      const sums = this.sum(view, at + FRAME_HEADER_BYTES, this.pageBytes, this.sum(view, at, 8, this.sums));
      if (isOfGeneration && sums[0] === view.getUint32(at + 16) && sums[1] === view.getUint32(at + 20)) {
        this.sums = sums;
        if (isCommit) this.soundCommits++;
        return;
      }
      this.brokenFrame = this.frames;
    }
    if (isOfGeneration && isCommit) this.commitsBehind++;
  }

  private sum(view: DataView, start: number, length: number, [first, second]: readonly [number, number]): readonly [number, number] {
    const isLittle = !this.isBigEndian;
    for (let at = start; at < start + length; at += 8) {
      first = (first + view.getUint32(at, isLittle) + second) >>> 0;
      second = (second + view.getUint32(at + 4, isLittle) + first) >>> 0;
    }
    return [first, second];
  }
}
