/** .ci/run: what its steps are made of counts what went wrong, whatever goes wrong, and what it runs is what the scripts of package.json run. */
import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** For a machine that is busy with other things. */
const SLOW_MS = 180_000;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

function ci(script: string): Promise<Ended> {
  return new Promise((done) => {
    const env = { ...process.env, CI: 'true' };
    execFile('bash', ['-c', `. .ci/steps.sh\n${script}\nfinish`], { cwd: ROOT, env, timeout: SLOW_MS / 4 }, (error, out) =>
      done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, lines: out.trimEnd().split('\n') }),
    );
  });
}

async function sumOf(script: string): Promise<string> {
  const { code, lines } = await ci(script);
  const sum = lines.at(-1)!;
  expect([sum, code === 0]).toEqual([sum, /^[1-9]\d* passed, 0 failed$/.test(sum)]);
  return sum;
}

const GOOD = `counted good 10 echo '3 passed, 0 failed'`;

describe('the last line', () => {
  it.each([
    ['adds what the steps counted', `${GOOD}; counted more 10 echo '4 passed, 2 failed'`, '7 passed, 2 failed'],
    ['takes the last count of a step', `counted good 10 printf '1 passed, 0 failed\\n2 passed, 0 failed\\n'`, '2 passed, 0 failed'],
    ['counts a step that says nothing', `${GOOD}; counted mute 10 true`, '3 passed, 1 failed'],
    ['counts a step that did nothing', `${GOOD}; counted idle 10 echo '0 passed, 0 failed'`, '3 passed, 1 failed'],
    ['counts a crash behind a good count', `${GOOD}; counted crash 10 sh -c 'echo 5 passed, 0 failed; exit 9'`, '8 passed, 1 failed'],
    ['counts a program that is not there', `${GOOD}; counted none 10 no-such-program`, '3 passed, 1 failed'],
    ['counts a step that takes too long', `${GOOD}; counted slow 1 sh -c 'echo 5 passed, 0 failed; sleep 20'`, '8 passed, 1 failed'],
    ['counts what was not run', `${GOOD}; not_run it`, '3 passed, 1 failed'],
    ['takes no count of an earlier step', `${GOOD}; counted mute 10 true; counted mute 10 true`, '3 passed, 2 failed'],
  ])(
    '%s',
    async (_title, script, sum) => {
      expect(await sumOf(script)).toBe(sum);
      expect(await sumOf(`other() { ${script}; }; beside other; joined`)).toBe(sum);
    },
    SLOW_MS,
  );

  it('is a failure if nothing was counted', async () => {
    expect((await ci('')).code).toBe(1);
  });

  it(
    'counts a lane that ends before its last step, with what it counted until then',
    async () => {
      expect(await sumOf(`other() { ${GOOD}; exit 0; ${GOOD}; }; beside other; ${GOOD}; joined`)).toBe('6 passed, 1 failed');
      expect(await sumOf(`other() { exit 0; }; beside other; ${GOOD}; joined`)).toBe('3 passed, 1 failed');
      expect(await sumOf(`other() { kill -KILL $BASHPID; }; beside other; ${GOOD}; joined`)).toBe('3 passed, 1 failed');
    },
    SLOW_MS,
  );
});

describe('two lanes', () => {
  it(
    'run at once, and each is printed whole',
    async () => {
      // Each ends only if the other has begun.
      const wait = (mine: string, other: string): string =>
        `counted ${mine} 20 sh -c 'touch ${mine}; while [ ! -e ${other} ]; do sleep 0.05; done; echo ${mine} 1; echo ${mine} 2; echo 1 passed, 0 failed'`;
      const { code, lines } = await ci(`cd "$scratch"; other() { ${wait('b', 'a')}; }; beside other; ${wait('a', 'b')}; joined`);
      expect([code, lines.at(-1)]).toEqual([0, '2 passed, 0 failed']);
      const said = lines.map((line) => line.trim()).filter((line) => /^(── )?[ab]( \d)?$/.test(line));
      expect(said).toEqual(['── a', 'a 1', 'a 2', '── b', 'b 1', 'b 2']);
    },
    SLOW_MS,
  );

  it(
    'when it is ended, what runs beside it is ended too, and nothing stays behind',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'raftoral-ci-'));
      let pid = 0;
      try {
        const script = `
        printf '%s' "$scratch" >${folder}/scratch
        other() { counted other 600 sh -c 'echo $$ >${folder}/pid; exec sleep 600'; }
        beside other
        while [ ! -s ${folder}/pid ]; do sleep 0.05; done
        exit 7`;
        expect((await ci(script)).code).toBe(7);
        pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
        const isAlive = (): boolean => {
          try {
            return process.kill(pid, 0);
          } catch {
            return false;
          }
        };
        while (isAlive()) await new Promise((next) => setTimeout(next, 20));
        expect(existsSync(readFileSync(join(folder, 'scratch'), 'utf8'))).toBe(false);
        pid = 0;
      } finally {
        if (pid !== 0) process.kill(pid);
        rmSync(folder, { recursive: true });
      }
    },
    SLOW_MS,
  );
});

describe('.ci/run', () => {
  const run = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

  it.each(['conformance', 'simulate', 'fuzz', 'mutants', 'test:faults'])('runs %s as npm run does, without compiling once more', (name) => {
    const [, command] = /&& (node .*)$/.exec(scripts[name]!)!;
    expect(run).toContain(command);
    expect(run).not.toContain(`npm run --silent ${name}`);
  });
});
