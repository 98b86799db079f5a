/**
 * An authority whose certificates connections show: the peers', or the clients'. What it takes is in security/certificate-chain.ts.
 *
 * Tests: http-tls.spec.ts.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { certificatesOf, chainOf, isIssuedBy } from '../security/certificate-chain.js';

/** A bundle as PEM text. */
export class Authority {
  private readonly certificates: readonly X509Certificate[];

  constructor(pem: string | Buffer) {
    this.certificates = certificatesOf(pem);
  }

  /** The certificate of the connection was accepted by TLS, and issued by this authority. */
  hasIssued(socket: Socket): boolean {
    return isIssuedBy(chainOf(socket), this.certificates);
  }
}
