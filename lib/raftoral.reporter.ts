/**
 * What the workflow runtime reports about runs, as lines of the engine's logger.
 */
import type { Logger } from './cluster/logger.js';
import type { RunIdentity, RuntimeReporter } from './workflow/run-environment.js';

export class LoggingReporter implements RuntimeReporter {
  constructor(private readonly logger: Logger) {}

  diverged(run: RunIdentity, wseq: number, method: string, committed: string, computed: string): void {
    this.logger.log(
      'error',
      `${label(run)} diverged at event ${wseq} in ${method}: committed was ${committed}, this node's code did ${computed}`,
      { wseq, method, ...named(run) },
    );
  }

  stopped(run: RunIdentity, reason: string, message: string): void {
    this.logger.log('warn', `${label(run)} is not run on this node any more (${reason}): ${message}`, { reason, ...named(run) });
  }

  rejection(run: RunIdentity, reason: unknown): void {
    this.logger.log('warn', `${label(run)} left a rejection unhandled: ${reason instanceof Error ? reason.message : String(reason)}`, {
      ...named(run),
    });
  }

  warning(run: RunIdentity | null, message: string): void {
    this.logger.log('warn', run === null ? message : `${label(run)}: ${message}`, run === null ? {} : named(run));
  }

  replicasDiffer(message: string): void {
    this.logger.log('error', message);
  }
}

/** What is reported may be the state machine's own record of the run, with its whole history. */
function named({ workflowId, runId, name, version }: RunIdentity): Readonly<Record<string, unknown>> {
  return { workflowId, runId, name, version };
}

function label({ name, version, workflowId }: RunIdentity): string {
  return `workflow '${workflowId}' (${name} version ${version})`;
}
