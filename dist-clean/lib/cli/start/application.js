/**
 * The application that `raftoral start --app` runs: finds the Nest module in a compiled file, and the copy of the engine that it uses.
 *
 * A1. The file may be an ES module or CommonJS. `file#Name` picks an export; else there is exactly one module among them, or one named AppModule.
 * A2. RaftoralModule comes from the package as the application's file resolves it, so that both have the same classes to inject.
 * A3. An application that imports RaftoralModule itself is refused: its options and the flags would contradict each other.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RaftoralModule, RaftoralNode } from '../../index.js';
import { UsageError } from '../usage-error.js';
const PACKAGE = '@raftoral/nestjs';
const MODULE_METADATA = ['imports', 'providers', 'controllers', 'exports'];
const USUAL_NAME = 'AppModule';
/** The engine of this program: for a node without an application. */
export const OWN_ENGINE = { RaftoralModule, RaftoralNode };
/** Throws a UsageError that says what is wrong with the file. What the file itself throws while it is loaded is its `cause`. */
export async function loadApplication(spec, folder) {
    const mark = spec.lastIndexOf('#');
    const file = resolve(folder, mark < 1 ? spec : spec.slice(0, mark));
    const name = mark < 1 ? undefined : spec.slice(mark + 1);
    if (!existsSync(file))
        throw new UsageError(`--app: there is no file ${file}; give the compiled module, as in dist/app.module.js.`);
    const module = pick(await importFile(file), name, file);
    if (await importsEngine(module, new Set()))
        throw new UsageError(`--app: ${nameOf(module)} imports RaftoralModule itself, and \`raftoral start\` gives the node its options by flags. Name a module without it (${file}#Name), or start the application by its own main file.`);
    return { module, engine: await engineOf(file) };
}
async function importFile(file) {
    try {
        return (await import(pathToFileURL(file).href));
    }
    catch (error) {
        const hint = /\.[cm]?ts$/.test(file) ? ' It is TypeScript: compile it first.' : '';
        throw new UsageError(`--app: ${file} can not be loaded: ${error instanceof Error ? error.message : String(error)}.${hint}`, {
            cause: error,
        });
    }
}
/** Exports by name: of a CommonJS file those of module.exports too, which may stand under `default` only. */
function exportsOf(loaded) {
    const { default: main, ...named } = loaded;
    const inner = typeof main === 'object' && main !== null && !isModule(main) ? Object.entries(main) : [];
    return new Map([...inner, ...Object.entries(named), ...(main === undefined ? [] : [['default', main]])]);
}
function pick(loaded, name, file) {
    const all = exportsOf(loaded);
    if (name !== undefined) {
        const chosen = all.get(name);
        if (typeof chosen === 'function' || isModule(chosen))
            return chosen;
        throw new UsageError(`--app: ${file} exports no module '${name}'; its exports are ${[...all.keys()].join(', ') || '(none)'}.`);
    }
    const modules = new Map([...all].filter(([, value]) => isModule(value)).map(([key, value]) => [value, key]));
    const usual = all.get(USUAL_NAME);
    if (isModule(usual))
        return usual;
    const [only] = modules.keys();
    if (modules.size === 1)
        return only;
    throw new UsageError(modules.size === 0
        ? `--app: ${file} exports no Nest module; its exports are ${[...all.keys()].join(', ') || '(none)'}.`
        : `--app: ${file} exports several modules; say which: ${[...modules.values()].map((key) => `#${key}`).join(', ')}.`);
}
function isModule(value) {
    if (typeof value === 'object' && value !== null)
        return 'module' in value && typeof value.module === 'function';
    return typeof value === 'function' && MODULE_METADATA.some((key) => Reflect.hasOwnMetadata(key, value));
}
/** Whether RaftoralModule, of whatever copy, stands anywhere in the tree of imports. */
async function importsEngine(entry, seen) {
    const given = (await entry);
    if (given === undefined || given === null || seen.has(given))
        return false;
    seen.add(given);
    if (typeof given === 'object' && typeof given.forwardRef === 'function')
        return importsEngine(given.forwardRef(), seen);
    const type = typeof given === 'object' ? given.module : given;
    if (typeof type !== 'function')
        return false;
    if (type === RaftoralModule || type.name === RaftoralModule.name)
        return true;
    const declared = (Reflect.getMetadata('imports', type) ?? []);
    const added = typeof given === 'object' && Array.isArray(given.imports) ? given.imports : [];
    for (const one of [...declared, ...added])
        if (await importsEngine(one, seen))
            return true;
    return false;
}
async function engineOf(file) {
    let path;
    try {
        path = createRequire(file).resolve(PACKAGE);
    }
    catch {
        return OWN_ENGINE; // the application does not use the package itself, or it is this one's own folder
    }
    const engine = (await import(pathToFileURL(path).href));
    if (engine.RaftoralModule === undefined || engine.RaftoralNode === undefined)
        throw new UsageError(`--app: ${PACKAGE} at ${path} is no version that this program can start.`);
    return { RaftoralModule: engine.RaftoralModule, RaftoralNode: engine.RaftoralNode };
}
function nameOf(module) {
    return typeof module === 'function' ? module.name : module.module.name;
}
//# sourceMappingURL=application.js.map