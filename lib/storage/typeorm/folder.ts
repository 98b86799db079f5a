/**
 * The folder that holds a node's files.
 *
 * D1. What was created or renamed in it is durable once syncFolder() has resolved: a file's own sync does not cover its name.
 * D2. A node does not start on a full disk: SQLite maps state.db-shm into memory, and a page of it for which the file system then has no block ends the process with
 *     SIGBUS, and without a word.
 * Tests: folder.spec.ts.
 */
import { constants, type StatsFs } from 'node:fs';
import { access, open, readdir, rename, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RaftoralError } from '../../errors/index.js';
import { makeFolder } from '../make-folder.js';
import { storageError } from './sqlite-error.js';

export const LOG_FILE = 'log.db';
export const STATE_FILE = 'state.db';
/** What the WAL of log.db is given before it is used: the pages up to a checkpoint, and what a last commit may have beyond. It is never shorter then. */
export const LOG_WAL_BYTES = 5 * 1024 * 1024;
/** Of log.db only (log-mark.ts). */
export const MARK_SUFFIX = '-mark';
/** What SQLite keeps beside a file, and the engine beside log.db. */
const SIDE_FILES = ['-wal', '-journal', '-shm', MARK_SUFFIX];
/** Many times what is mapped. */
const ROOM_BYTES_MIN = 1024 * 1024;
const ASIDE = '.closing';
const DROPPED = /\.dropped-(\d+)$/;

/** Of a file system; blocks of `bsize` bytes. */
type Room = Pick<StatsFs, 'blocks' | 'bsize' | 'bfree' | 'bavail'>;

/** Creates it if it is missing. Throws STORAGE_READ_ONLY if it, or a file of the node in it, can not be written. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    const firstCreated = await makeFolder(folder);
    if (firstCreated !== undefined) await syncFolder(dirname(firstCreated));
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    await putBack(folder);
    for (const name of await nodeFiles(folder)) await access(join(folder, name), constants.R_OK | constants.W_OK);
  } catch (error) {
    throw storageError(error, { file: join(folder, LOG_FILE), doing: 'use the folder' });
  }
}

/**
 * Throws STORAGE_MISMATCH if a file is missing that never is: state.db is created after log.db, and a WAL after its file. One without a byte is as good
 * as missing: SQLite would take it for a new database, and delete the write-ahead log beside it.
 */
export async function checkFiles(folder: string): Promise<void> {
  const names = await nodeFiles(folder);
  for (const [present, missing] of [
    [STATE_FILE, LOG_FILE],
    [`${LOG_FILE}-wal`, LOG_FILE],
    [`${STATE_FILE}-wal`, STATE_FILE],
    [`${LOG_FILE}${MARK_SUFFIX}`, LOG_FILE],
  ] as const) {
    if (!names.includes(present)) continue;
    const isThere = names.includes(missing);
    if (isThere && !(await isEmptyFile(join(folder, missing)))) continue;
    // A look at a new file leaves nothing beside it but an empty one.
    if (isThere && present !== STATE_FILE && (await isEmptyFile(join(folder, present)))) continue;
    throw new RaftoralError(
      'STORAGE_MISMATCH',
      `${join(folder, present)} is there, and ${missing} is ${isThere ? 'empty' : 'not'}; put all files of one moment back, or let the node rejoin empty under a new node id (rejoinEmpty)`,
      { details: { file: join(folder, missing), present: join(folder, present) } },
    );
  }
}

/** Gives a file another name while `work` is done. A process that ends meanwhile leaves it so: putBack(). Where it can not be renamed the work is done all the same. */
export async function aside(file: string, work: () => Promise<void>): Promise<void> {
  const isAside = await rename(file, `${file}${ASIDE}`).then(
    () => true,
    () => false, // a folder that takes no change: nor does the file
  );
  try {
    await work();
  } finally {
    if (isAside) await putBack(dirname(file));
  }
}

/** What a process that ended in aside() left under its other name. */
export async function putBack(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (!names.includes(`${LOG_FILE}${ASIDE}`) || names.includes(LOG_FILE)) return;
  try {
    await rename(join(folder, `${LOG_FILE}${ASIDE}`), join(folder, LOG_FILE));
  } catch (error) {
    // Another process was faster; if it was not, the file is missed soon enough.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** D2. Throws STORAGE_FULL. */
export async function checkRoom(folder: string, look: (path: string) => Promise<Room> = statfs): Promise<void> {
  const { blocks, bsize, bfree, bavail } = await look(folder);
  // Some file systems count nothing. Root may use what is kept back for it.
  const free = (process.geteuid?.() === 0 ? bfree : bavail) * bsize;
  if (blocks === 0 || free >= ROOM_BYTES_MIN) return;
  throw new RaftoralError(
    'STORAGE_FULL',
    `${folder}: the disk is full: ${free} bytes are free, and a start takes ${ROOM_BYTES_MIN} at least; make room on the file system of ${folder} and start the node again`,
    { details: { file: folder, free, limit: ROOM_BYTES_MIN } },
  );
}

/** It is there, and without a byte. */
export async function isEmptyFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Gives the node's files other names, with the same number, never used before in the folder. Returns the suffix. */
export async function dropFiles(folder: string): Promise<string> {
  try {
    const names = await readdir(folder);
    const used = names.map((name) => Number(DROPPED.exec(name)?.[1] ?? 0));
    const suffix = `.dropped-${Math.max(0, ...used) + 1}`;
    for (const name of await nodeFiles(folder)) await rename(join(folder, name), join(folder, `${name}${suffix}`));
    await syncFolder(folder);
    return suffix;
  } catch (error) {
    throw storageError(error, { file: join(folder, LOG_FILE), doing: 'rename the files' });
  }
}

/** D1. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle of a folder that could be synced, and does not need it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names of the files there that are this engine's; the log and its side files last, so that whoever stops half-way leaves what tells the most. */
export async function nodeFiles(folder: string): Promise<string[]> {
  const wanted = [STATE_FILE, LOG_FILE].flatMap((name) => [name, ...SIDE_FILES.map((side) => `${name}${side}`)]);
  const names = new Set(await readdir(folder));
  return wanted.filter((name) => names.has(name));
}
