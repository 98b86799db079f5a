import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';
import { CALM_DISK, SECTOR_BYTES, SimulatedDisk } from './simulated-disk.js';
import { VirtualTime } from './virtual-time.js';
function computer(seed, tearBytes = 512) {
    const time = new VirtualTime();
    const disk = new SimulatedDisk({ time, random: new SeededRandom(seed, 'disk'), profile: { ...CALM_DISK, tearBytes } });
    const process = time.createNode();
    const file = disk.file('f');
    return { time, disk, process, file, sync: () => time.runUntilSettled(file.sync(process), 1000) };
}
const filled = (length, value) => new Uint8Array(length).fill(value);
/** Value of each sector of the file. */
function sectors(file) {
    const bytes = file.read(0, file.lengthBytes);
    const values = [];
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
        const sector = bytes.subarray(at, at + SECTOR_BYTES);
        expect(new Set(sector).size).toBe(1); // a sector is never torn
        values.push(sector[0]);
    }
    return values;
}
describe('SimulatedDisk', () => {
    it('D1: what a sync has reported survives every power cut', async () => {
        for (let seed = 1; seed <= 30; seed++) {
            const { disk, file, sync } = computer(seed);
            file.write(0, filled(4 * SECTOR_BYTES, 1));
            await sync();
            file.write(4 * SECTOR_BYTES, filled(4 * SECTOR_BYTES, 2));
            disk.cutPower();
            expect(sectors(file).slice(0, 4)).toEqual([1, 1, 1, 1]);
        }
    });
    it('D1: of what was not synced, a power cut keeps nothing, all, a prefix or any subset, in units of 512 or 4096 bytes', () => {
        for (const tearBytes of [512, 4096]) {
            const outcomes = new Set();
            for (let seed = 1; seed <= 200; seed++) {
                const { disk, file } = computer(seed, tearBytes);
                for (let page = 0; page < 3; page++)
                    file.write(page * 4096, filled(4096, page + 1));
                disk.cutPower();
                const kept = [...sectors(file), ...Array(24).fill(0)].slice(0, 24);
                outcomes.add(kept.map((value) => (value === 0 ? '.' : '#')).join(''));
            }
            expect(outcomes).toContain('.'.repeat(24));
            expect(outcomes).toContain('#'.repeat(24));
            expect(outcomes).toContain('########................'); // a prefix
            const isTornInPage = [...outcomes].some((outcome) => [0, 8, 16].some((at) => new Set(outcome.slice(at, at + 8)).size > 1));
            expect(isTornInPage).toBe(tearBytes === 512);
            if (tearBytes === 4096)
                expect(outcomes).toContain('........########........'); // a subset, out of order
        }
    });
    it('D1: the death of a process loses nothing that it wrote', () => {
        const { file, process } = computer(1);
        file.write(0, filled(SECTOR_BYTES, 7));
        process.kill();
        expect(sectors(file)).toEqual([7]);
    });
    it('D2: after a failed sync the next one succeeds, and has not written what the first one dropped', async () => {
        let lost = 0;
        for (let seed = 1; seed <= 20; seed++) {
            const { disk, file, sync } = computer(seed);
            file.write(0, filled(SECTOR_BYTES, 9));
            disk.failNextSync();
            await expect(sync()).rejects.toMatchObject({ code: 'EIO' });
            await sync();
            expect(sectors(file)).toEqual([9]); // the page cache still shows it
            disk.cutPower();
            if (sectors(file).length === 0)
                lost++;
        }
        expect(lost).toBeGreaterThan(5);
        expect(lost).toBeLessThan(20);
    });
    it('D3: a full disk takes a part of a write, and what does not grow a file', () => {
        const { disk, file } = computer(1);
        file.write(0, filled(2 * SECTOR_BYTES, 1));
        disk.full = 'growth';
        file.write(0, filled(SECTOR_BYTES, 2));
        expect(() => file.write(SECTOR_BYTES, filled(2 * SECTOR_BYTES, 3))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
        expect(sectors(file)).toEqual([2, 3]);
        disk.full = 'any';
        expect(() => file.write(0, filled(SECTOR_BYTES, 4))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
        disk.heal(CALM_DISK);
        file.write(0, filled(4 * SECTOR_BYTES, 5));
        expect(sectors(file)).toEqual([5, 5, 5, 5]);
        expect(disk.counts.fullWrites).toBe(2);
    });
    it('a sync takes virtual time, and a process that died in it never hears of it', async () => {
        const { time, file, process } = computer(1);
        file.write(0, filled(SECTOR_BYTES, 1));
        let isHeard = false;
        const heard = () => {
            isHeard = true;
        };
        file.sync(process).then(heard, heard);
        process.kill();
        await time.advance(100);
        expect(isHeard).toBe(false);
    });
});
//# sourceMappingURL=simulated-disk.spec.js.map