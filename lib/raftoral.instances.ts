/**
 * How a workflow class gets its instances: dependencies through the class's host module, an instance per run (R45).
 *
 * I1. Where all dependencies are singletons they are resolved once per class, by Nest itself and in full (constructor and
 *     property injection, @Inject tokens, forwardRef, @Optional, inherited ones), and an instance is made with `new`.
 * I2. Where the tree holds a request-scoped or transient dependency, Nest makes each instance under a context id of its own.
 * I3. The user's constructor runs once per run and never at boot.
 */
import type { InjectionToken } from '@nestjs/common';
import { ContextIdFactory, INQUIRER, ModuleRef, type DiscoveryService } from '@nestjs/core';

/** As the container knows a provider. Nest exports this type from no entry point. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

type HostModule = NonNullable<ProviderWrapper['host']>;

export type InstanceMaker = () => object | Promise<object>;

type Constructor = new (...args: unknown[]) => object;

/** The maker for one class. Rejects with Nest's own error when a dependency can not be resolved. */
export async function makeInstanceMaker(wrapper: ProviderWrapper, target: Constructor): Promise<InstanceMaker> {
  const host = wrapper.host!;
  const moduleRef = host.getProviderByKey<ModuleRef>(ModuleRef).instance;
  if (hasScopedDependency(host, target)) {
    return () => moduleRef.resolve<object>(wrapper.token, ContextIdFactory.create(), { strict: true });
  }
  const { args, properties } = await resolveDependencies(moduleRef, target);
  if (properties.length === 0) return () => new target(...args);
  return () => {
    const instance = new target(...args);
    for (const [key, value] of properties) (instance as Record<PropertyKey, unknown>)[key] = value;
    return instance;
  };
}

/** Where Nest's decorators keep what a class wants injected. */
const PARAMETER_TYPES = 'design:paramtypes';
const DECLARED_PARAMETERS = 'self:paramtypes';
const DECLARED_PROPERTIES = 'self:properties_metadata';

/**
 * True when an injected provider is transient, or has a request-scoped one anywhere below it. A transient class is not loaded at
 * boot, so its own wrapper knows nothing of its tree; the wrappers of its dependencies do.
 */
function hasScopedDependency(host: HostModule, target: Constructor): boolean {
  return tokensOf(target).some((token) => token === INQUIRER || isScoped(find(host, token)));
}

function tokensOf(target: Constructor): InjectionToken[] {
  const parameters = [...((Reflect.getMetadata(PARAMETER_TYPES, target) ?? []) as unknown[])];
  const declared = (Reflect.getMetadata(DECLARED_PARAMETERS, target) ?? []) as Array<{ readonly index: number; readonly param: unknown }>;
  for (const { index, param } of declared) parameters[index] = param;
  const properties = (Reflect.getMetadata(DECLARED_PROPERTIES, target) ?? []) as Array<{ readonly type: unknown }>;
  return [...parameters, ...properties.map(({ type }) => type)].map((token) =>
    isForwardReference(token) ? token.forwardRef() : token,
  ) as InjectionToken[];
}

function isForwardReference(token: unknown): token is { forwardRef(): unknown } {
  return typeof token === 'object' && token !== null && 'forwardRef' in token;
}

function isScoped(dependency: ProviderWrapper | undefined): boolean {
  // Not found: an optional dependency, or one whose absence create() will report.
  if (dependency === undefined) return false;
  if (dependency.isAlias) return isScoped(find(dependency.host!, dependency.inject![0] as InjectionToken));
  return dependency.isTransient || !dependency.isDependencyTreeStatic();
}

/** The provider that Nest would inject into a provider of this module: its own, or one that its imports export. */
function find(module: HostModule, token: InjectionToken, seen = new Set<HostModule>()): ProviderWrapper | undefined {
  seen.add(module);
  const own = module.providers.get(token);
  if (own !== undefined) return own;
  for (const imported of module.imports) {
    if (seen.has(imported)) continue;
    const provider = imported.exports.has(token) ? imported.providers.get(token) : undefined;
    if (provider !== undefined) return provider;
    const passedOn = findPassedOn(imported, token, seen);
    if (passedOn !== undefined) return passedOn;
  }
  return undefined;
}

/** Through the modules that an imported module exports again. */
function findPassedOn(module: HostModule, token: InjectionToken, seen: Set<HostModule>): ProviderWrapper | undefined {
  seen.add(module);
  for (const passed of module.imports) {
    if (seen.has(passed) || !module.exports.has(passed.metatype)) continue;
    const provider = (passed.exports.has(token) ? passed.providers.get(token) : undefined) ?? findPassedOn(passed, token, seen);
    if (provider !== undefined) return provider;
  }
  return undefined;
}

interface Dependencies {
  readonly args: readonly unknown[];
  readonly properties: ReadonlyArray<readonly [PropertyKey, unknown]>;
}

/**
 * Lets Nest create a stand-in that extends the class, so that it carries all its metadata, but whose constructor only takes
 * note of what it is given.
 */
async function resolveDependencies(moduleRef: ModuleRef, target: Constructor): Promise<Dependencies> {
  let args: readonly unknown[] = [];
  const taken = function (...given: unknown[]): object {
    args = given;
    return {};
  } as unknown as Constructor;
  Object.setPrototypeOf(taken, target);
  Object.defineProperty(taken, 'name', { value: target.name });
  const noted = await moduleRef.create<object>(taken);
  return { args, properties: Reflect.ownKeys(noted).map((key) => [key, (noted as Record<PropertyKey, unknown>)[key]] as const) };
}
