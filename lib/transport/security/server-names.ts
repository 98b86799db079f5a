/**
 * Which names a dialled server's certificate may bear. Pure.
 *
 * V1. The configured name and no other; else the host of the address, or the name that this address was found by: a name that stands for several addresses is
 *     as good as one that stands for a single one, and that stays a name.
 * Source: RFC 9525 §6 (reference identities are those that the client was given). Tests: server-names.spec.ts, grpc-tls.spec.ts, http-tls.spec.ts.
 */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { HostAndPort } from './loopback.js';

export interface DialledName {
  readonly address: HostAndPort;
  /** As configured. */
  readonly serverName: string | undefined;
  /** Host that stands for the address and others. */
  readonly name: string | undefined;
}

/** One or two; the first is that of the address. */
export function acceptedNames({ address, serverName, name }: DialledName): readonly string[] {
  if (serverName !== undefined) return [serverName];
  return name === undefined || name === address.host ? [address.host] : [address.host, name];
}

/** undefined: the certificate bears one of them; else what is wrong with the last. */
export function checkNames(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  let problem: Error | undefined;
  for (const name of names) {
    problem = checkServerIdentity(name, certificate);
    if (problem === undefined) return undefined;
  }
  return problem;
}
