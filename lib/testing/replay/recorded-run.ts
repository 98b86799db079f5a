/**
 * A recorded history as the run that it was: what the engine's own execution is fed in a replay. Reads; decides nothing.
 */
import { RaftoralError } from '../../errors/index.js';
import { EMPTY } from '../../state-machine/index.js';
import { EventKind, type ErrorRecord, type FinishedEvent, type RunEvent, type RunOutcome, type RunStatus } from '../../workflow/event.js';
import { parseHistory, type HistoryHeader } from '../../workflow/history-json.js';
import { slotOf } from '../../workflow/slot.js';
import type { HistoryView, RunView } from '../../workflow/state.js';

export class RecordedRun implements RunView {
  readonly slot: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly inputDigest: number;
  readonly status: RunStatus;
  readonly blockedReason = null;
  readonly owner: number;
  readonly epoch: number;
  readonly ownerBuildId: string;
  readonly startedMs: number;
  readonly closedMs: number;
  readonly history: HistoryView;
  readonly outcome: RunOutcome | null;
  readonly result: Uint8Array;
  readonly error: ErrorRecord | null;
  readonly cancelRequested: boolean;
  readonly undelivered = [];
  readonly declined = [];
  readonly parent = null;

  constructor(header: HistoryHeader, events: readonly RunEvent[]) {
    this.workflowId = header.workflowId;
    this.slot = slotOf(header.workflowId);
    this.runId = header.runId;
    this.name = header.name;
    this.version = header.version;
    this.inputDigest = header.inputDigest;
    this.status = header.status;
    this.history = historyOf(events);
    const owner = events.findLast((event) => event.kind === EventKind.STARTED || event.kind === EventKind.OWNER_CHANGED)!;
    this.owner = owner.owner;
    this.epoch = owner.epoch;
    this.ownerBuildId = owner.buildId;
    this.startedMs = events[0]!.timeMs;
    const finished = events.at(-1)!;
    const end: FinishedEvent | null = finished.kind === EventKind.FINISHED ? finished : null;
    this.closedMs = end?.timeMs ?? 0;
    this.outcome = end?.outcome ?? null;
    this.result = end?.result ?? EMPTY;
    this.error = end?.error ?? null;
    this.cancelRequested = events.some(({ kind }) => kind === EventKind.CANCEL_REQUESTED);
  }

  /** Only an owner asks for these, and nobody owns a recorded run. */
  failedAttempts(key: string, occurrence: number): number {
    return this.matching(key, occurrence).filter(({ kind }) => kind === EventKind.ATTEMPT_FAILED).length;
  }

  retryPending(key: string, occurrence: number): boolean {
    return this.matching(key, occurrence).at(-1)?.kind === EventKind.ATTEMPT_FAILED;
  }

  settled(key: string, occurrence: number): boolean {
    const last = this.matching(key, occurrence).at(-1);
    return (
      last?.kind === EventKind.CHECKPOINT ||
      last?.kind === EventKind.COMPUTE_RESULT ||
      (last?.kind === EventKind.TIMER_FIRED && last.purpose === 'sleep')
    );
  }

  sleepSet(key: string, occurrence: number): boolean {
    return this.matching(key, occurrence).at(-1)?.kind === EventKind.SLEEP_SET;
  }

  private matching(key: string, occurrence: number): RunEvent[] {
    return this.history.events().filter((event) => 'key' in event && event.key === key && event.occurrence === occurrence);
  }
}

/** Throws MALFORMED_FRAME for what is no history, INVALID_ARGUMENT for one that does not begin with the start of the run. */
export function recordedRun(text: string, index: number): RecordedRun {
  if (typeof text !== 'string')
    throw new RaftoralError('INVALID_ARGUMENT', `replay(): history ${index + 1} is no text; give what history() of a handle returned.`, {
      details: { argument: 'history', index },
    });
  const { header, events } = parseHistory(text);
  if (events[0]?.kind !== EventKind.STARTED)
    throw new RaftoralError(
      'INVALID_ARGUMENT',
      `replay(): history ${index + 1}, of '${header.workflowId}', does not begin with the start of the run.`,
      {
        details: { argument: 'history', index },
      },
    );
  return new RecordedRun(header, events);
}

function historyOf(events: readonly RunEvent[]): HistoryView {
  return {
    length: events.length,
    firstInMemory: 1,
    event: (wseq) => events[wseq - 1]!,
    last: () => events.at(-1),
    events: (from = 1, to = events.length) => events.slice(from - 1, to),
  };
}
