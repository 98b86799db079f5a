/** A disk without room: the node stops at the write that found none, and starts again, with everything, when there is room. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bootRefusal, codesOfWrites, countAndClose, settle, sleep, untilFailed, untilReady, } from './fault-case.js';
import { mount } from './machine.js';
import { newImage } from './power.js';
import { Torture } from './torture.js';
const MIB = 1024 * 1024;
const LANES = 16;
const FULL_WITHIN_MS = 30_000;
const LARGE = (random) => ({
    steps: 4 + random.int(8),
    padBytes: 2_000 + random.int(12_000),
    sleepMs: 0,
    signals: random.int(2),
});
export const fullDiskCase = {
    name: 'disk-full',
    what: 'no room left, on ext4 and on tmpfs; then room is made',
    async run(context) {
        const { machine } = context;
        const image = machine.newImagePath('small');
        newImage(image, 64 * MIB);
        await fill(context, 'ext4', mount(machine, image, machine.newFolder('small'), '-o', 'loop'));
        await fill(context, 'tmpfs', mount(machine, 'tmpfs', machine.newFolder('small'), '-t', 'tmpfs', '-o', `size=${64 * MIB}`));
    },
};
async function fill(context, type, disk) {
    const { random, report } = context;
    const torture = new Torture(context, random.fork(type), `full-${type}`);
    const boot = () => torture.boot({ storagePath: join(disk.path, 'node') });
    const victim = boot();
    await untilReady(victim);
    const load = torture.load(victim, LANES, LARGE);
    await sleep(300);
    const ballast = join(disk.path, 'ballast');
    takeAllRoom(ballast);
    const failure = await untilFailed(victim, FULL_WITHIN_MS);
    report.check(`${type}: the node says why it stopped`, failure?.includes('STORAGE_FULL') === true, String(failure), victim.log);
    const codes = await codesOfWrites(victim, torture);
    report.check(`${type}: it acknowledges nothing more`, codes.every((code) => code === 'STORAGE_FULL'), codes.join(', '));
    await victim.kill();
    await load.over;
    takeAllRoom(ballast);
    const again = boot();
    const refusal = await bootRefusal(again);
    // What was freed when the process died may be room enough to start.
    report.check(`${type}: started on the full disk, it says so or serves`, refusal === null || refusal.code === 'STORAGE_FULL', String(refusal?.message));
    rmSync(ballast);
    countAndClose(context, victim, again);
    await settle(context, torture, boot);
    disk.release();
}
/** Writes into the file until there is no room for one more block. */
function takeAllRoom(path) {
    const file = openSync(path, 'a');
    try {
        for (let size = MIB; size >= 512;) {
            try {
                writeSync(file, Buffer.alloc(size));
            }
            catch (error) {
                if (error.code !== 'ENOSPC')
                    throw error;
                size /= 2;
            }
        }
    }
    finally {
        closeSync(file);
    }
}
//# sourceMappingURL=full-disk.js.map