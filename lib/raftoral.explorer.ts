/**
 * Finds the workflow classes among all providers of the application and makes their definitions. Only reads: no path option,
 * nothing to register twice.
 *
 * X1. Everything that is wrong, of all classes, is told at once, in one INVALID_WORKFLOW_DEFINITION.
 * X2. explore() looks at metadata only, so it may run while Nest still makes providers; prepare() resolves dependencies, once
 *     all of them are there.
 */
import { Scope } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { RaftoralError } from './errors/index.js';
import { makeInstanceMaker, type InstanceMaker, type ProviderWrapper } from './raftoral.instances.js';
import { isWorkflowClass, readWorkflowClass } from './raftoral.metadata-accessor.js';
import { RAFTORAL_SETTINGS } from './raftoral.tokens.js';
import type { WorkflowDefinition } from './workflow/definition.js';

type Constructor = new (...args: unknown[]) => object;

interface Found {
  readonly wrapper: ProviderWrapper;
  readonly target: Constructor;
}

export class RaftoralExplorer {
  private found: readonly Found[] = [];
  private readonly makers = new Map<Constructor, InstanceMaker>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
  ) {}

  /** The definitions of all workflow classes. Throws INVALID_WORKFLOW_DEFINITION or DUPLICATE_MODULE. */
  explore(): readonly WorkflowDefinition[] {
    this.refuseSecondModule();
    this.found = this.discovery.getProviders().flatMap((wrapper) => {
      const target = workflowClassOf(wrapper);
      return target === undefined ? [] : [{ wrapper, target }];
    });
    const problems: string[] = [...scopeProblems(this.found), ...registeredTwice(this.found)];
    const definitions: WorkflowDefinition[] = [];
    for (const target of new Set(this.found.map((found) => found.target))) {
      const reading = readWorkflowClass(target);
      problems.push(...reading.problems);
      if (reading.definition !== null) definitions.push({ ...reading.definition, create: () => this.create(target) });
    }
    problems.push(...duplicateVersions(definitions));
    if (problems.length > 0) refuse(problems);
    return definitions;
  }

  /** Resolves what the classes want injected. Rejects with INVALID_WORKFLOW_DEFINITION that names class and dependency. */
  async prepare(): Promise<void> {
    const problems: string[] = [];
    for (const { wrapper, target } of this.found) {
      try {
        this.makers.set(target, await makeInstanceMaker(wrapper, target));
      } catch (error) {
        problems.push(`${target.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (problems.length > 0) refuse(problems);
  }

  private create(target: Constructor): object | Promise<object> {
    const maker = this.makers.get(target);
    if (maker === undefined)
      throw new RaftoralError('INVALID_WORKFLOW_DEFINITION', `${target.name}: a run was to start before the application was initialised`);
    return maker();
  }

  private refuseSecondModule(): void {
    const count = [...this.modules.values()].filter((module) => module.providers.has(RAFTORAL_SETTINGS)).length;
    if (count > 1)
      throw new RaftoralError(
        'DUPLICATE_MODULE',
        `RaftoralModule.forRoot() or forRootAsync() was imported ${count} times in one application; import it once, in the root module: it is global.`,
        {
          details: { count },
        },
      );
  }
}

function refuse(problems: readonly string[]): never {
  const list = problems.length === 1 ? problems[0]! : problems.map((problem) => `\n  - ${problem}`).join('');
  throw new RaftoralError('INVALID_WORKFLOW_DEFINITION', `Workflows can not be used as they are declared: ${list}`, {
    details: { problems: [...problems] },
  });
}

/** The class behind a provider, if it is a workflow. A `useValue` counts by what its value is made of. */
function workflowClassOf(wrapper: ProviderWrapper): Constructor | undefined {
  if (wrapper.isAlias) return undefined;
  const value: unknown = wrapper.isNotMetatype && wrapper.inject == null ? wrapper.instance : undefined;
  const candidate: unknown = typeof value === 'object' && value !== null ? value.constructor : wrapper.metatype;
  return isWorkflowClass(candidate) ? (candidate as unknown as Constructor) : undefined;
}

function scopeProblems(found: readonly Found[]): string[] {
  return found.flatMap(({ wrapper, target }) => {
    if (wrapper.isNotMetatype)
      return [`${target.name}: the provider of a workflow must be the class itself, not a value, as in ${where(wrapper)}`];
    if (wrapper.scope === Scope.TRANSIENT) return [];
    const scope = wrapper.scope === Scope.REQUEST ? 'request-scoped' : 'a singleton';
    return [
      `${target.name} is ${scope}, it must be transient: a decorator above @Workflow (@Injectable, for one) reset its scope; remove it`,
    ];
  });
}

function registeredTwice(found: readonly Found[]): string[] {
  const places = new Map<Constructor, string[]>();
  for (const { wrapper, target } of found) places.set(target, [...(places.get(target) ?? []), where(wrapper)]);
  return [...places].flatMap(([target, modules]) =>
    modules.length > 1
      ? [`${target.name} is registered ${modules.length} times, in ${modules.join(' and ')}; list it as a provider of one module`]
      : [],
  );
}

function duplicateVersions(definitions: readonly WorkflowDefinition[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { name, version, target } of definitions) {
    const key = `'${name}' version ${version}`;
    owners.set(key, [...(owners.get(key) ?? []), target.name]);
  }
  return [...owners].flatMap(([key, classes]) =>
    classes.length > 1 ? [`${key} is declared by ${classes.join(' and ')}; give one of them another name or version`] : [],
  );
}

function where(wrapper: ProviderWrapper): string {
  return wrapper.host?.metatype?.name ?? 'an unknown module';
}
