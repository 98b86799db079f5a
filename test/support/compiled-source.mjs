/**
 * TypeScript sources to modules, as Jest compiles them, kept by what they are made of: a process of a test starts without compiling what another one has.
 * In node_modules/.cache; written whole or not at all, so that processes that start at once do not disturb each other.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules');
const FOLDER = join(PACKAGES, '.cache/raftoral-sources');
const OPTIONS = {
  sourceMaps: 'inline',
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
  },
  module: { type: 'es6' },
};
const compilerVersion = JSON.parse(readFileSync(join(PACKAGES, '@swc/core/package.json'), 'utf8')).version;

/** The code of the module that the source in `file` becomes. */
export async function compiledSource(file) {
  const source = readFileSync(file, 'utf8');
  const name = createHash('sha256')
    .update(JSON.stringify([compilerVersion, OPTIONS, file, source]))
    .digest('hex');
  const kept = join(FOLDER, `${name}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  // Loaded only where something is to be compiled: the compiler alone takes longer to load than all sources.
  const { transformSync } = await import('@swc/core');
  const { code } = transformSync(source, { ...OPTIONS, filename: file });
  mkdirSync(FOLDER, { recursive: true });
  const whole = `${kept}.${process.pid}`;
  writeFileSync(whole, code);
  renameSync(whole, kept);
  return code;
}
