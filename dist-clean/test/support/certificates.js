/**
 * Authorities and certificates made while a test runs (X.509 v3, ECDSA P-256): no key in the repository, no program to call. Just enough DER for TLS.
 *
 * Source: RFC 5280 §4.1, X.690.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { isIP } from 'node:net';
const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
let serial = 1;
export function createAuthority(name, validTo = new Date(Date.now() + 3650 * DAY_MS)) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const self = make({ name, isAuthority: true, validTo }, publicKey, { name, key: privateKey });
    return {
        cert: self,
        key: pemOfKey(privateKey),
        issue: (options) => {
            const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
            return { cert: make(options, pair.publicKey, { name, key: privateKey }), key: pemOfKey(pair.privateKey) };
        },
    };
}
function make(options, publicKey, issuer) {
    const { name, hosts = [], isAuthority = false } = options;
    const validFrom = options.validFrom ?? new Date(Date.now() - DAY_MS);
    const validTo = options.validTo ?? new Date(Date.now() + 365 * DAY_MS);
    const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
    const keyId = createHash('sha1').update(publicInfo).digest();
    const algorithm = sequence(oid(ECDSA_WITH_SHA256));
    const extensions = [
        extension('2.5.29.19', true, isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()),
        // keyCertSign and cRLSign, or digitalSignature
        extension('2.5.29.15', true, der(0x03, isAuthority ? Buffer.from([1, 0x06]) : Buffer.from([7, 0x80]))),
        extension('2.5.29.14', false, der(0x04, keyId)),
    ];
    if (!isAuthority)
        extensions.push(extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))));
    if (hosts.length > 0)
        extensions.push(extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))));
    const toBeSigned = sequence(der(0xa0, integer(2)), integer(serial++), algorithm, distinguishedName(issuer.name), sequence(time(validFrom), time(validTo)), distinguishedName(name), publicInfo, der(0xa3, sequence(...extensions)));
    const signature = sign('sha256', toBeSigned, issuer.key);
    const certificate = sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
    const lines = certificate.toString('base64').match(/.{1,64}/g);
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
function pemOfKey(key) {
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
function der(tag, content) {
    const { length } = content;
    const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}
function sequence(...items) {
    return der(0x30, Buffer.concat(items));
}
function integer(value) {
    const bytes = [];
    for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256))
        bytes.unshift(rest % 256);
    if (bytes[0] >= 0x80)
        bytes.unshift(0);
    return der(0x02, Buffer.from(bytes));
}
function oid(text) {
    const [first, second, ...rest] = text.split('.').map(Number);
    const bytes = [first * 40 + second];
    for (const part of rest) {
        const digits = [part % 128];
        for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
            digits.unshift((left % 128) + 128);
        bytes.push(...digits);
    }
    return der(0x06, Buffer.from(bytes));
}
function distinguishedName(name) {
    return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(name, 'utf8')))));
}
function time(date) {
    return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'latin1'));
}
function extension(id, isCritical, value) {
    const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
    return sequence(oid(id), ...critical, der(0x04, value));
}
function alternativeName(host) {
    const family = isIP(host);
    if (family === 0)
        return der(0x82, Buffer.from(host, 'latin1'));
    if (family === 4)
        return der(0x87, Buffer.from(host.split('.').map(Number)));
    return der(0x87, ipv6Bytes(host));
}
function ipv6Bytes(host) {
    const [head = '', tail = ''] = host.split('::');
    const words = (text) => (text === '' ? [] : text.split(':').map((word) => parseInt(word, 16)));
    const left = words(head);
    const right = host.includes('::') ? words(tail) : [];
    const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
    return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}
//# sourceMappingURL=certificates.js.map