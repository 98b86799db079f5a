/**
 * The folder that holds a node's files.
 *
 * D1. What was created or renamed in it is durable once syncFolder() has resolved: a file's own sync does not cover its name.
 */
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RaftoralError } from '../../errors/index.js';
import { storageError } from './sqlite-error.js';
export const LOG_FILE = 'log.db';
export const STATE_FILE = 'state.db';
/** What SQLite keeps beside a file. */
const SIDE_FILES = ['-wal', '-journal', '-shm'];
const DROPPED = /\.dropped-(\d+)$/;
/** Creates it if it is missing. Throws STORAGE_READ_ONLY if it, or a file of the node in it, can not be written. */
export async function prepareFolder(folder) {
    try {
        const firstCreated = await mkdir(folder, { recursive: true });
        if (firstCreated !== undefined)
            await syncFolder(dirname(firstCreated));
        await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
        for (const name of await nodeFiles(folder))
            await access(join(folder, name), constants.R_OK | constants.W_OK);
    }
    catch (error) {
        throw storageError(error, { file: join(folder, LOG_FILE), doing: 'use the folder' });
    }
}
/** Throws STORAGE_MISMATCH if a file is missing that never is: state.db is created after log.db, and a WAL after its file. */
export async function checkFiles(folder) {
    const names = await nodeFiles(folder);
    for (const [present, missing] of [
        [STATE_FILE, LOG_FILE],
        [`${LOG_FILE}-wal`, LOG_FILE],
        [`${STATE_FILE}-wal`, STATE_FILE],
    ]) {
        if (!names.includes(present) || names.includes(missing))
            continue;
        throw new RaftoralError('STORAGE_MISMATCH', `${join(folder, present)} is there, and ${missing} is not; put all files of one moment back, or let the node rejoin empty under a new node id (rejoinEmpty)`, { details: { file: join(folder, missing), present: join(folder, present) } });
    }
}
/** Gives the node's files other names, with the same number, never used before in the folder. Returns the suffix. */
export async function dropFiles(folder) {
    try {
        const names = await readdir(folder);
        const used = names.map((name) => Number(DROPPED.exec(name)?.[1] ?? 0));
        const suffix = `.dropped-${Math.max(0, ...used) + 1}`;
        for (const name of await nodeFiles(folder))
            await rename(join(folder, name), join(folder, `${name}${suffix}`));
        await syncFolder(folder);
        return suffix;
    }
    catch (error) {
        throw storageError(error, { file: join(folder, LOG_FILE), doing: 'rename the files' });
    }
}
/** D1. */
export async function syncFolder(folder) {
    // Windows has no handle of a folder that could be synced, and does not need it.
    if (process.platform === 'win32')
        return;
    const handle = await open(folder, 'r');
    try {
        await handle.sync();
    }
    finally {
        await handle.close();
    }
}
/** Names of the files there that are this engine's; the log and its side files last, so that whoever stops half-way leaves what tells the most. */
export async function nodeFiles(folder) {
    const wanted = [STATE_FILE, LOG_FILE].flatMap((name) => [name, ...SIDE_FILES.map((side) => `${name}${side}`)]);
    const names = new Set(await readdir(folder));
    return wanted.filter((name) => names.has(name));
}
//# sourceMappingURL=folder.js.map