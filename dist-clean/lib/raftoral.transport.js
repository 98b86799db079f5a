import { RaftoralError } from './errors/index.js';
import { PeerTransport } from './transport/peer/peer-transport.js';
import { ClientAuthenticator } from './transport/security/client-auth.js';
import { peerCredentials } from './transport/security/listen-policy.js';
import { checkSecretsApart, readSecret } from './transport/security/secrets.js';
import { TlsFiles } from './transport/security/tls-files.js';
export class NodeTransport {
    network;
    carrier;
    gate;
    tls;
    constructor(network, carrier, gate, tls) {
        this.network = network;
        this.carrier = carrier;
        this.gate = gate;
        this.tls = tls;
    }
    /** Rejects with INVALID_CONFIGURATION: secrets and certificates are read here. */
    static async make(settings, host, machine) {
        const { transport, security } = settings;
        const { clock, logger } = machine;
        const { peerSecret, clientSecret } = readSecrets(security);
        const tls = security.tls === null ? null : new TlsFiles({ names: security.tls, clock, logger });
        try {
            const carrier = await makeCarrier(transport, security, tls, host);
            const network = new PeerTransport({
                ...machine,
                carrier,
                credentials: peerCredentials({ peerSecret, hasTls: tls !== null }),
                advertise: transport.advertise,
            });
            const acceptsCertificates = security.tls?.clientCa !== undefined;
            const gate = new ClientAuthenticator({ secret: clientSecret, acceptsCertificates, insecure: security.insecure, clock });
            return new NodeTransport(network, carrier, gate, tls);
        }
        catch (error) {
            tls?.close();
            throw error;
        }
    }
    /** From now on clients are answered. */
    serve(api) {
        this.carrier.serveControl({ api, gate: this.gate });
    }
    /** After the transport was stopped. */
    close() {
        this.tls?.close();
    }
}
function readSecrets(security) {
    const peerSecret = security.peerSecret === null ? null : readSecret(security.peerSecret, 'security.peerSecret');
    const clientSecret = security.clientSecret === null ? null : readSecret(security.clientSecret, 'security.clientSecret');
    checkSecretsApart(peerSecret, clientSecret);
    return { peerSecret, clientSecret };
}
async function makeCarrier(transport, security, tls, host) {
    const serverName = security.tls?.serverName;
    const encryption = { ...(tls === null ? {} : { tls }), ...(serverName === undefined ? {} : { serverName }) };
    if (transport.type === 'grpc') {
        const { GrpcCarrier } = await import('./transport/grpc/grpc-carrier.js');
        return new GrpcCarrier({ listen: transport.listen, reflection: transport.reflection, ...encryption });
    }
    const { HttpCarrier } = await import('./transport/http/http-carrier.js');
    const { path, cors, listen } = transport;
    const carrier = new HttpCarrier({ path, ...(listen === null ? { server: () => serverOf(host) } : { listen }), ...encryption });
    return Object.assign(carrier, {
        serveControl: (serving) => HttpCarrier.prototype.serveControl.call(carrier, { ...serving, cors }),
    });
}
function serverOf(host) {
    const server = host?.httpAdapter?.getHttpServer();
    if (server !== undefined && server !== null)
        return server;
    throw new RaftoralError('INVALID_CONFIGURATION', 'RaftoralModule: transport.listen: this application has no HTTP server to stand in front of; give the address for a listener of its own', { details: { option: 'transport.listen' } });
}
//# sourceMappingURL=raftoral.transport.js.map