/**
 * `npm run smoke:nest11`: a CommonJS host on Nest 11 uses the packed package. Packs it, copies test/nest11-host into a temporary folder (removed afterwards;
 * `--keep` keeps it), installs both, type-checks, builds, boots and runs the host's own Jest. Exit code 0 only if all of that passed.
 *
 *   --json=FILE   write { steps, failedSteps, passed, failed } there
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { json: { type: 'string' }, keep: { type: 'boolean' } } });
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'raftoral-nest11-'));
const host = join(folder, 'host');

/** The host is a project of its own: what npm and Jest set for ours must not reach it. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_(local_prefix|loglevel))|NODE_OPTIONS$|INIT_CWD$)/.test(name),
  ),
);

const steps = [];
function step(name, command, args, cwd, minutes = 5) {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    timeout: minutes * 60_000,
  });
  const passed = status === 0 && !error;
  steps.push({ name, passed });
  process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  if (!passed) {
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error}\n` : ''}`);
    throw new Error(name);
  }
  return stdout;
}

const tests = { passed: 0, failed: 0 };
try {
  const packed = JSON.parse(step('npm pack', 'npm', ['pack', '--json', '--pack-destination', folder], root));
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const strays = files
    .map(({ path }) => path)
    .filter((path) => !/^(dist\/lib\/|README\.md$|LICENSE$|package\.json$)/.test(path) || /\.spec\./.test(path));
  steps.push({ name: 'contents', passed: strays.length === 0 });
  process.stdout.write(
    `${strays.length === 0 ? '✓' : '✗'} contents: ${files.length} files${strays.length === 0 ? '' : `; not to be shipped: ${strays.join(', ')}`}\n`,
  );

  cpSync(join(root, 'test/nest11-host'), host, { recursive: true, filter: (path) => !/\/(node_modules|dist)$/.test(path) });
  step('npm install', 'npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', join(folder, filename)], host, 10);
  step('type check', 'npx', ['--no-install', 'tsc', '--noEmit', '-p', 'tsconfig.json'], host);
  step('build', 'npm', ['run', '--silent', 'build'], host);
  const said = step('boot', 'node', ['dist/main.js'], host, 1).trim().split('\n').at(-1);
  const booted = said.startsWith('{') && JSON.parse(said).booted === true;
  steps.push({ name: 'what the host said', passed: booted });
  process.stdout.write(`${booted ? '✓' : '✗'} the host said: ${said === '' ? 'nothing (it ended before its workflow did)' : said}\n`);
  const results = join(folder, 'jest.json');
  try {
    step('jest', 'npx', ['--no-install', 'jest', '-w', '1', '--json', `--outputFile=${results}`], host);
  } finally {
    if (existsSync(results)) {
      const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
      tests.passed = numPassedTests;
      tests.failed = numFailedTests + numRuntimeErrorTestSuites;
    }
  }
  if (tests.passed === 0) steps.push({ name: 'a host without tests proves nothing', passed: false });
} catch (error) {
  if (steps.every(({ passed }) => passed)) {
    steps.push({ name: 'script', passed: false });
    process.stdout.write(`✗ ${error.stack}\n`);
  }
} finally {
  if (options.keep) process.stdout.write(`kept: ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}

const failedSteps = steps.filter(({ passed }) => !passed).length;
if (options.json) writeFileSync(options.json, JSON.stringify({ steps: steps.length, failedSteps, ...tests }));
process.stdout.write(
  `smoke:nest11 ${failedSteps === 0 ? 'passed' : 'FAILED'}: ${steps.length - failedSteps} of ${steps.length} steps, ${tests.passed} tests of the host passed\n`,
);
process.exitCode = failedSteps === 0 ? 0 : 1;
