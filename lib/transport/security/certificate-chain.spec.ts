/** Whose certificate a chain is: signatures count, names do not. */
import { describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createAuthority, type IssuedCertificate } from '../../../test/support/certificates.js';
import { certificatesOf, chainOf, isIssuedBy } from './certificate-chain.js';

const parse = (...issued: readonly Pick<IssuedCertificate, 'cert'>[]): X509Certificate[] =>
  issued.map(({ cert }) => new X509Certificate(cert));

describe('K1: a chain', () => {
  const peers = createAuthority('peers');
  const clients = createAuthority('clients');
  const leaf = clients.issue({ name: 'c' });

  it('is of the authority that signed its first certificate, and of no other', () => {
    expect(isIssuedBy(parse(leaf), parse(clients))).toBe(true);
    expect(isIssuedBy(parse(leaf, clients), parse(peers, clients))).toBe(true);
    expect(isIssuedBy(parse(leaf, clients), parse(peers))).toBe(false);
    expect(isIssuedBy([], parse(peers))).toBe(false);
    expect(isIssuedBy(parse(leaf), parse(createAuthority('clients')))).toBe(false);
  });

  it('is not made longer by what bears the right names: the authority itself, one made up between the two, or one that is none', () => {
    const madeUp = createAuthority('peers').issue({ name: 'clients', isAuthority: true });
    expect(isIssuedBy(parse(leaf, peers), parse(peers))).toBe(false);
    expect(isIssuedBy(parse(leaf, madeUp, peers), parse(peers))).toBe(false);
    const node = peers.issue({ name: 'clients' });
    expect(isIssuedBy(parse(leaf, node, peers), parse(peers))).toBe(false);
  });

  it('of a connection without TLS is empty', () => {
    expect(chainOf({})).toEqual([]);
  });

  it('a file may hold several', () => {
    expect(certificatesOf(`${peers.cert}\nwords\n${clients.cert}`)).toHaveLength(2);
    expect(certificatesOf('none')).toEqual([]);
  });
});
