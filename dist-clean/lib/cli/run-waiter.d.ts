import type { ControlClient, JsonObject } from '../index.js';
import type { CliEnvironment } from './environment.js';
import type { Progress } from './progress.js';
export interface WaitParts {
    readonly environment: Pick<CliEnvironment, 'onInterrupt'>;
    readonly client: ControlClient;
    readonly run: JsonObject;
    /** undefined: without end. */
    readonly timeoutMs: number | undefined;
    readonly progress: Progress;
}
/** The result. Rejects as workflow.result does, with OUTCOME_UNKNOWN when the time is up, or with Interrupted. */
export declare function waitForRun({ environment, client, run, timeoutMs, progress }: WaitParts): Promise<JsonObject>;
