/**
 * Callers of result(), by run. Owns: who waits, and their deadlines.
 *
 * W1. A waiter is settled once: by the run's end, its deadline, or the end of this node's part in the group.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftoralError } from '../errors/index.js';
import type { RunView } from './state.js';
export declare class RunWaiters {
    private readonly clock;
    private readonly byRun;
    constructor(clock: Clock);
    get size(): number;
    /** Resolves with the run once settle() was called for it. */
    wait({ workflowId, runId }: {
        readonly workflowId: string;
        readonly runId: string;
    }, timeoutMs: number | undefined, timeoutError: () => RaftoralError): Promise<RunView>;
    settle(run: RunView): void;
    reject(runId: string, error: unknown): void;
    rejectAll(error: RaftoralError): void;
    /** Runs that somebody waits for. */
    runs(): ReadonlyArray<{
        readonly workflowId: string;
        readonly runId: string;
    }>;
    private take;
    private drop;
}
