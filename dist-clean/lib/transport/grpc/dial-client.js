import { isIP } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { PACKET_BYTES_MAX } from '../channel.js';
import { grpcTarget } from './address.js';
import { ANSWER_BYTES_MAX, FLOW_CONTROL_BYTES, TLS_VERSION_MIN } from './limits.js';
export function dialClient(grpc, { address, tls, serverName, limits }) {
    const connector = new Connector(tls, serverName ?? address.host);
    const client = new grpc.Client(grpcTarget(address), credentialsOf(grpc, connector, tls !== null), {
        'grpc.use_local_subchannel_pool': 1,
        'grpc.enable_http_proxy': 0,
        'grpc.enable_channelz': 0,
        'grpc.enable_retries': 0,
        'grpc.service_config_disable_resolution': 1,
        'grpc.keepalive_time_ms': limits.keepAliveMs,
        'grpc.keepalive_timeout_ms': limits.keepAliveTimeoutMs,
        'grpc.max_receive_message_length': Math.max(ANSWER_BYTES_MAX, PACKET_BYTES_MAX),
        'grpc.max_send_message_length': -1,
        'grpc-node.flow_control_window': FLOW_CONTROL_BYTES,
        'grpc.initial_reconnect_backoff_ms': 100,
        'grpc.max_reconnect_backoff_ms': 1_000,
    });
    return {
        client,
        close: () => {
            client.close();
            connector.close();
        },
    };
}
/** Puts TLS on connections, and knows all of them. */
class Connector {
    tls;
    serverName;
    #sockets = new Set();
    #isClosed = false;
    constructor(tls, serverName) {
        this.tls = tls;
        this.serverName = serverName;
    }
    connect(socket) {
        if (this.#isClosed) {
            socket.destroy();
            return Promise.reject(new Error('closed by this side'));
        }
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        if (this.tls === null)
            return Promise.resolve({ socket, secure: false });
        return this.#secure(socket, this.tls);
    }
    close() {
        this.#isClosed = true;
        for (const socket of this.#sockets)
            socket.destroy();
    }
    #secure(socket, { ca, cert, key }) {
        const { serverName } = this;
        return new Promise((resolve, reject) => {
            const secured = connectTls({
                socket,
                ...(ca === undefined ? {} : { ca }),
                ...(cert === undefined ? {} : { cert }),
                ...(key === undefined ? {} : { key }),
                // An IP address is no name that may be asked for (RFC 6066 §3); the certificate must bear it all the same.
                ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
                checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
                ALPNProtocols: ['h2'],
                minVersion: TLS_VERSION_MIN,
            });
            secured.once('secureConnect', () => resolve({ socket: secured, secure: true }));
            secured.once('close', () => reject(new Error('the connection was closed during the TLS handshake')));
            secured.once('error', reject);
        });
    }
}
function credentialsOf(grpc, connector, isSecure) {
    class ConnectorCredentials extends grpc.ChannelCredentials {
        _isSecure() {
            return isSecure;
        }
        _equals(other) {
            return this === other;
        }
        _createSecureConnector() {
            return {
                connect: (socket) => connector.connect(socket),
                waitForReady: () => Promise.resolve(),
                getCallCredentials: () => grpc.credentials.createEmpty(),
                destroy: () => undefined,
            };
        }
    }
    return new ConnectorCredentials();
}
//# sourceMappingURL=dial-client.js.map