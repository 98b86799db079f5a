/** replay(): recorded histories against changed code. The histories are recorded from a cluster in virtual time, by the code that stands here. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  Checkpoint,
  CheckpointCompute,
  context,
  isRaftoralError,
  signalRef,
  Workflow,
  WorkflowClient,
  WorkflowSignal,
} from '../../index.js';
import { RaftoralTestingModule, replay, type TestCluster, type WorkflowClassToken } from '../index.js';

@Injectable()
class Shop {
  static calls = 0;

  async reserve(quantity: number): Promise<string> {
    Shop.calls++;
    if (quantity === 13) throw new Error('unlucky');
    return `reserved ${quantity}`;
  }
}

interface Order {
  readonly quantity: number;
}

abstract class Steps {
  constructor(protected readonly shop: Shop) {}

  @Checkpoint('status')
  async status(value: string): Promise<string> {
    return value;
  }

  @CheckpointCompute('reserve', { retry: { maxAttempts: 2, initialDelay: '1ms' } })
  async reserve(quantity: number): Promise<string> {
    return this.shop.reserve(quantity);
  }
}

/** What code that is not deterministic draws upon. */
let moods = 0;

/** Each class below is the workflow `order` version 1, as someone changed it. */
const Version1 = (): ClassDecorator => Workflow('order', 1) as ClassDecorator;

@Version1()
class Recorded extends Steps {
  private note = 'none';

  constructor(shop: Shop) {
    super(shop);
  }

  @WorkflowSignal()
  noted(note: string): void {
    this.note = note;
  }

  async run({ quantity }: Order): Promise<unknown> {
    await this.status('new');
    const id = context().uuid();
    await context().sleep('1m');
    const answer = await this.reserve(quantity).catch((error: Error) => error.message);
    const [left, right] = await Promise.all([this.status('left'), context().compute('audit', () => context().info.runId.length)]);
    await context()
      .checkpoint('total', 0)
      .update((total) => total + quantity);
    const approval = await context().waitForSignal<string>('approval', { timeout: '1h' });
    return { id, answer, left, right, approval, note: this.note };
  }
}

let cluster: TestCluster;
const histories: string[] = [];
let open = '';

beforeAll(async () => {
  cluster = await RaftoralTestingModule.forTest({ providers: [Recorded, Shop] });
  const client = cluster.node(1).get(WorkflowClient);
  for (const quantity of [1, 2, 13]) {
    const handle = await cluster.settle(client.start(Recorded, { quantity }, { workflowId: `order-${quantity}` }));
    await cluster.settle(handle.signal('noted', `for ${quantity}`));
    await cluster.advance(61_000);
    if (quantity === 2) {
      cluster.crash(cluster.leaderId);
      await cluster.advance(1_000);
    }
    const there = cluster.node(cluster.nodeIds[0]!).get(WorkflowClient).getHandle(Recorded, handle.workflowId);
    open = await cluster.settle(there.history());
    if (quantity !== 13) await cluster.settle(there.signal(signalRef<string>('approval'), 'yes'));
    await cluster.settle(there.result());
    histories.push(await cluster.settle(there.history()));
  }
});
afterAll(async () => cluster.close());

/** The error of a replay of all histories by this class. */
async function refusal(target: WorkflowClassToken): Promise<{ readonly message: string; readonly details: Record<string, unknown> }> {
  const outcome: unknown = await replay(histories, target).catch((error: unknown) => error);
  if (!isRaftoralError(outcome, 'REPLAY_DIFFERS'))
    throw new Error(`no difference was found: ${String(outcome)} ${JSON.stringify(outcome)}`);
  return outcome;
}

