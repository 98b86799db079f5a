/** The command line over a real node: what it sends, what it prints, and how it ends. Runs in a process of its own: see test/support/cli-process.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliAnswer, CliNotice, CliRequest } from '../../test/support/cli-process.js';
import type { RaftoralErrorCode } from '../errors/index.js';

let child: ChildProcess;
let folder: string;
let requests = 0;
const waiting = new Map<number, (answer: CliAnswer) => void>();
const notices = new Map<CliNotice, () => void>();

type Outcome = Omit<CliAnswer, 'id'>;

/** Runs a command line in the other process. */
function raftoral(words: readonly string[], options: Partial<Pick<CliRequest, 'input' | 'refusal' | 'variables'>> = {}): Promise<Outcome> {
  const id = ++requests;
  return new Promise((resolve) => {
    waiting.set(id, ({ id: _, ...outcome }) => resolve(outcome));
    child.send({ id, words, folder, input: '', refusal: null, variables: {}, ...options } satisfies CliRequest);
  });
}

function noticed(notice: CliNotice): Promise<void> {
  return new Promise((resolve) => notices.set(notice, resolve));
}

/** A node that answers every call so. */
function refusing(code: RaftoralErrorCode, requestId?: string): Pick<CliRequest, 'refusal'> {
  return { refusal: requestId === undefined ? { code } : { code, requestId } };
}

