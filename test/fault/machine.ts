/**
 * What a run of the fault tests takes from the machine (folders, mounts, loop devices, processes), and gives back on any exit.
 *
 * X1. Everything taken has its release on a stack that is emptied on return, on an error, and on SIGINT, SIGTERM and SIGHUP.
 * X2. The run has a mount namespace of its own (main.ts starts itself again in one): what is mounted is gone with the process, even on SIGKILL,
 *     and nobody else ever sees it. The folder of a run that was killed is swept by the next one.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PREFIX = 'raftoral-fault-';
/** A file system in memory, where there is one: images whose syncs cost nothing make many cuts affordable. */
const MEMORY = '/dev/shm';

/** test/fault in the repository, also when this runs from dist/. */
export function sourceFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.replace(`${sep}dist${sep}`, sep);
}

export class Machine {
  readonly folder: string;
  /** For images: in memory if possible. */
  readonly imageFolder: string;
  private readonly releases: Array<() => void> = [];
  private nextName = 0;

  constructor() {
    const inMemory = existsSync(MEMORY) ? MEMORY : tmpdir();
    for (const parent of new Set([tmpdir(), inMemory])) sweep(parent);
    this.folder = this.temporary(tmpdir());
    this.imageFolder = this.temporary(inMemory);
    process.once('exit', () => this.releaseAll());
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.once(signal, () => {
        this.releaseAll();
        process.exit(code);
      });
    }
  }

  /** A new empty folder on the machine's own disk. */
  newFolder(name: string): string {
    const folder = join(this.folder, `${++this.nextName}-${name}`);
    mkdirSync(folder);
    return folder;
  }

  newImagePath(name: string): string {
    return join(this.imageFolder, `${++this.nextName}-${name}.img`);
  }

  /** Runs `release` when the run ends, or earlier when the returned function is called; once. */
  onRelease(release: () => void): () => void {
    const once = (): void => {
      const at = this.releases.indexOf(once);
      if (at < 0) return;
      this.releases.splice(at, 1);
      release();
    };
    this.releases.push(once);
    return once;
  }

  holds(child: ChildProcess): void {
    const release = this.onRelease(() => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    });
    child.once('exit', release);
  }

  /** Last taken, first released; a release that fails does not keep the others from theirs. */
  releaseAll(): void {
    for (let release = this.releases.at(-1); release !== undefined; release = this.releases.at(-1)) {
      try {
        release();
      } catch (error) {
        process.exitCode = 1;
        process.stderr.write(`cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }

  private temporary(parent: string): string {
    const folder = realpathSync(mkdtempSync(join(parent, `${PREFIX}${process.pid}-`)));
    this.onRelease(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
}

/** Folders of runs whose process is gone. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (pid > 0 && !existsSync(`/proc/${pid}`)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Runs a program to its end; throws what it said if it failed. */
export function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim() || `exit code ${status}`}`);
  return stdout;
}

/** As run(), beside whatever else is done. */
export function runBeside(machine: Machine, command: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    machine.holds(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')}: ${said.trim() || `ended with ${signal ?? code}`}`));
    });
  });
}

/** A mounted file system; ends when its release is called, or the machine's. */
export interface Mounted {
  readonly path: string;
  release(): void;
}

/** Mounts an image (a loop device is taken for it, and given back with the mount) or, with type tmpfs, memory. */
export function mount(machine: Machine, source: string, path: string, ...options: string[]): Mounted {
  mkdirSync(path, { recursive: true });
  run('mount', ...options, source, path);
  const release = machine.onRelease(() => unmount(path));
  return { path, release };
}

function unmount(path: string): void {
  for (let attempt = 0; ; attempt++) {
    const { status, stderr } = spawnSync('umount', [path], { encoding: 'utf8' });
    if (status === 0) return;
    if (attempt === 20) {
      spawnSync('umount', ['--lazy', path]);
      throw new Error(`umount ${path}: ${stderr.trim()}`);
    }
    spawnSync('sleep', ['0.1']); // a process that was killed a moment ago still closes its files
  }
}
