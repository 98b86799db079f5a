/** Child workflows as an application writes them: Nest, the testing module, replay() and simulate(). */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  CheckpointCompute,
  ChildWorkflowError,
  Workflow,
  WorkflowClient,
  context,
  executeChild,
  idempotencyKey,
  isRaftoralError,
  startChild,
  type ChildHandle,
} from '../index.js';
import { RaftoralTestingModule, replay, simulate, type TestCluster } from './index.js';

/** Knows every key once. */
@Injectable()
class Carrier {
  readonly keys = new Map<string, number>();

  send(parcel: number, key: string): string {
    if (parcel === 13) throw new Error('unlucky');
    this.keys.set(key, parcel);
    return `sent ${parcel}`;
  }
}

@Workflow('ship', 1)
class Ship {
  constructor(private readonly carrier: Carrier) {}

  async run({ parcel }: { parcel: number }): Promise<string> {
    await context().sleep(30);
    return this.send(parcel);
  }

  @CheckpointCompute('send')
  async send(parcel: number): Promise<string> {
    return this.carrier.send(parcel, idempotencyKey());
  }
}

@Workflow('watch', 1)
class Watch {
  async run(): Promise<never> {
    await context().waitForSignal('never');
    throw new Error('not reached');
  }
}

interface OrderResult {
  readonly sent: readonly string[];
  readonly refused: string;
}

@Workflow('order', 1)
class Order {
  async run({ parcels }: { parcels: readonly number[] }): Promise<OrderResult> {
    const watch: ChildHandle<never> = await startChild(Watch, undefined, { key: 'watch' });
    const sent = await Promise.all(parcels.map((parcel) => executeChild(Ship, { parcel }, { key: 'ship' })));
    const refused = await executeChild(Ship, { parcel: 13 }, { key: 'unlucky' }).catch((error: unknown) =>
      error instanceof ChildWorkflowError ? error.code : String(error),
    );
    await watch.cancel();
    return { sent, refused };
  }
}

/** The same with another input to its first child. */
@Workflow('order', 1)
class Changed {
  async run({ parcels }: { parcels: readonly number[] }): Promise<OrderResult> {
    await startChild(Watch, undefined, { key: 'watch' });
    const sent = await Promise.all(parcels.map((parcel) => executeChild(Ship, { parcel: parcel + 1 }, { key: 'ship' })));
    return { sent, refused: '' };
  }
}

const PROVIDERS = [Order, Ship, Watch, Carrier];
const RIGHT: OrderResult = { sent: ['sent 1', 'sent 2'], refused: 'CHILD_FAILED' };

describe('in a module', () => {
  let cluster: TestCluster;
  let history = '';
  beforeAll(async () => {
    cluster = await RaftoralTestingModule.forTest({ providers: PROVIDERS });
  });
  afterAll(async () => cluster.close());

  it('a workflow runs its children, through the death of a node', async () => {
    const client = cluster.node(2).get(WorkflowClient);
    await cluster.settle(client.start(Order, { parcels: [1, 2] }, { workflowId: 'order-1' }));
    cluster.crash(2);
    const handle = cluster.node(1).get(WorkflowClient).getHandle(Order, 'order-1');
    expect(await cluster.settle(handle.result())).toEqual(RIGHT);
    history = await cluster.settle(handle.history());
  });

  it('replay() needs no child: what they brought is in the history, and a call that differs is found', async () => {
    await replay(history, Order);
    const outcome: unknown = await replay(history, Changed).catch((error: unknown) => error);
    expect(isRaftoralError(outcome, 'REPLAY_DIFFERS')).toBe(true);
    expect(String(outcome)).toContain('$child/ship');
  });
});

describe('simulate()', () => {
  it('a parent and its children end right under faults, and each child has its effect once', async () => {
    const report = await simulate(Order, {
      seeds: 30,
      faults: ['crash-owner', 'crash-any', 'restart', 'power-cut', 'pause', 'partition', 'slow-disk'],
      world: () => new Carrier(),
      providers: ({ world }) => [Ship, Watch, { provide: Carrier, useValue: world }],
      input: () => ({ parcels: [1, 2] }),
      check: ({ result, world }) => {
        expect(result).toEqual(RIGHT);
        expect([...world.keys.values()].sort()).toEqual([1, 2]);
      },
    });
    expect(report.seeds).toBe(30);
  }, 120_000);
});
