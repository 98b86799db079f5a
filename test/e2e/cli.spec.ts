/** The real binary against real node processes: a cluster of two is started, used, handed over and left from a shell. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePackage, type CompiledPackage } from '../support/compiled-package.js';
import { freePorts } from '../support/free-ports.js';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let compiled: CompiledPackage;
let application: string;
let folder: string;
const environment = { ...process.env, NODE_OPTIONS: '' };

beforeAll(() => {
  compiled = compilePackage();
  application = compiled.compile('test/support/cli-application.ts');
  folder = mkdtempSync(join(tmpdir(), 'raftoral-cli-e2e-'));
  writeFileSync(join(folder, 'peers.txt'), 'a secret that the nodes share');
  writeFileSync(join(folder, 'clients.txt'), 'a secret that the clients have');
}, 60_000);
afterAll(() => {
  compiled.remove();
  rmSync(folder, { recursive: true });
});

/** `npx raftoral …` with the clients' secret. */
function raftoral(address: string, transport: string, ...words: string[]): Promise<Outcome> {
  const common = ['--address', address, '--transport', transport];
  const secret = words.includes('--client-secret-file') ? [] : ['--client-secret-file', join(folder, 'clients.txt')];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [compiled.binary, ...words, ...common, ...secret],
      { env: environment, timeout: 60_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, out, err }),
    );
  });
}

interface NodeProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  log(): string;
}

const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

function startNode(name: string, listen: string, transport: string, ...flags: string[]): NodeProcess {
  const secrets = ['--secret-file', 'peers.txt', '--client-secret-file', 'clients.txt'];
  const words = ['start', '--app', application, '--listen', listen, '--transport', transport, '--storage-path', name, ...secrets, ...flags];
  const child = spawn(process.execPath, [compiled.binary, ...words], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (chunk) => (log += String(chunk)));
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  running.add(child);
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  return { process: child, ended, log: () => log };
}

/** Asks until the answer is as wanted: nodes boot, join and elect at their own pace. */
async function until(
  ask: () => Promise<Outcome>,
  isWanted: (outcome: Outcome) => boolean,
  nodes: readonly NodeProcess[],
): Promise<Outcome> {
  const giveUpAt = Date.now() + 90_000;
  for (;;) {
    const outcome = await ask();
    if (isWanted(outcome)) return outcome;
    if (Date.now() > giveUpAt)
      throw new Error(`not within 90 s; last: ${JSON.stringify(outcome)}\n${nodes.map((node) => node.log()).join('\n---\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe.each(['grpc', 'http'] as const)('the command line over %s', (transport) => {
  it('starts a cluster, runs workflows on it, hands over, leaves and ends', async () => {
    const [first, second] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`) as [string, string];
    expect(await raftoral(first, transport, 'status')).toMatchObject({ code: 3, out: '', err: expect.stringContaining('error NO_ROUTE') });

    const nodes = [startNode(`${transport}-1`, first, transport, '--bootstrap')];
    const ask = (...words: string[]): Promise<Outcome> => raftoral(first, transport, ...words);
    await until(
      () => ask('members', '--json'),
      ({ code, out }) => code === 0 && (JSON.parse(out) as { leader: number }).leader === 1,
      nodes,
    );
    expect(await ask('status', '--client-secret-file', join(folder, 'peers.txt'))).toMatchObject({ code: 4, out: '' });

    const started = await ask('workflow', 'start', 'order', '{"item":"lamp"}', '--id', 'o-1', '--json');
    expect(JSON.parse(started.out)).toMatchObject({ workflowId: 'o-1', existing: false });
    expect((await ask('workflow', 'explain', 'o-1')).out).toContain('Cluster 1: leader node 1');
    await until(
      () => ask('workflow', 'query', 'o-1', 'current'),
      ({ out }) => out === '"lamp-taken"\n',
      nodes,
    );
    expect((await ask('workflow', 'wait', 'o-1', '--timeout', '500ms')).code).toBe(124);

    nodes.push(startNode(`${transport}-2`, second, transport, '--peers', first));
    await until(
      () => ask('members', '--json'),
      ({ out }) => (JSON.parse(out) as { voters: number[] }).voters.length === 2,
      nodes,
    );
    expect((await ask('nodes')).out).toContain(second);
    const handedOver = await ask('transfer-leadership', '--to', '2', '--json');
    expect(JSON.parse(handedOver.out)).toMatchObject({ leader: 2, voters: [1, 2] });

    expect(await raftoral(second, transport, 'workflow', 'signal', 'o-1', 'paid', '12')).toMatchObject({ code: 0 });
    expect(await ask('workflow', 'wait', 'o-1')).toMatchObject({ code: 0, out: '{"paid":12,"state":"lamp-taken"}\n' });
    expect(await ask('workflow', 'start', 'order', '{"item":"none"}', '--wait')).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringContaining('out of stock'),
    });
    const history = JSON.parse((await ask('workflow', 'history', 'o-1', '--json')).out) as { header: object; events: object[] };
    expect(history).toMatchObject({
      header: { status: 'completed' },
      events: expect.arrayContaining([expect.objectContaining({ event: 'signal' })]),
    });
    expect((await ask('workflow', 'watch', 'o-1')).out).toContain('finished');
    expect(JSON.parse((await ask('workflow', 'list', '--json')).out)).toMatchObject({
      items: [{ workflowId: 'o-1' }, { status: 'failed' }],
    });

    expect(await raftoral(second, transport, 'leave')).toMatchObject({ code: 0, out: expect.stringContaining('Node 2 has left') });
    expect(await nodes[1]!.ended).toBe(0);
    const alone = await until(
      () => ask('status', '--json'),
      ({ out }) => out.includes('"voters":[1]'),
      nodes,
    );
    expect(JSON.parse(alone.out)).toMatchObject({ nodeId: 1, state: 'running', clusters: [{ leader: 1, voters: [1] }] });

    nodes[0]!.process.kill('SIGTERM');
    expect(await nodes[0]!.ended).toBe(0);
    expect(nodes[0]!.log()).toContain('SIGTERM: hands over, then ends');
  }, 240_000);
});
