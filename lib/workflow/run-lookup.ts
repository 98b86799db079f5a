/**
 * Which run a caller means.
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

/** Told by its head: the last event, which names the outcome, need not be in memory. */
export function isOpen(run: RunView): boolean {
  return run.status === 'running' || run.status === 'blocked';
}

/** The run of a reference; without a runId the current one of the id. */
export function lookUp(state: WorkflowStateView, ref: RunRef): RunView | undefined {
  if (ref.runId === undefined) return state.current(ref.workflowId);
  const run = state.run(ref.runId);
  return run?.workflowId === ref.workflowId ? run : undefined;
}

/** The same from memory or from disk, with what is needed of its events in memory. Rejects with STORAGE_DAMAGED. */
export async function fetchRun(state: WorkflowStateView, ref: RunRef, need: 'last event' | 'all events'): Promise<RunView | undefined> {
  const run = lookUp(state, ref);
  if (run === undefined) return state.fetch(ref, need);
  const isThere = run.history.firstInMemory === 1 || (need === 'last event' && isOpen(run));
  return isThere ? run : state.fetch({ workflowId: run.workflowId, runId: run.runId }, need);
}

/**
 * R40: asked after the read index, for the slot may have moved by then. Throws WRONG_CLUSTER. A local read sees what a frozen slot holds; a linearizable one does not: the
 * target of the move may have gone on already.
 */
export function checkSlot(
  state: WorkflowStateView,
  clusterId: number,
  workflowId: string,
  consistency: 'linearizable' | 'local' = 'linearizable',
): void {
  if (consistency === 'local' ? state.showsSlotOf(workflowId) : state.ownsSlotOf(workflowId)) return;
  throw elsewhere(state, clusterId, workflowId);
}

/** WRONG_CLUSTER, with the cluster that has the slot as `clusterId` in its details, if that is known here. */
export function elsewhere(state: WorkflowStateView, clusterId: number, workflowId: string): RaftoralError {
  const movedTo = state.slotMovedTo(workflowId);
  const where = movedTo === 0 ? 'refresh the topology and ask the cluster that does' : `ask cluster ${movedTo}, or refresh the topology`;
  return new RaftoralError('WRONG_CLUSTER', `cluster ${clusterId} does not own the slot of workflow '${workflowId}'; ${where}`, {
    details: { workflowId, ...(movedTo === 0 ? {} : { clusterId: movedTo }) },
  });
}

/** WRONG_CLUSTER if its slot is elsewhere, else WORKFLOW_NOT_FOUND. */
export function absent(state: WorkflowStateView, clusterId: number, ref: RunRef): RaftoralError {
  return state.showsSlotOf(ref.workflowId) ? notFound(ref) : elsewhere(state, clusterId, ref.workflowId);
}

function notFound(ref: RunRef): RaftoralError {
  return new RaftoralError(
    'WORKFLOW_NOT_FOUND',
    `no open or retained workflow has the id '${ref.workflowId}'${ref.runId === undefined ? '' : ` and the run id ${ref.runId}`}; a closed one is forgotten once its retention has ended`,
  );
}
