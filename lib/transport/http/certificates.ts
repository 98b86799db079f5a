/**
 * Whose certificate a connection showed: of the peers' authority, of the clients', or none. TLS has checked the chain against both together;
 * which of the two it ends at is found here.
 *
 * K1. No certificate, or one that TLS did not accept: neither.
 * Tests: http-tls.spec.ts.
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';

/** A bundle as PEM text. */
export class Authority {
  private readonly certificates: readonly X509Certificate[];

  constructor(pem: string | Buffer) {
    const texts = pem.toString('utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    this.certificates = texts.map((text) => new X509Certificate(text));
  }

  /** The certificate of the connection was accepted by TLS and its chain ends at this authority. */
  hasIssued(socket: Socket): boolean {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
    return chainOf(socket).some((link) =>
      this.certificates.some(
        (authority) =>
          link.fingerprint256 === authority.fingerprint256 || (link.checkIssued(authority) && link.verify(authority.publicKey)),
      ),
    );
  }
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  // Empty when the other side showed none.
  let link: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (link?.raw !== undefined && link.fingerprint256 !== undefined && !seen.has(link.fingerprint256)) {
    seen.add(link.fingerprint256);
    chain.push(new X509Certificate(link.raw));
    link = link.issuerCertificate;
  }
  return chain;
}
