import { STORAGE_FILES } from './shim.js';
import { Refused, VictimGone } from './victim-process.js';
export function sleep(ms) {
    return new Promise((resolve) => void setTimeout(resolve, ms));
}
/** Waits until the node is ready; throws with its log if it does not get there. */
export async function untilReady(victim) {
    try {
        await victim.ready;
    }
    catch (error) {
        await victim.ended;
        throw new Error(`the node did not start: ${error.message}\n${victim.log}`, { cause: error });
    }
}
/** The error with which the node refuses to start; null if it starts, and then it is killed. */
export async function bootRefusal(victim) {
    try {
        await victim.ready;
        await victim.kill();
        return null;
    }
    catch (error) {
        if (!(error instanceof Refused) && !(error instanceof VictimGone))
            throw error;
        await victim.ended;
        return error instanceof Refused ? error : new Refused('none', `${error.message}\n${victim.log}`);
    }
}
/** Adds what the victim synced to the counts, and lets go of its control block. */
export function countAndClose({ report }, ...victims) {
    for (const { control } of victims) {
        report.fsyncs += control.count('syncs', STORAGE_FILES);
        control.close();
    }
}
/** Resolves with what stopped the node; with null when nothing did within the time. */
export async function untilFailed(victim, withinMs) {
    for (const endMs = performance.now() + withinMs; performance.now() < endMs; await sleep(10)) {
        const { failure } = await victim.status();
        if (failure !== null)
            return failure;
    }
    return null;
}
/** A node that stopped acknowledges nothing: each kind of write is refused. The codes. */
export async function codesOfWrites(victim, torture) {
    const open = torture.ledger.unfinished().find(({ isStarted }) => isStarted);
    const target = open?.workflowId ?? 'none';
    const calls = [
        victim.call({
            op: 'start',
            workflowId: `late-${torture.random.uuid()}`,
            requestId: torture.random.uuid(),
            input: { steps: 1, padBytes: 0, sleepMs: 0, signals: 0 },
        }),
        victim.call({ op: 'signal', workflowId: target, requestId: torture.random.uuid(), payload: 'late' }),
    ];
    return Promise.all(calls.map((call) => call.then(() => 'acknowledged', (error) => (error instanceof Refused ? error.code : `gone: ${String(error)}`))));
}
/** The last of a case: every open run gets its result, everything is verified, the node stops in good order, and a next start still has it all. */
export async function settle(context, torture, boot) {
    const { report } = context;
    const first = boot();
    await untilReady(first);
    report.clean('everything acknowledged is there', await torture.verify(first, 'touched'), first.log);
    report.clean('every open run goes on to its result', await torture.finishAll(first), first.log);
    await first.stop();
    const second = boot();
    await untilReady(second);
    report.clean('after a stop in good order all of it is there', await torture.verify(second, 'all'), second.log);
    await second.kill();
    countAndClose(context, first, second);
    report.add(torture.ledger.acknowledged);
    const { starts, signals, checkpoints, results } = torture.ledger.acknowledged;
    report.say(`acknowledged: ${starts} starts, ${signals} signals, ${checkpoints} checkpoints, ${results} results`);
}
//# sourceMappingURL=fault-case.js.map