import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../testing/virtual-time.js';
import { isRaftoralError } from '../../errors/index.js';
import { ClientAuthenticator, clientAuthorization, type ClientAuthenticatorOptions, type ClientRequest } from './client-auth.js';
import { isEqualSecret } from './equal.js';

const SECRET = Buffer.from('the secret of the clients');
const PEER_SECRET = Buffer.from('the secret of the peers, another');
const TARGET = 'POST /raftoral/v1/workflows?x=1';
const BODY = Buffer.from('{"name":"process_order"}');

interface World {
  readonly time: VirtualTime;
  readonly node: VirtualNode;
  readonly client: VirtualNode;
  readonly random: SeededRandom;
  sign(changes?: { secret?: Buffer; target?: string; body?: Uint8Array }): string;
  /** '' = let in, else the code and message. */
  check(changes: Partial<ClientRequest>): string;
}

async function createWorld(options: Partial<ClientAuthenticatorOptions> = {}): Promise<World> {
  const time = new VirtualTime();
  const node = time.createNode();
  const client = time.createNode();
  const random = new SeededRandom(7, 'client');
  const authenticator = new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock: node, ...options });
  await time.advance(1_000);
  return {
    time,
    node,
    client,
    random,
    sign: ({ secret = SECRET, target = TARGET, body = BODY } = {}) =>
      clientAuthorization({ secret, scheme: 'hmac', target, body, clock: client, random }),
    check: (changes) => {
      const request = {
        authorization: undefined,
        target: TARGET,
        body: BODY,
        isEncrypted: false,
        isLoopback: false,
        hasClientCertificate: false,
      };
      try {
        authenticator.check({ ...request, ...changes });
        return '';
      } catch (error) {
        if (isRaftoralError(error)) return `${error.code}: ${error.message}`;
        throw error;
      }
    },
  };
}

