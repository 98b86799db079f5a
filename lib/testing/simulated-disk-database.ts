/**
 * A small database on a simulated disk, with the guarantees that SQLite gives in WAL mode with `synchronous=FULL`, and no others.
 * Owns: the tables of one file in memory, its write-ahead log, and its two images.
 *
 * B1. A commit is atomic: its frames stand in the log, their checksums chained, and it is durable when commit() resolves.
 * B2. Recovery takes whole commits up to the first frame that does not fit; what follows never comes back.
 * B3. A checkpoint writes all rows into the image that is not in use, syncs it, and only then begins the log anew.
 * B4. The structure of an image (keys, lengths) is checksummed: damage to it is STORAGE_DAMAGED, as SQLITE_CORRUPT is. The bytes of a row are not.
 * B5. open() reads what the page cache has, and no sync vouches for that: it writes everything anew, and syncs it, before it resolves.
 * B6. After a failure everything fails with the same error.
 * Source: sqlite.org/fileformat2.html §4. Tests: simulated-disk-database.spec.ts.
 */
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../errors/index.js';
import { bytesOfRow, rowOfBytes } from './row-bytes.js';
import type { SeededRandom } from './seeded-random.js';
import { RowTable, type Table } from './simulated-disk-table.js';
import { DiskError, type SimulatedDisk, type SimulatedFile } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';

const PAGE_BYTES = 4096;
const FRAME_HEADER_BYTES = 20;
const FRAME_PAYLOAD_BYTES_MAX = PAGE_BYTES - FRAME_HEADER_BYTES;
const MAGIC = 0x77616c31;

/** One row: put, or deleted. */
export interface RowChange {
  readonly table: string;
  readonly key: string;
  /** null: deleted. */
  readonly value: Uint8Array | null;
}

export interface SimulatedDatabaseOptions {
  readonly disk: SimulatedDisk;
  readonly process: VirtualNode;
  /** Of the file. */
  readonly name: string;
  /** Frames in the log after which a commit is followed by a checkpoint. */
  readonly checkpointFrames: number;
  readonly random: SeededRandom;
  /** For tests of the simulator: commits are reported before they are synced. */
  readonly answersBeforeSync?: boolean;
}

const EMPTY_TABLE: Table = new RowTable();
/** For one frame at a time: a file takes a copy of what is written. */
const page = Buffer.alloc(PAGE_BYTES);
const CHECKSUM_BYTES = 4;
/** Before the name of a row: its length, u16, and that of the value, i32; -1: deleted. */
const HEAD_BYTES = 6;

export class SimulatedDatabase {
  private readonly tables = new Map<string, RowTable>();
  private readonly log: SimulatedFile;
  private generation = 0;
  private frames = 0;
  private chain = 0;
  private failure: RaftoralError | null = null;
  private queue: Promise<void> = Promise.resolve();

  private constructor(private readonly options: SimulatedDatabaseOptions) {
    this.log = options.disk.file(`${options.name}-wal`);
  }

  /** Rejects with STORAGE_DAMAGED, STORAGE_FULL or STORAGE_FAILED. */
  static async open(options: SimulatedDatabaseOptions): Promise<SimulatedDatabase> {
    const database = new SimulatedDatabase(options);
    database.recover();
    await database.guarded(async () => {
      if (database.generation > 0) await database.writeLogHeader(); // vouched for by no sync either, and what it names is overwritten only behind it
      await database.checkpoint();
    });
    return database;
  }

  /** Damages the bytes of one row, or now and then the structure, of the image in use. False if there is none yet. */
  static damage(disk: SimulatedDisk, name: string, random: SeededRandom): boolean {
    const generation = readLogHeader(disk.file(`${name}-wal`));
    const file = disk.file(imageName(name, generation));
    const image = generation === 0 ? null : readImage(file, generation);
    if (image === null || image.valuesEnd === image.valuesStart) return false;
    const [start, end] = random.chance(0.15) ? [PAGE_BYTES, image.valuesStart] : [image.valuesStart, image.valuesEnd];
    disk.flipBit(file.name, start + random.int(end - start), random.int(8));
    return true;
  }

  get tableNames(): readonly string[] {
    return [...this.tables.keys()];
  }

  table(name: string): Table {
    return this.tables.get(name) ?? EMPTY_TABLE;
  }

  /** Resolves when it is durable; the tables show it from then on. Commits are carried out in the order of the calls. */
  commit(changes: readonly RowChange[]): Promise<void> {
    const done = this.queue.then(() => this.guarded(() => this.write(changes)));
    this.queue = done.catch(() => undefined); // whoever called hears of it, and so does everyone after (B6)
    return done;
  }

  /** Everything that follows fails with `error`. */
  poison(error: RaftoralError): void {
    this.failure ??= error;
  }

