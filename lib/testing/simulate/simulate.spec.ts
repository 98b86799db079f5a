/** simulate(): that it finds what is wrong, says it so that a person can act on it, and finds nothing where nothing is wrong. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module } from '@nestjs/common';
import {
  Checkpoint,
  CheckpointCompute,
  context,
  idempotencyKey,
  isRaftoralError,
  RaftoralModule,
  signalRef,
  Workflow,
  WorkflowQuery,
  WorkflowSignal,
  type RaftoralError,
} from '../../index.js';
import { replay, SIMULATION_FAULTS, simulate, type SimulateOptions, type SimulationFault } from '../index.js';

/** The world: a bank that keeps a key, or does not. */
class Bank {
  readonly charges: number[] = [];
  private readonly keys = new Set<string>();

  constructor(private readonly isCareful: boolean) {}

  charge(amount: number, key: string): string {
    if (this.isCareful && this.keys.has(key)) return 'charged before';
    this.keys.add(key);
    this.charges.push(amount);
    return `charged ${amount}`;
  }
}

const BANK = Symbol('bank');
type BankLine = { charge(amount: number, key: string): Promise<string> };

@Injectable()
class Payments {
  constructor(@Inject(BANK) private readonly bank: BankLine) {}

  async pay(amount: number): Promise<string> {
    return this.bank.charge(amount, idempotencyKey());
  }
}

@Workflow('booking', 1)
class Booking {
  private state = 'new';
  private note = '';

  constructor(private readonly payments: Payments) {}

  async run(amount: number): Promise<string> {
    this.state = await this.record('begun');
    await context().sleep(20);
    await this.pay(amount);
    this.state = await this.record('paid');
    return `${this.state} ${amount}${this.note}`;
  }

  @Checkpoint('state')
  async record(state: string): Promise<string> {
    return state;
  }

  @CheckpointCompute('pay', { retry: { maxAttempts: 5, initialDelay: '5ms' } })
  async pay(amount: number): Promise<string> {
    return this.payments.pay(amount);
  }

  @WorkflowQuery()
  currentState(): string {
    return this.state;
  }

  @WorkflowSignal()
  noted(note: string): void {
    this.note += ` ${note}`;
  }
}

function booking(isCareful: boolean): SimulateOptions<typeof Booking, Bank> {
  return {
    world: () => new Bank(isCareful),
    providers: (process) => [Payments, { provide: BANK, useValue: process.remote(process.world) }],
    input: (_seed, random) => 1 + random.int(100),
    check: ({ input, result, world }) => {
      expect(result).toBe(`paid ${input}`);
      expect(world.charges).toEqual([input]);
    },
  };
}

async function failure(simulating: Promise<unknown>): Promise<RaftoralError> {
  const outcome: unknown = await simulating.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isRaftoralError(outcome, 'SIMULATION_FAILED')) throw outcome instanceof Error ? outcome : new Error('every seed passed');
  return outcome;
}

