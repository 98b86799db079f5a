/**
 * Byte channels over bare TCP, a length before each message: what an adapter is measured against. For benches on loopback only: it has no limits.
 */
import { createServer, connect } from 'node:net';
const LENGTH_BYTES = 4;
export class TcpCarrier {
    listenAt;
    server = null;
    channels = new Set();
    constructor(listenAt) {
        this.listenAt = listenAt;
    }
    async listen(accept) {
        const { host, port } = parts(this.listenAt);
        const server = createServer((socket) => {
            const channel = this.track(socket);
            channel.begin(accept(channel));
        });
        this.server = server;
        await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
        const bound = server.address();
        return { address: `${host}:${bound.port}` };
    }
    dial(address, handlers) {
        const channel = this.track(connect(parts(address)));
        channel.begin(handlers);
        return channel;
    }
    async close() {
        for (const channel of this.channels)
            channel.close();
        const { server } = this;
        if (server !== null)
            await new Promise((resolve) => server.close(() => resolve()));
    }
    track(socket) {
        const channel = new TcpChannel(socket);
        this.channels.add(channel);
        socket.once('close', () => this.channels.delete(channel));
        return channel;
    }
}
class TcpChannel {
    socket;
    isEncrypted = false;
    isPeerVerified = false;
    isLocalEnd = false;
    failure = null;
    kept = null;
    constructor(socket) {
        this.socket = socket;
        socket.setNoDelay(true);
        socket.on('error', (error) => (this.failure = error));
    }
    get remote() {
        return `${this.socket.remoteAddress}:${this.socket.remotePort}`;
    }
    get bufferedBytes() {
        return this.socket.writableLength;
    }
    begin(handlers) {
        this.socket.on('data', (bytes) => this.receive(bytes, handlers));
        this.socket.on('drain', () => handlers.onDrained());
        this.socket.once('close', () => {
            const end = this.isLocalEnd ? 'local' : this.failure?.code === 'ECONNREFUSED' ? 'refused' : 'closed';
            handlers.onClosed(end, this.failure?.message ?? '');
        });
    }
    send(message) {
        if (this.isLocalEnd || this.socket.destroyed)
            return;
        const head = Buffer.allocUnsafe(LENGTH_BYTES);
        head.writeUInt32LE(message.length);
        this.socket.cork();
        this.socket.write(head);
        this.socket.write(message);
        process.nextTick(() => this.socket.uncork());
    }
    close() {
        this.isLocalEnd = true;
        this.socket.end();
        this.socket.destroySoon();
    }
    receive(bytes, handlers) {
        let rest = this.kept === null ? bytes : Buffer.concat([this.kept, bytes]);
        while (rest.length >= LENGTH_BYTES) {
            const length = rest.readUInt32LE(0);
            if (rest.length < LENGTH_BYTES + length)
                break;
            if (this.isLocalEnd)
                return;
            handlers.onMessage(new Uint8Array(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
            rest = rest.subarray(LENGTH_BYTES + length);
        }
        this.kept = rest.length === 0 ? null : rest;
    }
}
function parts(address) {
    const colon = address.lastIndexOf(':');
    return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
//# sourceMappingURL=tcp-carrier.js.map