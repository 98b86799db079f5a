/**
 * One operation of workflow code, and the list of those that wait. Owns: the promise and who may settle it.
 *
 * O1. (key, occurrence) is assigned once, at the call, with its position (R5).
 * O2. A promise settles once, by settle() or fail(), and only the dispatcher calls these (R6).
 * O3. The list is in call order: that is the order in which a new owner proposes (R17).
 */
import type { ComputePlan } from './compute-plan.js';
import type { CallPosition, ErrorRecord } from './event.js';
import type { ComputeAttempt } from './compute-runner.js';
import type { ChildOperation } from './child-operation.js';

export type OperationKind = 'checkpoint' | 'compute' | 'sleep' | 'signal';

let capturedResolve: (value: unknown) => void;
let capturedReject: (error: unknown) => void;
const capture = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  capturedResolve = resolve;
  capturedReject = reject;
};
const ignore = (): void => undefined;

export class Operation {
  readonly promise: Promise<unknown>;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: unknown) => void;
  previous: Operation | null = null;
  next: Operation | null = null;

  settled = false;
  /** Checkpoint: this replica's own outcome is known. */
  ready = false;
  /** Checkpoint: canonical text of this replica's own value. */
  valueText = '';
  error: ErrorRecord | null = null;
  /** Epoch in which this node proposed it; 0 = never. */
  proposedEpoch = 0;

  // compute
  body: (() => unknown) | null = null;
  plan: ComputePlan | null = null;
  /** A compute that the engine itself does, for a child workflow. */
  child: ChildOperation | null = null;
  attempt: ComputeAttempt | null = null;
  /** Attempt for which this node sent attempt-started in this epoch (R20); 0 = none. */
  announcedAttempt = 0;
  /** Attempt whose attempt-started was consumed in this epoch, from this node; 0 = none. */
  confirmedAttempt = 0;

  // sleep, and the time-out of a signal wait
  delayMs = 0;
  /** Log time at which it fires; 0 = not set yet. */
  dueMs = 0;
  /** Signal wait ↔ its time-out. */
  partner: Operation | null = null;

  constructor(
    readonly kind: OperationKind,
    readonly key: string,
    readonly occurrence: number,
    readonly position: CallPosition,
    readonly argumentsDigest: number,
    /** For people: the method or call that made it. */
    readonly label: string,
  ) {
    this.promise = new Promise(capture);
    this.resolve = capturedResolve;
    this.reject = capturedReject;
  }

  settle(value: unknown): void {
    this.settled = true;
    this.resolve(value);
  }

  fail(error: unknown): void {
    this.settled = true;
    this.promise.catch(ignore);
    this.reject(error);
  }
}

export class OperationList {
  first: Operation | null = null;
  private last: Operation | null = null;
  length = 0;

  append(operation: Operation): void {
    operation.previous = this.last;
    if (this.last === null) this.first = operation;
    else this.last.next = operation;
    this.last = operation;
    this.length++;
  }

  remove(operation: Operation): void {
    if (operation.previous === null && operation !== this.first) return;
    if (operation.previous === null) this.first = operation.next;
    else operation.previous.next = operation.next;
    if (operation.next === null) this.last = operation.previous;
    else operation.next.previous = operation.previous;
    operation.previous = null;
    operation.next = null;
    this.length--;
  }

  clear(): void {
    this.first = null;
    this.last = null;
    this.length = 0;
  }

  toArray(): Operation[] {
    const all: Operation[] = [];
    for (let at = this.first; at !== null; at = at.next) all.push(at);
    return all;
  }
}

/** All operations of one key: the counter of occurrences, and those whose events may still come. */
export class KeyState {
  private calls = 0;
  readonly expected: Operation[] = [];

  /** What nextOccurrence() will give. */
  peekOccurrence(): number {
    return this.calls + 1;
  }

  nextOccurrence(): number {
    return ++this.calls;
  }

  find(occurrence: number): Operation | undefined {
    for (const operation of this.expected) if (operation.occurrence === occurrence) return operation;
    return undefined;
  }

  drop(operation: Operation): void {
    const index = this.expected.indexOf(operation);
    if (index !== -1) this.expected.splice(index, 1);
  }
}
