/**
 * Runs folders of scripts and reports by directive. A file ends at its first mismatch, because state carries over.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfChangeEnvironment } from './confchange.js';
import { parseScript, type Directive } from './datadriven.js';
import { InteractionEnvironment } from './interaction.js';
import { runQuorum } from './quorum.js';
import { shiftScript } from './shift.js';

export const KINDS = ['interaction', 'quorum', 'confchange'] as const;
export type Kind = (typeof KINDS)[number];

export interface Script {
  readonly kind: Kind;
  /** Relative to the folder that was searched. */
  readonly name: string;
  readonly path: string;
}

export interface Failure {
  readonly script: string;
  readonly directive: Directive | null;
  readonly expected: string;
  readonly actual: string;
}

export interface ScriptResult {
  readonly passed: number;
  readonly failure: Failure | null;
}

/** All files below the folder's interaction/, quorum/ and confchange/, sorted by name. */
export function findScripts(folder: string): Script[] {
  return KINDS.flatMap((kind) => {
    const root = join(folder, kind);
    if (!existsSync(root)) return [];
    return filesBelow(root).map((path) => ({ kind, name: relative(folder, path), path }));
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

/** Runs one script; `shift` raises the log indices of interaction scripts. */
export function runScript(script: Script, shift = 0): ScriptResult {
  let directives: Directive[];
  try {
    directives = parseScript(readFileSync(script.path, 'utf8'));
  } catch (error) {
    return { passed: 0, failure: { script: script.name, directive: null, expected: '', actual: textOf(error) } };
  }
  if (script.kind === 'interaction') directives = shiftScript(directives, shift);
  const run = runnerOf(script.kind);
  let passed = 0;
  for (const directive of directives) {
    const actual = attempt(() => run(directive));
    if (actual !== directive.expected) {
      return { passed, failure: { script: script.name, directive, expected: directive.expected, actual } };
    }
    passed++;
  }
  return { passed, failure: null };
}

export function failureText(failure: Failure): string {
  const { directive } = failure;
  const where = directive === null ? failure.script : `${failure.script}:${directive.line}: ${directive.text}`;
  const input = directive !== null && directive.input !== '' ? `${directive.input}\n` : '';
  return `FAIL ${where}\n${input}---- expected\n${failure.expected}---- actual\n${failure.actual}----`;
}

function runnerOf(kind: Kind): (directive: Directive) => string {
  if (kind === 'quorum') return runQuorum;
  if (kind === 'confchange') {
    const environment = new ConfChangeEnvironment();
    return (directive) => environment.run(directive);
  }
  const environment = new InteractionEnvironment();
  return (directive) => environment.run(directive);
}

function attempt(run: () => string): string {
  let text: string;
  try {
    text = run();
  } catch (error) {
    text = textOf(error);
  }
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}\n` : `${String(error)}\n`;
}