describe('replay()', () => {
  it('the code that made a history agrees with it: retries, signals, timers, owner changes, parallel calls; no body runs', async () => {
    const calls = Shop.calls;
    const report = await replay(histories, Recorded, { strict: true });
    expect(report).toMatchObject({ histories: 3, differences: [], warnings: [] });
    expect(report.events).toBe(histories.reduce((sum, text) => sum + text.split('\n').length - 2, 0));
    expect(report.eventsPerSecond).toBeGreaterThan(0);
    expect(histories.join('')).toContain('"event":"attempt-failed"');
    expect(histories.join('')).toContain('"event":"timer-fired"');
    expect(Shop.calls).toBe(calls);
  });

  it('a run that is open agrees as far as it has come', async () => {
    expect(open).not.toContain('"event":"finished"');
    expect(await replay(open, Recorded)).toMatchObject({ histories: 1, differences: [] });
  });

  it('many histories at once, from any iterable, more than are fed together', async () => {
    async function* many(): AsyncGenerator<string> {
      for (let i = 0; i < 50; i++) yield* histories;
    }
    expect(await replay(many(), Recorded, { concurrency: 7 })).toMatchObject({ histories: 150, differences: [] });
    expect(await replay(new Set(histories), Recorded)).toMatchObject({ histories: 3 });
    expect(await replay([], Recorded)).toMatchObject({ histories: 0, events: 0 });
  });

  it('a renamed step is named, with the event, what the history has and what the code did', async () => {
    @Version1()
    class Renamed extends Recorded {
      override async run(): Promise<unknown> {
        return this.renamed('new');
      }

      @Checkpoint('state')
      async renamed(value: string): Promise<string> {
        return value;
      }
    }
    const { message, details } = await refusal(Renamed);
    expect(details).toMatchObject({
      workflowId: 'order-1',
      workflow: 'order',
      version: 1,
      reason: 'diverged',
      method: 'status',
      recorded: "checkpoint 'status' #1",
      code: expect.stringMatching(/no such call; the code waits for checkpoint 'state' \(renamed\)/),
    });
    expect(message).toContain(`event ${String(details['wseq'])}, status`);
  });

  it.each([
    [
      'a removed step',
      class extends Recorded {
        override async run(): Promise<unknown> {
          await this.status('new');
          await context().sleep('1m');
          return this.status('left');
        }
      },
      /reserve.*no such call; the code waits for checkpoint 'status'/,
    ],
    [
      'a removed end',
      class extends Recorded {
        override async run(): Promise<unknown> {
          await this.status('new');
          return null;
        }
      },
      /\$sleep.*no such call; the code has ended as completed/,
    ],
    [
      'reordered steps',
      class extends Recorded {
        override async run({ quantity }: Order): Promise<unknown> {
          return this.reserve(quantity);
        }
      },
      /status.*no such call; the code waits for compute 'reserve'/,
    ],
    [
      'a step of another kind',
      class extends Recorded {
        override async run(): Promise<unknown> {
          await context().compute('status', () => 'new');
          return null;
        }
      },
      /compute 'status'.*checkpoint 'status' #1.*compute 'status' #1/,
    ],
    [
      'other arguments',
      class extends Recorded {
        override async run(): Promise<unknown> {
          return this.status('fresh');
        }
      },
      /checkpoint 'status' \(status\).*arguments digest.*arguments digest/,
    ],
    [
      'a step more at the end',
      class extends Recorded {
        override async run(order: Order): Promise<unknown> {
          const result = await super.run(order);
          await this.status('archived');
          return result;
        }
      },
      /run.*completed.*has not ended; the code waits for checkpoint 'status' \(status\) #3/,
    ],
    [
      'another result',
      class extends Recorded {
        override async run(order: Order): Promise<unknown> {
          await super.run(order);
          return 'done';
        }
      },
      /run.*completed \{.*completed "done"/,
    ],
    [
      'code that is not deterministic',
      class extends Recorded {
        override async run(): Promise<unknown> {
          await this.status('new');
          await context().sleep(++moods);
          return null;
        }
      },
      /sleep\(\).*arguments digest/,
    ],
    [
      'code that waits for something else',
      class extends Recorded {
        override async run(): Promise<unknown> {
          await new Promise((resolve) => void setTimeout(resolve, 5));
          return null;
        }
      },
      /foreign-await.*started with \{"quantity":1\}.*waits for something that is not an operation/,
    ],
  ] as const)('%s', async (_what, changed, text) => {
    Version1()(changed);
    const { message } = await refusal(changed);
    expect(message.replaceAll('\n', ' ')).toMatch(text);
  });

  it('calls that only moved are a warning between builds, and a difference when it is to be strict', async () => {
    @Version1()
    class Moved extends Recorded {
      override async run({ quantity }: Order): Promise<unknown> {
        await this.status('new');
        const id = context().uuid();
        await context().sleep('1m');
        const answer = await this.reserve(quantity).catch((error: Error) => error.message);
        const [right, left] = await Promise.all([context().compute('audit', () => 0), this.status('left')]);
        await context()
          .checkpoint('total', 0)
          .update((total) => total + quantity);
        const approval = await context().waitForSignal<string>('approval', { timeout: '1h' });
        return { id, answer, left, right, approval, note: `for ${quantity}` };
      }
    }
    const report = await replay(histories, Moved);
    expect(report.differences).toEqual([]);
    expect(report.warnings.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/called as operation \d of window/)),
    );
    await expect(replay(histories, Moved, { strict: true })).rejects.toMatchObject({ code: 'REPLAY_DIFFERS' });
  });

  it('a change behind hasCheckpoint() agrees with histories of before', async () => {
    @Version1()
    class Guarded extends Recorded {
      override async run(order: Order): Promise<unknown> {
        if (await context().hasCheckpoint('status')) return super.run(order);
        await this.reserve(order.quantity);
        return null;
      }
    }
    expect(await replay(histories, Guarded)).toMatchObject({ histories: 3, differences: [] });
  });

  it('collects one difference per history, in their order', async () => {
    @Version1()
    class Ended extends Recorded {
      override async run(): Promise<unknown> {
        return null;
      }
    }
    const { differences, events } = await replay(histories, Ended, { collect: true });
    expect(differences.map(({ workflowId, wseq }) => ({ workflowId, wseq }))).toEqual(
      [1, 2, 13].map((quantity) => ({ workflowId: `order-${quantity}`, wseq: 3 })),
    );
    expect(events).toBe(6);
  });

  it('a history of a version whose class is not given is refused; with both classes each goes to its own', async () => {
    @Workflow('order', 2)
    class Next extends Steps {
      constructor(shop: Shop) {
        super(shop);
      }

      async run(): Promise<unknown> {
        return null;
      }
    }
    await expect(replay(histories, Next)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/'order' version 1; the classes given are 'order' version 2/),
    });
    expect(await replay(histories, [Next, Recorded])).toMatchObject({ histories: 3, differences: [] });
  });

  it('a dependency that workflow code touches, and that nobody gave, is named; with a provider it is there', async () => {
    @Version1()
    class Touching extends Recorded {
      override async run(order: Order): Promise<unknown> {
        if (typeof this.shop.reserve !== 'function') throw new Error('no shop');
        return super.run(order);
      }
    }
    const { message } = await refusal(Touching);
    expect(message).toMatch(/used Shop\.reserve outside a compute body, and replay\(\) was given no provider for Shop/);
    expect(await replay(histories, Touching, { providers: [Shop] })).toMatchObject({ differences: [] });
  });

  it('wrong arguments and damaged histories are typed errors', async () => {
    await expect(replay(histories, Shop)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(replay(histories, [])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(replay(histories, Recorded, { concurrency: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(replay([7 as never], Recorded)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(replay(histories[0]!.slice(0, -20), Recorded)).rejects.toMatchObject({ code: 'MALFORMED_FRAME' });
    const [header] = histories[0]!.split('\n');
    await expect(replay(header!.replace(/"events":\d+/, '"events":0'), Recorded)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
