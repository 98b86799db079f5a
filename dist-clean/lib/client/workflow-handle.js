/**
 * One workflow run, as an application holds it: result, queries, signals, and what an operator does.
 *
 * L1. A handle holds no state of the run; every call asks the cluster. It may be thrown away and made again by getHandle().
 * L2. A handle with a runId speaks of that run; without one, of the current run of the id at each call.
 * L3. Every writing call takes a requestId (minted when absent); the error of a call whose outcome is unknown carries it.
 * L4. JSON.stringify(handle) gives the ids, so a controller may return one.
 */
import { map } from 'rxjs';
import { RaftoralError } from '../errors/index.js';
import { checkCall, checkQuery, checkText, checkWrite } from './arguments.js';
import { viewStreamItem } from './event-view.js';
import { QueryRef, SignalRef, } from './workflow-target.js';
export class WorkflowHandle {
    forwarder;
    workflowId;
    runId;
    ref;
    constructor(forwarder, workflowId, 
    /** undefined: the current run of the id. */
    runId) {
        this.forwarder = forwarder;
        this.workflowId = workflowId;
        this.runId = runId;
        this.ref = runId === undefined ? { workflowId } : { workflowId, runId };
    }
    /**
     * Resolves with what run() returned, following continueAsNew. Rejects with WORKFLOW_FAILED (the workflow's error is the
     * cause), WORKFLOW_CANCELLED or WORKFLOW_TERMINATED. Waits for ever unless `timeoutMs` is given, then OUTCOME_UNKNOWN.
     */
    async result(options = {}) {
        checkCall('result()', options);
        return (await this.service.result(this.ref, options));
    }
    /**
     * Calls a @WorkflowQuery method on a replica that runs the code, and resolves with its value. `args` are its arguments.
     * 'linearizable' (the default) sees every write that was acknowledged before the call; 'local' what this node has applied.
     */
    async query(name, ...[options]) {
        const { args = [], ...rest } = (options ?? {});
        checkQuery('query()', rest);
        if (!Array.isArray(args))
            throw new RaftoralError('INVALID_ARGUMENT', 'query(): args must be an array of the arguments.', { details: { argument: 'args' } });
        const queryName = name instanceof QueryRef ? name.queryName : name;
        return (await this.service.query(this.ref, queryName, args, rest));
    }
    /** Resolves when the signal is recorded (R29), not when the workflow has handled it. */
    async signal(name, ...[payload, options]) {
        checkWrite('signal()', options ?? {});
        const signalName = name instanceof SignalRef ? name.signalName : name;
        await this.service.signal(this.ref, signalName, payload, options);
    }
    /** Asks the workflow to end: its abortSignal fires, its waits reject, and it may clean up. */
    async cancel(reason, options = {}) {
        checkWrite('cancel()', options);
        checkText('cancel()', 'reason', reason, options.requestId);
        await this.service.cancel(this.ref, reason, options);
    }
    /** Ends the run at once; no more of its code runs. */
    async terminate(options = {}) {
        checkWrite('terminate()', options);
        await this.service.terminate(this.ref, options);
    }
    /** Lets a blocked run go on: forgets who declined it, and picks an owner again. */
    async reset(options = {}) {
        checkWrite('reset()', options);
        await this.service.reset(this.ref, options);
    }
    async describe(options = {}) {
        checkQuery('describe()', options);
        return this.service.describe(this.ref, options);
    }
    /** Why does it not move? One sentence, what the code waits for, and how each replica stands. */
    async explain(options = {}) {
        checkQuery('explain()', options);
        return this.service.explain(this.ref, options);
    }
    /** The run's history as versioned JSON lines: a header, then one line per event. */
    async history(options = {}) {
        checkQuery('history()', options);
        return this.service.history(this.ref, options);
    }
    /** Events from the first on, then live; completes after `finished`. */
    get events$() {
        return this.eventsAfter(0);
    }
    /** As events$, from wseq `after` + 1 on: how a reader goes on where it stopped. */
    eventsAfter(after) {
        if (!Number.isSafeInteger(after) || after < 0)
            throw new RaftoralError('INVALID_ARGUMENT', `eventsAfter(): after must be a whole number of 0 or more, not ${String(after)}.`, {
                details: { argument: 'after' },
            });
        return this.service.runEvents(this.ref, after).pipe(map(viewStreamItem));
    }
    toJSON() {
        return this.runId === undefined ? { workflowId: this.workflowId } : { workflowId: this.workflowId, runId: this.runId };
    }
    get service() {
        return this.forwarder.forWorkflow(this.workflowId);
    }
}
/** A handle that start() returned: its run is known, and so is how it came to be. */
export class StartedWorkflowHandle extends WorkflowHandle {
    runId;
    requestId;
    existing;
    constructor(forwarder, workflowId, runId, 
    /** The id of the start request: sent again with it, the same answer is given. */
    requestId, 
    /** True when onExisting: 'attach' found the run there. */
    existing) {
        super(forwarder, workflowId, runId);
        this.runId = runId;
        this.requestId = requestId;
        this.existing = existing;
    }
    /** As on every handle; its errors carry the requestId of the start, with which the same run is found again. */
    async result(options = {}) {
        try {
            return await super.result(options);
        }
        catch (error) {
            if (!(error instanceof RaftoralError) || error.requestId !== undefined)
                throw error;
            const { code, message, cause, details } = error;
            throw new RaftoralError(code, message, {
                cause,
                requestId: this.requestId,
                details: { ...details, workflowId: this.workflowId, runId: this.runId },
            });
        }
    }
}
//# sourceMappingURL=workflow-handle.js.map