/**
 * Waits for the end of a run, from outside: says meanwhile what it does, and leaves it alone when the wait ends.
 */
import { isRaftoralError, RaftoralError } from '../errors/index.js';
import type { ControlClient, JsonObject, WorkflowStreamView } from '../index.js';
import type { CliEnvironment } from './environment.js';
import { Interrupted } from './interrupted.js';
import type { Progress } from './progress.js';
import { renderStreamItem } from './render-run.js';

const LAST_EVENTS_MS = 1_000;

export interface WaitParts {
  readonly environment: Pick<CliEnvironment, 'onInterrupt'>;
  readonly client: ControlClient;
  readonly run: JsonObject;
  /** undefined: without end. */
  readonly timeoutMs: number | undefined;
  readonly progress: Progress;
}

/** The result. Rejects as workflow.result does, with OUTCOME_UNKNOWN when the time is up, or with Interrupted. */
export async function waitForRun({ environment, client, run, timeoutMs, progress }: WaitParts): Promise<JsonObject> {
  const over = new AbortController();
  const told = timeoutMs === undefined ? {} : { timeoutMs };
  const result = client.call('workflow.result', timeoutMs === undefined ? run : { ...run, timeoutMs }, told);
  const watching = progress.isOn ? sayEvents(client, run, progress, over.signal) : Promise.resolve();
  let forget = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    forget = environment.onInterrupt(() =>
      reject(
        new Interrupted(
          `Stopped waiting. The run of workflow '${String(run['workflowId'])}' goes on; \`raftoral workflow wait\` waits for it again.`,
        ),
      ),
    );
  });
  try {
    const ended = await Promise.race([result, interrupted]);
    // The answer may overtake the last events; the stream ends with the run.
    await atMost(LAST_EVENTS_MS, watching);
    return ended;
  } catch (error) {
    if (isRaftoralError(error, 'OUTCOME_UNKNOWN'))
      throw new RaftoralError('OUTCOME_UNKNOWN', `workflow '${String(run['workflowId'])}' has not ended in time; the run goes on`, {
        details: error.details,
      });
    throw error;
  } finally {
    forget();
    over.abort();
    await watching;
    progress.clear();
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

/** Each event in a line of progress. A stream that breaks ends the lines, and not the wait. */
async function sayEvents(client: ControlClient, run: JsonObject, progress: Progress, signal: AbortSignal): Promise<void> {
  try {
    for await (const item of client.stream('workflow.events', run, signal)) {
      if (signal.aborted) return;
      progress.say(renderStreamItem(item as unknown as WorkflowStreamView, true));
    }
  } catch (error) {
    if (!signal.aborted) progress.say(`(no events: ${isRaftoralError(error) ? error.code : 'the stream broke'}; still waiting)`);
  }
}
