/** A file system that turns read-only under a running node (as ext4 does after an error of its own), and one that is mounted so. */
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { bootRefusal, codesOfWrites, countAndClose, settle, sleep, untilFailed, untilReady } from './fault-case.js';
import { mount, run } from './machine.js';
import { newImage } from './power.js';
import { Torture } from './torture.js';
const MIB = 1024 * 1024;
const STOPPED_WITHIN_MS = 10_000;
export const readOnlyCase = {
    name: 'read-only',
    what: 'the file system turns read-only under the node; then it is mounted read-only',
    async run(context) {
        const { machine, random, report } = context;
        const image = machine.newImagePath('abort');
        newImage(image, 64 * MIB);
        let disk = mount(machine, image, machine.newFolder('abort'), '-o', 'loop');
        const torture = new Torture(context, random, 'ro');
        const boot = () => torture.boot({ storagePath: join(disk.path, 'node') });
        const victim = boot();
        await untilReady(victim);
        const load = torture.load(victim, 32);
        await sleep(300);
        run('mount', '-o', 'remount,abort', disk.path); // what ext4 does to itself when its journal fails
        const failure = await untilFailed(victim, STOPPED_WITHIN_MS);
        report.check('the node says why it stopped', /STORAGE_(READ_ONLY|FAILED)/.test(failure ?? ''), String(failure), victim.log);
        const codes = await codesOfWrites(victim, torture);
        report.check('it acknowledges nothing more', codes.every((code) => /^STORAGE_(READ_ONLY|FAILED)$/.test(code)), codes.join(', '));
        await victim.kill();
        await load.over;
        disk.release();
        repair(image);
        disk = mount(machine, image, machine.newFolder('read-only'), '-o', 'loop,ro');
        const refused = boot();
        const refusal = await bootRefusal(refused);
        report.check('on a read-only mount it does not start, and says why', refusal?.code === 'STORAGE_READ_ONLY', String(refusal?.message));
        report.check('the message names the file', /\b(log|state)\.db\b|node\b/.test(refusal?.message ?? ''), String(refusal?.message));
        disk.release();
        disk = mount(machine, image, machine.newFolder('writable'), '-o', 'loop');
        countAndClose(context, victim, refused);
        await settle(context, torture, boot);
        disk.release();
    },
};
/** Replays the journal and clears the mark of the error; 1 is "corrected". */
function repair(image) {
    const { status, stdout } = spawnSync('e2fsck', ['-f', '-p', image], { encoding: 'utf8' });
    if (status !== 0 && status !== 1)
        throw new Error(`e2fsck: ${stdout}`);
}
//# sourceMappingURL=read-only.js.map