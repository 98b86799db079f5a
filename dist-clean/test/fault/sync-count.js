/**
 * Syncs are counted where the process asks the system for them. A setting that is read back proves nothing: a build of SQLite can say FULL and
 * behave as NORMAL, which syncs only at checkpoints, and a power cut takes everything that was acknowledged since.
 */
import { countAndClose, untilReady } from './fault-case.js';
import { LOG_FILES } from './shim.js';
import { Torture } from './torture.js';
const ONE_AT_A_TIME = 200;
const TOGETHER = 3_200;
const IN_FLIGHT = 64;
export const syncCountCase = {
    name: 'sync-count',
    what: 'a sync for every commit that is acknowledged alone, one for many that come together',
    async run(context) {
        const { report } = context;
        const alone = await measure(context, 'alone', ONE_AT_A_TIME, 1);
        report.check('one at a time: a sync each', alone.syncs >= ONE_AT_A_TIME, `${alone.syncs} syncs for ${ONE_AT_A_TIME} acknowledged commits`);
        const together = await measure(context, 'together', TOGETHER, IN_FLIGHT);
        report.check(`${IN_FLIGHT} in flight: many commits share a sync`, together.syncs * 4 <= TOGETHER && together.syncs * IN_FLIGHT >= TOGETHER, `${together.syncs} syncs for ${TOGETHER} acknowledged commits`);
        const weak = await measure(context, 'weak', ONE_AT_A_TIME, 1, true);
        report.check('the victim with synchronous=NORMAL is one', weak.replaced > 0, 'no statement that sets synchronous was met');
        report.check('the count gives NORMAL away', weak.syncs < ONE_AT_A_TIME / 2, `${weak.syncs} syncs for ${ONE_AT_A_TIME} acknowledged commits`);
        report.say(`syncs of log.db for ${ONE_AT_A_TIME} commits one at a time: ${alone.syncs}; with synchronous=NORMAL: ${weak.syncs}`);
        report.say(`syncs of log.db for ${TOGETHER} commits, ${IN_FLIGHT} in flight: ${together.syncs}`);
    },
};
/** Signals to one waiting run: each is one commit, acknowledged when it is recorded. */
async function measure(context, name, commits, inFlight, synchronousNormal = false) {
    const torture = new Torture(context, context.random.fork(name), name);
    const victim = torture.boot({
        storagePath: context.machine.newFolder(name),
        options: { synchronousNormal, raft: {} }, // the defaults: flushes are far apart
    });
    await untilReady(victim);
    const record = torture.intend({ steps: 0, padBytes: 0, sleepMs: 0, signals: commits + 1 });
    const { workflowId, requestId, input, signals } = record;
    const { runId } = (await victim.call({ op: 'start', workflowId, requestId, input }));
    torture.ledger.started(record, runId);
    const before = victim.control.count('syncs', LOG_FILES);
    const queue = signals.slice(0, -1); // the last one would end the run, which is one more commit
    await Promise.all(Array.from({ length: inFlight }, () => send(victim, torture, record, queue)));
    const syncs = victim.control.count('syncs', LOG_FILES) - before;
    const { synchronousReplaced } = await victim.status();
    context.report.clean(`${name}: every signal is there, once`, await torture.verify(victim, 'all'), victim.log);
    await victim.kill();
    countAndClose(context, victim);
    context.report.add(torture.ledger.acknowledged);
    return { syncs, replaced: synchronousReplaced };
}
async function send(victim, torture, record, queue) {
    for (let signal = queue.shift(); signal !== undefined; signal = queue.shift()) {
        const { requestId, payload } = signal;
        await victim.call({ op: 'signal', workflowId: record.workflowId, requestId, payload });
        torture.ledger.signalled(record, signal);
    }
}
//# sourceMappingURL=sync-count.js.map