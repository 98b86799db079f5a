import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ComputeAttempt, ComputeRunner } from './compute-runner.js';
import { ComputesInFlight } from './computes-in-flight.js';
import type { Scope } from './runtime-scopes.js';

const GRACE_MS = 1_000;

let clock: ManualClock;
let inFlight: ComputesInFlight;
/** What was begun, and what was reported. */
let log: string[];
const finish = new Map<string, (value: string) => void>();

beforeEach(() => {
  clock = new ManualClock();
  inFlight = new ComputesInFlight();
  log = [];
});
afterEach(() => finish.clear());

function advance(ms: number): void {
  const until = clock.now() + ms;
  while (clock.step(until));
}

/** One of two runtimes of a node. */
function runner(pass: (act: () => void) => void = (act) => act()): ComputeRunner {
  return new ComputeRunner(clock, { pass }, GRACE_MS, inFlight);
}

function attempt(name: string, epoch: number, id = 'operation', isSettled = (): boolean => false): ComputeAttempt {
  return new ComputeAttempt(
    id,
    epoch,
    1,
    0,
    name,
    () => ({ kind: 'compute' }) as unknown as Scope,
    () => {
      log.push(`${name} begins`);
      return new Promise<string>((resolve) => finish.set(name, resolve));
    },
    isSettled,
    (_self, _failed, outcome) => log.push(`${name}: ${String(outcome)}`),
  );
}

async function end(name: string): Promise<void> {
  finish.get(name)!(name);
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

it('R22: a body of another runtime holds up the next one of the same operation, and no other', async () => {
  const [one, other] = [runner(), runner()];
  const old = attempt('old', 1);
  one.start(old);
  other.start(attempt('new', 2));
  other.start(attempt('of another operation', 2, 'another'));
  expect(log).toEqual(['old begins', 'of another operation begins']);
  expect(old.abortScope.signal.reason).toMatchObject({ reason: 'fenced' });
  await end('old');
  expect(log.slice(2)).toEqual(['new begins']); // and no outcome of the old one
  expect([one.size, other.size, inFlight.size]).toEqual([0, 2, 2]);
});

it('R22: what holds up is the body that is at work, for a grace of its own', async () => {
  const [one, other, third] = [runner(), runner(), runner()];
  one.start(attempt('first', 1));
  other.start(attempt('second', 2));
  advance(GRACE_MS / 2);
  third.start(attempt('third', 3));
  advance(GRACE_MS / 2);
  // The second one is of no use any more when its turn comes; here nobody has told it so.
  expect(log).toEqual(['first begins', 'second begins']);
  advance(GRACE_MS / 2);
  expect(log).toEqual(['first begins', 'second begins']);
  advance(GRACE_MS);
  expect(log).toEqual(['first begins', 'second begins', 'third begins']);
  for (const name of ['first', 'second', 'third']) await end(name);
  expect(log.slice(3)).toEqual(['third: third']);
  expect(inFlight.size).toBe(0);
});

it('R22: an attempt that was dropped while it waited gives no body up', async () => {
  const [one, other] = [runner(), runner()];
  one.start(attempt('old', 1));
  const dropped = attempt('dropped', 2);
  other.start(dropped);
  dropped.drop('abandoned', 'not wanted');
  advance(GRACE_MS);
  runner().start(attempt('new', 3));
  expect(log).toEqual(['old begins']);
  await end('old');
  expect(log).toEqual(['old begins', 'new begins']);
});

it('R22: an attempt of an older epoch, of a cluster that is late, is fenced and never begins', async () => {
  runner().start(attempt('new', 2));
  const late = attempt('late', 1);
  runner().start(late);
  expect(late.over).toBe(true);
  await end('new');
  advance(GRACE_MS);
  expect(log).toEqual(['new begins', 'new: new']);
});

it('R22: a body that began while the gate held another one back, holds that up', async () => {
  let open: () => void = () => undefined;
  const other = runner((act) => (open = act));
  other.start(attempt('held', 2));
  runner().start(attempt('old', 1));
  open();
  expect(log).toEqual(['old begins']);
  await end('old');
  expect(log).toEqual(['old begins']); // behind the gate again
  open();
  expect(log).toEqual(['old begins', 'held begins']);
});

it('a runtime that has stopped holds up another for the grace at most, and is not kept by a body that never settles', async () => {
  const one = runner();
  const old = attempt('old', 1);
  one.start(old);
  one.start(attempt('never', 2)); // waits, and ends with its runtime
  one.stop();
  expect(old.over).toBe(true);
  expect(inFlight.of('operation')).toEqual({ id: 'operation', epoch: 1, attempt: null });
  runner().start(attempt('new', 3));
  advance(GRACE_MS - 1);
  expect(log).toEqual(['old begins']);
  advance(1);
  expect(log).toEqual(['old begins', 'new begins']);
});
