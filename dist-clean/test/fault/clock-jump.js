/**
 * Wall clocks that jump by minutes, forwards and backwards, one node at a time, under load (libfaketime; the monotonic clock is left alone, as the
 * kernel leaves it). Timers of workflows are state of the group: they may fire late or early by what the leader's clock says, never twice.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { countAndClose, sleep } from './fault-case.js';
import { Fleet, freePorts } from './fleet.js';
import { settleFleet } from './fleet-case.js';
import { Torture } from './torture.js';
const NODES = 3;
const LANES = 24;
/** Below the ten minutes for which answers are remembered: beyond them a request may truly have expired, and says so (R26). */
const JUMPS_SECONDS = [-300, -90, -5, 5, 90, 300];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'];
export const clockJumpCase = {
    name: 'clock-jump',
    what: 'wall clocks of single nodes jump by up to five minutes, both ways, under load',
    async run(context) {
        const { machine, random, report, rounds } = context;
        const library = fakeTimeLibrary();
        const folder = machine.newFolder('clock-jump-clocks');
        const files = Array.from({ length: NODES }, (_, index) => join(folder, `clock-${index + 1}`));
        for (const file of files)
            setClock(file, 0);
        const torture = new Torture(context, random, 'clock-jump');
        const members = (await freePorts(NODES)).map((port, index) => ({
            listen: `127.0.0.1:${port}`,
            environment: {
                LD_PRELOAD: library,
                FAKETIME_TIMESTAMP_FILE: files[index],
                FAKETIME_NO_CACHE: '1',
                FAKETIME_DONT_FAKE_MONOTONIC: '1',
                FAKETIME_DONT_RESET: '1',
            },
        }));
        const fleet = new Fleet({ machine, torture, random, name: 'clock-jump', members });
        await fleet.bootAll();
        const load = torture.load(fleet, LANES);
        for (let round = 0; round < rounds; round++) {
            await sleep(400 + random.int(600));
            const leader = await fleet.leader();
            const index = leader !== null && random.chance(0.6) ? leader : random.int(NODES);
            setClock(files[index], random.pick(JUMPS_SECONDS));
            await sleep(1_500 + random.int(1_500));
            if (random.chance(0.5))
                setClock(files[index], 0);
            await fleet.follow();
            report.clean('after a jump: what was acknowledged is there', await torture.verify(fleet, 'touched'), fleet.log);
        }
        for (const file of files)
            setClock(file, 0);
        await load.stop();
        await settleFleet(context, torture, fleet);
        countAndClose(context, ...fleet.all);
    },
};
/** As a whole: libfaketime reads the file at every call. */
function setClock(file, seconds) {
    writeFileSync(`${file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
    renameSync(`${file}.new`, file);
}
function fakeTimeLibrary() {
    return LIBRARIES.find((path) => existsSync(path)) ?? null;
}
/** Why clocks can not be moved here; null if they can. */
export function fakeTimeMissing() {
    if (fakeTimeLibrary() !== null)
        return null;
    const { stdout } = spawnSync('uname', ['-m'], { encoding: 'utf8' });
    return `not installed: libfaketime for ${stdout.trim()} (Debian: faketime)`;
}
//# sourceMappingURL=clock-jump.js.map