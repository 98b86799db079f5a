/**
 * One page of a run's events for a reader on another node: what there is behind its cursor, or what comes first within a while.
 *
 * P1. Items are those of runEvents(), in its order, from the cursor on; the next page may be asked of another replica, for the cursor is (runId, wseq).
 * P2. A page ends with what the source delivers in one go, and is bounded; the source is held while the page is full (R43), and unsubscribed when it ends.
 * P3. A stream that ends because its replica does is no end of the run: the page fails with why, and the reader asks another replica.
 * Tests: run-events-page.spec.ts, test/cluster/forwarded-events.spec.ts.
 */
import type { Subscription } from 'rxjs';
import type { Clock, Timer } from '../cluster/clock.js';
import type { RunRef, WorkflowService } from '../workflow/service.js';
import { forwardedItem, type AnswerOf, type ForwardedItem } from './forwarded-call.js';

const PAGE_ITEMS_MAX = 256;
const PAGE_BYTES_MAX = 512 * 1024;
/** After the first item, for those that come with it, ms. */
const LINGER_MS = 1;
const NEVER = new Promise<never>(() => undefined);

export function readEvents(
  service: WorkflowService,
  ref: RunRef,
  after: number,
  waitMs: number,
  clock: Pick<Clock, 'setTimer'>,
): Promise<AnswerOf<'events'>> {
  return new Promise((resolve, reject) => {
    const items: ForwardedItem[] = [];
    let bytes = 0;
    let isOver = false;
    let timer: Timer | null = null;
    let subscription: Subscription | null = null;
    const finish = (isEnd: boolean): void => {
      if (isOver) return;
      isOver = true;
      timer?.cancel();
      subscription?.unsubscribe();
      resolve({ items, isEnd });
    };
    const isFull = (): boolean => items.length >= PAGE_ITEMS_MAX || bytes >= PAGE_BYTES_MAX;
    // What does not fit is not delivered: the page ends, and the reader comes back for it.
    const ready = (): Promise<unknown> | undefined => (isOver || isFull() ? NEVER : undefined);
    subscription = service.runEvents(ref, after, { ready, failsWith: () => true }).subscribe({
      next: (item) => {
        if (isOver) return;
        const forwarded = forwardedItem(item);
        items.push(forwarded);
        bytes += 'event' in forwarded ? forwarded.event.length : 256;
        if (isFull()) finish(false);
        else if (items.length === 1) {
          timer?.cancel();
          timer = clock.setTimer(LINGER_MS, () => finish(false), { unref: true });
        }
      },
      error: (error: unknown) => {
        if (isOver) return;
        isOver = true;
        timer?.cancel();
        reject(error as Error);
      },
      complete: () => finish(true),
    });
    if (isOver) subscription.unsubscribe();
    else if (items.length === 0) timer = clock.setTimer(waitMs, () => finish(false), { unref: true });
  });
}
