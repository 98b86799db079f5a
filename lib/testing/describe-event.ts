/**
 * An event of a run in one line, for people: what `simulate` and `replay` print. Pure.
 */
import { textOfBytes } from '../workflow/canonical-json.js';
import { EventKind, type ErrorRecord, type RunEvent } from '../workflow/event.js';

const TEXT_SHOWN_MAX = 160;

export function describeEvent(event: RunEvent): string {
  switch (event.kind) {
    case EventKind.STARTED:
      return `started with ${show(event.input)}, ${ownerOf(event.owner)} in epoch ${event.epoch}`;
    case EventKind.CHECKPOINT:
      return `checkpoint '${event.key}' #${event.occurrence} = ${outcome(event)}`;
    case EventKind.COMPUTE_RESULT:
      return `compute '${event.key}' #${event.occurrence}, attempt ${event.attempt} = ${outcome(event)}`;
    case EventKind.ATTEMPT_STARTED:
      return `compute '${event.key}' #${event.occurrence}, attempt ${event.attempt} announced by node ${event.node}`;
    case EventKind.ATTEMPT_FAILED:
      return `compute '${event.key}' #${event.occurrence}, attempt ${event.attempt} failed: ${describeRecord(event.error)}`;
    case EventKind.SLEEP_SET:
      return `sleep '${event.key}' #${event.occurrence} until ${new Date(event.dueMs).toISOString()}`;
    case EventKind.TIMER_FIRED:
      return `timer of '${event.key}' #${event.occurrence} fired (${event.purpose})`;
    case EventKind.SIGNAL:
      return `signal '${event.name}' ${show(event.payload)}`;
    case EventKind.CANCEL_REQUESTED:
      return `cancel requested${event.reason === '' ? '' : `: ${event.reason}`}`;
    case EventKind.OWNER_CHANGED:
      return `${ownerOf(event.owner)} in epoch ${event.epoch} (${event.cause})`;
    case EventKind.DECLINED:
      return `node ${event.node} declined (${event.reason}): ${event.message}`;
    case EventKind.BLOCKED:
      return `blocked (${event.reason})`;
    case EventKind.FINISHED:
      return `finished, ${event.outcome}${event.error === null ? ` ${show(event.result)}` : `: ${describeRecord(event.error)}`}`;
  }
}

/** A value as canonical JSON, cut where it is long. */
export function showText(text: string): string {
  if (text === '') return 'undefined';
  return text.length <= TEXT_SHOWN_MAX ? text : `${text.slice(0, TEXT_SHOWN_MAX)}…`;
}

function show(bytes: Uint8Array): string {
  return showText(textOfBytes(bytes));
}

function outcome({ value, error }: { readonly value: Uint8Array; readonly error: ErrorRecord | null }): string {
  return error === null ? show(value) : `failure: ${describeRecord(error)}`;
}

function describeRecord({ name, code, message }: ErrorRecord): string {
  return showText(`${name}${code === '' ? '' : ` ${code}`}: ${message}`);
}

function ownerOf(owner: number): string {
  return owner === 0 ? 'owned by nobody' : `owned by node ${owner}`;
}
