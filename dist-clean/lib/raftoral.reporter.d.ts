/**
 * What the workflow runtime reports about runs, as lines of the engine's logger.
 */
import type { Logger } from './cluster/logger.js';
import type { RunIdentity, RuntimeReporter } from './workflow/run-environment.js';
export declare class LoggingReporter implements RuntimeReporter {
    private readonly logger;
    constructor(logger: Logger);
    diverged(run: RunIdentity, wseq: number, method: string, committed: string, computed: string): void;
    stopped(run: RunIdentity, reason: string, message: string): void;
    rejection(run: RunIdentity, reason: unknown): void;
    warning(run: RunIdentity | null, message: string): void;
}
