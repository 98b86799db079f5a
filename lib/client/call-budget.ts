/**
 * How many forwarded calls of this node's users may be under way to other nodes. Owns the count. Pure.
 *
 * B1. It is clearly below what the host takes (requestsInFlightMax): what the engine asks other nodes itself always has room, however many users call, or wait.
 * B2. Waits have half of it at most: whoever waits for the end of workflows can start others.
 * B3. A place is taken once, and kept over all attempts of a call, and all slices of a wait: who waits already does not lose its place to who comes.
 * B4. What workflows ask of their children has a budget beside it (ENGINE_BUDGET), and is refused by that one alone.
 * Tests: call-budget.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';

/** Of the 10,000 requests that a host has under way at most. */
export const FORWARDED_CALLS_MAX = 8_000;
export const FORWARDED_WAITS_MAX = FORWARDED_CALLS_MAX / 2;

/** Of what workflows ask of their children elsewhere, and the engine of their parents: users who wait do not hold them up. */
export const ENGINE_BUDGET: CallBudgetOptions = { callsMax: 1_000, waitsMax: 800 };

/** Of one call, or of all calls that a wait is made of. */
export interface Place {
  taken: 'none' | 'call' | 'wait';
}

export interface CallBudgetOptions {
  readonly callsMax?: number;
  readonly waitsMax?: number;
}

export class CallBudget {
  private readonly callsMax: number;
  private readonly waitsMax: number;
  private all = 0;
  private waits = 0;

  constructor({ callsMax = FORWARDED_CALLS_MAX, waitsMax = FORWARDED_WAITS_MAX }: CallBudgetOptions = {}) {
    this.callsMax = callsMax;
    this.waitsMax = waitsMax;
  }

  /** Calls under way, those that wait among them. */
  get count(): number {
    return this.all;
  }

  /** null: it has its place now, or had it before. Else OVERLOADED, which names the limit. */
  take(place: Place, isWait: boolean): RaftoralError | null {
    if (place.taken !== 'none') return null;
    if (isWait && this.waits >= this.waitsMax) return overloaded(this.waits, 'waits for workflows', 'forwardedWaitsMax');
    if (this.all >= this.callsMax) return overloaded(this.all, 'calls', 'forwardedCallsMax');
    this.all++;
    if (isWait) this.waits++;
    place.taken = isWait ? 'wait' : 'call';
    return null;
  }

  leave(place: Place): void {
    if (place.taken === 'none') return;
    this.all--;
    if (place.taken === 'wait') this.waits--;
    place.taken = 'none';
  }
}

export function noPlace(): Place {
  return { taken: 'none' };
}

function overloaded(count: number, what: string, limit: string): RaftoralError {
  const text = `${count} ${what} of this node are under way to clusters that other nodes host (${limit}); slow down, or use more nodes.`;
  return new RaftoralError('OVERLOADED', text, { details: { limit } });
}
