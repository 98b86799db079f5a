/**
 * Workflow classes with what Nest injects into them, outside an application: what `simulate` and `replay` run. Owns: one testing module.
 *
 * W1. The classes are found and read as in an application, by the explorer; one that no module lists is added to the root module.
 * W2. WorkflowClient can be injected everywhere; it answers once a service was attached to `forwarder`.
 * W3. No node is started: a module that imports RaftoralModule is refused.
 */
import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { RequestForwarder } from '../client/request-forwarder.js';
import { WorkflowClient } from '../client/workflow-client.js';
import { SingleClusterSlotMap } from '../cluster/slot-map-port.js';
import { RaftoralError } from '../errors/index.js';
import { RaftoralExplorer } from '../raftoral.explorer.js';
import { readWorkflowIdentity } from '../raftoral.metadata-accessor.js';
import { RaftoralModule } from '../raftoral.module.js';
import type { WorkflowDefinition } from '../workflow/definition.js';

/** The cluster that all workflows belong to. */
export const TEST_CLUSTER_ID = 1;

export interface NestWorkflowsOptions extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** Classes that must be there. */
  readonly workflows: readonly WorkflowClassToken[];
  /** A last word on the module before it is compiled. */
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

export type WorkflowClassToken = abstract new (...args: never[]) => object;

export interface NestWorkflows {
  readonly app: TestingModule;
  readonly definitions: readonly WorkflowDefinition[];
  readonly forwarder: RequestForwarder;
}

@Module({})
class WorkflowsRootModule {}

@Module({})
class WorkflowClientModule {}

/** Rejects with INVALID_WORKFLOW_DEFINITION, INVALID_ARGUMENT, or Nest's own error for a provider that can not be made. */
export async function openWorkflows(options: NestWorkflowsOptions): Promise<NestWorkflows> {
  const forwarder = new RequestForwarder(new SingleClusterSlotMap(TEST_CLUSTER_ID));
  const app = await compile(options, forwarder);
  try {
    await app.init();
    const modules = app.get(ModulesContainer);
    const explorer = new RaftoralExplorer(app.get(DiscoveryService), modules);
    const definitions = explorer.explore();
    await explorer.prepare();
    return { app, definitions, forwarder };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function compile(options: NestWorkflowsOptions, forwarder: RequestForwarder): Promise<TestingModule> {
  const { imports = [], providers = [], workflows, configure = (builder) => builder } = options;
  const modules = new Set<unknown>();
  const listed = classesOf([...imports, { module: WorkflowsRootModule, providers }], modules);
  if ([...modules].some((module) => module === RaftoralModule || (module as DynamicModule).module === RaftoralModule))
    throw new RaftoralError(
      'INVALID_ARGUMENT',
      'imports: a module here imports RaftoralModule, which would start a node; import the module that lists the workflows instead.',
      { details: { argument: 'imports' } },
    );
  const client: DynamicModule = {
    module: WorkflowClientModule,
    global: true,
    providers: [
      { provide: RequestForwarder, useValue: forwarder },
      { provide: WorkflowClient, useValue: new WorkflowClient(forwarder, readWorkflowIdentity) },
    ],
    exports: [RequestForwarder, WorkflowClient],
  };
  const root: DynamicModule = {
    module: WorkflowsRootModule,
    imports: [client, DiscoveryModule, ...imports],
    providers: [
      ...providers,
      ...(workflows.filter((workflow) => !listed.has(workflow)) as unknown as NonNullable<ModuleMetadata['providers']>),
    ],
  };
  return configure(Test.createTestingModule({ imports: [root] })).compile();
}

/** Every class that these modules and those below them list as a provider. */
function classesOf(modules: readonly unknown[], seen = new Set<unknown>(), found = new Set<unknown>()): Set<unknown> {
  for (const entry of modules) {
    const module = unwrap(entry);
    if (module === null || seen.has(module)) continue;
    seen.add(module);
    const target: unknown = 'module' in module ? module.module : module;
    const declared = (key: 'imports' | 'providers'): readonly unknown[] => [
      ...(((module as Partial<DynamicModule>)[key] as readonly unknown[] | undefined) ?? []),
      ...((typeof target === 'function' ? (Reflect.getMetadata(key, target) as readonly unknown[] | undefined) : undefined) ?? []),
    ];
    for (const provider of declared('providers')) found.add(provider);
    classesOf(declared('imports'), seen, found);
  }
  return found;
}

function unwrap(entry: unknown): (object & { readonly module?: unknown }) | null {
  if ((typeof entry !== 'object' && typeof entry !== 'function') || entry === null) return null;
  return 'forwardRef' in entry && typeof entry.forwardRef === 'function' ? ((entry.forwardRef as () => unknown)() as object) : entry;
}