  private async write(changes: readonly RowChange[]): Promise<void> {
    const { process, checkpointFrames, answersBeforeSync } = this.options;
    const heads = changes.map(headOf);
    this.appendFrames(encodeChanges(changes, heads));
    const synced = this.log.sync(process);
    if (answersBeforeSync === true) synced.catch(() => undefined);
    else await synced;
    for (const [i, change] of changes.entries()) this.take(change, heads[i]!);
    if (this.frames >= checkpointFrames) await this.checkpoint();
  }

  private appendFrames(payload: Uint8Array): void {
    for (let offset = 0; offset === 0 || offset < payload.length; offset += FRAME_PAYLOAD_BYTES_MAX) {
      const part = payload.subarray(offset, offset + FRAME_PAYLOAD_BYTES_MAX);
      const isLast = offset + FRAME_PAYLOAD_BYTES_MAX >= payload.length;
      const frame = page;
      frame.fill(0, FRAME_HEADER_BYTES + part.length);
      frame.writeUInt32LE(this.generation, 0);
      frame.writeUInt32LE(this.frames, 4);
      frame.writeUInt32LE(isLast ? 1 : 0, 8);
      frame.writeUInt32LE(part.length, 12);
      frame.set(part, FRAME_HEADER_BYTES);
      this.chain = frameChecksum(frame, this.chain);
      frame.writeUInt32LE(this.chain, 16);
      this.log.write(PAGE_BYTES * (1 + this.frames), frame);
      this.frames++;
    }
  }

  /** B3. */
  private async checkpoint(): Promise<void> {
    const { disk, name, process } = this.options;
    const generation = this.generation + 1;
    const file = disk.file(imageName(name, generation));
    file.write(0, encodeImage(generation, this.tables));
    await file.sync(process);
    this.generation = generation;
    this.frames = 0;
    this.chain = generation;
    await this.writeLogHeader();
  }

  private async writeLogHeader(): Promise<void> {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(this.generation, 4);
    header.writeUInt32LE(crc32(header.subarray(0, 8)), 8);
    this.log.write(0, header);
    await this.log.sync(this.options.process);
  }

  private recover(): void {
    const { disk, name } = this.options;
    const generation = readLogHeader(this.log);
    if (generation === 0) return;
    const image = readImage(disk.file(imageName(name, generation)), generation);
    if (image === null) {
      throw new RaftoralError('STORAGE_DAMAGED', `the structure of ${name} is damaged; keep the file, and let the node rejoin empty`);
    }
    for (const change of image.rows()) this.take(change, headOf(change));
    this.generation = generation;
    let chain = generation;
    let parts: Uint8Array[] = [];
    for (let i = 0; ; i++) {
      const frame = this.log.read(PAGE_BYTES * (1 + i), PAGE_BYTES);
      if (frame.length < PAGE_BYTES) break;
      const view = new DataView(frame.buffer, frame.byteOffset, PAGE_BYTES);
      const length = view.getUint32(12, true);
      if (view.getUint32(0, true) !== generation || view.getUint32(4, true) !== i || length > FRAME_PAYLOAD_BYTES_MAX) break;
      chain = frameChecksum(frame, chain);
      if (chain !== view.getUint32(16, true)) break;
      parts.push(frame.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length));
      if (view.getUint32(8, true) === 0) continue;
      for (const change of decodeChanges(Buffer.concat(parts))) this.take(change, headOf(change));
      parts = [];
    }
  }

  private take({ table: name, key, value }: RowChange, head: Uint8Array): void {
    let table = this.tables.get(name);
    if (table === undefined) this.tables.set(name, (table = new RowTable()));
    if (value === null) table.delete(key);
    else table.put({ key, value, head });
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    if (this.failure !== null) throw this.failure;
    try {
      await work();
    } catch (cause) {
      this.failure ??= translated(cause);
      throw this.failure;
    }
  }
}

/** A row with a checksum over its place and its bytes. */
export function packRow(table: string, key: string, row: object): RowChange {
  const value = bytesOfRow(row, CHECKSUM_BYTES);
  value.writeUInt32LE(rowChecksum(table, key, value.subarray(CHECKSUM_BYTES)), 0);
  return { table, key, value };
}

/** Rows by their bytes, which nobody changes once they were written or read: most are read again and again. */
const unpacked = new WeakMap<Uint8Array, unknown>();

