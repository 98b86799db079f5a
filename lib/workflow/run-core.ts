/**
 * The state that the parts of one run's execution share: where its code stands in its history, and what it waits for.
 *
 * C1. `cursor` events were consumed; at most one window is open, of event `windowWseq` (R3).
 * C2. A stopped run's promises are never settled, and nothing of it is proposed but its decline (R12).
 * C3. `pending` holds the operations whose promise is open, in call order; `keys` also those whose events may still come.
 */
import { CommandKind, type DeclineReason } from './command.js';
import { CHILD_PREFIX } from './child-operation.js';
import type { Conclusion, Divergence } from './divergence.js';
import { describeError } from './error-record.js';
import { EventKind, type OwnerChangeCause } from './event.js';
import { KeyState, OperationList, type Operation } from './operation.js';
import type { RunEnvironment } from './run-environment.js';
import type { RunView } from './state.js';

/**
 * creating: the instance is being made · running: its code has not ended · concluded: it has, and the finish is not consumed yet ·
 * closed: it is · stopped: this replica gave the run up (R12) · abandoned: out of memory, by passivation, removal or restore.
 */
export type RunPhase = 'creating' | 'running' | 'concluded' | 'closed' | 'stopped' | 'abandoned';

export class RunCore {
  phase: RunPhase = 'creating';
  instance: object | null = null;
  readonly keys = new Map<string, KeyState>();
  readonly pending = new OperationList();

  /** Answers of hasCheckpoint that were given without an event (R9), by record key and occurrence: a record may still come. */
  readonly answered = new Map<string, boolean>();

  cursor = 0;
  windowOpen = false;
  windowWseq = 0;
  windowTimeMs = 0;
  ordinal = 0;

  /** As of the last event consumed. */
  owner = 0;
  epoch = 0;
  ownerBuildId = '';
  ownerCause: OwnerChangeCause | null = null;

  conclusion: Conclusion | null = null;
  stopped: { readonly reason: DeclineReason; readonly message: string } | null = null;
  /** Deterministic bodies that have not settled in this window. */
  openBodies = 0;
  /** Label of the deterministic, query or signal body that runs synchronously now; empty: none. */
  insideBody = '';
  cancelRequested = false;
  /** Event of the cancel; operations that were called before are interrupted by it. 0: there is none. */
  cancelWseq = 0;
  /** A cancel interrupted nothing: the next sleep or wait is refused instead. */
  cancelUndelivered = false;

  constructor(
    readonly environment: RunEnvironment,
    public view: RunView,
    /** Events up to this one are replayed before the run may act as owner. */
    readonly replayUntil: number,
    private readonly onStop: () => void,
  ) {}

  /** True while its code may be fed. */
  get live(): boolean {
    return this.phase === 'running' || this.phase === 'concluded';
  }

  get replaying(): boolean {
    return this.cursor < this.replayUntil;
  }

  key(key: string): KeyState {
    let state = this.keys.get(key);
    if (state === undefined) this.keys.set(key, (state = new KeyState()));
    return state;
  }

  expected(key: string, occurrence: number): Operation | undefined {
    return this.keys.get(key)?.find(occurrence);
  }

  /** R9: whether history that is not consumed yet holds an outcome of this key, or of a child of this key; of `occurrence` alone if one is given. */
  liesAhead(key: string, occurrence = 0): boolean {
    const { history } = this.view;
    for (let i = this.cursor; i < history.length; i++) {
      const event = history.event(i + 1);
      if (event.kind !== EventKind.CHECKPOINT && event.kind !== EventKind.COMPUTE_RESULT) continue;
      if (event.key === key && (occurrence === 0 || event.occurrence === occurrence)) return true;
      if (occurrence === 0 && event.key === `${CHILD_PREFIX}${key}`) return true;
    }
    return false;
  }

  /** The operation's last event was consumed, or nothing more is wanted of it. */
  retire(operation: Operation): void {
    this.pending.remove(operation);
    this.keys.get(operation.key)?.drop(operation);
  }

  /** Gives the run up on this replica (R12): volatile, the group is told by a decline. */
  stop(reason: DeclineReason, message: string): void {
    if (this.phase === 'stopped' || this.phase === 'closed' || this.phase === 'abandoned') return;
    this.phase = 'stopped';
    this.stopped = { reason, message };
    const { environment, view } = this;
    this.onStop();
    environment.reporter.stopped(view, reason, message);
    environment.submit({
      kind: CommandKind.DECLINE,
      runId: view.runId,
      epoch: view.owner === environment.nodeId ? view.epoch : 0,
      node: environment.nodeId,
      incarnation: environment.incarnation,
      reason,
      message: message.slice(0, 4096),
    });
  }

  diverge(divergence: Divergence, wseq: number): void {
    const { method, committed, computed } = divergence;
    this.environment.reporter.diverged(this.view, wseq, method, committed, computed);
    this.stop(
      'diverged',
      `event ${wseq}, ${method}: committed was ${committed}; this replica (node ${this.environment.nodeId}, build ${this.environment.buildId}) has: ${computed}`,
    );
  }

  foreignAwait(detail: string): string {
    const message = `${detail}. Workflow code may wait for operations of the engine only: put side effects into @CheckpointCompute or context().compute(), and wait with context().sleep() or context().waitForSignal()`;
    this.stop('foreign-await', message);
    return message;
  }

  /** For messages: what the code waits for. */
  waitingFor(): string {
    if (this.conclusion !== null) {
      const { outcome, consumedWseq, error } = this.conclusion;
      return `has ended as ${outcome} after event ${consumedWseq}${error === null ? '' : ` (${describeError(error)})`}`;
    }
    const first = this.pending.first;
    if (first === null) return 'waits for nothing';
    const more = this.pending.length - 1;
    return `waits for ${first.label} #${first.occurrence}${more === 0 ? '' : ` and ${more} more`}`;
  }
}
