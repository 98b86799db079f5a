/**
 * log.db-mark: which generation of its write-ahead log the log has begun, in a file of its own. Without it a write-ahead log that somebody deleted or
 * emptied after a kill could not be told from one that a tool has copied into log.db: votes and acknowledged entries would be forgotten in silence (P8).
 *
 * M1. The first commit of a generation says its number, in log.db; the mark is written after that commit is durable. So log.db, with its write-ahead log or
 *     with what was copied from it, is never behind the mark.
 * M2. It only says that something is missing. One that is gone, torn or unreadable says nothing, and is made anew: it is never synced.
 * M3. It has one length, and is written in place: whoever reads it has the old one, the new one, or one without its checksum.
 * Tests: log-mark.spec.ts, sqlite-storage.spec.ts.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { FileOwner } from './state-port.js';

const TITLE = 'raftoral-log-mark';
const VERSION = 1;
/** Longer than any mark. */
const READ_BYTES = 1024;
/** Of a safe integer, in decimal. */
const NUMBER_DIGITS = 16;

export class LogMark {
  private handle: FileHandle | null = null;

  constructor(private readonly file: string) {}

  /** The generation that `owner` has noted; 0: none, or of somebody else. */
  async read(owner: FileOwner): Promise<number> {
    let handle: FileHandle;
    try {
      handle = await open(this.file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
    try {
      const bytes = Buffer.alloc(READ_BYTES);
      const { bytesRead } = await handle.read(bytes, 0, READ_BYTES, 0);
      return generationOf(bytes.toString('utf8', 0, bytesRead), owner);
    } finally {
      await handle.close();
    }
  }

  async write(owner: FileOwner, generation: number): Promise<void> {
    this.handle ??= await openToWrite(this.file);
    const bytes = Buffer.from(textOf(owner, generation));
    for (let at = 0; at < bytes.length;) at += (await this.handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = null;
    await handle?.close();
  }
}

async function openToWrite(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(file, 'w+');
  }
}

function textOf({ deployment, nodeId }: FileOwner, generation: number): string {
  const number = String(generation).padStart(NUMBER_DIGITS, '0');
  const said = `${TITLE} ${VERSION} ${deployment} ${nodeId} ${number}`;
  return `${said} ${crc32(said).toString(16).padStart(8, '0')}\n`;
}

function generationOf(text: string, owner: FileOwner): number {
  const line = text.slice(0, text.indexOf('\n') + 1);
  const generation = Number(line.trimEnd().split(' ').at(-2));
  return Number.isSafeInteger(generation) && generation > 0 && line === textOf(owner, generation) ? generation : 0;
}
