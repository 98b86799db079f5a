/**
 * A program that mounts does so in a mount namespace of its own, that ends with it: it starts itself again in one (X2 of machine.ts).
 */
import { spawn, spawnSync } from 'node:child_process';

/** Set in the process that has a mount namespace of its own. */
const INSIDE = 'RAFTORAL_FAULT_INSIDE';

export function isInsideNamespace(): boolean {
  return process.env[INSIDE] !== undefined;
}

/** Why it can not be had, or null. `tools`: programs that are needed besides. */
export function namespaceMissing(tools: readonly string[]): string | null {
  if (process.platform !== 'linux') return 'it needs Linux: loop devices, LD_PRELOAD, ext4';
  if (process.getuid?.() !== 0) return 'it needs root: file systems are mounted, frozen and filled';
  const absent = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (absent.length > 0) return `not installed: ${absent.join(', ')} (Debian: e2fsprogs util-linux gcc libc6-dev fiu-utils libfiu-dev)`;
  const probe = spawnSync('unshare', ['--mount', '--propagation', 'private', 'true'], { encoding: 'utf8' });
  return probe.status === 0 ? null : `no mount namespace may be made here: ${probe.stderr.trim()}`;
}

/** Starts `program` again in a mount namespace that ends with it; its exit code is ours, our signals and our end are its. */
export function enterNamespace(program: string): void {
  const again = [process.execPath, program, ...process.argv.slice(2)];
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'unshare', '--mount', '--propagation', 'private', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 1));
}
