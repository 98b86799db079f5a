/** Which classes are found, and what stops a boot. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, Scope, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
import { WorkflowQuery } from './decorators/workflow-query.decorator.js';
import { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
import { Workflow } from './decorators/workflow.decorator.js';
import { RaftoralError } from './errors/index.js';
import { RaftoralExplorer } from './raftoral.explorer.js';

async function explorerOf(metadata: ModuleMetadata): Promise<RaftoralExplorer> {
  @Module({ ...metadata, imports: [DiscoveryModule, ...(metadata.imports ?? [])] })
  class Root {}
  const app = await Test.createTestingModule({ imports: [Root] }).compile();
  return new RaftoralExplorer(app.get(DiscoveryService), app.get(ModulesContainer));
}

async function problemsOf(metadata: ModuleMetadata): Promise<readonly string[]> {
  const explorer = await explorerOf(metadata);
  try {
    explorer.explore();
    await explorer.prepare();
  } catch (error) {
    expect(error).toBeInstanceOf(RaftoralError);
    expect((error as RaftoralError).code).toBe('INVALID_WORKFLOW_DEFINITION');
    return (error as RaftoralError).details['problems'] as string[];
  }
  return [];
}

@Injectable()
class Inventory {
  readonly stock = 5;
}

@Workflow('order', 1)
class Order {
  constructor(readonly inventory: Inventory) {}
  async run(input: { readonly id: string }): Promise<string> {
    return this.record(input.id);
  }
  @Checkpoint('status')
  async record(status: string): Promise<string> {
    return status;
  }
  @WorkflowQuery()
  current(): number {
    return this.inventory.stock;
  }
  @WorkflowSignal('poke')
  poked(): void {
    return;
  }
}

@Workflow('order', 2)
class OrderV2 extends Order {}

@Module({ providers: [Order, Inventory] })
class Orders {}

describe('RaftoralExplorer', () => {
  it('finds the decorated classes of all modules, in no module twice, and makes their instances', async () => {
    const explorer = await explorerOf({ imports: [Orders], providers: [OrderV2, Inventory, { provide: 'ALIAS', useExisting: OrderV2 }] });
    const definitions = explorer.explore();
    expect(definitions.map(({ name, version, target }) => ({ name, version, target })).sort((a, b) => a.version - b.version)).toEqual([
      { name: 'order', version: 1, target: Order },
      { name: 'order', version: 2, target: OrderV2 },
    ]);
    const [first] = definitions.filter(({ version }) => version === 1);
    expect([...first!.queries]).toEqual([['current', 'current']]);
    expect([...first!.signals]).toEqual([['poke', 'poked']]);
    expect(first!.takesInput).toBe(true);

    expect(() => first!.create()).toThrow(/before the application was initialised/);
    await explorer.prepare();
    const [one, other] = [first!.create() as Order, first!.create() as Order];
    expect(one).toBeInstanceOf(Order);
    expect(one).not.toBe(other);
    expect(one.inventory.stock).toBe(5);
  });

  it('an application without workflows is no error', async () => {
    expect((await explorerOf({ providers: [Inventory] })).explore()).toEqual([]);
  });

  it('bad input: one class registered twice is a boot error that names the modules', async () => {
    @Module({ providers: [Order, Inventory] })
    class AlsoOrders {}
    expect(await problemsOf({ imports: [Orders, AlsoOrders] })).toEqual([
      expect.stringMatching(/^Order is registered 2 times, in (Orders and AlsoOrders|AlsoOrders and Orders)/),
    ]);
  });

  it('bad input: a duplicate name and version is a boot error that names both classes', async () => {
    @Workflow('order', 1)
    class Impostor {
      async run(): Promise<void> {
        return;
      }
    }
    expect(await problemsOf({ imports: [Orders], providers: [Impostor] })).toEqual([
      expect.stringMatching(/^'order' version 1 is declared by (Order and Impostor|Impostor and Order)/),
    ]);
  });

  it('bad input: a missing run() is a boot error', async () => {
    class NoRun {
      go(): void {
        return;
      }
    }
    Workflow('no-run', 1)(NoRun as never);
    expect(await problemsOf({ providers: [NoRun] })).toEqual([expect.stringMatching(/NoRun has no method run\(\)/)]);
  });

  it.each([0, -1, 1.5, Number.NaN, '1', undefined])('bad input: version %p is a boot error', async (version) => {
    class Versioned {
      async run(): Promise<void> {
        return;
      }
    }
    Workflow('versioned', version as number)(Versioned);
    expect(await problemsOf({ providers: [Versioned] })).toEqual([
      expect.stringMatching(/Versioned: the version given to @Workflow is .*whole number/),
    ]);
  });

  it('bad input: two methods with one key are a boot error', async () => {
    @Workflow('keys', 1)
    class TwoKeys {
      async run(): Promise<void> {
        return;
      }
      @Checkpoint('same')
      async first(): Promise<number> {
        return 1;
      }
      @CheckpointCompute('same')
      async second(): Promise<number> {
        return 2;
      }
    }
    expect(await problemsOf({ providers: [TwoKeys] })).toEqual([
      expect.stringMatching(/first\(\) and second\(\) have the same checkpoint key 'same'/),
    ]);
  });

  it('bad input: an override that lost its decorator is a boot error', async () => {
    @Workflow('override', 1)
    class Lost extends Order {
      override async record(status: string): Promise<string> {
        return status.toUpperCase();
      }
    }
    expect(await problemsOf({ providers: [Lost, Inventory] })).toEqual([
      expect.stringMatching(/Lost\.record overrides a method that is decorated with @Checkpoint, and lost the decorator/),
    ]);
  });

  it('bad input: a lost transient scope is a boot error', async () => {
    @Injectable()
    @Workflow('singleton', 1)
    class Reset {
      async run(): Promise<void> {
        return;
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    @Workflow('per-request', 1)
    class PerRequest {
      async run(): Promise<void> {
        return;
      }
    }
    expect(await problemsOf({ providers: [Reset, PerRequest] })).toEqual([
      expect.stringMatching(/^Reset is a singleton, it must be transient/),
      expect.stringMatching(/^PerRequest is request-scoped, it must be transient/),
    ]);
  });

  it('bad input: an instance given as a value is a boot error', async () => {
    expect(await problemsOf({ providers: [{ provide: 'ORDER', useValue: new Order(new Inventory()) }] })).toEqual([
      expect.stringMatching(/^Order: the provider of a workflow must be the class itself/),
    ]);
  });

  it('a dependency that nobody provides is a boot error that names class and dependency', async () => {
    @Workflow('needy', 1)
    class Needy {
      constructor(@Inject('NOWHERE') readonly nowhere: unknown) {}
      async run(): Promise<void> {
        return;
      }
    }
    // Nest 12 looks at transient providers at boot already; where it does not, prepare() tells.
    await expect(problemsOf({ providers: [Needy] }).then((problems) => Promise.reject(new Error(problems.join())))).rejects.toThrow(
      /Needy.*NOWHERE/s,
    );
  });

  it('one error tells everything that is wrong, of all classes', async () => {
    @Injectable()
    @Workflow('', 0)
    class Broken {
      async run(): Promise<void> {
        return;
      }
      @WorkflowQuery('q')
      one(): number {
        return 1;
      }
      @WorkflowQuery('q')
      two(): number {
        return 2;
      }
    }
    const problems = await problemsOf({ imports: [Orders], providers: [Broken, Order, Inventory] });
    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).toMatch(/singleton[^]*registered 2 times[^]*name given[^]*version given[^]*same query 'q'/);
  });
});