const lines = (text: string): string[] => text.trimEnd().split('\n');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raftoral-cli-'));
  child = fork('test/support/cli-process.ts', {
    execArgv: ['--import', './test/support/typescript-hooks.mjs'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.on('message', (message: CliAnswer | CliNotice) => {
    if (typeof message === 'string') notices.get(message)?.();
    else waiting.get(message.id)!(message);
  });
  await noticed('ready');
}, 60_000);
afterAll(async () => {
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.disconnect();
  await ended;
  rmSync(folder, { recursive: true });
});

describe('raftoral workflow', () => {
  it('a run goes through start, describe, explain, query, signal, wait, history and list', async () => {
    expect(await raftoral(['workflow', 'start', 'order', '{"item":"lamp"}', '--id', 'w-1'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Started: workflow id w-1, run [0-9a-f-]{36}\n$/),
      err: '',
    });
    expect((await raftoral(['workflow', 'query', 'w-1', 'status', '"is "'])).out).toBe('"is lamp"\n');
    const described = await raftoral(['workflow', 'describe', 'w-1']);
    expect(lines(described.out).slice(0, 3)).toEqual(['status       running', 'workflow     order version 1', 'workflow id  w-1']);
    const explained = await raftoral(['workflow', 'explain', 'w-1']);
    expect(lines(explained.out)[0]).toBe("It waits for signal '$signal/paid' #1; its owner is node 1.");
    expect(explained.out).toContain('Cluster 1: leader node 1');
    expect((await raftoral(['workflow', 'signal', 'w-1', 'paid', '7'])).out).toBe('Recorded: signal paid of workflow w-1\n');
    expect(await raftoral(['workflow', 'wait', 'w-1'])).toMatchObject({ code: 0, out: '{"item":"lamp","paid":7}\n', err: '' });
    const history = await raftoral(['workflow', 'history', 'w-1']);
    expect(lines(history.out)[0]).toMatch(/^order version 1, workflow id w-1, run [0-9a-f-]+: completed$/);
    expect(history.out).toContain('compute-result');
    const list = await raftoral(['workflow', 'list', '--status', 'completed', '--name', 'order', '--started-after', '1h']);
    expect(lines(list.out)[0]).toMatch(/^WORKFLOW ID +WORKFLOW +STATUS +OWNER +EVENTS +STARTED +CLOSED$/);
    expect(lines(list.out)[1]).toMatch(/^w-1 +order 1 +completed +/);
  });

  it('--json is one document of the same names, whatever the command', async () => {
    const started = await raftoral(['workflow', 'start', 'order', '{"item":"lamp"}', '--id', 'j-1', '--json', '--request-id', 'r-1']);
    expect(JSON.parse(started.out)).toEqual({ workflowId: 'j-1', runId: expect.any(String), existing: false, requestId: 'r-1' });
    for (const [words, shape] of [
      [['workflow', 'describe', 'j-1'], { status: 'running', owner: 1 }],
      [['workflow', 'explain', 'j-1', '--local'], { summary: expect.any(String) }],
      [['workflow', 'list'], { items: expect.any(Array), next: null }],
      [['workflow', 'list', '--all', '--limit', '1'], { items: expect.any(Array), next: null }],
      [['workflow', 'query', 'j-1', 'status'], { result: 'lamp' }],
      [['workflow', 'signal', 'j-1', 'paid', '9'], { requestId: expect.any(String) }],
      [['workflow', 'wait', 'j-1'], { result: { item: 'lamp', paid: 9 } }],
      [['workflow', 'history', 'j-1'], { header: { status: 'completed' }, events: expect.any(Array) }],
      [['status'], { nodeId: 1, problems: [] }],
      [['members'], { leader: 1, voters: [1] }],
      [['nodes'], { nodeId: 1, nodes: [{ nodeId: 1 }] }],
      [['transfer-leadership', '--to', '1'], { leader: 1 }],
      [['leave'], { nodeId: 1 }],
    ] as const) {
      const { code, out, err } = await raftoral([...words, '--json']);
      expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
      expect(JSON.parse(out)).toMatchObject(shape);
      expect(lines(out)).toHaveLength(1);
    }
  });

  it('start --wait prints the result alone; progress goes to stderr, when it is asked for', async () => {
    const started = raftoral(['workflow', 'start', 'order', '{"item":"desk"}', '--id', 'sw-1', '--wait', '--progress']);
    await until(async () => (await raftoral(['workflow', 'describe', 'sw-1'])).code === 0);
    await raftoral(['workflow', 'signal', 'sw-1', 'paid', '1']);
    const { code, out, err } = await started;
    expect({ code, out }).toEqual({ code: 0, out: '{"item":"desk","paid":1}\n' });
    expect(err).toContain('workflow id sw-1');
    expect(err).toMatch(/ 1 started /);
  });

  it('input comes from a file or from standard input too', async () => {
    writeFileSync(join(folder, 'input.json'), '{"item":"file"}');
    await raftoral(['workflow', 'start', 'order', '--input-file', 'input.json', '--id', 'i-1']);
    await raftoral(['workflow', 'start', 'order', '--input-file', '-', '--id', 'i-2'], { input: '{"item":"stdin"}' });
    expect((await raftoral(['workflow', 'query', 'i-1', 'status'])).out).toBe('"file"\n');
    expect((await raftoral(['workflow', 'query', 'i-2', 'status'])).out).toBe('"stdin"\n');
    expect(await raftoral(['workflow', 'start', 'order', '--input-file', 'none.json'])).toMatchObject({ code: 2, out: '' });
    expect(await raftoral(['workflow', 'start', 'order', '1', '--input-file', '-'])).toMatchObject({ code: 2, out: '' });
  });

  it('a start is not repeated: ALREADY_EXISTS, unless --attach', async () => {
    const words = ['workflow', 'start', 'order', '{"item":"x"}', '--id', 'a-1'];
    await raftoral(words);
    expect(await raftoral(words)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('error ALREADY_EXISTS: ') });
    expect(await raftoral([...words, '--attach'])).toMatchObject({ code: 0, out: expect.stringContaining('Was there: workflow id a-1') });
  });

  it('a workflow that fails is exit code 5, with its error, and no control character of it reaches the terminal', async () => {
    const { code, out, err } = await raftoral(['workflow', 'start', 'order', '{"item":"broken"}', '--id', 'f-1', '--wait']);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toContain("error WORKFLOW_FAILED: workflow 'f-1' failed: ");
    expect(err).toContain('no such\\u001b[2Jitem');
    expect(err).not.toContain('\u001b');
    expect((await raftoral(['workflow', 'history', 'f-1'])).out).not.toContain('\u001b');
    expect((await raftoral(['workflow', 'describe', 'f-1'])).out).toMatch(/^status +failed\nerror +/);
  });

  it('a wait that is too long is exit code 124, one that is interrupted 130, and both say that the run goes on', async () => {
    await raftoral(['workflow', 'start', 'order', '{"item":"x"}', '--id', 't-1']);
    expect(await raftoral(['workflow', 'wait', 't-1', '--timeout', '100ms'])).toMatchObject({
      code: 124,
      err: expect.stringContaining('the run goes on'),
    });
    const listens = noticed('interruptible');
    const interrupted = raftoral(['workflow', 'wait', 't-1']);
    await listens;
    child.send('interrupt');
    expect(await interrupted).toMatchObject({ code: 130, out: '', err: expect.stringContaining("The run of workflow 't-1' goes on") });
    expect((await raftoral(['workflow', 'describe', 't-1'])).out).toContain('running');
  });

  it('cancel, terminate and reset say what they did, or what stands against it', async () => {
    for (const id of ['c-1', 'c-2']) await raftoral(['workflow', 'start', 'order', '{"item":"x"}', '--id', id]);
    expect(await raftoral(['workflow', 'cancel', 'c-1', '--reason', 'not wanted'])).toMatchObject({
      code: 0,
      out: 'Asked workflow c-1 to end\n',
    });
    expect(await raftoral(['workflow', 'terminate', 'c-2'])).toMatchObject({ code: 0, out: 'Terminated: workflow c-2\n' });
    expect(await raftoral(['workflow', 'wait', 'c-2'])).toMatchObject({ code: 5, err: expect.stringContaining('WORKFLOW_TERMINATED') });
    expect(await raftoral(['workflow', 'reset', 'c-2'])).toMatchObject({ code: 1, out: '' });
  });

  it('watch prints the events of a run until it has ended, as text or as JSON lines', async () => {
    await raftoral(['workflow', 'start', 'order', '{"item":"x"}', '--id', 'e-1']);
    await raftoral(['workflow', 'signal', 'e-1', 'paid', '1']);
    const text = await raftoral(['workflow', 'watch', 'e-1']);
    expect(text.code).toBe(0);
    expect(lines(text.out).map((line) => line.split(/ +/)[2])).toEqual(expect.arrayContaining(['started', 'signal', 'finished']));
    const json = await raftoral(['workflow', 'watch', 'e-1', '--after', '1', '--json']);
    expect(lines(json.out).map((line) => (JSON.parse(line) as { wseq: number }).wseq)[0]).toBe(2);
    const all = await raftoral(['workflow', 'watch', '--timeout', '50ms']);
    expect(all).toMatchObject({ code: 0, err: '' });
  });
});

