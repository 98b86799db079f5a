/**
 * Holds back what can not be taken back (bodies with side effects) after this process stood still for so long that others may have taken over its
 * runs, and when it has just started, until the group confirmed what it has committed meanwhile.
 *
 * G1. Nothing passes while the count of long stalls is above the one that the last confirmation saw; a stall that goes on counts already. A start
 *     is the end of a stall: the log may hold a result whose commit this process never heard of, and a body would run once more for it (P3).
 * G2. It is confirmed by a read index: a quorum was heard after the stall, and what it committed is applied here. Owner changes among it have fenced
 *     what was held back (R22), which whoever held it back looks at.
 * G3. It asks again until it has an answer; the group's own end ends it.
 * Tests: stall-gate.spec.ts, test/workflow/failover.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';

const ASK_AGAIN_MS = 500;
/** The group was not heard since the start. */
const NEVER = -1;

export class StallGate {
  private confirmedStalls = NEVER;
  private held: Array<() => void> = [];
  private isAsking = false;
  private isStopped = false;
  private retry: Timer | null = null;

  constructor(
    private readonly group: Pick<RaftGroup, 'longStalls' | 'readIndex'>,
    private readonly clock: Clock,
  ) {}

  /** Runs `act` now, or once the group was heard. */
  pass(act: () => void): void {
    if (this.group.longStalls === this.confirmedStalls) return act();
    this.held.push(act);
    this.ask();
  }

  stop(): void {
    this.isStopped = true;
    this.held = [];
    this.retry?.cancel();
  }

  private ask(): void {
    if (this.isAsking || this.isStopped) return;
    this.isAsking = true;
    const stalls = this.group.longStalls;
    this.group.readIndex().then(
      () => this.confirmed(stalls),
      () => {
        this.retry = this.clock.setTimer(ASK_AGAIN_MS, () => this.askAgain(), { unref: true });
      },
    );
  }

  private askAgain(): void {
    this.isAsking = false;
    this.ask();
  }

  private confirmed(stalls: number): void {
    if (this.group.longStalls !== stalls) return this.askAgain();
    this.isAsking = false;
    this.confirmedStalls = stalls;
    const held = this.held;
    this.held = [];
    for (const act of held) this.pass(act);
  }
}
