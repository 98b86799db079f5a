/**
 * `host:port` as grpc-js wants it. Pure.
 */
import { isIP } from 'node:net';
import { formatAddress } from '../security/loopback.js';
/** Addresses are not looked up; names are, once for each channel. */
export function grpcTarget({ host, port }) {
    const family = isIP(host);
    return `${family === 0 ? 'dns' : family === 6 ? 'ipv6' : 'ipv4'}:${formatAddress(host, port)}`;
}
//# sourceMappingURL=address.js.map