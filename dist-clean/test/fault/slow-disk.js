/** Syncs that take up to 200 ms: the node gets slow, it stays whole, and it goes on answering; killed in that state it loses nothing. */
import { countAndClose, settle, sleep, untilReady } from './fault-case.js';
import { ALL_FILES } from './shim.js';
import { Torture } from './torture.js';
const SYNC_MAX_US = 200_000;
const ANSWER_MAX_MS = 2_000;
const KILLS = 3;
export const slowDiskCase = {
    name: 'slow-disk',
    what: 'each sync takes 0–200 ms; kill -9 in the middle of it',
    async run(context) {
        const { machine, random, report } = context;
        const storagePath = machine.newFolder('slow-disk');
        const torture = new Torture(context, random, 'slow');
        for (let kill = 0; kill < KILLS; kill++) {
            const victim = torture.boot({ storagePath });
            victim.control.arm(0, { action: 'wait', files: ALL_FILES, operations: ['sync'], parameter: SYNC_MAX_US });
            await untilReady(victim);
            report.clean(`kill ${kill}: what was acknowledged is there`, await torture.verify(victim, 'touched'), victim.log);
            const load = torture.load(victim, 32);
            let answers = 0;
            let slowestMs = 0;
            for (const endMs = performance.now() + 2_000; performance.now() < endMs; await sleep(20)) {
                const { alive, aliveMs, failure } = await victim.status();
                if (alive && failure === null)
                    answers++;
                slowestMs = Math.max(slowestMs, aliveMs);
            }
            report.check('it goes on answering, and is well', answers > 10 && slowestMs < ANSWER_MAX_MS, `${answers} answers, slowest ${slowestMs} ms`);
            report.check('the syncs were slow', victim.control.fired(0) > 0);
            await victim.kill();
            await load.over;
            report.kills++;
            countAndClose(context, victim);
        }
        await settle(context, torture, () => torture.boot({ storagePath }));
        report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
    },
};
//# sourceMappingURL=slow-disk.js.map