/**
 * Folders with a state.db, for specs: made under the system's folder for such things, copied as a crash would leave them, and removed.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDatabase } from '../../lib/storage/typeorm/state-database.js';
import { StoreFailure } from '../../lib/storage/typeorm/store-failure.js';
export const OWNER = { deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1 };
export class StateFolder {
    folders;
    path;
    failure = new StoreFailure();
    file;
    store;
    opened = new Map();
    constructor(folders, path) {
        this.folders = folders;
        this.path = path;
        this.file = join(path, 'state.db');
        this.store = new StateDatabase({ file: this.file, failure: this.failure });
    }
    async open() {
        this.opened = await this.store.open(OWNER);
        return this;
    }
    /** What a crash leaves: the file and its WAL, not the WAL's index, which is in memory. */
    copyFiles() {
        const copy = this.folders.folder();
        for (const name of ['state.db', 'state.db-wal']) {
            if (existsSync(join(this.path, name)))
                copyFileSync(join(this.path, name), join(copy.path, name));
        }
        return copy;
    }
    crashCopy() {
        return this.copyFiles().open();
    }
    async reopen() {
        await this.store.close();
        return this.folders.at(this.path).open();
    }
    async dispose() {
        await this.store.close();
    }
}
export class StateFolders {
    made = [];
    /** An empty folder, not opened. */
    folder() {
        return this.at(mkdtempSync(join(tmpdir(), 'raftoral-state-')));
    }
    at(path) {
        const folder = new StateFolder(this, path);
        this.made.push(folder);
        return folder;
    }
    create() {
        return this.folder().open();
    }
    async dispose() {
        for (const folder of this.made) {
            await folder.store.close();
            rmSync(folder.path, { recursive: true, force: true });
        }
    }
}
//# sourceMappingURL=state-folder.js.map