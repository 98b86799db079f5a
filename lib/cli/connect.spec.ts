import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../test/support/certificates.js';
import { connectTo } from './connect.js';
import { UsageError } from './usage-error.js';

let folder: string;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'raftoral-connect-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('TLS files of a client', () => {
  it('what is no PEM, or does not fit together, is wrong usage that names the flag: nothing is dialled', async () => {
    const authority = createAuthority('peers');
    const [one, other] = [authority.issue({ name: 'one' }), authority.issue({ name: 'other' })];
    const ca = file('ca.pem', authority.cert);
    const [cert, key] = [file('one.pem', one.cert), file('one.key', one.key)];
    const wrong: readonly (readonly [{ ca?: string; cert?: string; key?: string }, RegExp])[] = [
      [{ ca: file('text.pem', 'no certificate') }, /--tls-ca: .*text\.pem holds no certificate/],
      [{ ca: file('cut.pem', authority.cert.slice(0, 200)) }, /--tls-ca: /],
      [{ ca, cert: file('bad.pem', 'x'), key }, /--tls-cert, --tls-key: /],
      [{ ca, cert, key: file('bad.key', 'x') }, /--tls-cert, --tls-key: /],
      [{ ca, cert, key: file('other.key', other.key) }, /--tls-cert, --tls-key: /],
      [{ ca: join(folder, 'absent.pem') }, /--tls-ca: ENOENT/],
    ];
    for (const transport of ['grpc', 'http'] as const)
      for (const [tls, message] of wrong) {
        const error: unknown = await connectTo({ transport, address: '127.0.0.1:1', tls }).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UsageError);
        expect((error as Error).message).toMatch(message);
      }
    const client = await connectTo({ transport: 'grpc', address: '127.0.0.1:1', tls: { ca, cert, key } });
    await client.close();
  });
});
