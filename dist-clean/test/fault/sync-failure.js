/**
 * A sync that fails, once or from then on. The node must stop, say why, acknowledge nothing that depended on it and nothing after it, and never
 * sync over it: after a failed fsync the system may have dropped the data, and the next one succeeds without it. So the power is cut afterwards:
 * what was acknowledged on the strength of a sync that never happened would be gone.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codesOfWrites, countAndClose, settle, sleep, untilFailed, untilReady } from './fault-case.js';
import { run } from './machine.js';
import { PowerSupply } from './power.js';
import { EIO, STORAGE_FILES } from './shim.js';
import { Torture } from './torture.js';
const LANES = 32;
const MET_WITHIN_MS = 20_000;
const STOPPED_WITHIN_MS = 5_000;
const IN_FLIGHT_MS = 200;
export const FIU_FOLDER = '/usr/lib/fiu';
/** Large values: checkpoints of the files come soon. */
const LARGE = (random) => ({ steps: 4 + random.int(8), padBytes: random.int(8_000), sleepMs: 0, signals: random.int(2) });
function once(file) {
    return {
        text: `one failed sync of ${file}`,
        arm: ({ control }) => control.arm(0, { action: 'fail', files: [file], operations: ['sync'], times: 1, parameter: EIO }),
        hasHappened: ({ control }) => control.fired(0) > 0,
        heal: ({ control }) => control.disarm(0),
    };
}
/** libfiu knows calls, not files: every sync of the process fails, until it is told otherwise. */
function byLibfiu(prefix) {
    return {
        text: 'every sync fails (libfiu)',
        arm: ({ pid }) => void run('fiu-ctrl', '-f', prefix, '-c', `enable name=posix/io/sync/*,failinfo=${EIO}`, String(pid)),
        hasHappened: ({ control }) => control.count('syncsFailed', STORAGE_FILES) > 0,
        heal: ({ pid }) => void run('fiu-ctrl', '-f', prefix, '-c', 'disable name=posix/io/sync/*', String(pid)),
    };
}
export const syncFailureCase = {
    name: 'sync-failure',
    what: 'a failed fsync stops the node; nothing is acknowledged over it',
    async run(context) {
        const { machine, random } = context;
        const supply = new PowerSupply(machine);
        const torture = new Torture(context, random, 'sync');
        const prefix = join(machine.folder, 'fiu-ctrl');
        const libraries = [context.library, ...['fiu_run_preload.so', 'fiu_posix_preload.so'].map((name) => join(FIU_FOLDER, name))];
        const withFiu = { LD_PRELOAD: libraries.join(' '), FIU_CTRL_FIFO: prefix };
        for (const file of STORAGE_FILES)
            await fail(context, torture, supply, once(file));
        await fail(context, torture, supply, byLibfiu(prefix), withFiu);
        torture.refusals.length = 0;
        await settle(context, torture, () => torture.boot({ storagePath: join(supply.path, 'node') }));
        supply.release();
    },
};
async function fail(context, torture, supply, fault, environment = {}) {
    const { report } = context;
    const victim = torture.boot({ storagePath: join(supply.path, 'node'), environment });
    await untilReady(victim);
    report.clean(`before ${fault.text}: what was acknowledged is there`, await torture.verify(victim, 'touched'), victim.log);
    const load = torture.load(victim, LANES, LARGE);
    await sleep(100 + torture.random.int(200));
    fault.arm(victim);
    for (const endMs = performance.now() + MET_WITHIN_MS; !fault.hasHappened(victim) && performance.now() < endMs;)
        await sleep(5);
    report.check(`${fault.text}: it happened`, fault.hasHappened(victim), `not within ${MET_WITHIN_MS} ms of load`);
    const failure = await untilFailed(victim, STOPPED_WITHIN_MS);
    report.check(`${fault.text}: the node says why it stopped`, failure?.includes('STORAGE_FAILED') === true, String(failure), victim.log);
    fault.heal(victim);
    await sleep(IN_FLIGHT_MS); // a sync of the other file that was under way may end
    const syncs = victim.control.count('syncs', STORAGE_FILES);
    const codes = [...(await codesOfWrites(victim, torture)), ...(await codesOfWrites(victim, torture))];
    report.check(`${fault.text}: it acknowledges nothing more`, codes.every((code) => code === 'STORAGE_FAILED'), codes.join(', '));
    await sleep(200);
    const more = victim.control.count('syncs', STORAGE_FILES) - syncs;
    report.check(`${fault.text}: it never syncs over it`, more === 0, `${more} syncs after it had stopped`);
    torture.void(victim);
    const cut = supply.cut();
    await victim.kill();
    await load.over;
    cut.switchOver();
    report.cuts++;
    countAndClose(context, victim);
}
export function hasFiu() {
    return existsSync(join(FIU_FOLDER, 'fiu_posix_preload.so'));
}
//# sourceMappingURL=sync-failure.js.map