/**
 * SIGSTOP under load: a node stands still for a while, as in a long collection or a moved virtual machine, and wakes up believing that nothing has
 * happened. Others have taken over by then; what it still wants to do must have no effect.
 */
import { countAndClose, sleep } from './fault-case.js';
import { Fleet, freePorts } from './fleet.js';
import { settleFleet } from './fleet-case.js';
import { Torture } from './torture.js';
const NODES = 3;
const LANES = 24;
export const pauseCase = {
    name: 'pause',
    what: 'SIGSTOP and SIGCONT of leaders and followers under load',
    async run(context) {
        const { machine, random, report, rounds } = context;
        const torture = new Torture(context, random, 'pause');
        const members = (await freePorts(NODES)).map((port) => ({ listen: `127.0.0.1:${port}` }));
        const fleet = new Fleet({ machine, torture, random, name: 'pause', members });
        await fleet.bootAll();
        const load = torture.load(fleet, LANES);
        let leaders = 0;
        for (let round = 0; round < rounds; round++) {
            await sleep(200 + random.int(500));
            const leader = await fleet.leader();
            const index = leader !== null && random.chance(0.6) ? leader : random.int(NODES);
            if (index === leader)
                leaders++;
            fleet.pause(index);
            const ms = random.pick([150, 700, 2_500, 4_000]) + random.int(300);
            await sleep(ms / 2);
            const before = torture.ledger.acknowledged.checkpoints;
            await sleep(ms / 2);
            const during = torture.ledger.acknowledged.checkpoints - before;
            fleet.resume(index);
            if (ms > 2_000)
                report.check('while one is paused the others go on', during > 0, `${during} checkpoints in ${ms / 2} ms`, fleet.log);
            await fleet.follow();
            report.clean('after a pause: what was acknowledged is there', await torture.verify(fleet, 'touched'), fleet.log);
        }
        await load.stop();
        report.say(`pauses: ${rounds}, of leaders ${leaders}`);
        await settleFleet(context, torture, fleet);
        countAndClose(context, ...fleet.all);
    },
};
//# sourceMappingURL=pause.js.map