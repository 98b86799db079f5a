/**
 * Keeps the event loop from sleeping while a write of this node is on its way to the disk (tuning.busyPollMs): its end is seen at once, without the
 * time that an idle core needs to wake up. Costs the processor that would have slept.
 *
 * B1. At most `forMs` from the last wake(): a disk that hangs costs no core.
 * B2. Each round is a macrotask: sockets, timers and whatever else waits come between two of them.
 * The idea: SO_BUSY_POLL of Linux (net/core/dev.c), for a disk. Tests: busy-poll.spec.ts.
 */
import type { Clock } from './clock.js';
import type { Scheduler } from './scheduler.js';

export class BusyPoll {
  private isPolling = false;
  private untilMs = 0;

  constructor(
    private readonly parts: {
      readonly clock: Pick<Clock, 'monotonic'>;
      readonly scheduler: Pick<Scheduler, 'turn'>;
      readonly forMs: number;
      readonly isAwaited: () => boolean;
    },
  ) {}

  wake(): void {
    const { clock, scheduler, forMs, isAwaited } = this.parts;
    if (forMs === 0 || !isAwaited()) return;
    this.untilMs = clock.monotonic() + forMs;
    if (this.isPolling) return;
    this.isPolling = true;
    scheduler.turn(this.poll);
  }

  private readonly poll = (): void => {
    const { clock, scheduler, isAwaited } = this.parts;
    if (isAwaited() && clock.monotonic() < this.untilMs) scheduler.turn(this.poll);
    else this.isPolling = false;
  };
}
