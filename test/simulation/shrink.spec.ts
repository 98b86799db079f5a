import { describe, expect, it } from '@jest/globals';
import type { FaultKind } from './profile.js';
import type { Reduction } from './request.js';
import { shrink, type ShrinkReport } from './shrink.js';

const JOB = { seed: 7, profile: 'network', tenant: 'workflow' } as const;
const WHOLE: Reduction = { without: [], faults: null, clients: null, safetyMs: null, steps: null };
const KINDS: readonly FaultKind[] = ['pause', 'clog', 'crash', 'clog', 'pause', 'partition', 'clog', 'transfer', 'crash', 'pause'];

/** A seed with ten faults, four clients and 2,000 ms, that fails as `fails` says of what is left of it. */
function seedThat(fails: (left: { numbers: readonly number[]; clients: number; safetyMs: number }) => string | null) {
  const commands: string[] = [];
  const attempt = async ({ without, faults, clients, safetyMs }: Reduction): Promise<ShrinkReport> => {
    const strikes = KINDS.map((kind, i) => ({ number: i + 1, kind })).filter(
      ({ number, kind }) => !without.includes(kind) && (faults === null || faults.includes(number)),
    );
    const left = { clients: clients ?? 4, safetyMs: safetyMs ?? 2000 };
    const failure = fails({ numbers: strikes.map(({ number }) => number), ...left });
    return { passed: failure === null, failure, strikes, tasks: 100, ...left };
  };
  return { commands, run: () => shrink(JOB, { reduction: WHOLE }, (line) => commands.push(line), attempt) };
}

describe('shrink', () => {
  it('keeps the faults that are needed together, one client, and the shortest phase', async () => {
    const seed = seedThat(({ numbers }) => (numbers.includes(3) && numbers.includes(9) ? 'P1: lost' : null));
    expect(await seed.run()).toBe(true);
    expect(seed.commands.at(-1)).toBe('npm run simulate -- --seed 7 --profile network --faults 3,9 --clients 1 --safety 500');
  });

  it('says so when no fault is needed', async () => {
    const seed = seedThat(({ clients }) => (clients >= 3 ? 'P2: twice' : null));
    expect(await seed.run()).toBe(true);
    expect(seed.commands.at(-1)).toBe('npm run simulate -- --seed 7 --profile network --faults none --clients 3 --safety 500');
  });

  it('does not go over to another failure', async () => {
    const seed = seedThat(({ numbers }) => (numbers.includes(6) ? 'P1: lost' : 'liveness: it hangs'));
    expect(await seed.run()).toBe(true);
    expect(seed.commands.at(-1)).toContain('--faults 6 ');
  });

  it('reduces nothing that passes', async () => {
    const seed = seedThat(() => null);
    expect(await seed.run()).toBe(false);
    expect(seed.commands.join()).toMatch(/passes/);
  });
});
