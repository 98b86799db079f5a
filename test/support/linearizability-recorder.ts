/**
 * What clients asked and were answered, for the checker: one counter for all of them stands for time, so that two calls of one process are told apart
 * however fast they follow each other.
 *
 * H1. invoke() before the call is sent, returned() when its answer is there. Neither: it may have taken effect (no answer is known).
 * H2. hadNoEffect() takes it out: only where the caller is sure.
 */
import type { Operation } from './linearizability.js';

interface Recorded<Input, Output> {
  readonly client: string;
  readonly input: Input;
  output: Output | undefined;
  readonly invokedAt: number;
  returnedAt: number;
}

export class HistoryRecorder<Input, Output> {
  private readonly recorded = new Map<number, Recorded<Input, Output>>();
  private time = 0;
  private lastId = 0;

  get size(): number {
    return this.recorded.size;
  }

  get operations(): Array<Operation<Input, Output>> {
    return [...this.recorded.values()];
  }

  /** The number of the call. */
  invoke(client: string, input: Input): number {
    const id = ++this.lastId;
    this.recorded.set(id, { client, input, output: undefined, invokedAt: ++this.time, returnedAt: Infinity });
    return id;
  }

  returned(id: number, output: Output): void {
    const call = this.recorded.get(id)!;
    call.output = output;
    call.returnedAt = ++this.time;
  }

  hadNoEffect(id: number): void {
    this.recorded.delete(id);
  }
}
