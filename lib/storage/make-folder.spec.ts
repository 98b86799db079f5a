import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

const folders: string[] = [];

async function root(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'raftoral-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('makeFolder', () => {
  it('makes what is missing, and says where that begins', async () => {
    const path = await root();
    expect(await makeFolder(join(path, 'a', 'b', 'c'))).toBe(join(path, 'a'));
    expect((await stat(join(path, 'a', 'b', 'c'))).isDirectory()).toBe(true);
    expect(await makeFolder(join(path, 'a', 'b', 'd'))).toBe(join(path, 'a', 'b', 'd'));
  });

  it('does nothing where it is', async () => {
    const path = await root();
    expect(await makeFolder(path)).toBeUndefined();
  });

  it('rejects below a file', async () => {
    const path = await root();
    await writeFile(join(path, 'file'), '');
    await expect(makeFolder(join(path, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('rejects where the system makes none, and does not try for ever', async () => {
    if (process.platform !== 'linux') return;
    await expect(makeFolder('/proc/none/a')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeFolder('/proc/none')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
