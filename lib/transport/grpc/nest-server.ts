/**
 * The gRPC server of a node: Nest's own (ServerGrpc, the strategy behind Transport.GRPC), with a port of ours. It stands for itself: no second application
 * container, and none of the application's pipes, guards, filters, logger or microservices has a part in it.
 *
 * N1. It listens on nothing: connections are given to it (listener.ts).
 * N2. It uses our grpc-js, whatever else is installed (M2 of modules.ts), and ends no process for a package that is missing.
 * N3. Handlers are in place before the first connection.
 * Source: @nestjs/microservices 11 and 12, server/server-grpc. Tests: grpc-carrier.spec.ts, scripts/smoke-nest11.mjs.
 */
import type { ConnectionInjector, Server, ServerDuplexStream, ServerInterceptor, ServiceDefinition } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import type { MessageHandler } from '@nestjs/microservices';
import type { Socket } from 'node:net';
import { PACKET_BYTES } from './packet-wire.js';
import { streamHandler, unaryHandler, type ControlSource } from './control-handlers.js';
import { HealthService } from './health-service.js';
import type { GrpcLimits } from './limits.js';
import type { GrpcModules, ServerModules } from './modules.js';
import type { Packet } from './packet-wire.js';
import { PEER_SERVICE, PROTO_PACKAGE } from './proto.js';

/** How Nest tells handlers apart (GrpcMethodStreamingType, which it does not export). */
const PLAIN = 'no_stream';
const RAW_CALL = 'pt_stream';

export interface NestServerParts {
  readonly modules: GrpcModules & ServerModules;
  readonly interceptor: ServerInterceptor;
  readonly limits: GrpcLimits;
  readonly control: ControlSource;
  readonly onConnect: (stream: ServerDuplexStream<Packet, Packet>) => void;
}

export interface NestServer {
  take(socket: Socket): void;
  /** What was answered leaves, for `closeGraceMs`; then all calls are cut. */
  close(): Promise<void>;
}

export async function startNestServer(parts: NestServerParts): Promise<NestServer> {
  const { modules, limits, control } = parts;
  const { grpc, proto, nest, loader, health, reflection } = modules;
  let server: Server | null = null;
  const services = new Set(['', ...serviceNames(proto.definition)]);
  const healthService = new HealthService(() => control()?.isServing() ?? false, services, limits);

  class NodeServerGrpc extends nest.ServerGrpc {
    override async createClient(): Promise<Server> {
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

    protected override loadPackage(name: string): never {
      return (name === '@grpc/grpc-js' ? grpc : loader) as never;
    }

    protected override loadPackageSynchronously(name: string): never {
      return this.loadPackage(name);
    }
  }

  const strategy = new NodeServerGrpc({
    package: PROTO_PACKAGE,
    packageDefinition: proto.serverDefinition,
    onLoadPackageDefinition: (_definition: PackageDefinition, target: Pick<Server, 'addService'>) => {
      target.addService(health.service as ServiceDefinition, healthService.implementation);
      if (reflection !== null) new reflection.ReflectionService(proto.definition).addToServer(target);
    },
  });
  const handle = (service: string, method: string, streaming: string, handler: unknown): void =>
    strategy.addHandler(strategy.createPattern(service, method, streaming as never), handler as MessageHandler);
  handle(PEER_SERVICE, 'Connect', RAW_CALL, async (stream: ServerDuplexStream<Packet, Packet>) => parts.onConnect(stream));
  for (const rpc of proto.byPath.values()) {
    const make = rpc.method.isStream === true ? streamHandler : unaryHandler;
    handle(rpc.method.rpc.service, rpc.method.rpc.method, PLAIN, make(grpc, rpc, control));
  }
  await new Promise<void>((resolve, reject) => {
    void strategy.listen((error?: unknown) => (error == null ? resolve() : reject(error as Error)));
  });
  const injector = injectorOf(server, grpc.ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  return {
    take: (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      injector.injectConnection(socket);
    },
    close: async () => {
      healthService.close();
      await inOrder(server, sockets, limits.closeGraceMs);
      injector.destroy();
      await strategy.close();
    },
  };
}

function injectorOf(server: Server | null, credentials: Parameters<Server['createConnectionInjector']>[0]): ConnectionInjector {
  if (server === null) throw new Error('ServerGrpc did not make its server');
  return server.createConnectionInjector(credentials);
}

/**
 * Connections end when their last call has; some never do. That the server has shut down does not say that what it wrote has left: before Node 24 a stream
 * closes when the other side has closed it too, since then when its last frame was handed to the connection. So their ends are waited for.
 */
async function inOrder(server: Server | null, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
  const shutDown = new Promise<void>((resolve) => (server === null ? resolve() : server.tryShutdown(() => resolve())));
  const ended = shutDown.then(() => Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))));
  await Promise.race([grace, ended]);
  clearTimeout(timer);
}

function serviceNames(definition: PackageDefinition): string[] {
  return Object.entries(definition)
    .filter(([, entry]) => !('format' in entry))
    .map(([name]) => name);
}
