/**
 * Finds the workflow classes among all providers of the application and makes their definitions. Only reads: no path option,
 * nothing to register twice.
 *
 * X1. Everything that is wrong, of all classes, is told at once, in one INVALID_WORKFLOW_DEFINITION.
 * X2. explore() looks at metadata only, so it may run while Nest still makes providers; prepare() resolves dependencies, once
 *     all of them are there.
 */
import { Scope } from '@nestjs/common';
import { RaftoralError } from './errors/index.js';
import { makeInstanceMaker } from './raftoral.instances.js';
import { isWorkflowClass, readWorkflowClass } from './raftoral.metadata-accessor.js';
import { RAFTORAL_SETTINGS } from './raftoral.tokens.js';
export class RaftoralExplorer {
    discovery;
    modules;
    found = [];
    makers = new Map();
    constructor(discovery, modules) {
        this.discovery = discovery;
        this.modules = modules;
    }
    /** The definitions of all workflow classes. Throws INVALID_WORKFLOW_DEFINITION or DUPLICATE_MODULE. */
    explore() {
        this.refuseSecondModule();
        this.found = this.discovery.getProviders().flatMap((wrapper) => {
            const target = workflowClassOf(wrapper);
            return target === undefined ? [] : [{ wrapper, target }];
        });
        const problems = [...scopeProblems(this.found), ...registeredTwice(this.found)];
        const definitions = [];
        for (const target of new Set(this.found.map((found) => found.target))) {
            const reading = readWorkflowClass(target);
            problems.push(...reading.problems);
            if (reading.definition !== null)
                definitions.push({ ...reading.definition, create: () => this.create(target) });
        }
        problems.push(...duplicateVersions(definitions));
        if (problems.length > 0)
            refuse(problems);
        return definitions;
    }
    /** Resolves what the classes want injected. Rejects with INVALID_WORKFLOW_DEFINITION that names class and dependency. */
    async prepare() {
        const problems = [];
        for (const { wrapper, target } of this.found) {
            try {
                this.makers.set(target, await makeInstanceMaker(wrapper, target));
            }
            catch (error) {
                problems.push(`${target.name}: ${error instanceof Error ? error.message : String(error)}`);
            }
        }
        if (problems.length > 0)
            refuse(problems);
    }
    create(target) {
        const maker = this.makers.get(target);
        if (maker === undefined)
            throw new RaftoralError('INVALID_WORKFLOW_DEFINITION', `${target.name}: a run was to start before the application was initialised`);
        return maker();
    }
    refuseSecondModule() {
        const count = [...this.modules.values()].filter((module) => module.providers.has(RAFTORAL_SETTINGS)).length;
        if (count > 1)
            throw new RaftoralError('DUPLICATE_MODULE', `RaftoralModule.forRoot() or forRootAsync() was imported ${count} times in one application; import it once, in the root module: it is global.`, {
                details: { count },
            });
    }
}
function refuse(problems) {
    const list = problems.length === 1 ? problems[0] : problems.map((problem) => `\n  - ${problem}`).join('');
    throw new RaftoralError('INVALID_WORKFLOW_DEFINITION', `Workflows can not be used as they are declared: ${list}`, {
        details: { problems: [...problems] },
    });
}
/** The class behind a provider, if it is a workflow. A `useValue` counts by what its value is made of. */
function workflowClassOf(wrapper) {
    if (wrapper.isAlias)
        return undefined;
    const value = wrapper.isNotMetatype && wrapper.inject == null ? wrapper.instance : undefined;
    const candidate = typeof value === 'object' && value !== null ? value.constructor : wrapper.metatype;
    return isWorkflowClass(candidate) ? candidate : undefined;
}
function scopeProblems(found) {
    return found.flatMap(({ wrapper, target }) => {
        if (wrapper.isNotMetatype)
            return [`${target.name}: the provider of a workflow must be the class itself, not a value, as in ${where(wrapper)}`];
        if (wrapper.scope === Scope.TRANSIENT)
            return [];
        const scope = wrapper.scope === Scope.REQUEST ? 'request-scoped' : 'a singleton';
        return [
            `${target.name} is ${scope}, it must be transient: a decorator above @Workflow (@Injectable, for one) reset its scope; remove it`,
        ];
    });
}
function registeredTwice(found) {
    const places = new Map();
    for (const { wrapper, target } of found)
        places.set(target, [...(places.get(target) ?? []), where(wrapper)]);
    return [...places].flatMap(([target, modules]) => modules.length > 1
        ? [`${target.name} is registered ${modules.length} times, in ${modules.join(' and ')}; list it as a provider of one module`]
        : []);
}
function duplicateVersions(definitions) {
    const owners = new Map();
    for (const { name, version, target } of definitions) {
        const key = `'${name}' version ${version}`;
        owners.set(key, [...(owners.get(key) ?? []), target.name]);
    }
    return [...owners].flatMap(([key, classes]) => classes.length > 1 ? [`${key} is declared by ${classes.join(' and ')}; give one of them another name or version`] : []);
}
function where(wrapper) {
    return wrapper.host?.metatype?.name ?? 'an unknown module';
}
//# sourceMappingURL=raftoral.explorer.js.map