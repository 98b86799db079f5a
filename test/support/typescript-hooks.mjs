/**
 * Lets a child process of a test run TypeScript sources as they stand: `node --import ./test/support/typescript-hooks.mjs FILE.ts`.
 * (Jest keeps a process's own events away from what it runs.)
 */
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { compiledSource } from './compiled-source.mjs';

if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  if (!specifier.startsWith('.') || !context.parentURL?.endsWith('.ts')) return next(specifier, context);
  return next(specifier.replace(/\.js$/, '.ts'), context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await compiledSource(fileURLToPath(url)), shortCircuit: true };
}
