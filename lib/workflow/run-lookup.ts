/**
 * Which run a caller means. Pure.
 */
import { RaftoralError } from '../errors/index.js';
import type { RunRef } from './service.js';
import { workflowIdProblem } from './slot.js';
import type { RunView, WorkflowStateView } from './state.js';

/** Throws INVALID_WORKFLOW_ID. */
export function checkWorkflowId(workflowId: unknown): void {
  const problem = typeof workflowId === 'string' ? workflowIdProblem(workflowId) : 'it is not a text';
  if (problem !== null)
    throw new RaftoralError('INVALID_WORKFLOW_ID', `${String(JSON.stringify(workflowId)).slice(0, 80)} is no workflow id: ${problem}`);
}

/** The run of a reference; without a runId the current one of the id. */
export function lookUp(state: WorkflowStateView, ref: RunRef): RunView | undefined {
  if (ref.runId === undefined) return state.current(ref.workflowId);
  const run = state.run(ref.runId);
  return run?.workflowId === ref.workflowId ? run : undefined;
}

/** R40: asked after the read index, for the slot may have moved by then. Throws WRONG_CLUSTER. */
export function checkSlot(state: WorkflowStateView, clusterId: number, workflowId: string): void {
  if (state.ownsSlotOf(workflowId)) return;
  throw new RaftoralError(
    'WRONG_CLUSTER',
    `cluster ${clusterId} does not own the slot of workflow '${workflowId}'; refresh the topology and ask the cluster that does`,
  );
}

export function notFound(ref: RunRef): RaftoralError {
  return new RaftoralError(
    'WORKFLOW_NOT_FOUND',
    `no open or retained workflow has the id '${ref.workflowId}'${ref.runId === undefined ? '' : ` and the run id ${ref.runId}`}; a closed one is forgotten once its retention has ended`,
  );
}
