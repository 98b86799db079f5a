/** A client of the control API at an address where something else answers: whatever it speaks, nothing was done, and the error says so. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../test/support/certificates.js';
import type { ControlApi, ControlClient } from '../client/control-port.js';
import { SystemClock } from '../cluster/clock.js';
import { SILENT_LOGGER } from '../cluster/logger.js';
import { GrpcCarrier } from './grpc/grpc-carrier.js';
import { GrpcControlClient } from './grpc/grpc-control-client.js';
import { HttpCarrier } from './http/http-carrier.js';
import { HttpControlClient } from './http/http-control-client.js';
import { TlsFiles } from './security/tls-files.js';

const called: string[] = [];
const api: ControlApi = {
  call: async (name) => {
    called.push(name);
    return { ok: true };
  },
  stream: () => {
    throw new Error('no stream is opened here');
  },
  isServing: () => true,
};
const closers: Array<() => Promise<unknown> | void> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  called.length = 0;
});

const authority = createAuthority('nodes');
const issued = authority.issue({ name: 'node', hosts: ['127.0.0.1'] });

function tlsFiles(): TlsFiles {
  const folder = mkdtempSync(join(tmpdir(), 'raftoral-wrong-address-'));
  const names = { cert: join(folder, 'cert'), key: join(folder, 'key'), ca: join(folder, 'ca') };
  writeFileSync(names.cert, issued.cert);
  writeFileSync(names.key, issued.key);
  writeFileSync(names.ca, authority.cert);
  const tls = new TlsFiles({ names, clock: new SystemClock(), logger: SILENT_LOGGER });
  closers.push(() => {
    tls.close();
    rmSync(folder, { recursive: true });
  });
  return tls;
}

async function serve(type: 'grpc' | 'http', isTls: boolean): Promise<string> {
  const Carrier = type === 'grpc' ? GrpcCarrier : HttpCarrier;
  const carrier = new Carrier({ listen: '127.0.0.1:0', ...(isTls ? { tls: tlsFiles() } : {}) });
  closers.push(() => carrier.close());
  carrier.serveControl({ api, gate: { checkHead: () => null } });
  const { address } = await carrier.listen(() => {
    throw new Error('no channel is opened here');
  });
  return address!;
}

async function serveBytes(bytes: string | null): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (bytes !== null) socket.write(bytes);
    else socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(type: 'grpc' | 'http', isTls: boolean, address: string): ControlClient {
  const tls = isTls ? { tls: { ca: Buffer.from(authority.cert) } } : {};
  const client = type === 'grpc' ? new GrpcControlClient({ address, ...tls }) : new HttpControlClient({ address, ...tls });
  closers.push(() => client.close());
  return client;
}

type Kind = readonly [type: 'grpc' | 'http', isTls: boolean];
const KINDS: readonly Kind[] = [
  ['grpc', false],
  ['grpc', true],
  ['http', false],
  ['http', true],
];
const name = ([type, isTls]: Kind): string => (isTls ? `${type} with TLS` : type);

/** A TLS port closes a plain connection without a word: over HTTP that looks like a node that died in the middle of the call. */
function expectedOf(client: Kind, node: Kind): 'answered' | 'NO_ROUTE' | 'OUTCOME_UNKNOWN' {
  if (client === node) return 'answered';
  const [type, isTls] = client;
  return type === 'http' && !isTls && node[1] ? 'OUTCOME_UNKNOWN' : 'NO_ROUTE';
}

describe('a client of one kind at a node of another', () => {
  for (const client of KINDS)
    for (const node of KINDS)
      it(`${name(client)} → ${name(node)}: ${expectedOf(client, node)}`, async () => {
        const address = await serve(...node);
        const asked = clientOf(...client, address).call('admin.leave', { nodeId: 1 }, { timeoutMs: 5_000 });
        const expected = expectedOf(client, node);
        if (expected === 'answered') expect(await asked).toEqual({ ok: true });
        else await expect(asked).rejects.toMatchObject({ code: expected, message: expect.stringContaining(address) });
        if (expected === 'OUTCOME_UNKNOWN') await expect(asked).rejects.toThrow('or the node wants TLS');
        expect(called).toEqual(client === node ? ['admin.leave'] : []);
      });
});

describe('a client at something that is no node', () => {
  it.each(['grpc', 'http'] as const)('%s: what speaks another protocol is NO_ROUTE', async (type) => {
    const address = await serveBytes('SSH-2.0-OpenSSH_9.2p1\r\n');
    await expect(clientOf(type, false, address).call('admin.leave', { nodeId: 1 }, { timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'NO_ROUTE',
    });
  });

  it.each(['grpc', 'http'] as const)('%s: a connection that ends without a word leaves the outcome open', async (type) => {
    const address = await serveBytes(null);
    const error = await clientOf(type, false, address)
      .call('admin.leave', { nodeId: 1 }, { timeoutMs: 5_000 })
      .then(
        () => null,
        (refused: { code: string }) => refused.code,
      );
    expect(['NO_ROUTE', 'OUTCOME_UNKNOWN']).toContain(error);
  });
});
