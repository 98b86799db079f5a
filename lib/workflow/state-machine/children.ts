/**
 * Children of runs of this group or of another, as their own group keeps them (R28, docs/adr/0065). Pure.
 *
 * C1. A closed child is held until it is acknowledged: the operation of its parent that wants its result has an outcome, or the parent has ended. No sweep
 *     takes what is held, nor what closed after it.
 * C2. `held` is replicated, in the order of closing; `open` is an index of open runs.
 * C3. The run that was continued as another is not held: its parent asks for the end of the chain.
 */
import type { ParentRef } from '../command.js';
import type { HeldChildView } from '../state.js';
import type { RunRecord } from './run-record.js';

export class Children {
  readonly open = new Set<RunRecord>();
  private readonly byRunId = new Map<string, HeldChildView>();

  get heldCount(): number {
    return this.byRunId.size;
  }

  /** In the order of their closing. */
  held(): IterableIterator<HeldChildView> {
    return this.byRunId.values();
  }

  /** Closing log time of the first one that is held; Infinity: none is. */
  get heldSinceMs(): number {
    for (const child of this.byRunId.values()) return child.closedMs;
    return Number.POSITIVE_INFINITY;
  }

  closed(run: RunRecord, parent: ParentRef): void {
    this.open.delete(run);
    if (run.status !== 'continued') this.hold({ runId: run.runId, workflowId: run.workflowId, closedMs: run.closedMs, parent });
  }

  hold(child: HeldChildView): void {
    this.byRunId.set(child.runId, child);
  }

  isHeld(runId: string): boolean {
    return this.byRunId.has(runId);
  }

  /** Undefined: it is not held. */
  release(runId: string): HeldChildView | undefined {
    const child = this.byRunId.get(runId);
    this.byRunId.delete(runId);
    return child;
  }
}
