import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { StateFolders } from '../../../test/support/state-folder.js';
import { ModelState, contentOf, positionAt, runRow } from '../../testing/storage-suite-model.js';
const GROUP = 3;
const PAGE_BYTES = 4096;
const folders = new StateFolders();
afterAll(() => folders.dispose());
async function twoFlushes() {
    const folder = await folders.create();
    const state = new ModelState();
    for (let order = 1; order <= 30; order++)
        state.run(runRow(order), 2);
    await state.flush(folder.store, GROUP, positionAt(10));
    const before = state.content();
    const from = readFileSync(`${folder.file}-wal`).length;
    for (let order = 1; order <= 30; order++)
        state.run(runRow(order, { closedMs: order > 20 ? 50 + order : 0 }), 3);
    await state.flush(folder.store, GROUP, positionAt(20));
    return { before, after: state.content(), folder: folder.copyFiles(), from, to: readFileSync(`${folder.file}-wal`).length };
}
const found = async (copy) => {
    await copy.open();
    const content = await contentOf(copy.store, GROUP);
    await copy.store.close();
    return content;
};
describe('state.db after a power cut', () => {
    it('R34: whatever part of a flush got to the disk, the flush before it is there, whole [redisraft#654]', async () => {
        const { before, after, folder, from, to } = await twoFlushes();
        expect(to - from).toBeGreaterThan(5 * PAGE_BYTES);
        const lengths = [from, from + 1, from + 512];
        for (let length = from + PAGE_BYTES; length < to; length += PAGE_BYTES)
            lengths.push(length);
        for (const length of [...lengths, to - 1]) {
            const copy = folder.copyFiles();
            truncateSync(`${copy.file}-wal`, length);
            expect(await found(copy)).toEqual(before);
        }
        expect(await found(folder.copyFiles())).toEqual(after);
    });
    it('R34: a sector of the flush that did not get to the disk undoes the flush, and only that', async () => {
        const { before, folder, from, to } = await twoFlushes();
        for (let at = from; at < to; at += 3 * PAGE_BYTES + 512) {
            const copy = folder.copyFiles();
            const wal = readFileSync(`${copy.file}-wal`);
            // Old content of the disk, whatever it was: not what was written.
            for (let i = at; i < Math.min(at + 512, to); i++)
                wal[i] ^= 0xa5;
            writeFileSync(`${copy.file}-wal`, wal);
            expect(await found(copy)).toEqual(before);
        }
    });
    it('what was recovered from the WAL is in the file itself once it is open', async () => {
        const { after, folder } = await twoFlushes();
        const copy = folder.copyFiles();
        await copy.open();
        expect(readFileSync(`${copy.file}-wal`)).toHaveLength(0);
        const third = copy.copyFiles();
        expect(await found(third)).toEqual(after);
        await copy.store.close();
    });
});
//# sourceMappingURL=state-recovery.spec.js.map