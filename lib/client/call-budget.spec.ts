import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TUNING } from '../cluster/host-options.js';
import { CallBudget, ENGINE_BUDGET, FORWARDED_CALLS_MAX, FORWARDED_WAITS_MAX, noPlace, type Place } from './call-budget.js';

/** So many places of a kind; each of them must be had. */
function taken(budget: CallBudget, count: number, isWait: boolean): Place[] {
  return Array.from({ length: count }, () => {
    const place = noPlace();
    expect(budget.take(place, isWait)).toBeNull();
    return place;
  });
}

describe('CallBudget', () => {
  it('B1, B2: what the host takes is clearly more than what users may have under way, and waits have half of that at most', () => {
    expect(DEFAULT_TUNING.requestsInFlightMax - FORWARDED_CALLS_MAX).toBeGreaterThanOrEqual(2_000);
    expect(FORWARDED_WAITS_MAX).toBeLessThanOrEqual(FORWARDED_CALLS_MAX / 2);
    expect(DEFAULT_TUNING.requestsInFlightMax - FORWARDED_CALLS_MAX - ENGINE_BUDGET.callsMax!).toBeGreaterThanOrEqual(1_000);
    expect(ENGINE_BUDGET.waitsMax).toBeLessThan(ENGINE_BUDGET.callsMax!);
    const budget = new CallBudget();
    taken(budget, FORWARDED_WAITS_MAX, true);
    taken(budget, FORWARDED_CALLS_MAX - FORWARDED_WAITS_MAX, false);
    expect(budget.take(noPlace(), false)).not.toBeNull();
  });

  it('B2: beyond the bound of waits it is OVERLOADED, which names the limit; others have room, up to theirs', () => {
    const budget = new CallBudget({ callsMax: 4, waitsMax: 2 });
    const waits = taken(budget, 2, true);
    expect(budget.take(noPlace(), true)).toMatchObject({
      code: 'OVERLOADED',
      details: { limit: 'forwardedWaitsMax' },
      message: expect.stringContaining('2 waits'),
    });
    const calls = taken(budget, 2, false);
    expect(budget.take(noPlace(), false)).toMatchObject({ code: 'OVERLOADED', details: { limit: 'forwardedCallsMax' } });
    budget.leave(waits[0]!);
    // A call has it: waits may be fewer than their bound, and find no room all the same.
    taken(budget, 1, false);
    expect(budget.take(noPlace(), true)).toMatchObject({ details: { limit: 'forwardedCallsMax' } });
    budget.leave(calls[0]!);
    taken(budget, 1, true);
    expect(budget.count).toBe(4);
  });

  it('B3: a place is taken once, and given back once', () => {
    const budget = new CallBudget({ callsMax: 1, waitsMax: 1 });
    const place = noPlace();
    expect([budget.take(place, true), budget.take(place, true), budget.count]).toEqual([null, null, 1]);
    budget.leave(place);
    budget.leave(place);
    budget.leave(noPlace());
    expect(budget.count).toBe(0);
    expect(budget.take(place, false)).toBeNull();
    expect(budget.count).toBe(1);
  });
});
