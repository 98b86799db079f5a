/**
 * Notes as JSON files in the folder of the node: `<name>.json`.
 *
 * Z1. Written to a file beside it, synced, renamed over it, and the folder synced: a cut of the power leaves the one or the other.
 * Z2. One write after the other.
 * Tests: file-notes.spec.ts.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RaftoralError } from '../../errors/index.js';
import type { NodeNotes, Note } from '../node-notes.js';
import { makeFolder } from '../make-folder.js';

export class FileNodeNotes implements NodeNotes {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {}

  async read(name: string): Promise<Note | null> {
    const file = this.placeOf(name);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw failure(file, 'read', error);
    }
    let note: unknown;
    try {
      note = JSON.parse(text);
    } catch {
      note = null;
    }
    if (typeof note === 'object' && note !== null && !Array.isArray(note)) return note as Note;
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `${file} holds no JSON object; put it back, or remove it if this node may forget what it said there`,
      {
        details: { file },
      },
    );
  }

  write(name: string, note: Note): Promise<void> {
    return this.next(async () => {
      const file = this.placeOf(name);
      const fresh = `${file}.new`;
      try {
        const created = await makeFolder(this.folder);
        const handle = await open(fresh, 'w');
        try {
          await handle.writeFile(`${JSON.stringify(note)}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(fresh, file);
        await syncFolder(this.folder);
        if (created !== undefined) await syncFolder(dirname(created));
      } catch (error) {
        throw failure(file, 'write', error);
      }
    });
  }

  remove(name: string): Promise<void> {
    return this.next(async () => {
      const file = this.placeOf(name);
      try {
        await rm(file);
        await syncFolder(this.folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failure(file, 'remove', error);
      }
    });
  }

  placeOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }

  /** Z2. */
  private next(step: () => Promise<void>): Promise<void> {
    const done = this.last.then(step);
    this.last = done.catch(() => undefined);
    return done;
  }
}

function failure(file: string, doing: string, cause: unknown): RaftoralError {
  const code = { ENOSPC: 'STORAGE_FULL', EACCES: 'STORAGE_READ_ONLY', EROFS: 'STORAGE_READ_ONLY' }[
    (cause as NodeJS.ErrnoException).code ?? ''
  ];
  return new RaftoralError((code ?? 'STORAGE_FAILED') as 'STORAGE_FAILED', `${file}: could not ${doing} it: ${(cause as Error).message}`, {
    cause,
    details: { file },
  });
}

/** Where a folder has no handle that could be synced (Windows), it does not need it. */
const NO_HANDLE = ['EISDIR', 'EPERM'];

/** The sync of a file does not cover its name. */
async function syncFolder(folder: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(folder, 'r');
  } catch (error) {
    if (NO_HANDLE.includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
