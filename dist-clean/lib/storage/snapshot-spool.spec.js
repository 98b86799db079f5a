import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemorySpool } from './memory-spool.js';
import { FileSpool, removeSpools } from './typeorm/file-spool.js';
import { SqliteRaftStorage } from './typeorm/sqlite-storage.js';
const made = [];
afterEach(() => {
    for (const folder of made.splice(0))
        rmSync(folder, { recursive: true, force: true });
});
function folder() {
    const path = mkdtempSync(join(tmpdir(), 'raftoral-spool-'));
    made.push(path);
    return path;
}
describe.each([
    ['in memory', () => new MemorySpool()],
    ['in a file', () => new FileSpool(folder(), 1)],
])('a spool %s', (_name, make) => {
    it('gives back what was appended, wherever it is read', async () => {
        const spool = make();
        const whole = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 31) % 256));
        const appended = [];
        for (let at = 0; at < 1000; at += 37)
            appended.push(spool.append(whole.subarray(at, Math.min(1000, at + 37))));
        await Promise.all(appended);
        for (const [offset, length] of [
            [0, 1000],
            [0, 1],
            [36, 2],
            [999, 1],
            [37, 74],
            [500, 0],
        ]) {
            expect(Buffer.compare(await spool.read(offset, length), whole.subarray(offset, offset + length))).toBe(0);
        }
        await expect(spool.read(999, 2)).rejects.toThrow();
        await spool.discard();
        await spool.discard();
    });
    it('keeps nothing of the bytes that were given to it', async () => {
        const spool = make();
        const bytes = Uint8Array.of(1, 2, 3);
        await spool.append(bytes);
        bytes.fill(9);
        expect([...(await spool.read(0, 3))]).toEqual([1, 2, 3]);
        await spool.discard();
    });
});
describe('a spool in a file', () => {
    it('has no file before its first byte, and none after it is discarded, whatever is still asked of it', async () => {
        const path = folder();
        const spool = new FileSpool(path, 3);
        expect(readdirSync(path)).toEqual([]);
        await spool.append(Uint8Array.of(1));
        expect(readdirSync(path)).toEqual([expect.stringMatching(/^snapshot-3-\d+\.part$/)]);
        const [late] = await Promise.allSettled([(spool.discard(), spool.append(Uint8Array.of(2)))]);
        expect(late).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_FAILED' } });
        await expect(spool.read(0, 1)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
        expect(readdirSync(path)).toEqual([]);
    });
    it('a failure names the file, and is nobody else’s', async () => {
        const path = join(folder(), 'not-there');
        const error = (await new FileSpool(path, 1).append(Uint8Array.of(1)).catch((e) => e));
        expect([error.code, error.details['groupId']]).toEqual(['STORAGE_FAILED', 1]);
        expect(error.details['file']).toContain(path);
    });
    it('what a crash leaves is gone once the storage is open again, and nothing else is', async () => {
        const path = folder();
        const kept = ['snapshot.part', 'snapshot-1-2.part.bak', 'peers.json'];
        for (const name of [...kept, 'snapshot-1-1.part', 'snapshot-77-12.part'])
            writeFileSync(join(path, name), 'x');
        const storage = new SqliteRaftStorage({ path });
        await storage.open({ deployment: '11111111-2222-4333-8444-555555555555', nodeId: 1, incarnation: 1 });
        const files = readdirSync(path).filter((name) => !name.includes('.db'));
        await storage.close();
        expect(files.sort()).toEqual([...kept].sort());
        await removeSpools(path);
    });
});
//# sourceMappingURL=snapshot-spool.spec.js.map