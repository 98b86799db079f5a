/**
 * A copy of the sources and of what was compiled from them, in a temporary folder: the place where faults are planted. The repository itself is never
 * changed. One fault at a time; plant() returns what takes it out again.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import typescript from 'typescript';
import { occurrencesOf, type Mutant } from './mutant.js';

const SOURCES = ['lib', 'test', 'sample', 'docs', 'dist', 'package.json', 'tsconfig.json', 'jest.config.js'];
/** Large, and no killer reads them. */
const LEFT_OUT = /(^|[\\/])(nest11-host|\.tsbuildinfo|[^\\/]+\.(?:d\.ts|js\.map))$/;

/** The fault can not be planted as the table says. */
export class StaleMutant extends Error {}

export class Workspace {
  readonly folder: string;
  private readonly compilerOptions: typescript.CompilerOptions;

  constructor(readonly repository: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'raftoral-mutants-'));
    for (const name of SOURCES) {
      cpSync(join(repository, name), join(this.folder, name), { recursive: true, filter: (source) => !LEFT_OUT.test(source) });
    }
    symlinkSync(join(repository, 'node_modules'), join(this.folder, 'node_modules'));
    const { config } = typescript.readConfigFile(join(repository, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
      config: { compilerOptions: Record<string, unknown> };
    };
    const { options } = typescript.convertCompilerOptionsFromJson(config.compilerOptions, repository);
    // One file by itself: neither where it stands, nor what it exports to others, is looked at.
    const { rootDir: _, outDir: __, tsBuildInfoFile: ___, ...rest } = options;
    const alone = { incremental: false, declaration: false, sourceMap: false, inlineSources: false };
    this.compilerOptions = {
      ...rest,
      ...alone,
      module: typescript.ModuleKind.ESNext,
      moduleResolution: typescript.ModuleResolutionKind.Bundler,
    };
  }

  /** Throws StaleMutant if the text is not there exactly once, or what comes of it is no TypeScript. */
  plant({ id, file, find, replace }: Mutant): () => void {
    const source = join(this.folder, file);
    const compiled = join(this.folder, 'dist', file.replace(/\.ts$/, '.js'));
    const [before, compiledBefore] = [readFileSync(source, 'utf8'), readFileSync(compiled, 'utf8')];
    const count = occurrencesOf(find, before);
    if (count !== 1) throw new StaleMutant(`${id}: the text to replace occurs ${count} times in ${file}`);
    const after = before.replace(find, () => replace);
    const { outputText, diagnostics } = typescript.transpileModule(after, {
      compilerOptions: this.compilerOptions,
      fileName: file,
      reportDiagnostics: true,
    });
    if (diagnostics !== undefined && diagnostics.length > 0) {
      throw new StaleMutant(`${id}: ${typescript.flattenDiagnosticMessageText(diagnostics[0]!.messageText, ' ')}`);
    }
    writeFileSync(source, after);
    writeFileSync(compiled, outputText);
    return () => {
      writeFileSync(source, before);
      writeFileSync(compiled, compiledBefore);
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
