/**
 * Folders with the files of a node, for specs: made under the system's folder for such things, copied as a crash would leave them, and removed.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';
const IDENTITY = { deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1, incarnation: 1 };
/** The indexes of the WALs are in memory, or made anew from them. */
const FILES = ['log.db', 'log.db-wal', 'state.db', 'state.db-wal'];
class StorageFolder {
    folders;
    path;
    storage;
    incarnation;
    isClosed = false;
    constructor(folders, path, storage, incarnation) {
        this.folders = folders;
        this.path = path;
        this.storage = storage;
        this.incarnation = incarnation;
    }
    static async open(folders, path, changes = {}) {
        const storage = new SqliteRaftStorage({ path });
        const { incarnation } = await storage.open({ ...IDENTITY, ...changes });
        return new StorageFolder(folders, path, storage, incarnation);
    }
    async reopen(changes = {}) {
        await this.dispose();
        return this.folders.keep(await StorageFolder.open(this.folders, this.path, changes));
    }
    async crashCopy() {
        const path = this.folders.path();
        for (const name of FILES)
            if (existsSync(join(this.path, name)))
                copyFileSync(join(this.path, name), join(path, name));
        return this.folders.keep(await StorageFolder.open(this.folders, path));
    }
    async dispose() {
        if (this.isClosed)
            return;
        this.isClosed = true;
        await this.storage.close();
    }
}
export class StorageFolders {
    paths = [];
    opened = [];
    path() {
        const path = mkdtempSync(join(tmpdir(), 'raftoral-storage-'));
        this.paths.push(path);
        return path;
    }
    keep(folder) {
        this.opened.push(folder);
        return folder;
    }
    async create() {
        return this.keep(await StorageFolder.open(this, this.path()));
    }
    async dispose() {
        for (const folder of this.opened)
            await folder.dispose();
        for (const path of this.paths)
            rmSync(path, { recursive: true, force: true });
    }
}
//# sourceMappingURL=storage-folder.js.map