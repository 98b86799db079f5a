/**
 * Builds of the engine other than the one under test, for the case `upgrade`: each is a folder with compiled code and today's victim program, which uses the
 * engine by its public door only. Owns those folders.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CODEC_LEVEL_MAX } from '../../lib/workflow/command.js';
import { run, runBeside, sourceFolder, type Machine } from './machine.js';

export interface Build {
  readonly name: string;
  /** Path of its victim.js; absent: this build. */
  readonly program?: string;
  /** Highest codec level that it applies. */
  readonly level: number;
}

export const THIS_BUILD: Build = { name: 'this build', level: CODEC_LEVEL_MAX };

/** The first commit with both transports and streamed snapshots. */
const OLDER_COMMIT = 'e9c88512aa8e57935d4062cf0521f58a79366793';
const OLDER_LEVEL = 2;
const LEVEL = /export const CODEC_LEVEL_MAX = (\d+);/;

const COMPILED = fileURLToPath(new URL('../../', import.meta.url));
const REPOSITORY = dirname(dirname(sourceFolder()));

/** This build, as it would be had the highest codec level not been added yet: it knows no command of it, and says so in its hello. */
export function buildOfLowerLevel(machine: Machine): Build {
  const folder = machine.newFolder('build-lower');
  cpSync(join(COMPILED, 'lib'), join(folder, 'lib'), { recursive: true });
  const path = join(folder, 'lib/workflow/command.js');
  const code = readFileSync(path, 'utf8');
  if (LEVEL.exec(code)?.[1] !== String(CODEC_LEVEL_MAX)) throw new Error(`${path} does not say which codec level is the highest`);
  const level = CODEC_LEVEL_MAX - 1;
  writeFileSync(path, code.replace(LEVEL, `export const CODEC_LEVEL_MAX = ${level};`));
  return { name: `a build of level ${level}`, program: furnish(folder), level };
}

/** A build of an earlier commit; null where the history is not there (a shallow clone). It takes as long as a compiler does, at a low priority. */
export async function buildOfOlderCommit(machine: Machine): Promise<Build | null> {
  const { status } = spawnSync('git', ['-C', REPOSITORY, 'cat-file', '-e', `${OLDER_COMMIT}^{commit}`], { stdio: 'ignore' });
  if (status !== 0) return null;
  const source = machine.newFolder('source-older');
  const archive = join(source, 'source.tar');
  run('git', '-C', REPOSITORY, 'archive', '--output', archive, OLDER_COMMIT, 'lib', 'tsconfig.json', 'package.json');
  run('tar', '-x', '-f', archive, '-C', source);
  symlinkSync(join(REPOSITORY, 'node_modules'), join(source, 'node_modules'));
  const folder = machine.newFolder('build-older');
  const compilerOptions = {
    noCheck: true,
    incremental: false,
    tsBuildInfoFile: null,
    outDir: folder,
    declaration: false,
    sourceMap: false,
    inlineSources: false,
  };
  const project = { extends: './tsconfig.json', compilerOptions, include: ['lib/**/*.ts'], exclude: ['lib/**/*.spec.ts'] };
  writeFileSync(join(source, 'tsconfig.older.json'), JSON.stringify(project));
  const compiler = [process.execPath, join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', join(source, 'tsconfig.older.json')];
  await runBeside(machine, 'nice', '-n', '10', ...compiler);
  return { name: `the build of ${OLDER_COMMIT.slice(0, 7)}`, program: furnish(folder), level: OLDER_LEVEL };
}

/** Puts today's victim beside the compiled engine. */
function furnish(folder: string): string {
  const tests = join(folder, 'test/fault');
  mkdirSync(tests, { recursive: true });
  cpSync(join(COMPILED, 'test/fault'), tests, { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return join(tests, 'victim.js');
}
