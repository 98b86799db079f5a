/**
 * Compute bodies on this node that have not settled, whichever cluster's runtime began them: a run whose slot moves may have its next owner on the same node. Owns the
 * table, and who waits for a body in it. One for all runtimes of a node; what it does not do is begin bodies, or measure time.
 *
 * F1. At most one body of an operation stands in it: that of the newest epoch that began one.
 * F2. Who waits for a body is told once: when that has settled, or never. How long it waits is its own (B2 of compute-runner.ts).
 * F3. A runtime that has stopped leaves its bodies behind, as names alone: nothing of it is kept for the sake of a body that never settles.
 * Tests: test/workflow/slot-moves.spec.ts, computes-in-flight.spec.ts.
 */
import type { AbortCause } from './abort-scope.js';

/** Whose body it is. */
interface Attempt {
  readonly id: string;
  readonly epoch: number;
  drop(cause: AbortCause, message: string): void;
}

export interface Flight {
  /** Names the operation on this node: runId, key, occurrence. A run keeps its id, and counts its epochs on, as its slot moves (R1, R41). */
  readonly id: string;
  readonly epoch: number;
  /** null: its runtime has stopped, and has given it up. */
  attempt: Attempt | null;
}

export class ComputesInFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly waiting = new Map<Flight, Set<() => void>>();

  /** The body of this operation that is at work now, given up or not. */
  of(id: string): Flight | undefined {
    return this.flights.get(id);
  }

  get size(): number {
    return this.flights.size;
  }

  /** Its body begins. */
  enter(attempt: Attempt): Flight {
    const flight: Flight = { id: attempt.id, epoch: attempt.epoch, attempt };
    this.flights.set(flight.id, flight);
    return flight;
  }

  /** Its body has settled. Tells who waits for it. */
  leave(flight: Flight): void {
    this.giveUp(flight);
    const told = this.waiting.get(flight);
    this.waiting.delete(flight);
    for (const tell of told ?? []) tell();
  }

  /** It is not to hold up a new body any longer. */
  giveUp(flight: Flight): void {
    if (this.flights.get(flight.id) === flight) this.flights.delete(flight.id);
  }

  /** F2. Returns what ends the wait. */
  wait(flight: Flight, tell: () => void): () => void {
    let waiting = this.waiting.get(flight);
    if (waiting === undefined) this.waiting.set(flight, (waiting = new Set()));
    waiting.add(tell);
    return () => {
      waiting.delete(tell);
      if (waiting.size === 0 && this.waiting.get(flight) === waiting) this.waiting.delete(flight);
    };
  }
}
