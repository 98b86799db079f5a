/**
 * The gRPC server of a node: Nest's own (ServerGrpc, the strategy behind Transport.GRPC), with a port of ours. It stands for itself: no second application
 * container, and none of the application's pipes, guards, filters, logger or microservices has a part in it.
 *
 * N1. It listens on nothing: connections are given to it (listener.ts).
 * N2. It uses our grpc-js, whatever else is installed (M2 of modules.ts), and ends no process for a package that is missing.
 * N3. Handlers are in place before the first connection.
 * Source: @nestjs/microservices 11 and 12, server/server-grpc. Tests: grpc-carrier.spec.ts, scripts/smoke-nest11.mjs.
 */
import type { ServerDuplexStream, ServerInterceptor } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import { type ControlSource } from './control-handlers.js';
import type { GrpcLimits } from './limits.js';
import type { GrpcModules, ServerModules } from './modules.js';
import type { Packet } from './packet-wire.js';
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
export declare function startNestServer(parts: NestServerParts): Promise<NestServer>;
