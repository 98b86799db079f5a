/**
 * Reads a decorated class into a workflow definition, or says all that is wrong with it. Reads metadata only; makes nothing.
 *
 * A1. Every problem of a class is told at once, each in one sentence that names class and method.
 * A2. The prototype chain counts: a method of a base class is a method of the workflow; an override that lost its decorator is a problem.
 * Tests: raftoral.metadata-accessor.spec.ts.
 */
import 'reflect-metadata';
import { OPERATION_METADATA, QUERY_METADATA, SIGNAL_METADATA, WORKFLOW_METADATA } from './raftoral.constants.js';
import { isWellFormed } from './state-machine/index.js';
const KINDS = [
    {
        key: OPERATION_METADATA,
        decorator: (metadata) => (metadata.kind === 'checkpoint' ? '@Checkpoint' : '@CheckpointCompute'),
    },
    { key: QUERY_METADATA, decorator: () => '@WorkflowQuery' },
    { key: SIGNAL_METADATA, decorator: () => '@WorkflowSignal' },
];
/** True when the class itself carries @Workflow. */
export function isWorkflowClass(target) {
    return typeof target === 'function' && Reflect.hasOwnMetadata(WORKFLOW_METADATA, target);
}
/** Name and version of a workflow class; undefined for any other value. */
export function readWorkflowIdentity(target) {
    return isWorkflowClass(target) ? Reflect.getOwnMetadata(WORKFLOW_METADATA, target) : undefined;
}
/** Reads a class for which isWorkflowClass() is true. */
export function readWorkflowClass(target) {
    const problems = [];
    const { name, version, options } = Reflect.getOwnMetadata(WORKFLOW_METADATA, target);
    checkHead(target, { name, version, options }, problems);
    const methods = methodsOf(target);
    const run = methods.get('run');
    if (run === undefined)
        problems.push(`${target.name} has no method run(); a workflow needs one`);
    const operations = new Map();
    const queries = new Map();
    const signals = new Map();
    for (const [method, body] of methods) {
        checkOverride(target, method, problems);
        const operation = Reflect.getOwnMetadata(OPERATION_METADATA, body);
        if (operation !== undefined) {
            if (operation.problem !== null)
                problems.push(`${target.name}.${method}: ${operation.problem}`);
            if (method === 'run')
                problems.push(`${target.name}.run is decorated as a checkpoint; decorate the methods that it calls`);
            take(operations, operation.key, method, target, 'checkpoint key', problems);
        }
        const query = Reflect.getOwnMetadata(QUERY_METADATA, body);
        if (query !== undefined)
            take(queries, query, method, target, 'query', problems);
        const signal = Reflect.getOwnMetadata(SIGNAL_METADATA, body);
        if (signal !== undefined)
            take(signals, signal, method, target, 'signal', problems);
    }
    if (problems.length !== 0)
        return { definition: null, problems };
    return {
        definition: {
            name,
            version,
            target: target,
            options,
            queries,
            signals,
            takesInput: takesInput(run),
        },
        problems,
    };
}
function checkHead(target, { name, version, options }, problems) {
    if (!isName(name)) {
        problems.push(`${target.name}: the name given to @Workflow is ${JSON.stringify(name)}; give a text of 1 to 256 characters`);
    }
    if (!Number.isSafeInteger(version) || version < 1) {
        problems.push(`${target.name}: the version given to @Workflow is ${String(version)}; give a whole number ≥ 1`);
    }
    const owner = options?.owner;
    if (owner !== undefined && owner !== 'starter' && owner !== 'leader' && owner !== 'spread') {
        problems.push(`${target.name}: the owner policy given to @Workflow is ${JSON.stringify(owner)}; give 'starter', 'leader' or 'spread'`);
    }
}
/** What a command can carry (R30): else the owner alone would fail, at its first proposal. */
function isName(name) {
    return typeof name === 'string' && name !== '' && name.length <= 256 && isWellFormed(name);
}
/** Method name → the function that a call on an instance reaches, base classes included. */
function methodsOf(target) {
    const methods = new Map();
    for (const prototype of prototypesOf(target)) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
            if (name === 'constructor' || methods.has(name))
                continue;
            const { value } = Object.getOwnPropertyDescriptor(prototype, name);
            if (typeof value === 'function')
                methods.set(name, value);
        }
    }
    return methods;
}
function* prototypesOf(target) {
    for (let prototype = target.prototype; prototype !== null && prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
        yield prototype;
    }
}
/** The first definition of a method decides; one further up that has a decorator which this one lacks is a slip. */
function checkOverride(target, method, problems) {
    const bodies = [...prototypesOf(target)]
        .map((prototype) => Object.getOwnPropertyDescriptor(prototype, method)?.value)
        .filter((body) => body !== undefined);
    const [own, ...overridden] = bodies;
    for (const { key, decorator } of KINDS) {
        const lost = overridden.find((body) => Reflect.hasOwnMetadata(key, body));
        if (lost !== undefined && !Reflect.hasOwnMetadata(key, own)) {
            problems.push(`${target.name}.${method} overrides a method that is decorated with ${decorator(Reflect.getOwnMetadata(key, lost))}, and lost the decorator; repeat it`);
        }
    }
}
function take(names, name, method, target, what, problems) {
    if (!isName(name) || name.startsWith('$')) {
        problems.push(`${target.name}.${method}: its ${what} is ${JSON.stringify(name)}; give a text of 1 to 256 characters that does not begin with '$'`);
        return;
    }
    const other = names.get(name);
    if (other !== undefined)
        problems.push(`${target.name}: ${other}() and ${method}() have the same ${what} '${name}'; give one of them another`);
    else
        names.set(name, method);
}
/** True when run() declares a parameter without a default. */
function takesInput(run) {
    return run.length > 0;
}
//# sourceMappingURL=raftoral.metadata-accessor.js.map