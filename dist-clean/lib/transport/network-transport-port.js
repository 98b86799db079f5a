/** Tells it from a transport between nodes of one process. */
export function isNetworkTransport(transport) {
    const { listen, call } = transport;
    return typeof listen === 'function' && typeof call === 'function';
}
//# sourceMappingURL=network-transport-port.js.map