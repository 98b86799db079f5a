/**
 * Makes a folder and what is missing above it. Not `mkdir` with `recursive`: where nothing can be made (below /proc) Node tries that for ever.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Resolves with the topmost folder that was made; undefined: it was there. Rejects with what the file system says. */
export async function makeFolder(folder: string): Promise<string | undefined> {
  const isMade = await madeAlone(folder);
  if (isMade !== null) return isMade ? folder : undefined;
  const above = dirname(folder);
  if (above === folder) throw Object.assign(new Error(`ENOENT: ${folder} can not be made`), { code: 'ENOENT' });
  const topmost = await makeFolder(above);
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return topmost;
  }
  return topmost ?? folder;
}

/** null: what is above it is missing. A file of that name is found out by whoever uses the folder. */
async function madeAlone(folder: string): Promise<boolean | null> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
