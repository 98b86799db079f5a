/**
 * What clients ask for: workflows of the simulation, each with the one right result that follows from its input. Pure.
 */
import type { RaftoralErrorCode } from '../../../lib/errors/index.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';

/** What must become of a start. */
export type Expected = { readonly value: unknown } | { readonly code: RaftoralErrorCode };

export interface Job {
  readonly workflowId: string;
  readonly name: string;
  readonly input: unknown;
  readonly expected: Expected;
  /** What the client does between start and result: sends these numbers as signals, and looks on; confirms; cancels. */
  readonly between: { readonly numbers: readonly number[] } | 'confirm' | 'cancel' | null;
  /** Its children, of which one may have been set aside, as the run itself. */
  readonly children: readonly string[];
  /** A child that must not outlive it. */
  readonly left: string | null;
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function planJob(workflowId: string, random: SeededRandom): Job {
  const none = { workflowId, between: null, children: [], left: null };
  switch (random.int(9)) {
    case 0:
    case 1:
    case 2: {
      const lines = Array.from({ length: 1 + random.int(5) }, () => 1 + random.int(9));
      const input = {
        lines,
        failures: random.pick([0, 0, 0, 1, 2]),
        bodyMs: random.pick([0, 1, 20, 150]),
        pauseMs: random.pick([0, 5, 100, 600]),
      };
      return { ...none, name: 'order', input, expected: { value: { total: total(lines), status: 'done' } } };
    }
    case 3: {
      const numbers = random.shuffle(Array.from({ length: 1 + random.int(5) }, (_, i) => i));
      const expected = { value: { seen: [...numbers].sort((a, b) => a - b) } };
      return { ...none, name: 'collector', input: { count: numbers.length }, expected, between: { numbers } };
    }
    case 4: {
      const values = Array.from({ length: 2 + random.int(4) }, () => random.int(100));
      const input = { values, raceMs: 1 + random.int(60) };
      return { ...none, name: 'fan', input, expected: { value: { sum: total(values), order: true } } };
    }
    case 5: {
      const left = random.int(4);
      return { ...none, name: 'chain', input: { left, done: 0 }, expected: { value: { done: left + 1 } } };
    }
    case 6: {
      const branches = Array.from({ length: 2 + random.int(3) }, () => ({
        value: 1 + random.int(9),
        failures: random.pick([0, 0, 1, 2, 3]),
      }));
      const good = branches.filter(({ failures }) => failures < 3);
      const expected = { value: { sum: total(good.map(({ value }) => value)), failed: branches.length - good.length } };
      const between = random.chance(0.7) ? 'confirm' : null;
      return { ...none, name: 'trip', input: { branches, patienceMs: random.pick([20, 400]) }, expected, between };
    }
    case 7: {
      const values = Array.from({ length: 1 + random.int(3) }, () => 1 + random.int(9));
      const input = { values, bodyMs: random.pick([0, 1, 30]), pauseMs: random.pick([0, 20, 150]) };
      const expected = { value: { sum: total(values), done: 3, failed: 'CHILD_FAILED' } };
      const children = [...values.keys(), 'chain', 'collector', 'doomed'].map((name) => `${workflowId}/${name}`);
      return { ...none, name: 'family', input, expected, children, left: `${workflowId}/left` };
    }
    default:
      if (random.chance(0.3)) return { ...none, name: 'doomed', input: undefined, expected: { code: 'WORKFLOW_FAILED' } };
      return { ...none, name: 'waiter', input: undefined, expected: { code: 'WORKFLOW_CANCELLED' }, between: 'cancel' };
  }
}

/** One of many that are open at once. */
export function burstJob(workflowId: string, random: SeededRandom): Job {
  const input = { lines: [1], failures: 0, bodyMs: 0, pauseMs: random.between(500, 2500) };
  const expected = { value: { total: 1, status: 'done' } };
  return { workflowId, name: 'order', input, expected, between: null, children: [], left: null };
}
