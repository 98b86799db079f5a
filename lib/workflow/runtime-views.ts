/**
 * Runs as people ask for them: described and explained. Reads state, changes nothing. Lists are made in runtime-list.ts.
 */
import { isOpen } from './run-lookup.js';
import type { WorkflowRuntime } from './runtime.js';
import type { RunDescription, RunExplanation } from './service.js';
import type { RunView } from './state.js';

/** Where one replica's code stands. */
export interface ReplicaPosition {
  readonly runsCode: boolean;
  readonly consumedWseq: number | null;
  readonly stopped: string | null;
}

export function describeRun(run: RunView): RunDescription {
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    name: run.name,
    version: run.version,
    status: run.status,
    blockedReason: run.blockedReason,
    owner: run.owner,
    epoch: run.epoch,
    startedAt: new Date(run.startedMs).toISOString(),
    closedAt: run.closedMs === 0 ? null : new Date(run.closedMs).toISOString(),
    events: run.history.length,
    error: run.error,
    cancelRequested: run.cancelRequested,
    ...(run.parent === null ? {} : { parent: { workflowId: run.parent.workflowId, runId: run.parent.runId } }),
  };
}

/** `positions`: what each voter said of itself; null where it did not answer. */
export function explainRun(runtime: WorkflowRuntime, run: RunView, positions: ReadonlyMap<number, ReplicaPosition | null>): RunExplanation {
  const { group, state } = runtime.options;
  const live = group.livePeers();
  const voters = state.voters;
  const awaiting = runtime.table.get(run.runId)?.awaiting() ?? [];
  const hasQuorum = group.leaderId !== 0 && voters.filter((node) => live.includes(node)).length * 2 > voters.length;
  return {
    ...describeRun(run),
    summary: summaryOf(run, awaiting, live, hasQuorum),
    awaiting,
    replicas: [...positions.keys()]
      .sort((a, b) => a - b)
      .map((node) => {
        const position = positions.get(node) ?? null;
        return {
          node,
          alive: live.includes(node),
          runsCode: position?.runsCode ?? false,
          consumedWseq: position?.consumedWseq ?? null,
          stopped: position?.stopped ?? null,
        };
      }),
    declined: run.declined.map(({ node, reason, message }) => ({ node, reason, message })),
    cluster: { clusterId: group.groupId, leader: group.leaderId, term: group.term, voters, live, hasQuorum },
  };
}

function summaryOf(run: RunView, awaiting: RunExplanation['awaiting'], live: readonly number[], hasQuorum: boolean): string {
  if (!isOpen(run)) return `The run has ended: ${run.status}.`;
  if (!hasQuorum) return 'Nothing moves: the cluster has no leader that reaches a majority of its voters.';
  if (run.status === 'blocked') {
    const last = run.declined.at(-1);
    return `The run is blocked (${run.blockedReason})${last === undefined ? '; no node that is alive has registered this workflow version' : `; node ${last.node} said: ${last.message}`}.`;
  }
  if (!live.includes(run.owner)) return `Its owner, node ${run.owner}, is silent; another node takes over once it counts as down.`;
  const first = awaiting[0];
  if (first === undefined) return `Node ${run.owner} runs it; this node has not its code in memory.`;
  if (first.child !== undefined) {
    return `It waits for child workflow '${first.child.name}' (${first.child.workflowId}); its owner is node ${run.owner}.`;
  }
  const due = first.dueAt === undefined ? '' : `, due at ${first.dueAt}`;
  return `It waits for ${first.kind} '${first.key}' #${first.occurrence}${due}; its owner is node ${run.owner}.`;
}
