/** The order workflow under faults: three nodes of the real engine in virtual time, seed after seed, the warehouse outside. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '@raftoral/nestjs';
import { replay, simulate, type SimulateOptions } from '@raftoral/nestjs/testing';
import { InventoryService } from '../inventory.service.js';
import { ProcessOrder } from '../process-order.workflow.js';
import { INITIAL_STOCK, Warehouse, WarehouseConnection } from '../warehouse.js';
import { CarelessWarehouse } from './careless-warehouse.js';

/** SEEDS=1000 for more than a test run has time for: about 40 s. */
const SEEDS = Number(process.env['SEEDS'] ?? 100);

/** One warehouse per seed, which no crash touches; every node talks to it over a line of its own. */
function orders(makeWarehouse: () => Warehouse): SimulateOptions<typeof ProcessOrder, Warehouse> {
  return {
    seeds: SEEDS,
    faults: ['crash-owner', 'partition', 'torn-write'],
    world: makeWarehouse,
    providers: (node) => [InventoryService, { provide: WarehouseConnection, useValue: node.remote(node.world) }],
    input: (seed, random) => ({ orderId: `A-${seed}`, itemId: random.pick(['anvil', 'easel', 'file']), quantity: 1 + random.int(120) }),
    check: ({ input: { orderId, itemId, quantity }, result, world }) => {
      const available = INITIAL_STOCK[itemId]!;
      const isConfirmed = quantity <= available;
      expect(result).toEqual({ orderId, status: isConfirmed ? 'confirmed' : 'out_of_stock' });
      expect(available - world.stockOf(itemId)).toBe(isConfirmed ? quantity : 0);
    },
  };
}

describe('ProcessOrder under faults', () => {
  it(
    'takes every order from the shelf once',
    async () => {
      expect(
        await simulate(
          ProcessOrder,
          orders(() => new Warehouse()),
        ),
      ).toMatchObject({ seeds: SEEDS });
    },
    SEEDS * 1000,
  );

  it('with a warehouse that ignores the idempotency key, the double reservation is found within 100 seeds, and told step by step', async () => {
    const careless = orders(() => new CarelessWarehouse());
    const error: unknown = await simulate(ProcessOrder, { ...careless, seeds: 100 }).catch((thrown: unknown) => thrown);
    if (!isRaftoralError(error, 'SIMULATION_FAILED')) throw error;
    const { seed } = error.details as { seed: number };
    expect(error.message).toContain(`seed ${seed} failed`);
    expect(error.message).toContain(`simulate(ProcessOrder, { ...options, seed: ${seed} })`);
    expect(error.message.match(/outside +CarelessWarehouse\.reserve\(.*\) for node \d = "reserved"/g)!.length).toBeGreaterThanOrEqual(2);
    expect(error.message).toMatch(/compute 'reserve' #1, attempt 1, epoch 1: its body begins/);
    expect(error.message).toMatch(/FAULT +node \d/);

    // The seed alone does it again, and the right warehouse passes on it.
    await expect(simulate(ProcessOrder, { ...careless, seed })).rejects.toMatchObject({ message: error.message });
    await simulate(ProcessOrder, { ...orders(() => new Warehouse()), seed });
  });

  it('histories of before agree with the code of today', async () => {
    const histories: string[] = [];
    const { check: _, ...rest } = orders(() => new Warehouse());
    await simulate(ProcessOrder, { ...rest, seeds: 20, check: ({ history }) => void histories.push(history) });
    expect(await replay(histories, ProcessOrder)).toMatchObject({ histories: 20, differences: [] });
  });
});
