/**
 * What happened in one simulated seed, step by step, in the words of the user's own code: operations, bodies, calls to the outside, what was
 * committed and what was lost, and the faults in between. Owns: the lines, and their hash.
 *
 * S1. The same seed gives the same lines.
 * S2. A body's outcome is marked at the end: committed as which event, or lost. Nothing is claimed before it is known.
 * S3. An event is one line, written when the first node applies it.
 */
import { canonicalText } from '../../workflow/canonical-json.js';
import { isThenable } from '../../workflow/compute-runner.js';
import { EventKind, type RunEvent } from '../../workflow/event.js';
import type { BodyCall, RunIdentity } from '../../workflow/run-environment.js';
import { describeEvent, showText } from '../describe-event.js';

/** More lines than a person reads; a run that goes round in circles makes no end of them. */
const LINES_MAX = 5_000;

/** What makes a line a step of the user's code: where a fault may be set to strike. */
export type StepKind = 'client' | 'committed' | 'body' | 'outside';

interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly text: string;
  mark: string;
}

interface Body {
  readonly line: Line;
  readonly call: BodyCall;
  returned: Line | null;
}

export class Steps {
  /** Called after each line that is a step. */
  onStep: ((kind: StepKind) => void) | null = null;
  private readonly lines: Line[] = [];
  private left = 0;
  private readonly seen = new Map<string, number>();
  private readonly bodies: Body[] = [];
  /** Attempts whose outcome was committed: the number of the event, and its line. */
  private readonly committedAttempts = new Map<string, { readonly wseq: number; readonly line: Line }>();

  constructor(
    private readonly nowMs: () => number,
    /** Lines of other runs say so. */
    private readonly workflowId: () => string,
  ) {}

  add(who: string, text: string): void {
    this.line(who, text);
  }

  /** As add(), for something that the user's code or its surroundings did. */
  step(kind: StepKind, who: string, text: string): void {
    this.line(who, text);
    this.onStep?.(kind);
  }

  /** An event was applied on some node. */
  applied(run: RunIdentity, event: RunEvent): void {
    const known = this.seen.get(run.runId) ?? 0;
    if (event.wseq <= known) return;
    this.seen.set(run.runId, event.wseq);
    const line = this.line('committed', `${this.of(run)}event ${event.wseq}: ${describeEvent(event)}`);
    if (event.kind === EventKind.COMPUTE_RESULT || event.kind === EventKind.ATTEMPT_FAILED)
      this.committedAttempts.set(attemptId({ ...run, ...event }), { wseq: event.wseq, line });
    this.onStep?.('committed');
  }

  /** Calls the body of a compute, and writes down that it began and how it ended. */
  witness(nodeId: number, call: BodyCall, body: () => unknown): unknown {
    const name = `${this.of(call)}compute '${call.key}' #${call.occurrence}, attempt ${call.attempt}, epoch ${call.epoch}`;
    const entry: Body = { line: this.line(`node ${nodeId}`, `${name}: its body begins`), call, returned: null };
    this.bodies.push(entry);
    this.onStep?.('body');
    const ended = (how: string): void => {
      entry.returned = this.line(`node ${nodeId}`, `${name}: its body ${how}`);
      this.onStep?.('body');
    };
    let outcome: unknown;
    try {
      outcome = body();
    } catch (error) {
      ended(`throws ${describeThrown(error)}`);
      throw error;
    }
    if (!isThenable(outcome)) {
      ended(`returns ${showValue(outcome)}`);
      return outcome;
    }
    return outcome.then(
      (value: unknown) => {
        ended(`returns ${showValue(value)}`);
        return value;
      },
      (error: unknown) => {
        ended(`throws ${describeThrown(error)}`);
        throw error;
      },
    );
  }

  /** All lines, in order, with what became of each body. */
  render(): string[] {
    this.markBodies();
    const width = Math.max(0, ...this.lines.map(({ who }) => who.length));
    const lines = this.lines.map(
      ({ atMs, who, text, mark }) =>
        `${atMs.toFixed(1).padStart(9)} ms  ${who.padEnd(width)}  ${text}${mark === '' ? '' : `   <-- ${mark}`}`,
    );
    if (this.left > 0) lines.push(`           … and ${this.left} lines more`);
    return lines;
  }

  private markBodies(): void {
    for (const { line, call, returned } of this.bodies) {
      const committed = this.committedAttempts.get(attemptId(call));
      if (returned === null) line.mark = 'never returned: nothing of it was committed';
      else if (committed === undefined) returned.mark = 'LOST: this outcome was never committed';
      else if (this.lines.indexOf(returned) < this.lines.indexOf(committed.line)) returned.mark = `committed as event ${committed.wseq}`;
      else returned.mark = `LOST: event ${committed.wseq} was there before`;
    }
  }

  private line(who: string, text: string): Line {
    const line: Line = { atMs: this.nowMs(), who, text, mark: '' };
    if (this.lines.length < LINES_MAX) this.lines.push(line);
    else this.left++;
    return line;
  }

  private of({ workflowId, name }: RunIdentity): string {
    return workflowId === this.workflowId() ? '' : `[${name} '${workflowId}'] `;
  }
}

function attemptId(call: Pick<BodyCall, 'runId' | 'key' | 'occurrence' | 'attempt' | 'epoch'>): string {
  return `${call.runId}\n${call.key}\n${call.occurrence}\n${call.attempt}\n${call.epoch}`;
}

/** A value as it would be committed; what can not be, by its type. */
export function showValue(value: unknown): string {
  try {
    return showText(canonicalText(value, 'the value'));
  } catch {
    return `a value of type ${typeof value}`;
  }
}

export function describeThrown(error: unknown): string {
  return showText(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
