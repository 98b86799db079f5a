import { PACKET_BYTES } from './packet-wire.js';
import { streamHandler, unaryHandler } from './control-handlers.js';
import { HealthService } from './health-service.js';
import { PEER_SERVICE, PROTO_PACKAGE } from './proto.js';
/** How Nest tells handlers apart (GrpcMethodStreamingType, which it does not export). */
const PLAIN = 'no_stream';
const RAW_CALL = 'pt_stream';
export async function startNestServer(parts) {
    const { modules, limits, control } = parts;
    const { grpc, proto, nest, loader, health, reflection } = modules;
    let server = null;
    const services = new Set(['', ...serviceNames(proto.definition)]);
    const healthService = new HealthService(() => control()?.isServing() ?? false, services, limits);
    class NodeServerGrpc extends nest.ServerGrpc {
        async createClient() {
            server = new grpc.Server({
                interceptors: [parts.interceptor],
                'grpc.enable_channelz': 0,
                'grpc.max_receive_message_length': Math.max(limits.requestBytesMax, 2 * PACKET_BYTES),
                'grpc.max_send_message_length': -1,
                'grpc.max_concurrent_streams': limits.streamsPerConnectionMax,
                'grpc.max_connection_idle_ms': limits.connectionIdleMs,
                'grpc.keepalive_time_ms': limits.keepAliveMs,
                'grpc.keepalive_timeout_ms': limits.keepAliveTimeoutMs,
            });
            return server;
        }
        loadPackage(name) {
            return (name === '@grpc/grpc-js' ? grpc : loader);
        }
        loadPackageSynchronously(name) {
            return this.loadPackage(name);
        }
    }
    const strategy = new NodeServerGrpc({
        package: PROTO_PACKAGE,
        packageDefinition: proto.serverDefinition,
        onLoadPackageDefinition: (_definition, target) => {
            target.addService(health.service, healthService.implementation);
            if (reflection !== null)
                new reflection.ReflectionService(proto.definition).addToServer(target);
        },
    });
    const handle = (service, method, streaming, handler) => strategy.addHandler(strategy.createPattern(service, method, streaming), handler);
    handle(PEER_SERVICE, 'Connect', RAW_CALL, async (stream) => parts.onConnect(stream));
    for (const rpc of proto.byPath.values()) {
        const make = rpc.method.isStream === true ? streamHandler : unaryHandler;
        handle(rpc.method.rpc.service, rpc.method.rpc.method, PLAIN, make(grpc, rpc, control));
    }
    await new Promise((resolve, reject) => {
        void strategy.listen((error) => (error == null ? resolve() : reject(error)));
    });
    const injector = injectorOf(server, grpc.ServerCredentials.createInsecure());
    return {
        take: (socket) => injector.injectConnection(socket),
        close: async () => {
            healthService.close();
            await inOrder(server, limits.closeGraceMs);
            injector.destroy();
            await strategy.close();
        },
    };
}
function injectorOf(server, credentials) {
    if (server === null)
        throw new Error('ServerGrpc did not make its server');
    return server.createConnectionInjector(credentials);
}
/** Connections end when their last call has; some never do. */
function inOrder(server, graceMs) {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        server?.tryShutdown(() => {
            clearTimeout(timer);
            resolve();
        });
    });
}
function serviceNames(definition) {
    return Object.entries(definition)
        .filter(([, entry]) => !('format' in entry))
        .map(([name]) => name);
}
//# sourceMappingURL=nest-server.js.map