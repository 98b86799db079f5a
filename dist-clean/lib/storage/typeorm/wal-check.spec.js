import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from './sqlite-connection.js';
import { WalScan, checkWal } from './wal-check.js';
const FRAME_BYTES = 24 + 4096;
const COMMITS = 6;
let folder = '';
/** Six commits behind the one that made the table. */
let wal = Buffer.alloc(0);
function scan(bytes, part = bytes.length) {
    const walScan = new WalScan();
    for (let at = 0; at < bytes.length; at += part)
        walScan.take(bytes.subarray(at, at + part));
    return walScan.finish();
}
/** The frames that end a commit, from 1. */
function commits(bytes) {
    const found = [];
    for (let frame = 1; 32 + frame * FRAME_BYTES <= bytes.length; frame++)
        if (bytes.readUInt32BE(32 + (frame - 1) * FRAME_BYTES + 4) !== 0)
            found.push(frame);
    return found;
}
function flipped(at) {
    const bytes = Buffer.from(wal);
    bytes[at] ^= 4;
    return bytes;
}
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raftoral-wal-'));
    const file = join(folder, 'a.db');
    const connection = await SqliteConnection.open(file);
    await connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
    for (let i = 0; i < COMMITS; i++)
        await connection.run('INSERT INTO t (text) VALUES (?)', ['x'.repeat(i === 2 ? 20_000 : 100)]);
    await copyFile(`${file}-wal`, join(folder, 'copy'));
    await connection.close();
    wal = await readFile(join(folder, 'copy'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
describe('the write-ahead log that was left behind', () => {
    it('is sound as SQLite wrote it, in whatever parts it is read', () => {
        expect(commits(wal).length).toBeGreaterThanOrEqual(COMMITS);
        for (const part of [wal.length, 1000, 4096, FRAME_BYTES, 7])
            expect(scan(wal, part)).toBeNull();
        expect(scan(new Uint8Array(0))).toBeNull();
    });
    it('may end anywhere: a torn end is no damage (K1)', () => {
        for (let length = 0; length < wal.length; length += 1009)
            expect(scan(wal.subarray(0, length))).toBeNull();
    });
    it('may have lost any part of its last commit, in any order', () => {
        const ends = commits(wal);
        const last = 32 + ends.at(-2) * FRAME_BYTES;
        for (let at = last; at < wal.length; at += 512) {
            const bytes = Buffer.from(wal);
            bytes.fill(0, at, Math.min(at + 512, bytes.length));
            expect(scan(bytes)).toBeNull();
        }
    });
    it('may have frames of an older generation behind its end', () => {
        const ends = commits(wal);
        const bytes = Buffer.from(wal);
        for (let frame = ends[1] + 1; 32 + frame * FRAME_BYTES <= bytes.length; frame++)
            bytes.writeUInt32BE(1, 32 + (frame - 1) * FRAME_BYTES + 8);
        expect(scan(bytes)).toBeNull();
    });
    it('is damaged by any flipped bit that commits follow, and says where (P8)', () => {
        const ends = commits(wal);
        const solid = ends.at(-3);
        for (let at = 32; at < 32 + solid * FRAME_BYTES; at += 997)
            expect(scan(flipped(at))).toMatchObject({ frame: Math.floor((at - 32) / FRAME_BYTES) + 1 });
        for (const at of [0, 9, 17, 25])
            expect(scan(flipped(at))).toMatchObject({ frame: 0 });
    });
    it('is refused by name when it is a file, and one that is not there is not', async () => {
        const file = join(folder, 'b.db-wal');
        await checkWal(file);
        await writeFile(file, wal);
        await checkWal(file);
        await writeFile(file, flipped(2000));
        await expect(checkWal(file)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED', details: { file, frame: 1 } });
    });
});
//# sourceMappingURL=wal-check.spec.js.map