/**
 * A part of a bench in a process of its own: calls to it and their answers, and what it says unasked. The child is this program again, as
 * `bench child NAME JSON`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** What a child can be asked, by name. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;

interface Call {
  readonly id: number;
  readonly ask: string;
  readonly argument: unknown;
}

type Said = { readonly id: number; readonly is?: unknown; readonly failed?: string } | { readonly note: unknown };

interface Waiting {
  readonly resolve: (is: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerOptions {
  /** Kept by LD_PRELOAD, environment, flags of node. */
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

export class Worker {
  /** What the child says unasked. */
  onNote: ((note: never) => void) | null = null;
  readonly ended: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private isOver = false;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (said: Said) => this.heard(said));
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        this.isOver = true;
        for (const { reject } of this.waiting.values()) reject(new Error(`a process of the bench ended with ${signal ?? `code ${code}`}`));
        this.waiting.clear();
        resolve();
      }),
    );
  }

  /** Resolves when the child serves; `begin` is its first answer. */
  static async start<T>(
    name: string,
    request: unknown,
    options: WorkerOptions = {},
  ): Promise<{ readonly worker: Worker; readonly begin: T }> {
    const child = fork(process.argv[1]!, ['child', name, JSON.stringify(request)], {
      execArgv: ['--expose-gc', ...(options.flags ?? []), ...(process.env.RAFTORAL_BENCH_FLAGS?.split(' ') ?? [])],
      env: { ...process.env, ...options.env },
      serialization: 'advanced',
    });
    const worker = new Worker(child);
    return { worker, begin: (await worker.ask('begin', null)) as T };
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isAlive(): boolean {
    return !this.isOver;
  }

  ask<T = unknown>(ask: string, argument: unknown = null): Promise<T> {
    if (this.isOver) return Promise.reject(new Error(`a process of the bench has ended; it can not be asked to ${ask}`));
    const id = ++this.lastId;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (is: unknown) => void, reject });
      this.child.send({ id, ask, argument } satisfies Call);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ends it by its own means, or by force. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    this.child.disconnect();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(timer);
  }

  private heard(said: Said): void {
    if ('note' in said) {
      this.onNote?.(said.note as never);
      return;
    }
    const waiting = this.waiting.get(said.id);
    if (waiting === undefined) return;
    this.waiting.delete(said.id);
    if (said.failed === undefined) waiting.resolve(said.is);
    else waiting.reject(new Error(said.failed));
  }
}

/** The child's side: answers until the parent lets go of it, then ends. */
export function serve(answers: Answers, end: () => Promise<void>): void {
  process.on('message', ({ id, ask, argument }: Call) => {
    const answer = answers[ask];
    void (async () => (answer === undefined ? Promise.reject(new Error(`no answer to ${ask}`)) : answer(argument as never)))().then(
      (is: unknown) => process.connected && process.send!({ id, is }),
      (error: unknown) =>
        process.connected && process.send!({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => {
    void end().finally(() => process.exit());
  });
}

/** Processor time of a process since its start, ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Of all of them. */
export async function cpuOf(workers: readonly Worker[]): Promise<number> {
  const each = await Promise.all(workers.map((worker) => worker.ask<number>('cpu')));
  return each.reduce((a, b) => a + b, 0);
}

/** Folder of the n-th process. */
export function folderOf(folder: string, node: number): string {
  return join(folder, `node-${node}`);
}
