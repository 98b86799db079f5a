export class LoggingReporter {
    logger;
    constructor(logger) {
        this.logger = logger;
    }
    diverged(run, wseq, method, committed, computed) {
        this.logger.log('error', `${label(run)} diverged at event ${wseq} in ${method}: committed was ${committed}, this node's code did ${computed}`, { wseq, method, ...named(run) });
    }
    stopped(run, reason, message) {
        this.logger.log('warn', `${label(run)} is not run on this node any more (${reason}): ${message}`, { reason, ...named(run) });
    }
    rejection(run, reason) {
        this.logger.log('warn', `${label(run)} left a rejection unhandled: ${reason instanceof Error ? reason.message : String(reason)}`, {
            ...named(run),
        });
    }
    warning(run, message) {
        this.logger.log('warn', run === null ? message : `${label(run)}: ${message}`, run === null ? {} : named(run));
    }
}
/** What is reported may be the state machine's own record of the run, with its whole history. */
function named({ workflowId, runId, name, version }) {
    return { workflowId, runId, name, version };
}
function label({ name, version, workflowId }) {
    return `workflow '${workflowId}' (${name} version ${version})`;
}
//# sourceMappingURL=raftoral.reporter.js.map