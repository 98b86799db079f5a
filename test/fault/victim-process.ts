/**
 * A victim as the driver holds it: spawn, calls, what it said, its end. Owns the child process and its control block.
 *
 * V1. What the victim said before it died is read to the last line: `ended` resolves when its pipes are closed, not when it was reaped.
 * V2. A call that has no answer when the victim ends rejects with VictimGone: its outcome is in doubt.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
import type { Line, Request, SaidError, SaidEvent, SaidStatus, VictimOptions } from './protocol.js';
import { ShimControl } from './shim.js';

export const VICTIM_PROGRAM = fileURLToPath(new URL('./victim.js', import.meta.url));
const LOG_CHARACTERS_MAX = 6_000;
/** Generous: a busy machine makes victims slow, and how slow decides nothing. */
const SILENCE_MAX_MS = 180_000;

export class VictimGone extends Error {}

/** What the engine rejected a call with. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

export interface Spawning {
  readonly machine: Machine;
  readonly library: string;
  readonly options: VictimOptions;
  /** Put before `node …`: strace, fiu-run. */
  readonly wrapper?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Path of another build's victim.js. Default: the one of this build. */
  readonly program?: string;
  readonly onEvent?: (event: SaidEvent) => void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

let controls = 0;

export class Victim {
  readonly control: ShimControl;
  readonly ended: Promise<Ended>;
  /** Resolves when the node is ready; rejects with Refused when it does not start, with VictimGone when it dies first. */
  readonly ready: Promise<void>;
  isGone = false;
  /** It said so; before that it hears no call. */
  isReady = false;
  gaps = 0;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private complaints = '';
  private settleReady!: Waiting;

  constructor(private readonly spawning: Spawning) {
    const { machine, library, options, wrapper = [], environment = {} } = spawning;
    this.control = new ShimControl(join(machine.folder, `control-${++controls}`));
    const [command, ...rest] = [...wrapper, process.execPath, spawning.program ?? VICTIM_PROGRAM, JSON.stringify(options)];
    this.child = spawn(command!, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NO_COLOR: '1',
        FAULT_SHIM_CONTROL: this.control.path,
        FAULT_SHIM_FOLDER: options.storagePath ?? '/nowhere',
        ...(wrapper.length === 0 ? { LD_PRELOAD: library } : {}),
        ...environment,
      },
    });
    machine.holds(this.child);
    this.child.stdin.on('error', () => undefined); // EPIPE of a victim that was just killed; `ended` says so
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.complain(text));
    createInterface({ input: this.child.stdout }).on('line', (text) => this.hear(text));
    const settled = new Promise<void>((resolve, reject) => (this.settleReady = { resolve: () => resolve(), reject }));
    this.ready = this.within(settled, 'ready');
    this.ready.catch(() => undefined); // whoever waits for it gets it; nobody has to
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.isGone = true;
        const gone = new VictimGone(`the victim ended (${signal ?? `code ${code}`})`);
        for (const { reject: refuse } of this.waiting.values()) refuse(gone);
        this.waiting.clear();
        this.settleReady.reject(gone);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The last of what it logged. */
  get log(): string {
    return this.complaints;
  }

  /** Of one that was told to wait (VictimOptions.isHeld). */
  begin(): void {
    this.child.stdin.write('begin\n');
  }

  async call(request: Request): Promise<unknown> {
    if (this.isGone) throw new VictimGone('the victim is gone');
    const id = ++this.nextId;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.stdin.write(`${JSON.stringify({ ...request, id })}\n`);
    return this.within(answer, `an answer to ${request.op}`);
  }

  async status(): Promise<SaidStatus> {
    return (await this.call({ op: 'status' })) as SaidStatus;
  }

  /** kill -9; resolves when everything that it said is read. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Closes the application, as SIGTERM would. */
  async stop(): Promise<void> {
    await this.call({ op: 'stop' }).catch((error: unknown) => {
      if (!(error instanceof VictimGone)) throw error;
    });
    await this.ended;
  }

  /** A victim that says nothing is a finding, not a reason to wait for ever. */
  private async within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`the victim was silent for ${SILENCE_MAX_MS} ms (waited for: ${what})\n${this.log}`)),
        SILENCE_MAX_MS,
      );
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private complain(text: string): void {
    this.complaints = (this.complaints + text).slice(-LOG_CHARACTERS_MAX);
  }

  private hear(text: string): void {
    const line = parse(text);
    if (line === null) return this.complain(`${text}\n`);
    if ('event' in line) this.spawning.onEvent?.(line.event);
    else if ('gap' in line) this.gaps++;
    else if ('ready' in line) {
      this.isReady = true;
      this.settleReady.resolve(undefined);
    } else if ('failed' in line) this.settleReady.reject(refused(line.failed));
    else {
      const waiting = this.waiting.get(line.id);
      this.waiting.delete(line.id);
      if ('error' in line) waiting?.reject(refused(line.error));
      else waiting?.resolve(line.ok);
    }
  }
}

function refused({ code, message }: SaidError): Refused {
  return new Refused(code, message);
}

/** null: the half of a line, the last that a killed process wrote; or a line of Nest's logger. */
function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
