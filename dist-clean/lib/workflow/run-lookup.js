/**
 * Which run a caller means.
 */
import { RaftoralError } from '../errors/index.js';
import { workflowIdProblem } from './slot.js';
/** Throws INVALID_WORKFLOW_ID. */
export function checkWorkflowId(workflowId) {
    const problem = typeof workflowId === 'string' ? workflowIdProblem(workflowId) : 'it is not a text';
    if (problem !== null)
        throw new RaftoralError('INVALID_WORKFLOW_ID', `${String(JSON.stringify(workflowId)).slice(0, 80)} is no workflow id: ${problem}`);
}
/** Told by its head: the last event, which names the outcome, need not be in memory. */
export function isOpen(run) {
    return run.status === 'running' || run.status === 'blocked';
}
/** The run of a reference; without a runId the current one of the id. */
export function lookUp(state, ref) {
    if (ref.runId === undefined)
        return state.current(ref.workflowId);
    const run = state.run(ref.runId);
    return run?.workflowId === ref.workflowId ? run : undefined;
}
/** The same from memory or from disk, with what is needed of its events in memory. Rejects with STORAGE_DAMAGED. */
export async function fetchRun(state, ref, need) {
    const run = lookUp(state, ref);
    if (run === undefined)
        return state.fetch(ref, need);
    const isThere = run.history.firstInMemory === 1 || (need === 'last event' && isOpen(run));
    return isThere ? run : state.fetch({ workflowId: run.workflowId, runId: run.runId }, need);
}
/** R40: asked after the read index, for the slot may have moved by then. Throws WRONG_CLUSTER. */
export function checkSlot(state, clusterId, workflowId) {
    if (state.ownsSlotOf(workflowId))
        return;
    throw new RaftoralError('WRONG_CLUSTER', `cluster ${clusterId} does not own the slot of workflow '${workflowId}'; refresh the topology and ask the cluster that does`);
}
export function notFound(ref) {
    return new RaftoralError('WORKFLOW_NOT_FOUND', `no open or retained workflow has the id '${ref.workflowId}'${ref.runId === undefined ? '' : ` and the run id ${ref.runId}`}; a closed one is forgotten once its retention has ended`);
}
//# sourceMappingURL=run-lookup.js.map