/** For reading only: the same bytes give the same object. Throws STORAGE_DAMAGED. */
export function unpackRow<Row>(table: string, key: string, value: Uint8Array): Row {
  const known = unpacked.get(value);
  if (known !== undefined) return known as Row;
  const bytes = Buffer.from(value.buffer, value.byteOffset + CHECKSUM_BYTES, value.length - CHECKSUM_BYTES);
  if (Buffer.from(value.buffer, value.byteOffset).readUInt32LE(0) !== rowChecksum(table, key, bytes)) {
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `row ${key} of ${table} does not have its checksum; keep the file, and let the node rejoin empty`,
    );
  }
  const row = rowOfBytes(bytes) as Row;
  unpacked.set(value, row);
  return row;
}

function rowChecksum(table: string, key: string, bytes: Uint8Array): number {
  return crc32(bytes, crc32(`${table}/${key}`));
}

function translated(cause: unknown): RaftoralError {
  if (cause instanceof RaftoralError) return cause;
  if (!(cause instanceof DiskError)) throw cause;
  const remedy = cause.code === 'ENOSPC' ? 'make room and start the node again' : 'repair the disk and start the node again';
  return new RaftoralError(cause.code === 'ENOSPC' ? 'STORAGE_FULL' : 'STORAGE_FAILED', `${cause.message}; ${remedy}`, { cause });
}

function imageName(name: string, generation: number): string {
  return `${name}.${generation % 2}`;
}

/** Over everything but itself. */
function frameChecksum(frame: Uint8Array, chain: number): number {
  return crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(frame.subarray(0, 16), chain));
}

/** Generation of the image that the log builds on; 0: the file is new. */
function readLogHeader(log: SimulatedFile): number {
  const header = Buffer.from(log.read(0, 12));
  if (header.length < 12 || header.readUInt32LE(0) !== MAGIC) return 0;
  return header.readUInt32LE(8) === crc32(header.subarray(0, 8)) ? header.readUInt32LE(4) : 0;
}

function headOf({ table, key, value }: RowChange): Uint8Array {
  const name = `${table}\n${key}`;
  const head = Buffer.allocUnsafe(HEAD_BYTES + Buffer.byteLength(name));
  head.writeUInt16LE(head.length - HEAD_BYTES, 0);
  head.writeInt32LE(value === null ? -1 : value.length, 2);
  head.write(name, HEAD_BYTES);
  return head;
}

function encodeChanges(changes: readonly RowChange[], heads: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [i, { value }] of changes.entries()) {
    parts.push(heads[i]!);
    if (value !== null) parts.push(value);
  }
  return Buffer.concat(parts);
}

function decodeChanges(bytes: Buffer): RowChange[] {
  const changes: RowChange[] = [];
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + HEAD_BYTES + bytes.readUInt16LE(at);
    const length = bytes.readInt32LE(at + 2);
    const [table, key] = bytes.toString('utf8', at + HEAD_BYTES, nameEnd).split('\n') as [string, string];
    at = nameEnd + Math.max(0, length);
    changes.push({ table, key, value: length < 0 ? null : bytes.subarray(nameEnd, at) });
  }
  return changes;
}

/** A page with generation, lengths and a checksum; the structure, page aligned at its end; the bytes of the rows, one after the other. */
function encodeImage(generation: number, tables: ReadonlyMap<string, Table>): Uint8Array {
  const heads: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  for (const rows of tables.values()) {
    for (const { head, value } of rows) {
      heads.push(head);
      values.push(value);
    }
  }
  const structure = Buffer.concat(heads);
  const header = Buffer.alloc(PAGE_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(generation, 4);
  header.writeUInt32LE(structure.length, 8);
  header.writeUInt32LE(crc32(structure, generation), 12);
  return Buffer.concat([header, structure, ...values]);
}

interface Image {
  readonly valuesStart: number;
  readonly valuesEnd: number;
  rows(): RowChange[];
}

/** null: its structure is damaged. */
function readImage(file: SimulatedFile, generation: number): Image | null {
  const header = Buffer.from(file.read(0, PAGE_BYTES));
  if (header.length < PAGE_BYTES || header.readUInt32LE(0) !== MAGIC || header.readUInt32LE(4) !== generation) return null;
  const structure = Buffer.from(file.read(PAGE_BYTES, header.readUInt32LE(8)));
  if (crc32(structure, generation) !== header.readUInt32LE(12)) return null;
  const valuesStart = PAGE_BYTES + structure.length;
  const rows: RowChange[] = [];
  let valueAt = valuesStart;
  for (let at = 0; at < structure.length;) {
    const nameEnd = at + HEAD_BYTES + structure.readUInt16LE(at);
    const length = structure.readInt32LE(at + 2);
    const [table, key] = structure.toString('utf8', at + HEAD_BYTES, nameEnd).split('\n') as [string, string];
    rows.push({ table, key, value: Buffer.from(file.read(valueAt, length)) });
    valueAt += length;
    at = nameEnd;
  }
  return { valuesStart, valuesEnd: valueAt, rows: () => rows };
}
