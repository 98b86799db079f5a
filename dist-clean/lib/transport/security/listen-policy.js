/**
 * Whether this node may listen, as whom it knows its peers, and where they reach it. Pure.
 *
 * Y1. Beyond the loopback interface nobody listens without a secret or TLS, unless `security.insecure` says that this is meant.
 * Tests: listen-policy.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import { isLoopbackHost, isWildcardHost, parseAddress } from './loopback.js';
/** Throws INVALID_CONFIGURATION. */
export function checkListen({ listen, hasPeerSecret, hasTls, insecure }) {
    const isLocal = listen !== null && isLoopbackHost(parseAddress(listen, 'transport.listen').host);
    if (isLocal || hasPeerSecret || hasTls || insecure)
        return;
    const where = listen === null ? "the application's own server" : listen;
    const remedy = 'give security.peerSecret or security.tls (the same on all nodes), or say security.insecure: true if anyone who reaches it may be a peer';
    throw new RaftoralError('INVALID_CONFIGURATION', `${where} can be reached from other machines, and nothing tells peers from strangers: ${remedy}`);
}
/** A secret comes first, also with TLS; then certificates; then nothing, which checkListen() has allowed. */
export function peerCredentials(options) {
    if (options.peerSecret !== null)
        return { kind: 'secret', secret: options.peerSecret };
    return options.hasTls ? { kind: 'certificate' } : { kind: 'insecure' };
}
/** Where peers reach this node: what was given, else what is bound. Throws INVALID_CONFIGURATION. */
export function advertisedAddress(options) {
    const { advertise, bound } = options;
    if (advertise !== null) {
        const { host, port } = parseAddress(advertise, 'transport.advertise');
        if (port === 0 || isWildcardHost(host))
            throw new RaftoralError('INVALID_CONFIGURATION', `transport.advertise is '${advertise}'; give the host and port at which other nodes reach this one`);
        return advertise;
    }
    if (bound === null)
        throw new RaftoralError('INVALID_CONFIGURATION', "transport.advertise is missing: on the application's own server this node can not know where others reach it");
    if (isWildcardHost(parseAddress(bound, 'transport.listen').host))
        throw new RaftoralError('INVALID_CONFIGURATION', `transport.advertise is missing: ${bound} stands for all interfaces, and is no address to be reached at`);
    return bound;
}
//# sourceMappingURL=listen-policy.js.map