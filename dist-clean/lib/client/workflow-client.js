/**
 * Starts and finds workflows. Injectable everywhere (RaftoralModule is global), on any node.
 *
 * C1. A class names its own version; a reference the version it was given, if any; a name the cluster's default version.
 *     `options.version` overrides all three.
 * C2. start() resolves once the run is committed: from then on it is never lost (P1). With onExisting: 'attach' a second start
 *     of the same id, name and input gives a handle on the run that is there.
 */
import { RaftoralError } from '../errors/index.js';
import { checkList, checkStart, checkTimeout } from './arguments.js';
import { StartedWorkflowHandle, WorkflowHandle } from './workflow-handle.js';
import { WorkflowRef } from './workflow-target.js';
export class WorkflowClient {
    forwarder;
    readIdentity;
    constructor(forwarder, readIdentity) {
        this.forwarder = forwarder;
        this.readIdentity = readIdentity;
    }
    /**
     * Starts a run. Rejects with UNKNOWN_WORKFLOW, MISSING_INPUT, NOT_SERIALIZABLE, PAYLOAD_TOO_LARGE, INVALID_WORKFLOW_ID,
     * ALREADY_EXISTS, CONFLICT, OVERLOADED, NO_LEADER (nothing was sent), or OUTCOME_UNKNOWN (send again with its requestId).
     */
    async start(workflow, ...[input, options]) {
        const { name, version } = this.identify(workflow);
        const given = options ?? {};
        const effective = given.version === undefined && version !== undefined ? { ...given, version } : given;
        checkStart('start()', effective);
        const service = given.workflowId === undefined ? this.forwarder.forNewWorkflow() : this.forwarder.forWorkflow(given.workflowId);
        const answer = await service.start(name, input, effective);
        return new StartedWorkflowHandle(this.forwarder, answer.workflowId, answer.runId, answer.requestId, answer.existing);
    }
    /** start(), then result(); its errors carry the requestId of the start. */
    async execute(workflow, ...[input, options]) {
        const { resultTimeoutMs, ...startOptions } = options ?? {};
        checkTimeout('execute()', 'resultTimeoutMs', resultTimeoutMs, startOptions.requestId); // before anything is started
        const handle = await this.start(workflow, ...[input, startOptions]);
        return handle.result(resultTimeoutMs === undefined ? undefined : { timeoutMs: resultTimeoutMs });
    }
    /** A handle on a run that exists, or may; nothing is asked until it is used. The class only gives the types. */
    getHandle(workflow, workflowId, runId) {
        this.identify(workflow);
        if (typeof workflowId !== 'string' || workflowId === '')
            throw new RaftoralError('INVALID_WORKFLOW_ID', 'getHandle(): the workflow id must be a non-empty string.', {
                details: { workflowId },
            });
        return new WorkflowHandle(this.forwarder, workflowId, runId);
    }
    /** One page of runs, open and retained, in the order in which they were started. */
    async list(filter = {}) {
        checkList(filter);
        return this.forwarder.list(filter);
    }
    identify(workflow) {
        if (typeof workflow === 'string')
            return { name: workflow, version: undefined };
        if (workflow instanceof WorkflowRef)
            return { name: workflow.workflowName, version: workflow.version };
        const identity = typeof workflow === 'function' ? this.readIdentity(workflow) : undefined;
        if (identity !== undefined)
            return identity;
        throw new RaftoralError('INVALID_ARGUMENT', `The workflow must be a class decorated with @Workflow, a workflowRef() or a name, not ${describe(workflow)}.`, { details: { argument: 'workflow' } });
    }
}
function describe(value) {
    if (typeof value === 'function')
        return `the class ${value.name || '(anonymous)'}, which has no @Workflow of its own`;
    return value === null ? 'null' : `a value of type ${typeof value}`;
}
//# sourceMappingURL=workflow-client.js.map