describe('raftoral status and members', () => {
  it('status says first how it stands, then who is there, then the numbers', async () => {
    const { out } = await raftoral(['status']);
    expect(lines(out)[0]).toBe('Node 1: running, all is well');
    expect(out).toMatch(
      /\nCluster 1: leader node 1, term \d+, 1 voter\nNODE +ROLE +LEADER +ALIVE +LAG +OWNS +ADDRESS\n +\*1 +voter +yes +yes/,
    );
    expect(out).toMatch(/\nlog +first \d+, applied \d+, committed \d+, last \d+\n/);
  });

  it('members and nodes are tables', async () => {
    expect((await raftoral(['members'])).out).toContain('127.0.0.1:7400');
    expect((await raftoral(['nodes'])).out).toContain('Deployment d-1');
  });

  it('a membership change that is refused says why', async () => {
    expect(await raftoral(['member', 'promote', '9'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('MEMBERSHIP_REFUSED'),
    });
    expect(await raftoral(['transfer-leadership', '--to', '9'])).toMatchObject({ code: 1, err: expect.stringContaining('is no voter') });
  });
});

describe('raftoral cluster', () => {
  it('a deployment with cluster 1 alone refuses, and says why', async () => {
    for (const words of [['list'], ['plan'], ['drain', '1'], ['create', '--members', '1,2', '--target-size', '3', '--set', 'name=a=b']]) {
      expect(await raftoral(['cluster', ...words])).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('This node follows no management cluster'),
      });
    }
  });
});

