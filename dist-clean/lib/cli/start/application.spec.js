/** Which module of a compiled file `raftoral start --app` runs. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
/**
 * The files are loaded by Node.js itself: a host's CommonJS file that requires Nest can not be loaded by Jest. One process for all of them, as loading the
 * engine from its sources takes seconds. Answers the module's name, and whether the engine is another than this program's own; or the refusal.
 */
const SCRIPT = `
  import 'reflect-metadata';
  import { loadApplication, OWN_ENGINE } from '${resolve('lib/cli/start/application.ts')}';
  const said = {};
  for (const spec of process.argv.slice(3)) {
    try {
      const { module, engine } = await loadApplication(spec, process.argv[2]);
      said[spec] = (module.name ?? module.module.name) + (engine === OWN_ENGINE ? '' : ' with an engine of its own');
    } catch (error) {
      said[spec] = error.name + ': ' + error.message;
    }
  }
  process.stdout.write(JSON.stringify(said));`;
let folder;
let said;
const FILES = {
    'one.mjs': `import { Module } from '@nestjs/common'; export class One {} Module({ providers: [] })(One); export const other = 1;`,
    'one.cjs': `const { Module } = require('@nestjs/common'); class Common {} Module({ imports: [] })(Common); module.exports = { Common };`,
    'several.mjs': `import { Module } from '@nestjs/common'; export class A {} export class B {} Module({ imports: [] })(A); Module({ imports: [] })(B);`,
    'usual.mjs': `import { Module } from '@nestjs/common'; export class AppModule {} export class B {} Module({ imports: [B] })(AppModule); Module({ imports: [] })(B);`,
    'dynamic.mjs': `import { Module } from '@nestjs/common'; class Inner {} Module({})(Inner); export const application = { module: Inner, providers: [] };`,
    'default.mjs': `import { Module } from '@nestjs/common'; class Main {} Module({ providers: [] })(Main); export default Main;`,
    'empty.mjs': `export class Bare {} export const x = 1;`,
    'throws.mjs': `throw new Error('the database is not configured');`,
    'engine.mjs': `import { Module, forwardRef } from '@nestjs/common';
    class RaftoralModule {} Module({})(RaftoralModule);
    class Deep {} Module({ imports: [Promise.resolve({ module: RaftoralModule })] })(Deep);
    export class AppModule {} Module({ imports: [forwardRef(() => Deep)] })(AppModule);`,
};
const MODULES = [
    ['one.mjs', 'One'],
    ['one.cjs', 'Common'],
    ['several.mjs#B', 'B'],
    ['usual.mjs', 'AppModule'],
    ['dynamic.mjs', 'Inner'],
    ['default.mjs', 'Main'],
    ['empty.mjs#Bare', 'Bare'],
];
const REFUSALS = [
    ['none.mjs', '--app: there is no file'],
    ['several.mjs', 'exports several modules; say which: #A, #B'],
    ['several.mjs#C', "exports no module 'C'; its exports are A, B"],
    ['empty.mjs', 'exports no Nest module; its exports are Bare, x'],
    ['throws.mjs', 'can not be loaded: the database is not configured'],
    ['engine.mjs', 'AppModule imports RaftoralModule itself'],
];
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'raftoral-app-'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries({ ...FILES, 'load.mjs': SCRIPT }))
        writeFileSync(join(folder, name), text);
    const specs = [...MODULES, ...REFUSALS].map(([spec]) => spec);
    const text = execFileSync(process.execPath, ['--import', './test/support/typescript-hooks.mjs', join(folder, 'load.mjs'), folder, ...specs], {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
        timeout: 60_000,
    });
    said = JSON.parse(text);
}, 90_000);
afterAll(() => rmSync(folder, { recursive: true }));
describe('the module of --app', () => {
    it.each(MODULES)('of %s is %s', (spec, name) => expect(said[spec]).toBe(name));
    it.each(REFUSALS)('of %s is refused: %s', (spec, text) => {
        expect(said[spec]).toMatch(/^UsageError: --app: /);
        expect(said[spec]).toContain(text);
    });
});
//# sourceMappingURL=application.spec.js.map