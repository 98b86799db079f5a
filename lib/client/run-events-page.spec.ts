import { describe, expect, it } from '@jest/globals';
import { Observable, type Subscriber } from 'rxjs';
import { ManualClock } from '../../test/support/manual-clock.js';
import { RaftoralError } from '../errors/index.js';
import type { WorkflowService, WorkflowStreamItem } from '../workflow/service.js';
import { readEvents } from './run-events-page.js';

const gap = (from: number): WorkflowStreamItem => ({ type: 'gap', workflowId: 'w', runId: 'r', from, to: from });

/** A stream that is fed by hand, and notes whether somebody listens. */
function source(): {
  service: WorkflowService;
  subscriber: () => Subscriber<WorkflowStreamItem>;
  isOpen: () => boolean;
  ready: () => (() => unknown) | undefined;
} {
  let current: Subscriber<WorkflowStreamItem> | undefined;
  let pace: (() => unknown) | undefined;
  const runEvents = (_ref: unknown, _after: number, options: { ready?: () => unknown }): Observable<WorkflowStreamItem> => {
    pace = options.ready;
    return new Observable((subscriber) => void (current = subscriber));
  };
  return {
    service: { runEvents } as unknown as WorkflowService,
    subscriber: () => current!,
    isOpen: () => current?.closed === false,
    ready: () => pace,
  };
}

const elapse = (clock: ManualClock, ms: number): void => {
  const until = clock.now() + ms;
  while (clock.step(until));
};

describe('a page of events', () => {
  it('is what comes in one go, and ends the subscription', async () => {
    const [clock, from] = [new ManualClock(), source()];
    const page = readEvents(from.service, { workflowId: 'w' }, 0, 5_000, clock);
    elapse(clock, 3_000);
    from.subscriber().next(gap(1));
    from.subscriber().next(gap(2));
    elapse(clock, 1);
    expect(await page).toEqual({ items: [gap(1), gap(2)], isEnd: false });
    expect([from.isOpen(), clock.timerCount]).toEqual([false, 0]);
  });

  it('is empty when nothing came in time', async () => {
    const [clock, from] = [new ManualClock(), source()];
    const page = readEvents(from.service, { workflowId: 'w' }, 0, 5_000, clock);
    elapse(clock, 5_000);
    expect(await page).toEqual({ items: [], isEnd: false });
    expect([from.isOpen(), clock.timerCount]).toEqual([false, 0]);
  });

  it('says that the stream ended, and fails with it', async () => {
    const [clock, ended, failed] = [new ManualClock(), source(), source()];
    const one = readEvents(ended.service, { workflowId: 'w' }, 0, 5_000, clock);
    ended.subscriber().next(gap(1));
    ended.subscriber().complete();
    expect(await one).toEqual({ items: [gap(1)], isEnd: true });
    const two = readEvents(failed.service, { workflowId: 'w' }, 0, 5_000, clock);
    failed.subscriber().error(new RaftoralError('WORKFLOW_NOT_FOUND', 'none'));
    await expect(two).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
    expect(clock.timerCount).toBe(0);
  });

  it('P2: is bounded, and holds the source when it is full', async () => {
    const [clock, from] = [new ManualClock(), source()];
    const page = readEvents(from.service, { workflowId: 'w' }, 0, 5_000, clock);
    let sent = 0;
    while (from.ready()!() === undefined && sent < 10_000) from.subscriber().next(gap(++sent));
    expect(sent).toBe(256);
    expect((await page).items).toHaveLength(256);
    expect(from.isOpen()).toBe(false);
  });
});
