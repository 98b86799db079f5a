/** sample/03-scale-out, run as its users run it, with six processes instead of nine. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';

let child: ChildProcess | null = null;

afterEach(async () => {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child.kill('SIGTERM'); // it ends its processes first
  await ended;
});

function run(...words: string[]): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const hooks = ['--import', './test/support/typescript-hooks.mjs'];
  const started = spawn(process.execPath, [...hooks, 'sample/03-scale-out/main.ts', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child = started;
  let text = '';
  started.stdout.on('data', (chunk) => (text += String(chunk)));
  started.stderr.on('data', (chunk) => (text += String(chunk)));
  return new Promise((resolve) => void started.once('close', (code) => resolve({ code, lines: text.trimEnd().split('\n') })));
}

describe('sample/03-scale-out', () => {
  it('P1 P3 P5: one process grows to six in two clusters under load, two are drained and leave, one is killed; lost 0, run twice 0', async () => {
    const { code, lines } = await run('1', '6');
    expect({ code, last: lines.at(-1), lines }).toEqual({ code: 0, last: 'lost 0, run twice 0', lines });
    const text = lines.join('\n');
    for (const step of ['one node begins', '5 more nodes join', 'nodes 5, 6 are drained', 'is killed (SIGKILL)', 'have left: after'])
      expect(text).toContain(step);
    const orders = Number(/^ +orders +(\d+)$/m.exec(text)![1]);
    expect(orders).toBeGreaterThan(90);
  }, 900_000);

  it('sizes that it can not do are refused', async () => {
    for (const words of [['3'], ['6', '1'], ['one', '9']]) {
      const { code, lines } = await run(...words);
      expect([code, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toMatch(/^expected ascending numbers of nodes, the last one 6 or more, got: /);
    }
  }, 120_000);
});
