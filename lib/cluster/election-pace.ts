/**
 * How many groups of a host stand for election at the same time. Owns who does, and who waits. Pure.
 *
 * W1. A restart leaves every group of a process without a leader, and all time-outs end within one: elections that take longer than a time-out together are begun anew before they
 *     are done, again and again (cockroach#6106). So a group whose time-out has ended waits where as many as may do stand already.
 * W2. In the order in which they came. A place is given up once there is a leader or another candidate won, and after `TICKS_MAX` in any case: groups that can have no leader, because their
 *     members are gone, keep nobody from having one.
 * W3. Who waits votes, and follows whoever is elected meanwhile: it does not stand then.
 * W4. A host whose ticks come late has more to do than it can: half as many may stand, at least `AT_ONCE_MIN`; with each tick that is in time it is some more again.
 * Tests: election-pace.spec.ts, test/cluster/many-groups.spec.ts.
 */

export interface Candidate {
  /** Its next tick would begin an election. */
  readonly isElectionDue: boolean;
  /** It has begun one, and has no answer yet. */
  readonly isElecting: boolean;
}

export const AT_ONCE_MAX = 64;
export const AT_ONCE_MIN = 4;
const AT_ONCE_STEP = 8;
const TICKS_MAX = 3;
/** A tick is late when it comes so much of a tick after its time. */
const LATE_SHARE = 0.5;

export class ElectionPace {
  /** Ticks that they have left. */
  private readonly running = new Map<Candidate, number>();
  private readonly waiting = new Set<Candidate>();
  /** Before the first time-out has ended it is as high as it may be, unless the start itself takes all that there is. */
  private atOnce = AT_ONCE_MIN;

  constructor(private readonly tickMs: number) {}

  /** Of the host, before its groups'. @param lateMs how much later than due it comes. */
  tick(lateMs: number): void {
    const isLate = lateMs > this.tickMs * LATE_SHARE;
    this.atOnce = isLate ? Math.max(AT_ONCE_MIN, this.atOnce >> 1) : Math.min(AT_ONCE_MAX, this.atOnce + AT_ONCE_STEP);
    for (const [candidate, ticks] of this.running) {
      if (ticks > 1 && candidate.isElecting) this.running.set(candidate, ticks - 1);
      else this.running.delete(candidate);
    }
    for (const candidate of this.waiting) {
      if (!candidate.isElectionDue) this.waiting.delete(candidate);
      else if (this.running.size < this.atOnce) this.begin(candidate);
    }
  }

  /** True: it may stand now. False: it asks again at its next tick. */
  may(candidate: Candidate): boolean {
    if (this.running.has(candidate)) return true;
    if (this.waiting.size === 0 && this.running.size < this.atOnce) {
      this.begin(candidate);
      return true;
    }
    this.waiting.add(candidate);
    return false;
  }

  /** Its group is over. */
  leave(candidate: Candidate): void {
    this.running.delete(candidate);
    this.waiting.delete(candidate);
  }

  private begin(candidate: Candidate): void {
    this.waiting.delete(candidate);
    this.running.set(candidate, TICKS_MAX);
  }
}
