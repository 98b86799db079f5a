/** Starts and speaks to the processes of cluster-node.ts; all of them are gone after close(). */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RaftoralModuleOptions } from '../../lib/index.js';

export { freePorts } from './free-ports.js';

const BOOT_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 30_000;

interface Answer {
  readonly id: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

export interface NodeAnswer {
  readonly nodeId: number;
  readonly deployment: string;
  readonly leader: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
}

export class ProcessError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

export class NodeProcess {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private nextId = 0;
  private errors = '';
  readonly booted: Promise<void>;
  readonly ended: Promise<void>;

  constructor(private readonly child: ChildProcess) {
    this.booted = this.answerOf(0, BOOT_WITHIN_MS).then(() => undefined);
    this.booted.catch(() => undefined);
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.stderr!.on('data', (chunk) => (this.errors += String(chunk)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    child.once('exit', (code, signal) => {
      for (const [id, answered] of this.waiting)
        answered({ id, ok: false, code: 'EXITED', message: `the process ended with ${code ?? signal}: ${this.errors.slice(-2_000)}` });
    });
  }

  async ask(what: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.nextId;
    const answer = this.answerOf(id, ANSWER_WITHIN_MS);
    this.child.stdin!.write(`${JSON.stringify({ id, do: what, ...more })}\n`);
    return answer;
  }

  async status(): Promise<NodeAnswer> {
    return (await this.ask('status')) as NodeAnswer;
  }

  kill(): Promise<void> {
    this.child.kill('SIGKILL');
    return this.ended;
  }

  private answerOf(id: number, withinMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms: ${this.errors.slice(-2_000)}`)), withinMs);
      this.waiting.set(id, ({ ok, value, code = '', message = '' }) => {
        clearTimeout(timer);
        if (ok) resolve(value);
        else reject(new ProcessError(code, message));
      });
    });
  }
}

export class ClusterProcesses {
  private readonly folder = mkdtempSync(join(tmpdir(), 'raftoral-cluster-'));
  private readonly processes = new Set<NodeProcess>();

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  start(name: string, options: RaftoralModuleOptions): NodeProcess {
    const child = spawn(
      process.execPath,
      [
        '--import',
        './test/support/typescript-hooks.mjs',
        'test/support/cluster-node.ts',
        JSON.stringify({ storage: { type: 'sqlite', path: this.pathOf(name) }, ...options }),
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    const started = new NodeProcess(child);
    this.processes.add(started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all([...this.processes].map((each) => each.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function until(what: string, condition: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`${what} did not come about within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
