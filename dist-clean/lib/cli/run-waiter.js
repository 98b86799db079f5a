/**
 * Waits for the end of a run, from outside: says meanwhile what it does, and leaves it alone when the wait ends.
 */
import { isRaftoralError, RaftoralError } from '../errors/index.js';
import { Interrupted } from './interrupted.js';
import { renderStreamItem } from './render-run.js';
/** The result. Rejects as workflow.result does, with OUTCOME_UNKNOWN when the time is up, or with Interrupted. */
export async function waitForRun({ environment, client, run, timeoutMs, progress }) {
    const over = new AbortController();
    const told = timeoutMs === undefined ? {} : { timeoutMs };
    const result = client.call('workflow.result', timeoutMs === undefined ? run : { ...run, timeoutMs }, told);
    const watching = progress.isOn ? sayEvents(client, run, progress, over.signal) : Promise.resolve();
    let forget = () => undefined;
    const interrupted = new Promise((_, reject) => {
        forget = environment.onInterrupt(() => reject(new Interrupted(`Stopped waiting. The run of workflow '${String(run['workflowId'])}' goes on; \`raftoral workflow wait\` waits for it again.`)));
    });
    try {
        return await Promise.race([result, interrupted]);
    }
    catch (error) {
        if (isRaftoralError(error, 'OUTCOME_UNKNOWN'))
            throw new RaftoralError('OUTCOME_UNKNOWN', `workflow '${String(run['workflowId'])}' has not ended in time; the run goes on`, {
                details: error.details,
            });
        throw error;
    }
    finally {
        forget();
        over.abort();
        await watching;
        progress.clear();
    }
}
/** Each event in a line of progress. A stream that breaks ends the lines, and not the wait. */
async function sayEvents(client, run, progress, signal) {
    try {
        for await (const item of client.stream('workflow.events', run, signal)) {
            if (signal.aborted)
                return;
            progress.say(renderStreamItem(item, true));
        }
    }
    catch (error) {
        if (!signal.aborted)
            progress.say(`(no events: ${isRaftoralError(error) ? error.code : 'the stream broke'}; still waiting)`);
    }
}
//# sourceMappingURL=run-waiter.js.map