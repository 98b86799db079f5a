/**
 * Whether planted faults are programs: a fault that names what does not exist fails every test, and proves nothing of them. One language service for
 * all; only the file with the fault is looked at. What a fault leaves unused is no error.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import typescript from 'typescript';
import { occurrencesOf, type Mutant } from './mutant.js';

/** Declared and never read (6133), imports (6192), parameters (6196, 6198), code that is never reached (7027). */
const LEFT_BY_A_FAULT = new Set([6133, 6192, 6196, 6198, 7027]);

/** A sentence per error, none for a sound table. */
export function typeErrorsOf(mutants: readonly Mutant[], repository: string): string[] {
  const config = typescript.getParsedCommandLineOfConfigFile(
    join(repository, 'tsconfig.json'),
    { noEmit: true, incremental: false },
    { ...typescript.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (config === undefined) throw new Error(`no tsconfig.json in ${repository}`);
  let planted: { readonly path: string; readonly text: string } | null = null;
  let version = 0;
  const textOf = (path: string): string => (planted?.path === path ? planted.text : readFileSync(path, 'utf8'));
  const service = typescript.createLanguageService({
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => config.fileNames.filter((name) => !name.endsWith('.spec.ts')),
    getScriptVersion: (path) => (planted?.path === path ? `${version}` : '0'),
    getScriptSnapshot: (path) => (typescript.sys.fileExists(path) ? typescript.ScriptSnapshot.fromString(textOf(path)) : undefined),
    getCurrentDirectory: () => repository,
    getDefaultLibFileName: typescript.getDefaultLibFilePath,
    fileExists: typescript.sys.fileExists,
    readFile: typescript.sys.readFile,
    readDirectory: typescript.sys.readDirectory,
    directoryExists: typescript.sys.directoryExists,
    getDirectories: typescript.sys.getDirectories,
    realpath: (path) => typescript.sys.realpath?.(path) ?? path,
  });
  return mutants.flatMap(({ id, file, find, replace }) => {
    const path = join(repository, file);
    const text = readFileSync(path, 'utf8');
    const count = occurrencesOf(find, text);
    if (count !== 1) return [`${id}: the text to replace occurs ${count} times in ${file}`];
    planted = { path, text: text.replace(find, () => replace) };
    version++;
    return service
      .getSemanticDiagnostics(path)
      .filter(({ code }) => !LEFT_BY_A_FAULT.has(code))
      .map(({ code, messageText }) => `${id}: TS${code} ${typescript.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}
