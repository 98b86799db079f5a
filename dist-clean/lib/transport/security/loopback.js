/**
 * Addresses as people write them, and which of them never leave the machine. Pure.
 *
 * Source: RFC 3986 §3.2.2 (an IPv6 address stands in brackets), RFC 6761 §6.3 (localhost), RFC 1122 §3.2.1.3 (127/8), RFC 4291 §2.5.3.
 * Tests: loopback.spec.ts.
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { RaftoralError } from '../../errors/index.js';
const PORT_MAX = 65_535;
const NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$/;
const LOOPBACK_MAPPED = /^(?:0*:)*(?:0*:)?:?(?:ffff|FFFF):/;
/** Throws INVALID_CONFIGURATION that names `option`. */
export function parseAddress(text, option) {
    const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    const isHost = match?.[1] === undefined ? isIPv4(host) || (NAME.test(host) && !/^[\d.]+$/.test(host)) : isIPv6(host);
    if (match !== null && isHost && port <= PORT_MAX)
        return { host, port };
    throw new RaftoralError('INVALID_CONFIGURATION', `${option} is '${text}'; give host:port, such as 127.0.0.1:7000, node-1.internal:7000 or [::1]:7000`, { details: { option } });
}
export function formatAddress(host, port) {
    return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
/** Only processes of this machine can reach a listener there. */
export function isLoopbackHost(host) {
    if (isIPv4(host))
        return host.startsWith('127.');
    if (isIPv6(host))
        return isLoopbackIPv6(host);
    return /^(?:[^.]+\.)*localhost\.?$/i.test(host);
}
/** All interfaces of the machine: fine to listen on, no address to be reached at. */
export function isWildcardHost(host) {
    if (isIP(host) === 4)
        return host === '0.0.0.0';
    return isIPv6(host) && canonicalIPv6(host) === '[::]';
}
function isLoopbackIPv6(host) {
    if (LOOPBACK_MAPPED.test(host) && /:127\.\d+\.\d+\.\d+$/.test(host))
        return true;
    const canonical = canonicalIPv6(host);
    // ::ffff:127.0.0.0/8 in hexadecimal: its first word is 7f00 to 7fff
    return canonical === '[::1]' || /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(canonical);
}
/** As the URL standard writes it, in brackets. A zone is no part of it. */
function canonicalIPv6(host) {
    return new URL(`http://[${host.replace(/%.*$/, '')}]/`).hostname;
}
//# sourceMappingURL=loopback.js.map