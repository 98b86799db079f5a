/**
 * Reads of a stored state that take as long as a test wants: each waits for a macrotask, and for the gate. Counts how many are under way.
 */
import type { StateSource } from '../../lib/state-machine/index.js';

export class GatedSource implements StateSource {
  /** Histories that are being read: now, and at most at once. */
  historyReads = 0;
  historyReadsMax = 0;
  historyReadsTotal = 0;
  /** Thrown by reads of histories, if set. */
  failure: Error | null = null;
  private waiting: Array<() => void> = [];
  private isShut = false;

  constructor(private readonly source: StateSource) {}

  /** True when a read will end without the test's doing. */
  get busy(): boolean {
    return !this.isShut && this.historyReads > 0;
  }

  shut(): void {
    this.isShut = true;
  }

  open(): void {
    this.isShut = false;
    const waiting = this.waiting;
    this.waiting = [];
    for (const proceed of waiting) proceed();
  }

  async history(range: Parameters<StateSource['history']>[0]): ReturnType<StateSource['history']> {
    this.historyReadsTotal++;
    this.historyReadsMax = Math.max(this.historyReadsMax, ++this.historyReads);
    try {
      await this.pass();
      if (this.failure !== null) throw this.failure;
      return await this.source.history(range);
    } finally {
      this.historyReads--;
    }
  }

  async closedRuns(by: Parameters<StateSource['closedRuns']>[0]): ReturnType<StateSource['closedRuns']> {
    await nextTurn();
    return this.source.closedRuns(by);
  }

  async list(query: Parameters<StateSource['list']>[0]): ReturnType<StateSource['list']> {
    await nextTurn();
    return this.source.list(query);
  }

  private async pass(): Promise<void> {
    await nextTurn();
    if (this.isShut) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
