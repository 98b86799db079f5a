/** docs/SCOPE.md names the tests that prove each promise: each of them exists. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
const ROOT = resolve(import.meta.dirname, '../..');
const scope = readFileSync(join(ROOT, 'docs/SCOPE.md'), 'utf8');
const rows = [...scope.matchAll(/^\| (P[1-8]) \|.*$/gm)].map(([row, promise]) => ({ promise: promise, row }));
describe('docs/SCOPE.md', () => {
    it('holds the eight promises', () => {
        expect(rows.map(({ promise }) => promise)).toEqual(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']);
    });
    it.each(rows)('$promise names tests that exist', ({ row }) => {
        const named = [...row.matchAll(/`([^`]+\.ts)` “([^”]+)”/g)].map(([, file, title]) => ({ file: file, title: title }));
        expect(named.length).toBeGreaterThan(1);
        const missing = named.filter(({ file, title }) => !readFileSync(join(ROOT, file), 'utf8').includes(title));
        expect(missing).toEqual([]);
    });
});
/** What the words before the names stand for, as the page says. */
const PLACES = {
    sm: (name) => `lib/workflow/state-machine.${name}.spec.ts`,
    wf: (name) => `test/workflow/${name}.spec.ts`,
    rules: (name) => `test/rules/${name}.spec.ts`,
    cluster: (name) => `test/cluster/${name}.spec.ts`,
    suite: (name) => `lib/testing/storage-suite-${name}.ts`,
    disk: (name) => `${name}.ts`,
};
const sources = ['lib', 'test'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`));
describe('the rules of docs/SCOPE.md', () => {
    const rules = [...scope.matchAll(/^\| (R\d[^|]*) \| ([^|]+) \|/gm)].map(([, rule, tests]) => ({ rule: rule, tests: tests }));
    it('has a row for every rule that is built', () => {
        expect(rules.length).toBeGreaterThan(25);
    });
    it.each(rules)('$rule: every test that is named exists, and one bears its number', ({ rule, tests }) => {
        const files = tests.split('; ').flatMap(filesOf);
        expect(files.filter(({ paths }) => paths.length === 0)).toEqual([]);
        const text = files.flatMap(({ paths }) => paths.map((path) => readFileSync(join(ROOT, path), 'utf8'))).join('\n');
        const missing = numbersOf(rule).filter((number) => !new RegExp(`\\bR${number}\\b`).test(text));
        expect(missing).toEqual([]);
    });
});
/** `sm client, lifecycle` or `` `heap.spec`, `slot.spec` `` as files; a name between backticks may lie anywhere. */
function filesOf(part) {
    const [, place, names] = /^(?:(\w+) )?(.+)$/.exec(part.replace(/ \(R\d+\)$/, '').trim());
    return names.split(', ').map((listed) => {
        const name = listed.replaceAll('`', '');
        const isFile = listed.startsWith('`');
        const path = name.includes('/') || place === undefined ? name.replace(/(\.ts)?$/, '.ts') : PLACES[place](name);
        return { name, paths: isFile || place !== undefined ? sources.filter((source) => `/${source}`.endsWith(`/${path}`)) : [] };
    });
}
/** `R10–R12 divergence` is three. */
function numbersOf(rule) {
    const [first, last] = [...rule.matchAll(/R(\d+)/g)].map(([, number]) => Number(number));
    if (last === undefined || !rule.includes('–'))
        return [...rule.matchAll(/R(\d+)/g)].map(([, number]) => Number(number));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
//# sourceMappingURL=scope.spec.js.map