/**
 * Signals of one run on one replica: handlers, those who wait, and what came before anybody asked. Owns: their order.
 *
 * M1. A signal goes to the handler of its name if there is one, else to the first who waits, else it is kept: first in, first out.
 * M2. Payloads are kept as committed bytes and decoded afresh for each receiver (R7).
 */
import { decodeCanonical } from './canonical-json.js';
import type { Operation } from './operation.js';

export type SignalHandler = (payload: unknown) => unknown;

interface Box {
  kept: Uint8Array[];
  waiting: Operation[];
  handler: SignalHandler | null;
}

export class SignalMailbox {
  private readonly boxes = new Map<string, Box>();

  private box(name: string): Box {
    let box = this.boxes.get(name);
    if (box === undefined) this.boxes.set(name, (box = { kept: [], waiting: [], handler: null }));
    return box;
  }

  /** What the arrival of a signal sets going: a handler, an operation, or nothing now. */
  receive(name: string, payload: Uint8Array): SignalHandler | Operation | null {
    const box = this.box(name);
    if (box.handler !== null) return box.handler;
    const waiting = box.waiting.shift();
    if (waiting !== undefined) return waiting;
    box.kept.push(payload);
    return null;
  }

  /** The oldest signal that was kept, or undefined. */
  take(name: string): { readonly payload: unknown } | undefined {
    const payload = this.box(name).kept.shift();
    return payload === undefined ? undefined : { payload: decodeCanonical(payload) };
  }

  wait(name: string, operation: Operation): void {
    this.box(name).waiting.push(operation);
  }

  unwait(name: string, operation: Operation): void {
    const { waiting } = this.box(name);
    const index = waiting.indexOf(operation);
    if (index !== -1) waiting.splice(index, 1);
  }

  handle(name: string, handler: SignalHandler): void {
    this.box(name).handler = handler;
  }
}
