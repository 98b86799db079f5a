/**
 * One page of a run's events for a reader on another node: what there is behind its cursor, or what comes first within a while.
 *
 * P1. Items are those of runEvents(), in its order, from the cursor on; the next page may be asked of another replica, for the cursor is (runId, wseq).
 * P2. A page ends with what the source delivers in one go, and is bounded; the source is held while the page is full (R43), and unsubscribed when it ends.
 * P3. The stream of a replica completes also because the replica ends: that is no end of the run (endOfEvents).
 * Tests: run-events-page.spec.ts.
 */
import type { Subscription } from 'rxjs';
import type { Clock, Timer } from '../cluster/clock.js';
import type { RunRef, WorkflowService } from '../workflow/service.js';
import { isRaftoralError } from '../errors/index.js';
import { EventKind } from '../workflow/event.js';
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
    let isFinished = false;
    let timer: Timer | null = null;
    let subscription: Subscription | null = null;
    const finish = (isEnd: boolean): void => {
      if (isOver) return;
      isOver = true;
      timer?.cancel();
      subscription?.unsubscribe();
      resolve({ items, isEnd });
    };
    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      timer?.cancel();
      reject(error as Error);
    };
    const isFull = (): boolean => items.length >= PAGE_ITEMS_MAX || bytes >= PAGE_BYTES_MAX;
    // What does not fit is not delivered: the page ends, and the reader comes back for it.
    const ready = (): Promise<unknown> | undefined => (isOver || isFull() ? NEVER : undefined);
    subscription = service.runEvents(ref, after, { ready }).subscribe({
      next: (item) => {
        if (isOver) return;
        isFinished = item.type === 'event' && item.event.kind === EventKind.FINISHED;
        const forwarded = forwardedItem(item);
        items.push(forwarded);
        bytes += 'event' in forwarded ? forwarded.event.length : 256;
        if (isFull()) finish(false);
        else if (items.length === 1) {
          timer?.cancel();
          timer = clock.setTimer(LINGER_MS, () => finish(false), { unref: true });
        }
      },
      error: fail,
      complete: () => {
        if (isOver) return;
        timer?.cancel();
        endOfEvents(service, ref, isFinished).then(() => finish(true), fail);
      },
    });
    if (isOver) subscription.unsubscribe();
    else if (items.length === 0) timer = clock.setTimer(waitMs, () => finish(false), { unref: true });
  });
}

/**
 * A stream of this replica completed, perhaps without `finished`: the cursor was behind it, or the run was forgotten. Rejects where it was the replica that ended: another
 * one is to be asked.
 */
export async function endOfEvents(service: WorkflowService, ref: RunRef, isFinished: boolean): Promise<void> {
  if (isFinished) return;
  try {
    await service.describe(ref, { consistency: 'local' });
  } catch (error) {
    if (!isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) throw error;
  }
}
