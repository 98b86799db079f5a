/**
 * `npm run verify`: everything that must hold before a commit is good. Reads only (dist/ and caches aside); `npm run fix` writes.
 *
 * The static checks run two at a time and each prints its output only if it fails; then `npm test`, exactly once, with its output shown. All of them run
 * even if an early one fails, so that one run names everything. Ends with a table; exit code 1 if any failed.
 *
 *   --static             leave out npm test
 *   --jest-json=FILE     have Jest write its results there
 *   --results-json=FILE  write {name: passed} there
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: { static: { type: 'boolean' }, 'jest-json': { type: 'string' }, 'results-json': { type: 'string' } },
});

/** @returns {Promise<{ name: string, passed: boolean, seconds: number }>} */
function run(name, command, { show = false } = {}) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', ...command], {
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const end = (passed) => {
      const seconds = (performance.now() - started) / 1000;
      if (!show) process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)\n${passed ? '' : `${output.trimEnd()}\n`}`);
      resolve({ name, passed, seconds });
    };
    child.on('error', (error) => {
      output += `${error}`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** Two lanes of about equal length: the API report needs the declarations that the type check writes. */
const lanes = [
  [
    ['types', ['build']],
    ['api report', ['api']],
    ['boundaries', ['boundaries']],
    ['dead code', ['dead-code']],
    ['format', ['format']],
  ],
  [['lint', ['lint']]],
];

const results = (
  await Promise.all(
    lanes.map(async (lane) => {
      const done = [];
      for (const [name, command] of lane) done.push(await run(name, command));
      return done;
    }),
  )
).flat();

if (!options.static) {
  const jest = options['jest-json'] ? ['--', '--json', `--outputFile=${options['jest-json']}`] : [];
  process.stdout.write('npm test\n');
  results.push(await run('tests', ['test', ...jest], { show: true }));
}

process.stdout.write('\nverify\n');
for (const { name, passed, seconds } of results) {
  process.stdout.write(`  ${passed ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s${passed ? '' : '   FAILED'}\n`);
}
if (options['results-json'])
  writeFileSync(options['results-json'], JSON.stringify(Object.fromEntries(results.map((r) => [r.name, r.passed]))));
const failed = results.filter((result) => !result.passed).length;
process.stdout.write(
  failed === 0
    ? 'verify: all good\n'
    : `verify: ${failed} of ${results.length} checks failed (npm run fix mends format, lint and reports)\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