describe('exit codes and errors', () => {
  it.each([
    ['NO_ROUTE', 3],
    ['UNAUTHENTICATED', 4],
    ['NO_LEADER', 6],
    ['OVERLOADED', 6],
    ['NOT_MEMBER', 6],
    ['OUTCOME_UNKNOWN', 124],
    ['WORKFLOW_NOT_FOUND', 1],
    ['INVALID_ARGUMENT', 2],
    ['WORKFLOW_BLOCKED', 5],
  ] as const)('%s is exit code %d, with code, message and remedy on stderr', async (code, exitCode) => {
    const outcome = await raftoral(['workflow', 'describe', 'x'], refusing(code));
    expect(outcome).toMatchObject({ code: exitCode, out: '' });
    expect(lines(outcome.err)[0]).toBe(`error ${code}: the reason`);
    expect(lines(outcome.err).length).toBeGreaterThan(1);
    const json = await raftoral(['workflow', 'describe', 'x', '--json'], refusing(code));
    expect(JSON.parse(json.err)).toMatchObject({ error: { code, message: 'the reason', remedy: expect.any(String) }, exitCode });
    expect((await raftoral(['workflow', 'watch', 'x'], refusing(code))).code).toBe(exitCode);
  });

  it('a write whose outcome is unknown says how to send the same request again', async () => {
    const { err } = await raftoral(['workflow', 'signal', 'x', 'go'], refusing('OUTCOME_UNKNOWN', 'r-9'));
    expect(err).toContain('To send the same request again: --request-id r-9');
  });

  it.each([
    [['stats'], "unknown command 'stats'"],
    [['status', '--foo'], "unknown option '--foo'"],
    [['status', 'extra'], 'too many arguments'],
    [['workflow'], 'workflow: say which: start, wait'],
    [['workflow', 'strat'], "unknown command 'strat'"],
    [['workflow', 'start'], "missing required argument 'name'"],
    [['workflow', 'start', 'order', 'lamp'], 'the input: "lamp" is no JSON value'],
    [['workflow', 'signal', 'w', 's', '{'], 'the payload: '],
    [['workflow', 'query', 'w', 'q', '1', 'x'], 'argument 2 of the query'],
    [['workflow', 'list', '--limit', 'many'], '--limit'],
    [['workflow', 'wait', 'w', '--timeout', '10'], '--timeout'],
    [['status', '--address', 'nowhere'], '--address'],
    [['status', '--transport', 'tcp'], '--transport'],
    [['status', '--tls-cert', 'x.pem'], '--tls-cert and --tls-key'],
    [['status', '--path', '/x'], '--path: only with --transport http'],
    [['member', 'remove', 'two'], 'node id'],
    [['member', 'replace', '--lost', '1'], "required option '--replacement <node-id>'"],
    [['cluster'], 'cluster: say which: list, plan'],
    [['cluster', 'drain', 'two'], 'node id'],
    [['cluster', 'create', '--members', '1,x'], '--members'],
    [['cluster', 'metadata', '1', '--set', 'name'], '--set'],
    [['cluster', 'associate', '1'], "missing required argument 'node-id'"],
    [['transfer-leadership'], "required option '--to <node-id>'"],
    [['start', '--bootstrap', '--bootstrap-expect', '3'], '--bootstrap and --bootstrap-expect'],
    [['start', '--bootstrap', '--app', 'none.js'], '--app: there is no file'],
  ] as const)('%j is exit code 2, names what is wrong, and asks no node', async (words, text) => {
    const { code, out, err, connections } = await raftoral(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(text);
    expect(connections).toEqual([]);
  });

  it('help and version are exit code 0, on stdout', async () => {
    for (const words of [
      ['--help'],
      ['workflow', '--help'],
      ['workflow', 'start', '-h'],
      ['start', '--help'],
      ['member', 'replace', '--help'],
    ]) {
      expect(await raftoral(words)).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Usage: raftoral /) });
    }
    expect(await raftoral(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
    expect((await raftoral([])).code).toBe(2);
  });
});

describe('connections', () => {
  it('come from flags, else from the environment, else from defaults', async () => {
    const variables = { RAFTORAL_ADDRESS: 'node-2:7401', RAFTORAL_TRANSPORT: 'http', RAFTORAL_CLIENT_SECRET_FILE: 'secret.txt' };
    const tls = ['--tls-ca', 'ca.pem', '--tls-cert', 'c.pem', '--tls-key', 'k.pem'];
    const { connections } = await raftoral(['members']);
    const others = [
      await raftoral(['members'], { variables }),
      await raftoral(['members', '--address', 'node-3:7402', '--path', '/r', ...tls], { variables }),
      await raftoral(['members', '--transport', 'grpc', '--tls'], { variables }),
    ];
    expect([...connections, ...others.flatMap((other) => other.connections)]).toEqual([
      { transport: 'grpc', address: '127.0.0.1:7400' },
      { transport: 'http', address: 'node-2:7401', clientSecretFile: 'secret.txt' },
      {
        transport: 'http',
        address: 'node-3:7402',
        path: '/r',
        clientSecretFile: 'secret.txt',
        tls: { ca: 'ca.pem', cert: 'c.pem', key: 'k.pem' },
      },
      { transport: 'grpc', address: 'node-2:7401', clientSecretFile: 'secret.txt', tls: {} },
    ]);
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error('it did not come true within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
