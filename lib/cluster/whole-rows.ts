/**
 * A state machine without rows, as a state store wants it: its group part is its snapshot, and there is nothing else.
 *
 * Y1. apply, membership and restore pass through; the index of the last of them is the index of a cut.
 * Tests: whole-rows.spec.ts.
 */
import type { ConfState } from '../raft/index.js';
import { NO_BYTES } from '../raft/index.js';
import type {
  RowStateMachine,
  StateCut,
  StateImage,
  StateMachine,
  StatePosition,
  StateSource,
  StoredState,
} from '../state-machine/index.js';

/** The state machine itself, if it has rows. */
export function withRows<Result>(stateMachine: StateMachine<Result>): RowStateMachine<Result> {
  const { cut, load, prefetch, rowsOf, expectRows, bytesOf } = stateMachine as Partial<RowStateMachine<Result>>;
  const hasRows = [cut, load, prefetch, rowsOf, expectRows, bytesOf].every((method) => typeof method === 'function');
  return hasRows ? (stateMachine as RowStateMachine<Result>) : new WholeRows(stateMachine);
}

/** Nothing but a group part, at a position. */
export class WholeImage implements StateImage {
  readonly runCount = 0;

  constructor(
    readonly position: StatePosition,
    readonly group: Uint8Array,
  ) {}

  get bytesAbout(): number {
    return this.group.length;
  }

  next(): Promise<null> {
    return Promise.resolve(null);
  }

  again(): StateImage {
    return this;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class WholeRows<Result> implements RowStateMachine<Result> {
  private index = 0;

  constructor(private readonly inner: StateMachine<Result>) {}

  apply(index: number, term: number, frame: Uint8Array): Result {
    const result = this.inner.apply(index, term, frame);
    this.index = index;
    return result;
  }

  check(frame: Uint8Array): void {
    this.inner.check?.(frame);
  }

  applyMembership(index: number, membership: ConfState): void {
    this.inner.applyMembership(index, membership);
    this.index = index;
  }

  snapshot(): Uint8Array {
    return this.inner.snapshot();
  }

  restore(index: number, bytes: Uint8Array): void {
    this.inner.restore(index, bytes);
    this.index = index;
  }

  cut(): StateCut {
    return {
      index: this.index,
      group: this.inner.snapshot(),
      requests: [],
      closed: [],
      requestsExpiredMs: 0,
      sweptMs: 0,
      next: () => null,
      done: () => undefined,
    };
  }

  load(stored: StoredState, _source: StateSource): void {
    if (stored.group.length > 0) this.inner.restore(stored.position.index, stored.group);
    this.index = stored.position.index;
  }

  prefetch(): null {
    return null;
  }

  rowsOf(position: StatePosition, bytes: Uint8Array): StateImage {
    return new WholeImage(position, bytes);
  }

  expectRows(): void {
    // There are none, and what the group part is worth is seen by restore().
  }

  async bytesOf(image: StateImage): Promise<Uint8Array> {
    await image.close();
    return image.group;
  }
}

/** What is stored of a group that was never stored. */
export function nothingStored(confState: ConfState): StoredState {
  return { position: { index: 0, term: 0, confState }, group: NO_BYTES, requests: [], closed: [], openRuns: [], lastOrder: 0 };
}
