import { RaftoralError } from '../../errors/index.js';
import { parseAddress } from '../security/loopback.js';
import { AcceptedChannel } from './accepted-channel.js';
import { CallConnections, clientGate } from './client-gate.js';
import { DialedChannel } from './dialed-channel.js';
import { GrpcStatus } from './error-status.js';
import { GRPC_LIMITS } from './limits.js';
import { Listener } from './listener.js';
import { loadGrpc, loadServerModules } from './modules.js';
import { startNestServer } from './nest-server.js';
/** The control API is not offered. */
const CLOSED = {
    checkHead: ({ target }) => {
        throw new RaftoralError('UNAUTHENTICATED', `${target}: this node does not answer clients (yet).`);
    },
};
export class GrpcCarrier {
    options;
    #limits;
    #channels = new Set();
    #connections = new CallConnections();
    #control = null;
    #listener = null;
    #server = null;
    #accept = null;
    #isClosed = false;
    #onLastChannelGone = null;
    constructor(options) {
        this.options = options;
        this.#limits = { ...GRPC_LIMITS, ...options.limits };
    }
    /** From now on clients are answered. Before, every call of theirs is UNAUTHENTICATED. */
    serveControl(serving) {
        this.#control = serving;
    }
    async listen(accept) {
        const { listen, tls, reflection: hasReflection = false } = this.options;
        parseAddress(listen, 'transport.listen');
        const [common, own] = await Promise.all([loadGrpc(), loadServerModules(hasReflection)]);
        if (this.#isClosed)
            throw new RaftoralError('SHUTTING_DOWN', 'The gRPC transport was closed while it started.');
        this.#accept = accept;
        const limits = this.#limits;
        const listener = new Listener(tls ?? null, limits, (socket) => this.#server?.take(socket));
        this.#server = await startNestServer({
            modules: { ...common, ...own },
            limits,
            interceptor: clientGate(common.grpc, {
                gate: () => this.#control?.gate ?? CLOSED,
                isControl: (path) => common.proto.byPath.has(path),
                hasReflection,
                findConnection: (ends) => listener.find(ends),
            }, this.#connections),
            control: () => this.#control?.api ?? null,
            onConnect: (stream) => this.#connected(common, stream),
        });
        try {
            const address = await listener.listen(listen);
            this.#listener = listener;
            return { address };
        }
        catch (error) {
            const server = this.#server;
            this.#server = null;
            await server.close();
            throw error;
        }
    }
    dial(address, handlers) {
        const { tls, serverName } = this.options;
        const channel = new DialedChannel({ address, tls: tls?.current ?? null, serverName, limits: this.#limits, onGone: (gone) => this.#gone(gone) }, handlers);
        this.#channels.add(channel);
        loadGrpc().then((modules) => this.#open(channel, modules, address), (error) => channel.fail(String(error)));
        return channel;
    }
    async close() {
        this.#isClosed = true;
        for (const channel of this.#channels)
            channel.close();
        // What was sent before leaves first; channels that do not end within their grace are cut by themselves.
        if (this.#channels.size > 0)
            await new Promise((resolve) => (this.#onLastChannelGone = resolve));
        const [server, listener] = [this.#server, this.#listener];
        this.#server = null;
        this.#listener = null;
        await server?.close();
        await listener?.close();
    }
    #open(channel, modules, address) {
        let target;
        try {
            target = parseAddress(address, 'address');
        }
        catch (error) {
            channel.fail(error.message);
            return;
        }
        if (this.#isClosed)
            channel.fail('this node is closing');
        else
            channel.open(modules, target);
    }
    #connected({ grpc }, stream) {
        const connection = this.#connections.of(stream.metadata);
        const accept = this.#accept;
        if (connection === null || accept === null || this.#isClosed) {
            stream.emit('error', { code: GrpcStatus.UNAVAILABLE, details: 'this node is closing' });
            return;
        }
        const channel = new AcceptedChannel(stream, { connection, limits: this.#limits, onGone: (gone) => this.#gone(gone) });
        this.#channels.add(channel);
        channel.open(accept, new grpc.Metadata());
    }
    #gone(channel) {
        this.#channels.delete(channel);
        if (this.#channels.size === 0)
            this.#onLastChannelGone?.();
    }
}
//# sourceMappingURL=grpc-carrier.js.map