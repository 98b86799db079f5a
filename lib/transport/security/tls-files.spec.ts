import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { isRaftoralError } from '../../errors/index.js';
import { createAuthority, type Authority, type IssuedCertificate } from '../../../test/support/certificates.js';
import { VirtualTime } from '../../testing/virtual-time.js';
import { loadTlsFiles, TlsFiles, type TlsFileNames } from './tls-files.js';

const DAY_MS = 86_400_000;

describe('TLS files', () => {
  let folder: string;
  let authority: Authority;
  let names: TlsFileNames;

  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const putCertificate = ({ cert, key }: IssuedCertificate): void => {
    put('node.crt', cert);
    put('node.key', key);
  };
  const problemOf = (changed: Partial<TlsFileNames> = {}, nowMs = Date.now()): string => {
    try {
      loadTlsFiles({ ...names, ...changed }, nowMs);
    } catch (error) {
      if (isRaftoralError(error, 'INVALID_CONFIGURATION')) return error.message;
      throw error;
    }
    throw new Error('nothing was wrong');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'raftoral-tls-'));
    authority = createAuthority('peers');
    putCertificate(authority.issue({ name: 'node 1', hosts: ['localhost', '127.0.0.1', '::1'] }));
    names = { cert: join(folder, 'node.crt'), key: join(folder, 'node.key'), ca: put('ca.crt', authority.cert) };
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('what fits is taken, and TLS takes it', async () => {
    const { cert, key, ca } = loadTlsFiles(names, Date.now());
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const accepted = new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
    const client = connect({ port, host: '127.0.0.1', cert, key, ca });
    await new Promise<void>((resolve, reject) => client.once('secureConnect', resolve).once('error', reject));
    expect((await accepted).authorized).toBe(true);
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('F1: a missing file, a damaged one and one of another kind are named with their option', () => {
    expect(problemOf({ ca: join(folder, 'none.crt') })).toMatch(/security\.tls\.ca names the file .*none\.crt, which can not be read/);
    expect(problemOf({ cert: put('empty.crt', '') })).toMatch(/empty\.crt of security\.tls\.cert holds no certificate/);
    expect(problemOf({ key: put('bad.key', 'nothing') })).toMatch(/bad\.key of security\.tls\.key holds no private key/);
    const torn = authority.cert.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA');
    expect(problemOf({ ca: put('torn.crt', torn) })).toMatch(/certificate 1 in .*torn\.crt \(security\.tls\.ca\) can not be read/);
  });

  it('F1: a key of another certificate is refused, and both files are named', () => {
    const other = authority.issue({ name: 'node 2' });
    expect(problemOf({ key: put('other.key', other.key) })).toMatch(
      /the key in .*other\.key .* is not that of the certificate in .*node\.crt/,
    );
  });

  it('a certificate of another authority, out of its time, or no authority where one is needed is refused', () => {
    expect(problemOf({ ca: put('other-ca.crt', createAuthority('others').cert) })).toMatch(/was not issued by an authority in .*other-ca/);
    expect(problemOf({}, Date.now() + 400 * DAY_MS)).toMatch(/ended on/);
    expect(problemOf({}, Date.now() - 400 * DAY_MS)).toMatch(/valid from/);
    expect(problemOf({ ca: names.cert })).toMatch(/is not that of an authority/);
  });

  it('an authority of the same name with another key did not issue it', () => {
    expect(problemOf({ ca: put('twin.crt', createAuthority('peers').cert) })).toMatch(/was not issued by an authority/);
  });

  it('peers and clients can not have the same authority', () => {
    expect(problemOf({ clientCa: names.ca })).toMatch(/hold the same authority \(CN=peers\): a client could pose as a peer/);
    expect(loadTlsFiles({ ...names, clientCa: put('clients.crt', createAuthority('clients').cert) }, Date.now()).clientCa).not.toBeNull();
  });

  it('nor may the one have been issued by the other, by itself or by one between: what is of the one would be of the other, too', () => {
    const clientsOf = (issuer: Authority): string => issuer.issue({ name: 'clients', isAuthority: true }).cert;
    const root = createAuthority('root');
    expect(problemOf({ clientCa: put('under.crt', clientsOf(authority)) })).toMatch(
      /of peers issued that of clients \(CN=clients\): a client could pose/,
    );
    const pair = root.issue({ name: 'department', isAuthority: true });
    expect(problemOf({ clientCa: put('pair.crt', pair.cert), ca: put('both.crt', `${authority.cert}${root.cert}`) })).toMatch(
      /could pose as a peer/,
    );
    const above = put('above.crt', root.cert);
    expect(problemOf({ clientCa: above, ca: put('below.crt', `${authority.cert}${pair.cert}`) })).toMatch(
      /of clients issued that of peers \(CN=department\)/,
    );
  });

  it('F2: a new set is used once it is whole; half of one changes nothing and is said aloud when it stays', async () => {
    const time = new VirtualTime();
    const clock = time.createNode({ clockOffsetMs: Date.now() - Date.parse('2026-01-01T00:00:00Z') });
    const lines: string[] = [];
    const logger = { isDebug: false, log: (level: string, text: string) => void lines.push(`${level}: ${text}`) };
    const files = new TlsFiles({ names, clock, logger });
    const first = files.current;
    const seen: string[] = [];
    files.onChanged((material) => seen.push(material.cert.toString()));
    await time.advance(60_000);
    expect([seen, lines]).toEqual([[], []]);

    const next = authority.issue({ name: 'node 1, renewed' });
    put('node.crt', next.cert);
    await time.advance(10_000);
    expect(files.current).toBe(first);
    expect(lines).toEqual([]);
    await time.advance(30_000);
    expect(lines).toEqual([expect.stringMatching(/^error: the changed TLS files can not be used, the old ones stay in force: the key in/)]);

    put('node.key', next.key);
    await time.advance(10_000);
    expect(seen).toEqual([next.cert]);
    expect(files.current.key.toString()).toBe(next.key);

    files.close();
    putCertificate(authority.issue({ name: 'node 1, again' }));
    await time.advance(60_000);
    expect(seen).toHaveLength(1);
  });

  it('F3: a certificate that is about to end is spoken of once a day', async () => {
    const time = new VirtualTime();
    const clock = time.createNode({ clockOffsetMs: Date.now() - Date.parse('2026-01-01T00:00:00Z') });
    putCertificate(authority.issue({ name: 'node 1', validTo: new Date(Date.now() + 3 * DAY_MS) }));
    const lines: string[] = [];
    const logger = { isDebug: false, log: (level: string, text: string) => void lines.push(`${level}: ${text}`) };
    const files = new TlsFiles({ names, clock, logger, lookEveryMs: 3_600_000 });
    await time.advance(2 * DAY_MS);
    files.close();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^warn: the certificate in .*node\.crt ends on/);
  });
});
