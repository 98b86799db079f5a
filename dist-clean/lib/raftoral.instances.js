import { ContextIdFactory, INQUIRER, ModuleRef } from '@nestjs/core';
/** The maker for one class. Rejects with Nest's own error when a dependency can not be resolved. */
export async function makeInstanceMaker(wrapper, target) {
    const host = wrapper.host;
    const moduleRef = host.getProviderByKey(ModuleRef).instance;
    if (hasScopedDependency(host, target)) {
        return () => moduleRef.resolve(wrapper.token, ContextIdFactory.create(), { strict: true });
    }
    const { args, properties } = await resolveDependencies(moduleRef, target);
    if (properties.length === 0)
        return () => new target(...args);
    return () => {
        const instance = new target(...args);
        for (const [key, value] of properties)
            instance[key] = value;
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
function hasScopedDependency(host, target) {
    return tokensOf(target).some((token) => token === INQUIRER || isScoped(find(host, token)));
}
function tokensOf(target) {
    const parameters = [...(Reflect.getMetadata(PARAMETER_TYPES, target) ?? [])];
    const declared = (Reflect.getMetadata(DECLARED_PARAMETERS, target) ?? []);
    for (const { index, param } of declared)
        parameters[index] = param;
    const properties = (Reflect.getMetadata(DECLARED_PROPERTIES, target) ?? []);
    return [...parameters, ...properties.map(({ type }) => type)].map((token) => isForwardReference(token) ? token.forwardRef() : token);
}
function isForwardReference(token) {
    return typeof token === 'object' && token !== null && 'forwardRef' in token;
}
function isScoped(dependency) {
    // Not found: an optional dependency, or one whose absence create() will report.
    if (dependency === undefined)
        return false;
    if (dependency.isAlias)
        return isScoped(find(dependency.host, dependency.inject[0]));
    return dependency.isTransient || !dependency.isDependencyTreeStatic();
}
/** The provider that Nest would inject into a provider of this module: its own, or one that its imports export. */
function find(module, token, seen = new Set()) {
    seen.add(module);
    const own = module.providers.get(token);
    if (own !== undefined)
        return own;
    for (const imported of module.imports) {
        if (seen.has(imported))
            continue;
        const provider = imported.exports.has(token) ? imported.providers.get(token) : undefined;
        if (provider !== undefined)
            return provider;
        const passedOn = findPassedOn(imported, token, seen);
        if (passedOn !== undefined)
            return passedOn;
    }
    return undefined;
}
/** Through the modules that an imported module exports again. */
function findPassedOn(module, token, seen) {
    seen.add(module);
    for (const passed of module.imports) {
        if (seen.has(passed) || !module.exports.has(passed.metatype))
            continue;
        const provider = (passed.exports.has(token) ? passed.providers.get(token) : undefined) ?? findPassedOn(passed, token, seen);
        if (provider !== undefined)
            return provider;
    }
    return undefined;
}
/**
 * Lets Nest create a stand-in that extends the class, so that it carries all its metadata, but whose constructor only takes
 * note of what it is given.
 */
async function resolveDependencies(moduleRef, target) {
    let args = [];
    const taken = function (...given) {
        args = given;
        return {};
    };
    Object.setPrototypeOf(taken, target);
    Object.defineProperty(taken, 'name', { value: target.name });
    const noted = await moduleRef.create(taken);
    return { args, properties: Reflect.ownKeys(noted).map((key) => [key, noted[key]]) };
}
//# sourceMappingURL=raftoral.instances.js.map