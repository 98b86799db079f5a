/**
 * Before `npm pack` and `npm publish`: build, and drop from dist/lib what no longer has a source, so that a package holds what the sources say.
 * dist/ itself stays, other processes may be running from it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = /\.(d\.ts|js|js\.map)$/;
const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

for (const entry of readdirSync('dist/lib', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !OUTPUT.test(entry.name)) continue;
  const source = path.replace(/^dist\//, '').replace(OUTPUT, '.ts');
  if (!existsSync(source)) rmSync(path);
}
