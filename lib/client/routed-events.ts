/**
 * The events of one run, read from whatever replica there is: the stream of this node where it hosts the cluster, else page after page from a member.
 *
 * E1. Items after the cursor, each once, in order, and the end after `finished`, as from one replica: the cursor is (runId, wseq), and whoever is asked next goes on
 *     behind it. What is beside the history (`diverged`) is told by the replica that is read at the time, and never twice.
 * E2. The next page is asked for when the last item of the one before was taken: a slow reader holds nothing anywhere.
 * E3. It errors when no replica answered for as long as a call may take, and with what every replica would say (WORKFLOW_NOT_FOUND).
 * E4. Where this very node ends, a stream that is under way completes, as one of a cluster that it hosts; one that begins later is SHUTTING_DOWN.
 * Tests: test/cluster/forwarded-events.spec.ts.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { StreamOptions } from '../cluster/event-bus.js';
import { isRaftoralError, type RaftoralError } from '../errors/index.js';
import { EventKind } from '../workflow/event.js';
import type { RunRef, WorkflowService, WorkflowStreamItem } from '../workflow/service.js';
import { noPlace, type Place } from './call-budget.js';
import { QUICK_ATTEMPT_MS, type CallRouter } from './call-router.js';
import { itemOf, type AnswerOf } from './forwarded-call.js';
import type { RoutingTable } from './routing-table.js';

export interface RoutedEventsParts {
  readonly after: number;
  readonly options: StreamOptions;
  readonly router: CallRouter;
  readonly locate: (table: RoutingTable | null) => number;
  readonly waitMs: number;
  readonly requestTimeoutMs: number;
  readonly ref: RunRef;
  /** The run that the reference means now, with its id: asked where this node does not host the cluster. */
  readonly pin: () => Promise<RunRef>;
  /** Still the replica of this node for the cluster of the run. */
  readonly isHosted: (service: WorkflowService) => boolean;
}

type Page = AnswerOf<'events'>;

export function routedEvents(parts: RoutedEventsParts): Observable<WorkflowStreamItem> {
  return new Observable((subscriber) => {
    const reader = new Reader(parts, subscriber);
    void reader.run();
  });
}

class Reader {
  private after: number;
  private ref: RunRef;
  private isFinished = false;
  /** Who answered last: it has the run at hand. */
  private last: number | undefined;
  private readonly place: Place = noPlace();

  constructor(
    private readonly parts: RoutedEventsParts,
    private readonly subscriber: Subscriber<WorkflowStreamItem>,
  ) {
    this.after = parts.after;
    this.ref = parts.ref;
  }

  async run(): Promise<void> {
    const { subscriber } = this;
    const { router } = this.parts;
    const beganClosed = router.isClosed;
    try {
      this.ref = await this.parts.pin();
      while (!subscriber.closed) {
        const page = await this.next();
        if (!(await this.deliver(page))) return;
        if (page.isEnd) break;
      }
      subscriber.complete();
    } catch (error) {
      if (router.isClosed && !beganClosed && isRaftoralError(error, 'SHUTTING_DOWN')) subscriber.complete();
      else subscriber.error(error);
    } finally {
      router.leave(this.place);
    }
  }

  /** A page of another replica; the whole rest of the stream from this node's own. */
  private next(): Promise<Page> {
    const { router, locate, waitMs, requestTimeoutMs } = this.parts;
    const { ref } = this;
    return router.call<'events', Page>({
      method: 'events',
      locate,
      request: { ref, after: this.after, waitMs },
      here: (service) => this.followHere(service, ref),
      read: (page) => page,
      timeoutMs: waitMs + requestTimeoutMs,
      attemptMsMin: waitMs + QUICK_ATTEMPT_MS,
      attemptMsMax: Number.POSITIVE_INFINITY,
      isWait: true,
      first: this.last,
      place: this.place,
      onAnswer: (node) => (this.last = node),
    });
  }

  /** False: nobody listens any more. */
  private async deliver(page: Page): Promise<boolean> {
    for (const forwarded of page.items) {
      const item = itemOf(forwarded);
      const wait = this.parts.options.ready?.();
      if (wait !== undefined) await wait;
      if (this.subscriber.closed) return false;
      this.pass(item);
    }
    return !this.subscriber.closed;
  }

  private pass(item: WorkflowStreamItem): void {
    if (this.ref.runId === undefined) this.ref = { workflowId: item.workflowId, runId: item.runId };
    if (item.type === 'event') {
      if (item.wseq <= this.after) return;
      this.after = item.wseq;
      this.isFinished = item.event.kind === EventKind.FINISHED;
    } else if (item.type === 'gap') {
      if (item.to <= this.after) return;
      this.after = item.to;
    }
    this.subscriber.next(item);
  }

  /** Resolves when the stream of this node ends: for good, or because this node hosts the cluster no more. */
  private followHere(service: WorkflowService, ref: RunRef): Promise<Page> {
    return new Promise((resolve, reject) => {
      // Where this very node ends, the stream ends in good order, as without routes; where its replica does, another one is read.
      const failsWith = ({ code }: RaftoralError): boolean => code !== 'SHUTTING_DOWN';
      const inner = service.runEvents(ref, this.after, { ...this.parts.options, failsWith }).subscribe({
        next: (item) => this.pass(item),
        error: (error: unknown) => reject(error as Error),
        // A stream ends without `finished` when the cursor was behind it, and when the cluster ends on this node.
        complete: () => resolve({ items: [], isEnd: this.isFinished || this.parts.isHosted(service) }),
      });
      this.subscriber.add(inner);
      this.subscriber.add(() => resolve({ items: [], isEnd: true }));
    });
  }
}
