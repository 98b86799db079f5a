/**
 * `npm run fix`: writes what can be written by a machine. The descriptor of the .proto, lint fixes, format, the table of errors, the API report, in that order; the report last, because
 * it reads the declarations of what the others wrote. What is left is for a person: `npm run verify` names it.
 */
import { spawnSync } from 'node:child_process';

const steps = [
  ['descriptor of the .proto', 'node', ['scripts/proto.mjs']],
  ['lint', 'npm', ['run', '--silent', 'lint', '--', '--fix']],
  ['format', 'npx', ['prettier', '--write', '--log-level', 'warn', '.']],
  ['types', 'npm', ['run', '--silent', 'build']],
  ['docs/ERRORS.md, sizes', 'node', ['dist/test/tidy/main.js']],
  ['docs/api', 'node', ['scripts/api-report.mjs', '--write']],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) failed += 1;
  process.stdout.write(`${status === 0 ? '✓' : '✗'} ${name}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
