/**
 * Events of a run: its one, totally ordered history (R2). Types only; bytes are made and read by event-codec.ts.
 *
 * H1. wseq is 1, 2, 3 … without gap; event 1 is `started`.
 * H2. Live execution, late join, rehydration and replay are fed from this sequence by the same dispatcher.
 * H3. Payloads are the committed bytes; every consumer decodes them afresh (R7).
 */
export const EventKind = {
  STARTED: 1,
  CHECKPOINT: 2,
  COMPUTE_RESULT: 3,
  ATTEMPT_STARTED: 4,
  ATTEMPT_FAILED: 5,
  SLEEP_SET: 6,
  TIMER_FIRED: 7,
  SIGNAL: 8,
  CANCEL_REQUESTED: 9,
  OWNER_CHANGED: 10,
  DECLINED: 11,
  BLOCKED: 12,
  FINISHED: 13,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Where a call was made: wseq of the window, and the ordinal of the operation in that window (0, 1, …). */
export interface CallPosition {
  readonly wseq: number;
  readonly ordinal: number;
}

/** An error as it is committed: compared by name, code and message, never by stack (R10). */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  /** Empty when the error had none. */
  readonly code: string;
  /** For people only; empty on deterministic failures. */
  readonly stack: string;
  readonly cause: ErrorRecord | null;
}

export type RunOutcome = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'continued';
export type RunStatus = 'running' | 'blocked' | RunOutcome;
export type OwnerChangeCause = 'down' | 'membership' | 'decline' | 'change-owner' | 'reset' | 'hello' | 'move';
export type BlockedReason = 'no-implementation' | 'crash-suspect' | 'diverged' | 'declined';

interface EventBase {
  readonly wseq: number;
  /** Log time of the entry, ms since the epoch: `now()` inside the window (R23). */
  readonly timeMs: number;
}

export interface StartedEvent extends EventBase {
  readonly kind: typeof EventKind.STARTED;
  readonly input: Uint8Array;
  readonly owner: number; // 0: nobody, blocked
  readonly epoch: number; // 1
  readonly buildId: string; // of the owner
  /** runId of the run that continued as this one; empty otherwise. */
  readonly continuedFrom: string;
}

interface OperationEvent extends EventBase {
  readonly epoch: number;
  readonly key: string;
  readonly occurrence: number;
  readonly position: CallPosition;
  readonly argumentsDigest: number;
}

export interface CheckpointEvent extends OperationEvent {
  readonly kind: typeof EventKind.CHECKPOINT;
  readonly value: Uint8Array;
  readonly error: ErrorRecord | null;
}

export interface ComputeResultEvent extends OperationEvent {
  readonly kind: typeof EventKind.COMPUTE_RESULT;
  readonly attempt: number;
  readonly value: Uint8Array;
  readonly error: ErrorRecord | null;
}

export interface AttemptStartedEvent extends EventBase {
  readonly kind: typeof EventKind.ATTEMPT_STARTED;
  readonly epoch: number;
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
  readonly node: number;
}

export interface AttemptFailedEvent extends EventBase {
  readonly kind: typeof EventKind.ATTEMPT_FAILED;
  readonly epoch: number;
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
  readonly error: ErrorRecord;
  /** The retry timer that was set, and when it is due (log time). */
  readonly timerId: number;
  readonly dueMs: number;
}

export interface SleepSetEvent extends OperationEvent {
  readonly kind: typeof EventKind.SLEEP_SET;
  readonly timerId: number;
  readonly dueMs: number;
}

export interface TimerFiredEvent extends EventBase {
  readonly kind: typeof EventKind.TIMER_FIRED;
  readonly timerId: number;
  readonly purpose: 'sleep' | 'retry';
  readonly key: string;
  readonly occurrence: number;
}

export interface SignalEvent extends EventBase {
  readonly kind: typeof EventKind.SIGNAL;
  readonly name: string;
  readonly payload: Uint8Array;
  readonly requestId: string;
}

export interface CancelRequestedEvent extends EventBase {
  readonly kind: typeof EventKind.CANCEL_REQUESTED;
  readonly reason: string;
}

export interface OwnerChangedEvent extends EventBase {
  readonly kind: typeof EventKind.OWNER_CHANGED;
  readonly owner: number; // 0: nobody, blocked
  readonly epoch: number;
  readonly cause: OwnerChangeCause;
  readonly buildId: string; // of the new owner
}

export interface DeclinedEvent extends EventBase {
  readonly kind: typeof EventKind.DECLINED;
  readonly node: number;
  readonly reason: string;
  readonly message: string;
}

export interface BlockedEvent extends EventBase {
  readonly kind: typeof EventKind.BLOCKED;
  readonly reason: BlockedReason;
}

export interface FinishedEvent extends EventBase {
  readonly kind: typeof EventKind.FINISHED;
  readonly outcome: RunOutcome;
  readonly consumedWseq: number;
  readonly result: Uint8Array;
  readonly error: ErrorRecord | null;
  readonly digest: number;
  /** The run that goes on under the same id (outcome `continued`); empty otherwise. */
  readonly continuedAs: string;
}

export type RunEvent =
  | StartedEvent
  | CheckpointEvent
  | ComputeResultEvent
  | AttemptStartedEvent
  | AttemptFailedEvent
  | SleepSetEvent
  | TimerFiredEvent
  | SignalEvent
  | CancelRequestedEvent
  | OwnerChangedEvent
  | DeclinedEvent
  | BlockedEvent
  | FinishedEvent;
