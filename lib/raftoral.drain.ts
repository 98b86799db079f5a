/**
 * A node that is to end takes no more runs, and hands its own to others that can go on with them.
 *
 * D1. It ends when no other node could take a run from this one any more, when the node is no member any more, or when the time is up.
 */
import type { Clock, Timer } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';

export interface Draining {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateView;
  readonly workflows: { readonly runtime: Pick<WorkflowRuntime, 'drain' | 'ended'> };
}

/** `timeoutMs`: ms at most. */
export async function drain({ group, state, workflows }: Draining, clock: Clock, timeoutMs: number): Promise<void> {
  const { nodeId } = group;
  const hasRunToHandOver = (): boolean => {
    for (const run of state.openRuns()) if (run.owner === nodeId && state.eligible(run).some((node) => node !== nodeId)) return true;
    return false;
  };
  if (!hasRunToHandOver() || workflows.runtime.ended !== null) return;
  await new Promise<void>((resolve) => {
    let timer: Timer | null = null;
    const done = (): void => {
      timer?.cancel();
      unsubscribe();
      resolve();
    };
    const unsubscribe = group.subscribe({
      onApplied: () => {
        if (!hasRunToHandOver()) done();
      },
      onRemoved: done,
      onHalted: done,
    });
    timer = clock.setTimer(timeoutMs, done);
    workflows.runtime.drain();
  });
}
