/**
 * Folders with the files of a node, for specs: made under the system's folder for such things, copied as a crash would leave them, and removed.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';
import type { StorageIdentity } from '../../lib/storage/storage.js';
import type { RaftStorageFixture } from '../../lib/testing/storage-suite-crash.js';

const IDENTITY: StorageIdentity = { deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1, incarnation: 1 };
/** The indexes of the WALs are in memory, or made anew from them. */
const FILES = ['log.db', 'log.db-wal', 'state.db', 'state.db-wal'];

class StorageFolder implements RaftStorageFixture {
  private isClosed = false;

  private constructor(
    private readonly folders: StorageFolders,
    readonly path: string,
    readonly storage: SqliteRaftStorage,
    readonly incarnation: number,
  ) {}

  static async open(folders: StorageFolders, path: string, changes: Partial<StorageIdentity> = {}): Promise<StorageFolder> {
    const storage = new SqliteRaftStorage({ path });
    const { incarnation } = await storage.open({ ...IDENTITY, ...changes });
    return new StorageFolder(folders, path, storage, incarnation);
  }

  async reopen(changes: Partial<StorageIdentity> = {}): Promise<StorageFolder> {
    await this.dispose();
    return this.folders.keep(await StorageFolder.open(this.folders, this.path, changes));
  }

  async crashCopy(): Promise<StorageFolder> {
    const path = this.folders.path();
    for (const name of FILES) if (existsSync(join(this.path, name))) copyFileSync(join(this.path, name), join(path, name));
    return this.folders.keep(await StorageFolder.open(this.folders, path));
  }

  async dispose(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.storage.close();
  }
}

export class StorageFolders {
  private readonly paths: string[] = [];
  private readonly opened: StorageFolder[] = [];

  path(): string {
    const path = mkdtempSync(join(tmpdir(), 'raftoral-storage-'));
    this.paths.push(path);
    return path;
  }

  keep(folder: StorageFolder): StorageFolder {
    this.opened.push(folder);
    return folder;
  }

  async create(): Promise<StorageFolder> {
    return this.keep(await StorageFolder.open(this, this.path()));
  }

  async dispose(): Promise<void> {
    for (const folder of this.opened) await folder.dispose();
    for (const path of this.paths) rmSync(path, { recursive: true, force: true });
  }
}
