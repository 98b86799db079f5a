import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRoom } from './folder.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'raftoral-room-'))));
afterAll(() => rm(folder, { recursive: true }));

describe('room for a start', () => {
  const disk = (bytes: number, blocks = 1_000_000) => Promise.resolve({ blocks, bsize: 512, bfree: bytes / 512, bavail: bytes / 512 });

  it('D2: a full disk is refused by name, before anything of it is mapped', async () => {
    for (const free of [0, 1024 * 1024 - 512]) {
      await expect(checkRoom(folder, () => disk(free))).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        message: expect.stringContaining(folder),
        details: { file: folder, free, limit: 1024 * 1024 },
      });
    }
  });

  it('D2: a disk with a little room is not, nor is one that does not say', async () => {
    await checkRoom(folder, () => disk(1024 * 1024));
    await checkRoom(folder, () => disk(0, 0));
    await checkRoom(folder);
  });
});
