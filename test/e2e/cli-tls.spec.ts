/** The real binary against a cluster that speaks TLS, with certificates made here: nodes that join by theirs, and who gets in as a client (R44). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, type Authority } from '../support/certificates.js';
import { CliBinary, freeAddresses, untilAnswer, type CliNode, type Outcome } from '../support/cli-binary.js';

const HERE = ['127.0.0.1'];
const TRANSPORTS = ['grpc', 'http'] as const;

let cli: CliBinary;
let peersFile: string;
let clientsFile: string;
let secretFile: string;
let peers: Authority;
let clients: Authority;
let strangers: Authority;

beforeAll(() => {
  cli = new CliBinary();
  [peers, clients, strangers] = ['peers', 'clients', 'strangers'].map((name) => createAuthority(name)) as [Authority, Authority, Authority];
  peersFile = cli.write('peers.pem', peers.cert);
  clientsFile = cli.write('clients.pem', clients.cert);
  secretFile = cli.write('secret.txt', 'a-secret-that-the-clients-have');
}, 60_000);
afterAll(() => cli.close());

function certificate(authority: Authority, name: string, hosts: readonly string[] = HERE): string[] {
  const { cert, key } = authority.issue({ name, hosts });
  return ['--tls-cert', cli.write(`${name}.pem`, cert), '--tls-key', cli.write(`${name}.key`, key)];
}

describe.each(TRANSPORTS)('TLS from the command line over %s', (transport) => {
  const nodes: CliNode[] = [];

  function start(name: string, listen: string, ...flags: readonly string[]): CliNode {
    const node = cli.start(`${transport}-${name}`, '--listen', listen, '--transport', transport, ...flags);
    nodes.push(node);
    return node;
  }

  it('a client’s certificate, or the secret inside TLS, opens the control API; no other certificate does, and none; nodes join by theirs', async () => {
    const [first, second] = (await freeAddresses(2)) as [string, string];
    const ask = (address: string, ...words: readonly string[]): Promise<Outcome> =>
      cli.run(...words, '--address', address, '--transport', transport, '--timeout', '60s', '--json');
    const asClient = ['--tls-ca', peersFile, ...certificate(clients, `${transport}-client`)];
    const members = (): Promise<Outcome> => ask(first, 'members', ...asClient);
    const hasVoters = (voters: readonly number[]) => (outcome: Outcome) =>
      outcome.code === 0 && JSON.stringify((JSON.parse(outcome.out) as { voters: number[] }).voters) === JSON.stringify(voters);

    const gates = ['--tls-ca', peersFile, '--tls-client-ca', clientsFile, '--client-secret-file', secretFile];
    start('1', first, ...certificate(peers, `${transport}-1`), ...gates, '--bootstrap');
    await untilAnswer(members, hasVoters([1]), nodes);
    start('2', second, ...certificate(peers, `${transport}-2`), ...gates, '--peers', first);
    await untilAnswer(members, hasVoters([1, 2]), nodes);

    // Who gets in, and does something that both nodes take part in.
    expect(await ask(second, 'workflow', 'start', 'order', '{"item":"lamp"}', '--id', 'o-1', ...asClient)).toMatchObject({ code: 0 });
    const withSecret = ['--tls-ca', peersFile, '--client-secret-file', secretFile];
    expect(await ask(first, 'workflow', 'signal', 'o-1', 'paid', '12', ...withSecret)).toMatchObject({ code: 0 });
    expect(JSON.parse((await ask(second, 'workflow', 'wait', 'o-1', ...withSecret)).out)).toMatchObject({
      result: { paid: 12, state: 'lamp-taken' },
    });

    // Who reaches the node, and is nobody's client.
    for (const flags of [[], certificate(peers, `${transport}-peer`), certificate(strangers, `${transport}-stranger`)]) {
      const outcome = await ask(first, 'status', '--tls-ca', peersFile, ...flags);
      expect([flags[1], outcome]).toEqual([flags[1], { code: 4, out: '', err: expect.stringContaining('"UNAUTHENTICATED"') }]);
    }
  }, 900_000);
});
