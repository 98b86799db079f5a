/**
 * By whose authority the certificate of a connection was issued. TLS has checked it against the authorities of peers and clients together; which of the two it
 * was is found here.
 *
 * K1. Every link is checked by signature, up to a certificate of the authority's file. What the other side sent beside its own certificate is trusted neither for
 *     its names nor for being there: Node.js puts it into the chain by names alone.
 * K2. No certificate, or one that TLS did not accept: nobody's.
 * Tests: certificate-chain.spec.ts; grpc-tls.spec.ts, http-tls.spec.ts.
 */
import { X509Certificate } from 'node:crypto';
import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';

/** Intermediate authorities between a certificate and the one in the file. */
const CHAIN_LENGTH_MAX = 8;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM file. */
export function certificatesOf(pem: string | Buffer): X509Certificate[] {
  const texts = pem.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  return texts.map((text) => new X509Certificate(text));
}

/** The certificate that was shown, and what issued it, as far as is known: by names, not proved. */
export function chainOf(socket: unknown): readonly X509Certificate[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const chain: X509Certificate[] = [];
  // Empty when the other side showed none.
  let current: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && chain.length < CHAIN_LENGTH_MAX) {
    chain.push(new X509Certificate(current.raw));
    if (current.issuerCertificate === current) break;
    current = current.issuerCertificate;
  }
  return chain;
}

/** K1. */
export function isIssuedBy(chain: readonly X509Certificate[], authorities: readonly X509Certificate[]): boolean {
  for (let index = 0; index < chain.length; index++) {
    const certificate = chain[index]!;
    if (index > 0 && !(certificate.ca && isSigned(chain[index - 1]!, certificate))) return false;
    if (authorities.some((authority) => isSigned(certificate, authority))) return true;
  }
  return false;
}

export function isSigned(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
