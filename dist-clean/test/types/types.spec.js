/**
 * Types are part of the promise: what must not compile does not, and the code in the documents does.
 */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md'];
/** Documents import the package by its name. */
const PATHS = { '@raftoral/nestjs': [join(ROOT, 'lib/index.ts')], '@raftoral/nestjs/testing': [join(ROOT, 'lib/testing/index.ts')] };
function compilerOptions() {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    return { ...options, noEmit: true, incremental: false };
}
/** Errors of the named files, which may exist in memory only. */
function errorsOf(fileNames, inMemory, extra = {}) {
    const options = { ...compilerOptions(), ...extra, tsBuildInfoFile: undefined };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, directoryExists, getSourceFile } = host;
    const directories = new Set([...inMemory.keys()].map((name) => dirname(name)));
    host.directoryExists = (name) => directories.has(name) || directoryExists?.(name) !== false;
    host.readFile = (name) => inMemory.get(name) ?? readFile(name);
    host.fileExists = (name) => inMemory.has(name) || fileExists(name);
    host.getSourceFile = (name, ...rest) => {
        const text = inMemory.get(name);
        return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0]);
    };
    const program = ts.createProgram([...fileNames], options, host);
    return fileNames
        .flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
        .map(({ file, start, messageText }) => {
        const line = file === undefined ? '' : `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1} `;
        return `${line}${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
/** ```ts blocks of a document; `// file.ts` in the first line names one, so that others can import it. */
function codeBlocks(document) {
    const text = readFileSync(join(ROOT, document), 'utf8');
    const blocks = new Map();
    for (const [index, [, code]] of [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].entries()) {
        const name = /^\/\/ (\S+\.ts)\b/.exec(code)?.[1] ?? `block-${index + 1}.ts`;
        blocks.set(join(ROOT, 'test/types', document.replaceAll(/\W/g, '-'), name), `${code}\nexport {};\n`);
    }
    return blocks;
}
describe('types', () => {
    it('what must not compile does not: every @ts-expect-error of client.types.ts is needed', () => {
        expect(errorsOf([join(ROOT, 'test/types/client.types.ts')], new Map())).toEqual([]);
    });
    it('the check itself can fail: an unneeded @ts-expect-error is an error', () => {
        const file = join(ROOT, 'test/types/unneeded.types.ts');
        expect(errorsOf([file], new Map([[file, '// @ts-expect-error nothing is wrong here\nexport const one: number = 1;\n']]))).toEqual([
            expect.stringMatching(/Unused '@ts-expect-error' directive/),
        ]);
    });
    it.each(DOCUMENTS)('the code of %s compiles', (document) => {
        const blocks = codeBlocks(document);
        expect(blocks.size).toBeGreaterThan(0);
        expect(errorsOf([...blocks.keys()], blocks, { paths: PATHS, noUnusedLocals: false, noUnusedParameters: false })).toEqual([]);
    });
});
//# sourceMappingURL=types.spec.js.map