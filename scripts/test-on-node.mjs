/**
 * `npm run test:node -- MAJOR [arguments of jest]`: the tests on another Node (22, 24 …), which comes from npm's package `node` into a temporary folder that is
 * removed afterwards. All tests, unless paths are named. Ends with `N passed, N failed`; exit code 0 only if none failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, ...rest] = process.argv.slice(2);
if (!/^\d+$/.test(major ?? '')) {
  process.stderr.write('usage: npm run test:node -- MAJOR [arguments of jest], such as: npm run test:node -- 24 test/e2e\n');
  process.exit(2);
}
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'raftoral-node-'));
const results = join(folder, 'jest.json');

try {
  process.exitCode = run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run() {
  const installed = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `node@${major}`], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
  });
  const bin = join(folder, 'node_modules', 'node', 'bin');
  const version = spawnSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 || !version.stdout.startsWith(`v${major}.`)) {
    process.stderr.write(
      `Node ${major} could not be installed:\n${installed.stdout}${installed.stderr}${version.error ?? version.stderr}\n`,
    );
    process.stdout.write('0 passed, 1 failed\n');
    return 1;
  }
  process.stdout.write(`Node ${version.stdout}`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(join(bin, 'node'), [jest, '--json', `--outputFile=${results}`, ...rest], {
    cwd: root,
    // What the tests start is to run on it too.
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_OPTIONS: '--experimental-vm-modules' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const report = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : null;
  const passed = report?.numPassedTests ?? 0;
  const failed = report === null ? 1 : report.numFailedTests + report.numRuntimeErrorTestSuites;
  const isExplained = (status === 0) === (failed === 0) && passed > 0;
  process.stdout.write(`${passed} passed, ${isExplained ? failed : failed + 1} failed\n`);
  return status === 0 && isExplained ? 0 : 1;
}
