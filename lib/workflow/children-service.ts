/**
 * What the leader does for the children that live in its group: asks what became of their parents, cancels those that nobody waits for any more, and
 * acknowledges those that are held (R28, docs/adr/0065). Owns: one timer of the clock.
 *
 * D1. Level-triggered, by the state alone: a parent that vanished with its owner, its node or its whole cluster can tell nobody, so its children ask.
 * D2. An answer counts only if it stays true: the run has ended, or its operation has an outcome. No answer is no answer.
 * D3. Bounded: so many questions and acknowledgements at a time, the next ones after a pause. No timer while the group has no children.
 * Tests: test/workflow/children.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import type { OperationStanding, ServiceOf } from './service.js';
import type { RunView, WorkflowStateView } from './state.js';

const REVIEW_EVERY_MS = 500;
/** Of each kind: held ones and open ones. */
const ASKED_AT_ONCE = 256;

interface Child {
  readonly workflowId: string;
  readonly runId: string;
  readonly parent: NonNullable<RunView['parent']>;
}

export interface ChildrenServiceOptions {
  readonly state: WorkflowStateView;
  readonly clock: Clock;
  readonly serviceOf: ServiceOf;
  submit(command: WorkflowCommand, cancelled: () => boolean): void;
}

export class ChildrenService {
  private leading = false;
  private stopped = false;
  private timer: Timer | null = null;
  private isReviewing = false;
  /** Open children that were asked about in this round. */
  private asked = new Set<string>();

  constructor(private readonly options: ChildrenServiceOptions) {}

  private readonly notLeading = (): boolean => !this.leading || this.stopped;

  leadership(leading: boolean): void {
    this.leading = leading;
    if (!leading) this.disarm();
    else this.afterApply();
  }

  afterApply(): void {
    const { state, clock } = this.options;
    if (this.timer !== null || this.isReviewing || this.notLeading()) return;
    if (state.children.heldCount === 0 && state.children.open.size === 0) return;
    this.timer = clock.setTimer(
      REVIEW_EVERY_MS,
      () => {
        this.timer = null;
        void this.review();
      },
      { unref: true },
    );
  }

  private async review(): Promise<void> {
    if (this.isReviewing || this.notLeading()) return;
    this.isReviewing = true;
    try {
      if (!this.options.state.isRefusing) await Promise.all([this.reviewHeld(), this.reviewOpen()]);
    } finally {
      this.isReviewing = false;
      this.afterApply();
    }
  }

  private async reviewHeld(): Promise<void> {
    const children: Child[] = [];
    for (const child of this.options.state.children.held()) {
      if (children.length >= ASKED_AT_ONCE) break;
      children.push(child);
    }
    const done = await this.unwanted(children);
    if (done.length > 0 && !this.notLeading())
      this.options.submit({ kind: CommandKind.ACKNOWLEDGE_CHILD, runIds: done.map(({ runId }) => runId) }, this.notLeading);
  }

  private async reviewOpen(): Promise<void> {
    const { state } = this.options;
    for (const { workflowId, runId, parent } of await this.unwanted(this.nextOpen())) {
      if (this.notLeading()) return;
      const requestId = `${parent.token}/orphan/${runId}`;
      const expiryMs = Math.max(state.logTimeMs, this.options.clock.now()) + state.limits.requestRetentionMs;
      const reason = 'its parent has ended, or waits for it no more';
      this.options.submit({ kind: CommandKind.CANCEL, requestId, expiryMs, workflowId, runId, reason }, this.notLeading);
    }
  }

  /** In turn. Those that are to be abandoned, or were cancelled, end by themselves. */
  private nextOpen(): Child[] {
    const next: Child[] = [];
    for (const { workflowId, runId, parent, cancelRequested } of this.options.state.children.open) {
      if (parent === null || parent.onClose === 'abandon' || cancelRequested || this.asked.has(runId)) continue;
      next.push({ workflowId, runId, parent });
      if (next.length >= ASKED_AT_ONCE) break;
    }
    // A whole round is done: the next one begins with the next review.
    if (next.length < ASKED_AT_ONCE) this.asked = new Set();
    else for (const { runId } of next) this.asked.add(runId);
    return next;
  }

  /** Those for whose result nobody waits. */
  private async unwanted(children: readonly Child[]): Promise<Child[]> {
    const standings = await Promise.all(children.map((child) => this.standingOf(child)));
    return children.filter((_, i) => standings[i] !== 'open');
  }

  private async standingOf({ parent }: Child): Promise<OperationStanding> {
    try {
      const { workflowId, runId, key, occurrence } = parent;
      return await this.options.serviceOf(workflowId).operationStanding({ workflowId, runId }, key, occurrence);
    } catch {
      return 'open'; // D2: asked again
    }
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  stop(): void {
    this.stopped = true;
    this.disarm();
  }
}