describe('credentials of clients', () => {
  it('a signed call is let in, once (U2)', async () => {
    const { sign, check } = await createWorld();
    const authorization = sign();
    expect(check({ authorization })).toBe('');
    expect(check({ authorization })).toMatch(/^UNAUTHENTICATED: the call was sent before/);
    expect(check({ authorization: sign() })).toBe('');
  });

  it('of white space only blanks may stand around credentials (RFC 9110 §11.4; found by fuzzing)', async () => {
    const secret = Buffer.from('the-secret-of-the-clients');
    const { check, sign } = await createWorld({ secret });
    const bearer = (text: string): string => check({ authorization: text, isLoopback: true });
    expect(bearer('Bearer   the-secret-of-the-clients \t')).toBe('');
    const signed = sign({ secret });
    for (const other of ['\f', '\v', '\u00a0', '\ufeff', '\n', '\t']) {
      expect(bearer(`Bearer ${other}the-secret-of-the-clients`)).toMatch(/^UNAUTHENTICATED/);
      if (other !== '\t') expect(bearer(`Bearer the-secret-of-the-clients${other}`)).toMatch(/^UNAUTHENTICATED/);
      expect(check({ authorization: signed.replace(' ', ` ${other}`) })).toMatch(/^UNAUTHENTICATED/);
    }
    expect(check({ authorization: signed.replace(' ', '  ') })).toBe('');
  });

  it('a signature covers target, body, time and nonce', async () => {
    const { sign, check } = await createWorld();
    const refusal = /^UNAUTHENTICATED: the MAC of the call does not fit/;
    expect(check({ authorization: sign(), target: 'POST /raftoral/v1/workflows?x=2' })).toMatch(refusal);
    expect(check({ authorization: sign(), body: Buffer.from('{"name":"process_ordeR"}') })).toMatch(refusal);
    expect(check({ authorization: sign(), body: new Uint8Array(0) })).toMatch(refusal);
    expect(check({ authorization: sign().replace(/ts=(\d+)/, (_, ms: string) => `ts=${Number(ms) + 1}`) })).toMatch(refusal);
    expect(check({ authorization: sign().replace(/nonce=./, 'nonce=f') })).toMatch(refusal);
    expect(() => sign({ target: `${TARGET}\nmore` })).toThrow(/line feed/);
  });

  it('the secret of the peers opens nothing', async () => {
    const { sign, check } = await createWorld();
    expect(check({ authorization: sign({ secret: PEER_SECRET }) })).toMatch(/^UNAUTHENTICATED/);
    expect(check({ authorization: `Bearer ${PEER_SECRET.toString()}`, isEncrypted: true })).toMatch(/^UNAUTHENTICATED/);
  });

  it('a stamp out of the window is refused, on both sides of it, and the distance is said', async () => {
    const { time, client, sign, check } = await createWorld();
    await time.advance(200_000);
    client.jumpClock(-59_000);
    expect(check({ authorization: sign() })).toBe('');
    client.jumpClock(-2_000);
    expect(check({ authorization: sign() })).toMatch(/the clock of the client is -61 s from this node's; at most 60 s/);
    client.jumpClock(61_000 + 61_000);
    expect(check({ authorization: sign() })).toMatch(/the clock of the client is 61 s/);
  });

  it('a call is not taken again at any time, while its stamp could be (U2)', async () => {
    for (const aheadMs of [-59_000, 0, 59_000]) {
      const { time, client, sign, check } = await createWorld();
      await time.advance(100_000);
      client.jumpClock(aheadMs);
      const authorization = sign();
      expect(check({ authorization })).toBe('');
      for (let waitedMs = 0; waitedMs < 400_000; waitedMs += 7_000) {
        await time.advance(7_000);
        if (waitedMs % 3 === 0) check({ authorization: sign() });
        expect(check({ authorization })).toMatch(/^UNAUTHENTICATED/);
      }
    }
  });

  it('a call is not taken again after the clock of the node was set back (U2)', async () => {
    for (const backMs of [300_000, 3_600_000]) {
      const { time, node, sign, check } = await createWorld();
      await time.advance(10_000);
      const authorization = sign();
      expect(check({ authorization })).toBe('');
      await time.advance(backMs);
      node.jumpClock(-backMs);
      expect(check({ authorization })).toMatch(
        /^UNAUTHENTICATED: the call was (signed before this node started, or before its clock was set back|sent before)/,
      );
    }
  });

  it('a call that was signed before the node started is not taken: its nonce may be forgotten', async () => {
    const time = new VirtualTime();
    const clock = time.createNode();
    const old = clientAuthorization({ secret: SECRET, scheme: 'hmac', target: TARGET, body: BODY, clock, random: new SeededRandom(1) });
    await time.advance(5_000);
    const authenticator = new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock });
    const request = { authorization: old, target: TARGET, body: BODY, isEncrypted: false, isLoopback: false, hasClientCertificate: false };
    expect(() => authenticator.check(request)).toThrow(/signed before this node started/);
  });

  it('memory is bounded: more calls than can be remembered are refused, and none is forgotten', async () => {
    const { time, sign, check } = await createWorld({ noncesMax: 3 });
    const calls = [sign(), sign(), sign()];
    for (const authorization of calls) expect(check({ authorization })).toBe('');
    expect(check({ authorization: sign() })).toMatch(/^OVERLOADED: more than 3 signed calls/);
    expect(check({ authorization: sign({ secret: PEER_SECRET }) })).toMatch(/^UNAUTHENTICATED/);
    for (const authorization of calls) expect(check({ authorization })).toMatch(/sent before/);
    await time.advance(250_000);
    expect(check({ authorization: sign() })).toBe('');
  });

  it('Bearer is taken where nobody can listen, and only there (U1)', async () => {
    const { check } = await createWorld();
    const authorization = `Bearer ${SECRET.toString().replaceAll(' ', '-')}`;
    const { check: checkBearer } = await createWorld({ secret: Buffer.from(SECRET.toString().replaceAll(' ', '-')) });
    expect(checkBearer({ authorization })).toMatch(/over TLS or on the loopback interface only/);
    expect(checkBearer({ authorization, isLoopback: true })).toBe('');
    expect(checkBearer({ authorization, isEncrypted: true })).toBe('');
    expect(checkBearer({ authorization: authorization.replace('Bearer', 'bEARER'), isEncrypted: true })).toBe('');
    expect(checkBearer({ authorization: `${authorization}x`, isEncrypted: true })).toMatch(/not that of the clients/);
    expect(checkBearer({ authorization: 'Bearer ', isEncrypted: true })).toMatch(/not that of the clients/);
    expect(check({ authorization: 'Basic YTpi', isEncrypted: true })).toMatch(/neither Bearer nor Raftoral-HMAC/);
  });

  it('what is not well formed is refused as a whole', async () => {
    const { sign, check } = await createWorld();
    const good = sign();
    for (const authorization of [
      '',
      ' ',
      'Raftoral-HMAC',
      'Raftoral-HMAC ',
      `${good} `.repeat(2),
      good.replace('ts=', 'ts=-'),
      good.toUpperCase(),
      `${good},x=1`,
      'x'.repeat(10_000),
    ])
      expect(check({ authorization })).toMatch(/^UNAUTHENTICATED/);
  });

  it('nobody is let in without secret and certificates, unless insecure is set (U3)', async () => {
    const closed = await createWorld({ secret: null });
    expect(closed.check({})).toMatch(/^UNAUTHENTICATED: the control API of this node is closed; open it with security\.clientSecret/);
    expect(closed.check({ hasClientCertificate: true })).toMatch(/^UNAUTHENTICATED/);
    expect((await createWorld({ secret: null, insecure: true })).check({})).toBe('');
    expect((await createWorld({ insecure: true })).check({})).toMatch(/bears no credentials/);
    expect((await createWorld({ secret: null, insecure: true, acceptsCertificates: true })).check({})).toMatch(
      /no certificate of the clients/,
    );
  });

  it('a certificate of the clients opens the door where one is asked for', async () => {
    const { check } = await createWorld({ secret: null, acceptsCertificates: true });
    expect(check({ hasClientCertificate: true })).toBe('');
    expect(check({})).toMatch(/^UNAUTHENTICATED: the call bears no certificate/);
  });

  it('before the body is there, a signed call is neither let in nor refused', async () => {
    const time = new VirtualTime();
    const clock = time.createNode();
    const authenticator = new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock });
    const authorization = clientAuthorization({
      secret: SECRET,
      scheme: 'hmac',
      target: TARGET,
      body: BODY,
      clock,
      random: new SeededRandom(1),
    });
    const pending = authenticator.checkHead({
      authorization,
      target: TARGET,
      isEncrypted: false,
      isLoopback: false,
      hasClientCertificate: false,
    });
    expect(() => pending!.verify(Buffer.from('other'))).toThrow(/does not fit/);
    pending!.verify(BODY);
    expect(() => pending!.verify(BODY)).toThrow(/sent before/);
  });

  it('a Bearer secret that no header can hold is refused where it is made', () => {
    const clock = new VirtualTime().createNode();
    const options = { scheme: 'bearer' as const, target: TARGET, body: BODY, clock, random: new SeededRandom(1) };
    expect(clientAuthorization({ ...options, secret: Buffer.from('abc-DEF_123/456+789=') })).toBe('Bearer abc-DEF_123/456+789=');
    for (const secret of ['with space inside', 'line\nfeed', 'Größe'])
      expect(() => clientAuthorization({ ...options, secret: Buffer.from(secret) })).toThrow(/no header can hold/);
  });

  it('secrets are compared as a whole, whatever their lengths', () => {
    expect(isEqualSecret(Buffer.from('abc'), Buffer.from('abc'))).toBe(true);
    for (const other of ['', 'ab', 'abcd', 'abd']) expect(isEqualSecret(Buffer.from('abc'), Buffer.from(other))).toBe(false);
  });
});
