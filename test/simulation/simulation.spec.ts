/**
 * A few seeds in every test run, the scenarios that once failed, and the proof that the oracle can fail. CI runs hundreds of seeds more.
 */
import { describe, expect, it } from '@jest/globals';
import { CALM_DISK } from '../../lib/testing/simulated-disk.js';
import { COMMAND_BODY_OFFSET, type StateMachine } from '../../lib/state-machine/index.js';
import { decodeCommand, encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { encodePut, type Put, type PutResult } from './kv-machine.js';
import { DISK_FAULTS, FAULT_KINDS, NETWORK_FAULTS, REQUIRED_FAULTS } from './profile.js';
import { regressionSeeds } from './request.js';
import { runSeed, type SeedOptions } from './run-seed.js';
import type { Sabotage } from './world.js';

async function failureOf(options: SeedOptions): Promise<string | null> {
  return (await runSeed(options)).failure;
}

/** Every put of one seed in so many seeds fails the same way; the first seeds must show it. */
async function firstFailure(sabotage: Sabotage, tenant: SeedOptions['tenant'], profile: SeedOptions['profile']): Promise<string> {
  for (let seed = 1; seed <= 5; seed++) {
    const failure = await failureOf({ seed, profile, tenant, sabotage });
    if (failure !== null) return failure;
  }
  return 'nothing was noticed';
}

/** For a machine that is busy with other things. */
const SLOW_MS = 180_000;

describe('seeds', () => {
  // What CI does not run: the shell alone, and calm.
  for (const [profile, tenant] of [
    ['calm', 'kv'],
    ['network', 'kv'],
    ['disk', 'kv'],
    ['calm', 'workflow'],
  ] as const) {
    it(`${profile}, ${tenant}: the first seeds pass`, async () => {
      for (let seed = 1; seed <= 4; seed++) expect(await failureOf({ seed, profile, tenant })).toBeNull();
    });
  }

  it.each(['network', 'disk', 'membership', 'upgrade', 'everything', 'long-log', 'topology'] as const)(
    '%s, workflow: the first seed passes; CI runs hundreds',
    async (profile) => {
      expect(await failureOf({ seed: 1, profile, tenant: 'workflow' })).toBeNull();
    },
    SLOW_MS,
  );

  it('the same seed gives the same trace hash, another seed another', async () => {
    const [first, again, other] = [11, 11, 12].map((seed) => runSeed({ seed, profile: 'network', tenant: 'workflow' }));
    const hash = (await first!).hash;
    expect((await again!).hash).toBe(hash);
    expect((await other!).hash).not.toBe(hash);
  });

  it(
    'a seed is the same run alone and beside others in one process',
    async () => {
      // Bodies that fail: the errors that are committed must not say how the event loop came to them.
      const jobs = ([1, 5] as const).map((seed): SeedOptions => ({ seed, profile: 'everything', tenant: 'workflow' }));
      const alone: string[] = [];
      for (const job of jobs) alone.push((await runSeed(job)).hash);
      const beside = await Promise.all(jobs.map(runSeed));
      expect(beside.map(({ hash }) => hash)).toEqual(alone);
    },
    SLOW_MS,
  );

  it('a run of profile network is really disturbed, and really works', async () => {
    const total: Record<string, number> = {};
    for (let seed = 20; seed < 30; seed++) {
      const report = await runSeed({ seed, profile: 'network', tenant: 'workflow' });
      for (const [name, count] of Object.entries({ ...report.faults, ...report.work })) total[name] = (total[name] ?? 0) + count;
    }
    for (const name of ['lost', 'duplicated', 'reordered', 'partitioned', 'crash', 'starts', 'signals', 'queries', 'results', 'retries']) {
      expect([name, total[name] ?? 0]).not.toEqual([name, 0]);
    }
    expect(total['results']).toBeGreaterThan(60);
  });
});

describe('seeds of profile disk', () => {
  it('the same seed gives the same trace hash', async () => {
    const first = await runSeed({ seed: 13, profile: 'disk', tenant: 'workflow' });
    expect((await runSeed({ seed: 13, profile: 'disk', tenant: 'workflow' })).hash).toBe(first.hash);
  });

  it(
    'they are really disturbed, and really work by way of the disk',
    async () => {
      const total: Record<string, number> = {};
      const faults = [
        'kill',
        'power-cut',
        'blackout',
        'failedSyncs',
        'fullWrites',
        'slowSyncs',
        'flippedBits',
        'lossyCuts',
        'stoppedByStorage',
      ];
      const work = ['restarts', 'flushes', 'replacements', 'rowsDeleted', 'historyReads', 'starts', 'signals', 'queries', 'results'];
      const unseen = (): string[] => [...faults, ...work].filter((name) => !total[name]);
      for (let seed = 30; seed < 42 && unseen().length > 0; seed++) {
        const report = await runSeed({ seed, profile: 'disk', tenant: 'workflow' });
        expect(report.failure).toBeNull();
        for (const [name, count] of Object.entries({ ...report.faults, ...report.work })) total[name] = (total[name] ?? 0) + count;
      }
      expect(unseen()).toEqual([]);
    },
    SLOW_MS,
  );

  it('over many seeds each kind of fault is one that the profile draws', () => {
    expect(REQUIRED_FAULTS.disk).toEqual(expect.arrayContaining([...DISK_FAULTS]));
    expect(REQUIRED_FAULTS.network).toEqual(expect.arrayContaining([...NETWORK_FAULTS]));
    expect(REQUIRED_FAULTS.everything).toEqual(expect.arrayContaining([...FAULT_KINDS]));
  });
});

describe('a seed is reduced', () => {
  const job = { seed: 4, profile: 'network', tenant: 'workflow' } as const;

  it('leaving faults out leaves the others as they are', async () => {
    const whole = await runSeed({ ...job });
    const numbers = whole.strikes.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(2);
    const kept = numbers.slice(1);
    const part = await runSeed({ ...job, selection: { only: new Set(kept) } });
    const kinds = new Map(whole.strikes.map(({ number, kind }) => [number, kind]));
    for (const { number, kind } of part.strikes) if (kinds.has(number)) expect([number, kind]).toEqual([number, kinds.get(number)]);
    expect(part.strikes.every(({ number }) => kept.includes(number))).toBe(true);
    expect((await runSeed({ ...job, selection: { only: new Set() } })).strikes).toEqual([]);
    expect((await runSeed({ ...job, selection: { without: new Set(NETWORK_FAULTS) } })).strikes).toEqual([]);
  });

  it('a run that is stopped early has no verdict', async () => {
    const report = await runSeed({ ...job, stepsMax: 500 });
    expect(report.tasks).toBe(500);
    expect(report.passed).toBe(true);
  });
});

describe('scenarios that once failed', () => {
  it('a leader whose stored state is damaged where a peer needs it stops, and is replaced', async () => {
    const report = await runSeed({ seed: 603, profile: 'disk', tenant: 'workflow' });
    expect(report.failure).toBeNull();
    expect(report.faults['damageFound']).toBeGreaterThan(0);
  });

  it.each(regressionSeeds())(
    'seed $seed of profile $profile, $tenant',
    async (seed) => {
      expect(await failureOf(seed)).toBeNull();
    },
    SLOW_MS,
  );

  it('a node that replaces a lost one before the first compaction catches up', async () => {
    const plan = { nodes: 3, faults: ['crash'], faultEveryMs: 200, safetyMs: 1500, snapshotEntriesMax: 10_000 } as const;
    for (const replacement of ['add first', 'remove first', 'replace'] as const) {
      const report = await runSeed({ seed: 8, profile: 'calm', tenant: 'kv', plan: { ...plan, replacement } });
      expect(report.failure).toBeNull();
      expect(report.faults['crash']).toBeGreaterThan(0);
    }
  });
});

describe('the oracle notices a storage', () => {
  /** Truncations, and starts behind them, in every seed. */
  const plan = { faults: ['isolate-leader', 'kill', 'power-cut', 'blackout'], faultEveryMs: 120, safetyMs: 2000, thinkMsMax: 20 } as const;

  /** Long syncs, so that much is answered that does not stand yet, and many flushes. */
  const disk = {
    profile: { ...CALM_DISK, syncMsMin: 10, syncMsMax: 40 },
    checkpointFrames: 30,
    stateFlushEntriesMax: 5,
    compactionKeepEntries: 0,
  };
  const slow = { ...plan, faults: ['blackout'], disk } as const;

  /** Much is flushed between two faults. */
  const steady = {
    ...plan,
    faults: ['power-cut', 'kill'],
    faultEveryMs: 200,
    safetyMs: 3000,
    disk: { ...disk, profile: { ...CALM_DISK, syncMsMin: 3, syncMsMax: 10 }, compactionKeepEntries: 5 },
  } as const;

  async function firstSeedThatFails(options: Omit<SeedOptions, 'seed' | 'profile'>, seedsMax: number): Promise<string> {
    for (let seed = 1; seed <= seedsMax; seed++) {
      const failure = await failureOf({ ...options, seed, profile: 'disk' });
      if (failure !== null) return failure;
    }
    return 'nothing was noticed';
  }

  it('that answers before it has synced', async () => {
    const failure = await firstSeedThatFails({ tenant: 'kv', plan: slow, storageSabotage: { answersBeforeSync: true } }, 20);
    expect(failure).toMatch(/^(P[168]|log|states equal): /);
  });

  it('whose recovery brings back what was truncated', async () => {
    const failure = await firstSeedThatFails({ tenant: 'kv', plan, storageSabotage: { resurrectsTail: true } }, 20);
    expect(failure).toMatch(/^(P[168]|log|states equal): /);
  });

  it('whose flush of the state is not atomic', async () => {
    const failure = await firstSeedThatFails({ tenant: 'workflow', plan: steady, storageSabotage: { tearsFlush: true } }, 20);
    expect(failure).not.toBe('nothing was noticed');
  });
});

describe('the oracle notices', () => {
  it('P6: an acknowledged put that was not stored', async () => {
    const forgetful: Sabotage = (_nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) =>
        index % 7 === 0 ? ({ version: index, repeated: false } satisfies PutResult) : machine.apply(index, term, frame),
    });
    expect(await firstFailure(forgetful, 'kv', 'calm')).toMatch(/^P[16]: /);
  });

  it('P6: a value that is wrong everywhere alike, under the right version', async () => {
    const mixing: Sabotage = (_nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => machine.apply(index, term, index % 9 === 0 ? withValue(frame, 'of another put') : frame),
    });
    const failures: Array<string | null> = [];
    for (let seed = 1; seed <= 3; seed++) failures.push(await failureOf({ seed, profile: 'calm', tenant: 'kv', sabotage: mixing }));
    expect(failures.join('\n')).toMatch(/^P6: the history of '[abc]' is not linearizable/m);
  });

  it('states that differ on one node', async () => {
    const skipping: Sabotage = (nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => machine.apply(index, term, nodeId === 2 && index === 20 ? frame.slice(0, -1).fill(0x20, 10) : frame),
    });
    expect(await firstFailure(skipping, 'kv', 'calm')).toMatch(/halted on node 2|states equal/);
  });

  it('P2: a checkpoint that has another value on one node', async () => {
    const altering: Sabotage = (nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => {
        const command = decodeCommand(frame);
        const isHit = nodeId === 3 && command.kind === CommandKind.CHECKPOINT;
        return machine.apply(index, term, isHit ? encodeCommand({ ...command, value: Buffer.from('"altered"') }) : frame);
      },
    });
    expect(await firstFailure(altering, 'workflow', 'calm')).toMatch(/^P2: /);
  });

  it('P1: a signal that was acknowledged and not recorded', async () => {
    const deaf: Sabotage = (_nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => {
        const command = decodeCommand(frame);
        if (command.kind !== CommandKind.SIGNAL) return machine.apply(index, term, frame);
        return { ok: true, runId: command.runId, wseq: 1, existing: false };
      },
    });
    expect(await firstFailure(deaf, 'workflow', 'calm')).toMatch(/^P6: |^liveness: /);
  });

  it('replicas whose states differ in what no event shows', async () => {
    const lax: Sabotage = (nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => {
        const command = decodeCommand(frame);
        const isHit = nodeId === 2 && command.kind === CommandKind.SET_LIMITS;
        return machine.apply(index, term, isHit ? encodeCommand({ ...command, limits: { ...command.limits, openRunsMax: 7_000 } }) : frame);
      },
    });
    expect(await firstFailure(lax, 'workflow', 'calm')).toMatch(/^state hash: cluster 1: /);
  });

  it('P7: deterministic code that is fed another history than the others', async () => {
    const misled: Sabotage = (nodeId, machine) => ({
      ...forwarding(machine),
      apply: (index, term, frame) => {
        const command = decodeCommand(frame);
        const isHit = nodeId === 2 && command.kind === CommandKind.COMPUTE_RESULT && command.key === 'reserve' && command.error === null;
        return machine.apply(index, term, isHit ? encodeCommand({ ...command, value: Buffer.from('4711') }) : frame);
      },
    });
    expect(await firstFailure(misled, 'workflow', 'calm')).toMatch(/^P[27]: /);
  });
});

function withValue(frame: Uint8Array, value: string): Uint8Array {
  return encodePut({ ...(JSON.parse(Buffer.from(frame.subarray(COMMAND_BODY_OFFSET)).toString()) as Put), value });
}

function forwarding(machine: StateMachine<unknown>): StateMachine<unknown> {
  return {
    apply: (index, term, frame) => machine.apply(index, term, frame),
    applyMembership: (index, membership) => machine.applyMembership(index, membership),
    snapshot: () => machine.snapshot(),
    restore: (index, bytes) => machine.restore(index, bytes),
  };
}