describe('simulate()', () => {
  it('a workflow that does it right passes under every kind of fault, and every kind strikes', async () => {
    const report = await simulate(Booking, { ...booking(true), seeds: 40, faults: SIMULATION_FAULTS, faultsPerSeedMax: 6 });
    expect(report).toMatchObject({ seeds: 40, rerun: 4 });
    expect(Object.keys(report.faults).sort()).toEqual([...SIMULATION_FAULTS].sort());
    for (const [kind, count] of Object.entries(report.faults)) expect({ kind, struck: count > 0 }).toEqual({ kind, struck: true });
  });

  it('a side effect that is repeated is found, and the message says on which seed, how to run it again, and what happened', async () => {
    const options = { ...booking(false), faults: ['crash-owner'] as const };
    const { message, details, cause } = await failure(simulate(Booking, { ...options, seeds: 100 }));
    const { seed } = details as { seed: number };
    expect(message).toContain(`simulate(Booking): seed ${seed} failed: `);
    expect(message).toContain(`run it again:  simulate(Booking, { ...options, seed: ${seed} })`);
    expect(message).toMatch(/client +starts booking version 1 as 'simulated-\d+' with \d+/);
    expect(message).toMatch(/committed +event 2: checkpoint 'state' #1 = "begun"/);
    expect(message).toMatch(/node (\d) +compute 'pay' #1, attempt 1, epoch \d: its body begins/);
    const charges = message.match(/outside +Bank\.charge\(\d+, "[0-9a-f]{64}"\) for node \d = "charged \d+"/g);
    expect(charges!.length).toBeGreaterThanOrEqual(2);
    expect(message).toMatch(/FAULT +node \d \(the owner(, the leader)?\) is killed/);
    expect(message).toMatch(/<-- (never returned: nothing of it was committed|LOST)/);
    expect(message).toMatch(/<-- committed as event \d+/);
    expect((cause as Error).message).toContain('toEqual');

    const again = await failure(simulate(Booking, { ...options, seeds: 100, seed }));
    expect(again.message).toBe(message);
  });

  it('a seed has the same steps each time; another seed has others', async () => {
    const steps = async (seed: number): Promise<readonly string[]> => {
      let seen: readonly string[] = [];
      await simulate(Booking, { ...booking(true), seed, rerunEvery: 0, check: (ending) => void (seen = ending.steps) });
      return seen;
    };
    const first = await steps(5);
    expect(first.length).toBeGreaterThan(5);
    expect(await steps(5)).toEqual(first);
    expect(await steps(6)).not.toEqual(first);
  });

  it('drive() talks to the run through crashes: signals are delivered once, queries see what is committed', async () => {
    const answers = new Set<string>();
    await simulate(Booking, {
      ...booking(true),
      seeds: 15,
      faults: ['crash-owner', 'crash-any', 'power-cut', 'pause'],
      drive: async ({ handle, sleep, random }) => {
        await sleep(random.int(15));
        await handle.signal('noted', 'in time');
        answers.add(await handle.query('currentState').catch(() => 'over'));
      },
      check: ({ result, input, steps, status }) => {
        expect(status).toBe('completed');
        expect(result).toBe(`paid ${input} in time`);
        expect(steps.join('\n')).toMatch(/client +signal 'noted' is acknowledged/);
      },
    });
    expect(answers).toContain('begun');
  });

  it('the history of a seed can be replayed, and providers are made anew for each start of a process', async () => {
    const histories: string[] = [];
    const starts: number[] = [];
    const options = booking(true);
    await simulate(Booking, {
      ...options,
      seeds: 10,
      faults: ['crash-owner'],
      providers: (process) => {
        starts.push(process.start);
        return typeof options.providers === 'function' ? options.providers(process) : [];
      },
      check: ({ history }) => void histories.push(history),
    });
    expect(histories).toHaveLength(10);
    expect(await replay(histories, Booking)).toMatchObject({ histories: 10, differences: [] });
    expect(Math.max(...starts)).toBeGreaterThan(1);
  });

  it('P3: what died after the result was committed does not run the body again', async () => {
    await simulate(Booking, {
      ...booking(true),
      seeds: 60,
      rerunEvery: 0,
      faults: ['crash-owner', 'crash-any', 'torn-write', 'power-cut'],
      check: ({ steps }) => {
        const committed = steps.findIndex((line) => /committed +event \d+: compute 'pay' #1, attempt \d+ = /.test(line));
        const repeated = steps.filter((line, index) => {
          const node = /(node \d) +compute 'pay' .*: its body begins/.exec(line)?.[1];
          if (node === undefined) return false;
          const before = steps.slice(0, index);
          const died = before.findLastIndex(
            (text) => text.includes('FAULT') && /(killed|lose)/.test(text) && (text.includes(node) || text.includes('all nodes')),
          );
          return died > committed && index > committed;
        });
        expect(repeated).toEqual([]);
      },
    });
  });

  it('an answer that is lost makes a workflow without retries fail, and that is told', async () => {
    @Workflow('hasty', 1)
    class Hasty {
      constructor(private readonly payments: Payments) {}

      async run(): Promise<string> {
        return this.pay();
      }

      @CheckpointCompute('pay')
      async pay(): Promise<string> {
        return this.payments.pay(1);
      }
    }
    const { providers, world } = booking(true);
    const { message } = await failure(
      simulate<typeof Hasty, Bank>(Hasty, { world: world!, providers: providers!, faults: ['lost-answer'], seeds: 20 }),
    );
    expect(message).toMatch(/the run ended as failed: .*the connection broke before the answer of Bank\.charge/);
    expect(message).toMatch(/FAULT +node \d .*gets no answer of this call: the connection breaks/);
  });

  describe('what is wrong by itself', () => {
    it('code that is not deterministic', async () => {
      let rolls = 0;

      @Workflow('dice', 1)
      class Dice {
        async run(): Promise<number> {
          return this.roll();
        }

        @Checkpoint('roll')
        async roll(): Promise<number> {
          return ++rolls;
        }
      }
      const { message } = await failure(simulate(Dice, { seeds: 1, faults: [] }));
      expect(message).toMatch(
        /seed 1 failed: the code is not deterministic: at event 2, checkpoint 'roll' \(roll\): committed was \d; node \d has \d/,
      );
    });

    it('code that waits for something else than the engine', async () => {
      @Workflow('foreign', 1)
      class Foreign {
        async run(): Promise<void> {
          await new Promise((resolve) => void setTimeout(resolve, 1));
        }
      }
      const { message } = await failure(simulate(Foreign, { seeds: 1, faults: [] }));
      expect(message).toMatch(/node \d can not go on \(foreign-await\)/);
    });

    it('a run that does not end: what it waits for', async () => {
      @Workflow('endless', 1)
      class Endless {
        async run(): Promise<unknown> {
          return context().waitForSignal('never');
        }
      }
      const { message } = await failure(simulate(Endless, { seeds: 1, faults: [], within: '2s' }));
      expect(message).toContain("not ended within 2000 ms of virtual time: the run is running, and waits for signal '$signal/never' #1");
      const ended = simulate(Endless, {
        seeds: 3,
        drive: async ({ handle }) => handle.signal(signalRef<string>('never'), 'now'),
        check: ({ result }) => expect(result).toBe('now'),
      });
      expect((await ended).seeds).toBe(3);
    });

    it('providers that do not follow the seed: two runs of it differ', async () => {
      let calls = 0;
      const { message } = await failure(
        simulate(Booking, {
          ...booking(true),
          seeds: 1,
          faults: [],
          providers: [{ provide: Payments, useValue: { pay: async () => `call ${++calls}` } }],
          check: () => undefined,
        }),
      );
      expect(message).toMatch(
        /two runs of the seed differ; the first step that differs:\n.*first run: .*"call 1".*\n.*second run: .*"call 2"/,
      );
    });

    it('a workflow that fails, where no check says otherwise', async () => {
      @Workflow('doomed', 1)
      class Doomed {
        async run(): Promise<void> {
          throw new Error('out of luck');
        }
      }
      expect((await failure(simulate(Doomed, { seeds: 1, faults: [] }))).message).toMatch(/the run ended as failed: out of luck/);
      const statuses: string[] = [];
      await simulate(Doomed, { seeds: 2, faults: [], check: ({ status, error }) => void statuses.push(`${status} ${error?.message}`) });
      expect(statuses).toEqual(['failed out of luck', 'failed out of luck']);
    });

    it('a kind of fault that never struck in many seeds', async () => {
      @Workflow('short', 1)
      class Short {
        async run(): Promise<void> {
          await context().compute('nothing', () => null);
        }
      }
      const { message, details } = await failure(
        simulate(Short, { seeds: 200, nodes: 1, faults: ['clock-jump', 'lost-answer'], rerunEvery: 0 }),
      );
      expect(details).toEqual({ never: ['lost-answer'] });
      expect(message).toMatch(/in 200 seeds 'lost-answer' never struck/);
    });
  });

  it('imports, overrides, a workflow id and an input of its own, more nodes, one node', async () => {
    @Module({ providers: [Payments, Booking, { provide: BANK, useValue: null }], exports: [Payments] })
    class BookingModule {}
    for (const nodes of [1, 5]) {
      const seen: string[] = [];
      await simulate<typeof Booking, Bank>(Booking, {
        nodes,
        seeds: 2,
        faults: ['crash-any'],
        world: () => new Bank(true),
        imports: [BookingModule],
        configure: (builder, process) =>
          builder.overrideProvider(BANK).useValue(process.remote(process.world, { name: 'bank', answerMs: [1, 2] })),
        workflowId: (seed) => `booking-${seed}`,
        input: 7,
        check: ({ workflowId, result, world }) => {
          expect(world.charges).toEqual([7]);
          seen.push(`${workflowId}: ${result}`);
        },
      });
      expect(seen).toEqual(['booking-1: paid 7', 'booking-2: paid 7']);
    }
  });

  it('a long sleep passes in a moment', async () => {
    @Workflow('sleeper', 1)
    class Sleeper {
      async run(): Promise<number> {
        const before = context().now();
        await context().sleep('2h');
        return context().now() - before;
      }
    }
    await simulate(Sleeper, {
      seeds: 1,
      within: '1d',
      peerDownAfter: '60s',
      faults: ['crash-owner', 'crash-any'],
      rerunEvery: 0,
      check: ({ result }) => expect(result).toBeGreaterThanOrEqual(2 * 3_600_000),
    });
  });

  it('wrong options are refused by name', async () => {
    const wrong: ReadonlyArray<readonly [object, string]> = [
      [{ seeds: 0 }, 'seeds'],
      [{ firstSeed: -1 }, 'firstSeed'],
      [{ seed: 1.5 }, 'seed'],
      [{ nodes: 8 }, 'nodes'],
      [{ faults: ['earthquake' as SimulationFault] }, 'faults'],
      [{ faults: 'crash-owner' }, 'faults'],
      [{ faultsPerSeedMax: 0 }, 'faultsPerSeedMax'],
      [{ check: 'ok' }, 'check'],
      [{ rerunEvery: -1 }, 'rerunEvery'],
    ];
    for (const [options, argument] of wrong)
      await expect(simulate(Booking, options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument } });
    await expect(simulate(Booking, { within: 'soon' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(simulate(Bank as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument: 'workflow' } });
    const whole = { imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1] } })] };
    await expect(simulate(Booking, { ...booking(true), ...whole })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'imports' },
    });
  });

  it('what the caller’s own functions throw comes out as it is', async () => {
    const broken = new Error('no warehouse today');
    const throwing = (): never => {
      throw broken;
    };
    await expect(simulate(Booking, { ...booking(true), world: throwing })).rejects.toBe(broken);
    await expect(simulate(Booking, { ...booking(true), input: throwing })).rejects.toBe(broken);
    await expect(simulate(Booking, { ...booking(true), drive: async () => throwing() })).rejects.toBe(broken);
    await expect(simulate(Booking, { ...booking(true), providers: throwing })).rejects.toBe(broken);
    await expect(simulate(Booking, { ...booking(true), providers: [] })).rejects.toThrow(/resolve dependencies of the Booking \(\?\)/);
  });
});
