/** Power cuts of one node under load, one after the other: each next node starts on the disk that the last cut left. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { countAndClose, settle, sleep, untilReady } from './fault-case.js';
import { PowerSupply } from './power.js';
import { ALL_FILES } from './shim.js';
import { Torture } from './torture.js';
import { Refused } from './victim-process.js';
const LANES = 32;
export const powerCutCase = {
    name: 'power-cut',
    what: 'the disk of one instant under load, without what was not synced by then',
    async run(context) {
        const { machine, random, report, cuts } = context;
        const supply = new PowerSupply(machine);
        const torture = new Torture(context, random, 'cut');
        const boot = () => torture.boot({ storagePath: join(supply.path, 'node') });
        for (let cut = 1; cut <= cuts; cut++) {
            const victim = boot();
            const isStarting = cut > 1 && random.chance(0.1);
            if (isStarting)
                await sleep(random.int(600));
            else {
                await untilReady(victim);
                report.clean(`cut ${cut - 1}: what was acknowledged is there`, await torture.verify(victim, 'touched'), victim.log);
            }
            await cutPower(torture, victim, supply, isStarting ? 0 : 20 + random.int(500));
            report.cuts++;
            countAndClose(context, victim);
        }
        await settle(context, torture, boot);
        report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
        supply.release();
    },
};
/** Load for a while, then the cut; the supply stands on the copy afterwards. */
export async function cutPower(torture, victim, supply, loadMs) {
    const load = loadMs > 0 ? torture.load(victim, LANES) : null;
    await sleep(loadMs);
    for (let turn = 0; turn < 3; turn++)
        await setImmediate(); // what was said by now is read, and noted
    torture.void(victim);
    const cut = supply.cut();
    await victim.kill();
    await load?.over;
    cut.switchOver();
}
/** The fault that this harness exists for: a node whose syncs do nothing must be seen to lose what it acknowledged. */
export const lostSyncCase = {
    name: 'self-test',
    what: 'a node whose fsync does nothing is caught losing what it acknowledged',
    async run(context) {
        const { machine, random, report } = context;
        const supply = new PowerSupply(machine);
        const torture = new Torture(context, random, 'self');
        const honest = torture.boot({ storagePath: join(supply.path, 'node') });
        await untilReady(honest);
        await cutPower(torture, honest, supply, 200);
        const liar = torture.boot({ storagePath: join(supply.path, 'node') });
        await untilReady(liar);
        report.clean('an honest node, cut in the same way, loses nothing', await torture.verify(liar, 'touched'), liar.log);
        liar.control.arm(0, { action: 'leave-out', files: ALL_FILES, operations: ['sync'] });
        const before = { ...torture.ledger.acknowledged };
        await cutPower(torture, liar, supply, 500);
        const acknowledged = torture.ledger.acknowledged.checkpoints - before.checkpoints;
        report.check('the lying node acknowledged', acknowledged > 0 && liar.control.count('syncsLeftOut', ALL_FILES) > 0);
        const problems = await seenAfter(torture, supply, context);
        const lost = problems.filter(({ kind }) => kind === 'lost').length;
        report.check('the loss is seen', lost > 0, `${acknowledged} checkpoints were acknowledged without a sync, ${problems.length} problems were found`);
        report.say(`${acknowledged} checkpoints acknowledged without a sync; ${lost} losses seen`);
        countAndClose(context, honest, liar);
        supply.release();
    },
};
/** What is found on the disk that the lying node left; a node that refuses such a disk has noticed it, too, and then there is nothing to read. */
async function seenAfter(torture, supply, context) {
    const victim = torture.boot({ storagePath: join(supply.path, 'node') });
    try {
        await victim.ready;
        const problems = await torture.verify(victim, 'touched');
        await victim.kill();
        return problems;
    }
    catch (error) {
        if (!(error instanceof Refused))
            throw error;
        context.report.say(`the node refuses the disk: ${error.message}`);
        return [];
    }
    finally {
        countAndClose(context, victim);
    }
}
//# sourceMappingURL=power-cut.js.map