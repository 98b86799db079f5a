/**
 * When the host's next turn runs. Owns: what is scheduled, and the guard against starving the event loop.
 *
 * G1. At most one turn waits in a microtask and one in a macrotask. Frames that a transport hands over all at once run theirs on the spot.
 * G2. After `microtaskTurnsMax` turns in microtasks without a macrotask between them, the next one is a macrotask: two hosts of one process that
 *     keep each other busy let timers and sockets through.
 * Tests: turn-trigger.spec.ts.
 */
import type { Scheduler } from './scheduler.js';

export class TurnTrigger {
  private isSoon = false;
  private isMacrotask = false;
  private microtaskTurns = 0;
  private isStopped = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly microtaskTurnsMax: number,
    private readonly run: (isMacrotask: boolean) => void,
  ) {}

  /** A turn is on its way. */
  get isPending(): boolean {
    return this.isMacrotask || this.isSoon;
  }

  soon(): void {
    if (this.isSoon || this.isStopped || !this.mayRunInMicrotask()) return;
    this.isSoon = true;
    this.scheduler.soon(this.runSoon);
  }

  /** Frames are at hand, outside of any turn: runs at once, as long as the event loop turns. */
  arrived(): void {
    if (!this.isStopped && this.mayRunInMicrotask()) this.run(false);
  }

  macrotask(): void {
    if (this.isMacrotask || this.isStopped) return;
    this.isMacrotask = true;
    this.scheduler.turn(this.runMacrotask);
  }

  /** From a timer: runs at once. */
  now(): void {
    this.run(false);
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Counts a turn; if there were too many, asks for a macrotask instead. */
  private mayRunInMicrotask(): boolean {
    this.microtaskTurns++;
    if (this.microtaskTurns >= this.microtaskTurnsMax) {
      this.macrotask();
      return false;
    }
    // Early enough a macrotask is asked for that only counts: as long as the event loop turns, the guard holds up nothing.
    if (this.microtaskTurns === this.microtaskTurnsMax >> 1) this.scheduler.turn(this.breathe);
    return true;
  }

  private readonly breathe = (): void => {
    this.microtaskTurns = 0;
  };

  private readonly runSoon = (): void => {
    this.isSoon = false;
    if (!this.isStopped) this.run(false);
  };

  private readonly runMacrotask = (): void => {
    this.isMacrotask = false;
    this.microtaskTurns = 0;
    if (!this.isStopped) this.run(true);
  };
}
