/** How instances of workflow classes are made. */
import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { forwardRef, Inject, Injectable, Module, Optional, Scope, type Provider, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { makeInstanceMaker, type InstanceMaker } from './raftoral.instances.js';

@Injectable()
class Warehouse {
  readonly id = Symbol('warehouse');
}

@Injectable({ scope: Scope.TRANSIENT })
class Scratch {
  readonly id = Symbol('scratch');
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  constructor(@Inject(REQUEST) readonly request: unknown) {}
}

/** A singleton by its own decorator, request-scoped by its tree. */
@Injectable()
class Bubbled {
  constructor(readonly perRequest: PerRequest) {}
}

async function makerOf(
  target: Type<object>,
  providers: Provider[],
  imports: Type<object>[] = [],
): Promise<{ make: InstanceMaker; get: (token: unknown) => unknown }> {
  @Module({ imports, providers: [target, ...providers] })
  class Feature {}
  const app = await Test.createTestingModule({ imports: [DiscoveryModule, Feature] }).compile();
  const wrapper = app
    .get(DiscoveryService)
    .getProviders()
    .find((provider) => provider.metatype === target)!;
  return { make: await makeInstanceMaker(wrapper, target), get: (token) => app.get(token as never, { strict: false }) };
}

describe('instances of a workflow class', () => {
  it('R45: dependencies are resolved once per class, the constructor runs once per run and never at boot', async () => {
    const constructed = jest.fn();
    @Injectable({ scope: Scope.TRANSIENT })
    class Flow {
      readonly own = {};
      constructor(readonly warehouse: Warehouse) {
        constructed();
      }
    }
    const { make, get } = await makerOf(Flow, [Warehouse]);
    expect(constructed).not.toHaveBeenCalled();

    const [first, second] = [make() as Flow, make() as Flow];
    expect(constructed).toHaveBeenCalledTimes(2);
    expect(first).toBeInstanceOf(Flow);
    expect(first.warehouse).toBe(get(Warehouse));
    expect(second.warehouse).toBe(first.warehouse);
    expect(second.own).not.toBe(first.own);
  });

  it('R45: tokens, forward references, optional, inherited and property injection are honoured', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Base {
      @Inject('LABEL') readonly label!: string;
      constructor(
        @Inject(forwardRef(() => Warehouse)) readonly warehouse: Warehouse,
        @Inject('MISSING') @Optional() readonly missing?: string,
      ) {}
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class Flow extends Base {
      #secret = 7;
      get secret(): number {
        return this.#secret;
      }
    }
    const { make, get } = await makerOf(Flow, [Warehouse, { provide: 'LABEL', useValue: 'blue' }]);
    const instance = make() as Flow;
    expect({ label: instance.label, missing: instance.missing, secret: instance.secret }).toEqual({
      label: 'blue',
      missing: undefined,
      secret: 7,
    });
    expect(instance.warehouse).toBe(get(Warehouse));
  });

  it('R45: a dependency of an imported module is found, through modules that export it again', async () => {
    @Module({ providers: [Warehouse, Scratch], exports: [Warehouse, Scratch] })
    class Inner {}
    @Module({ imports: [Inner], exports: [Inner] })
    class Outer {}
    @Injectable({ scope: Scope.TRANSIENT })
    class Plain {
      constructor(readonly warehouse: Warehouse) {}
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class WithScratch {
      constructor(readonly scratch: Scratch) {}
    }
    expect(((await makerOf(Plain, [], [Outer])).make() as Plain).warehouse).toBeInstanceOf(Warehouse);
    const { make } = await makerOf(WithScratch, [], [Outer]);
    const [first, second] = [(await make()) as WithScratch, (await make()) as WithScratch];
    expect(first.scratch.id).not.toBe(second.scratch.id);
  });

  it('R45: a transient dependency is made anew for each run', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Flow {
      @Inject(Scratch) readonly scratch!: Scratch;
      constructor(readonly warehouse: Warehouse) {}
    }
    const { make } = await makerOf(Flow, [Warehouse, Scratch]);
    const [first, second] = [(await make()) as Flow, (await make()) as Flow];
    expect(first.scratch.id).not.toBe(second.scratch.id);
    expect(first.warehouse).toBe(second.warehouse);
  });

  it('R45: a request-scoped dependency anywhere in the tree gets a context per run', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Flow {
      constructor(readonly bubbled: Bubbled) {}
    }
    const { make } = await makerOf(Flow, [Bubbled, PerRequest]);
    const [first, second] = [(await make()) as Flow, (await make()) as Flow];
    expect(first.bubbled.perRequest).toBeInstanceOf(PerRequest);
    expect(first.bubbled).not.toBe(second.bubbled);
    expect(first.bubbled.perRequest).not.toBe(second.bubbled.perRequest);
  });

  it('R45: a dependency that nobody provides is named when the maker is made', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Flow {
      constructor(@Inject('NOWHERE') readonly nowhere: unknown) {}
    }
    await expect(makerOf(Flow, [])).rejects.toThrow(/Flow.*NOWHERE/s);
  });
});
