/**
 * The stream of a snapshot while it is received, in a file beside state.db. Owns that file.
 *
 * F1. It is made with the first byte, and removed by discard(). What a crash leaves is removed before the storage is opened again.
 * F2. Nothing of it is synced: after a crash it is worth nothing.
 * F3. Calls are carried out one after the other. What fails is told to the caller, and to nobody else.
 * Tests: snapshot-spool.spec.ts.
 */
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RaftoralError } from '../../errors/index.js';
import { storageError } from './sqlite-error.js';
import { SerialQueue } from './state-queue.js';
const SPOOL = /^snapshot-\d+-\d+\.part$/;
let made = 0;
/** F1. Throws STORAGE_READ_ONLY and its like. */
export async function removeSpools(folder) {
    for (const name of await readdir(folder)) {
        if (!SPOOL.test(name))
            continue;
        try {
            await rm(join(folder, name), { force: true });
        }
        catch (error) {
            throw storageError(error, { file: join(folder, name), doing: 'remove what is left of a snapshot' });
        }
    }
}
export class FileSpool {
    groupId;
    file;
    queue = new SerialQueue();
    handle = null;
    length = 0;
    isDiscarded = false;
    constructor(folder, groupId) {
        this.groupId = groupId;
        this.file = join(folder, `snapshot-${groupId}-${++made}.part`);
    }
    append(bytes) {
        return this.use('keep a snapshot that is being received', async (handle) => {
            for (let at = 0; at < bytes.length;) {
                const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, this.length);
                at += bytesWritten;
                this.length += bytesWritten;
            }
        });
    }
    read(offset, length) {
        return this.use('read a snapshot that was received', async (handle) => {
            const bytes = new Uint8Array(length);
            for (let at = 0; at < length;) {
                const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
                if (bytesRead === 0)
                    throw new Error(`it ends before ${offset + length}`);
                at += bytesRead;
            }
            return bytes;
        });
    }
    discard() {
        return this.queue.run(async () => {
            if (this.isDiscarded)
                return;
            this.isDiscarded = true;
            const { handle } = this;
            this.handle = null;
            if (handle === null)
                return;
            // What can not be closed or removed takes room until the next start, and harms nothing (F1).
            await handle.close().catch(() => undefined);
            await rm(this.file, { force: true }).catch(() => undefined);
        });
    }
    use(doing, work) {
        return this.queue.run(async () => {
            if (this.isDiscarded)
                throw new RaftoralError('STORAGE_FAILED', `${this.file}: the snapshot is not wanted any more`, { details: { file: this.file } });
            try {
                this.handle ??= await open(this.file, 'w+');
                return await work(this.handle);
            }
            catch (error) {
                throw storageError(error, { file: this.file, groupId: this.groupId, doing });
            }
        });
    }
}
//# sourceMappingURL=file-spool.js.map