/**
 * Callers of result(), by run. Owns: who waits, and their deadlines.
 *
 * W1. A waiter is settled once: by the run's end, its deadline, or the end of this node's part in the group.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftoralError } from '../errors/index.js';
import type { RunView } from './state.js';

interface Waiter {
  readonly resolve: (run: RunView) => void;
  readonly reject: (error: unknown) => void;
  readonly workflowId: string;
  timer: Timer | null;
}

export class RunWaiters {
  private readonly byRun = new Map<string, Set<Waiter>>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.byRun.size;
  }

  /** Resolves with the run once settle() was called for it. */
  wait(
    { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
    timeoutMs: number | undefined,
    timeoutError: () => RaftoralError,
  ): Promise<RunView> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, workflowId, timer: null };
      let waiters = this.byRun.get(runId);
      if (waiters === undefined) this.byRun.set(runId, (waiters = new Set()));
      waiters.add(waiter);
      if (timeoutMs === undefined) return;
      waiter.timer = this.clock.setTimer(timeoutMs, () => {
        this.drop(runId, waiter);
        reject(timeoutError());
      });
    });
  }

  settle(run: RunView): void {
    for (const waiter of this.take(run.runId)) waiter.resolve(run);
  }

  reject(runId: string, error: unknown): void {
    for (const waiter of this.take(runId)) waiter.reject(error);
  }

  rejectAll(error: RaftoralError): void {
    for (const runId of [...this.byRun.keys()]) this.reject(runId, error);
  }

  /** Runs that somebody waits for. */
  runs(): ReadonlyArray<{ readonly workflowId: string; readonly runId: string }> {
    return [...this.byRun].map(([runId, waiters]) => ({ runId, workflowId: [...waiters][0]!.workflowId }));
  }

  private take(runId: string): readonly Waiter[] {
    const waiters = this.byRun.get(runId);
    if (waiters === undefined) return [];
    this.byRun.delete(runId);
    for (const waiter of waiters) waiter.timer?.cancel();
    return [...waiters];
  }

  private drop(runId: string, waiter: Waiter): void {
    const waiters = this.byRun.get(runId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.byRun.delete(runId);
  }
}
