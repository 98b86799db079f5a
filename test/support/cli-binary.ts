/**
 * The real binary of the package as it stands in the sources: `npx raftoral …` in processes of its own, in a folder of its own. All are gone after close().
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './cluster-processes.js';
import { compilePackage, type CompiledPackage } from './compiled-package.js';

const GIVE_UP_AFTER_MS = 240_000;
const COMMAND_WITHIN_MS = 180_000;

export interface Outcome {
  /** null: it was ended from outside. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliNode {
  readonly process: ChildProcess;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  log(): string;
}

export class CliBinary {
  private readonly compiled: CompiledPackage = compilePackage();
  private readonly application = this.compiled.compile('test/support/cli-application.ts');
  private readonly folder = mkdtempSync(join(tmpdir(), 'raftoral-cli-e2e-'));
  private readonly environment = { ...process.env, NODE_OPTIONS: '' };
  private readonly running = new Set<ChildProcess>();

  /** A file that flags name; answers its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  run(...words: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [this.compiled.binary, ...words],
        { cwd: this.folder, env: this.environment, timeout: COMMAND_WITHIN_MS },
        (error, out, err) => resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, out, err }),
      );
    });
  }

  /** `raftoral start` with the application of cli-application.ts; `name` is its storage folder. */
  start(name: string, ...flags: readonly string[]): CliNode {
    const words = [this.compiled.binary, 'start', '--app', this.application, '--storage-path', name, ...flags];
    const child = spawn(process.execPath, words, { cwd: this.folder, env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stdout.on('data', (chunk) => (log += String(chunk)));
    child.stderr.on('data', (chunk) => (log += String(chunk)));
    this.running.add(child);
    const ended = new Promise<number | null>((resolve) =>
      child.once('exit', (code) => {
        this.running.delete(child);
        resolve(code);
      }),
    );
    return { process: child, ended, log: () => log };
  }

  close(): void {
    for (const child of this.running) child.kill('SIGKILL');
    this.compiled.remove();
    rmSync(this.folder, { recursive: true });
  }
}

export async function freeAddresses(count: number): Promise<string[]> {
  return (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
}

/** Asks until the answer is as wanted: nodes boot, join and elect at their own pace. */
export async function untilAnswer(
  ask: () => Promise<Outcome>,
  isWanted: (outcome: Outcome) => boolean,
  nodes: readonly CliNode[],
): Promise<Outcome> {
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const outcome = await ask();
    if (isWanted(outcome)) return outcome;
    if (Date.now() > giveUpAt)
      throw new Error(
        `not within ${GIVE_UP_AFTER_MS} ms; last: ${JSON.stringify(outcome)}\n${nodes.map((node) => node.log()).join('\n---\n')}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
