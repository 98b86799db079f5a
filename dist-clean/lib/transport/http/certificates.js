/**
 * Whose certificate a connection showed: of the peers' authority, of the clients', or none. TLS has checked the chain against both together;
 * which of the two it ends at is found here.
 *
 * K1. No certificate, or one that TLS did not accept: neither.
 * Tests: http-tls.spec.ts.
 */
import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
/** A bundle as PEM text. */
export class Authority {
    certificates;
    constructor(pem) {
        const texts = pem.toString('utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
        this.certificates = texts.map((text) => new X509Certificate(text));
    }
    /** The certificate of the connection was accepted by TLS and its chain ends at this authority. */
    hasIssued(socket) {
        if (!(socket instanceof TLSSocket) || !socket.authorized)
            return false;
        return chainOf(socket).some((link) => this.certificates.some((authority) => link.fingerprint256 === authority.fingerprint256 || (link.checkIssued(authority) && link.verify(authority.publicKey))));
    }
}
function chainOf(socket) {
    const chain = [];
    const seen = new Set();
    // Empty when the other side showed none.
    let link = socket.getPeerCertificate(true);
    while (link?.raw !== undefined && link.fingerprint256 !== undefined && !seen.has(link.fingerprint256)) {
        seen.add(link.fingerprint256);
        chain.push(new X509Certificate(link.raw));
        link = link.issuerCertificate;
    }
    return chain;
}
//# sourceMappingURL=certificates.js.map