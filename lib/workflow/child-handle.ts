/**
 * A child workflow that startChild() started, as the code of its parent holds it.
 *
 * E1. Every call is an operation of the parent's run: it may be called only where operations may, and must be awaited like them (R4, R6).
 */
export interface ChildHandle<Output = unknown> {
  readonly workflowId: string;
  /** Of its first run; continueAsNew is followed. */
  readonly runId: string;
  /** What the child returned. Rejects with ChildWorkflowError, or WORKFLOW_CANCELLED if this run is. Asked again: the same promise. */
  result(): Promise<Output>;
  /** Resolves when the child's group has recorded it. Rejects with WORKFLOW_CLOSED, WORKFLOW_NOT_FOUND. */
  signal(name: string, payload?: unknown): Promise<void>;
  /** Asks the child to end; resolves also if it has ended. */
  cancel(reason?: string): Promise<void>;
}
