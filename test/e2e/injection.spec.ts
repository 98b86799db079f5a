/**
 * The test set-up itself: decorators write the metadata by which Nest injects, under the same compiler that all specs run under.
 */
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';

@Injectable()
class Inventory {
  readonly stock = 7;
}

@Injectable()
class Orders {
  constructor(readonly inventory: Inventory) {}
}

@Module({ providers: [Inventory, Orders], exports: [Orders] })
class Shop {}

describe('the test set-up', () => {
  it('injects by the type of a constructor parameter', async () => {
    const module = await Test.createTestingModule({ imports: [Shop] }).compile();
    expect(module.get(Orders).inventory).toBe(module.get(Inventory));
    expect(module.get(Orders).inventory.stock).toBe(7);
    await module.close();
  });
});
