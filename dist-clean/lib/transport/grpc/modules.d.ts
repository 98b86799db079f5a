import { type RaftoralProto } from './proto.js';
export type GrpcModule = typeof import('@grpc/grpc-js');
export interface GrpcModules {
    readonly grpc: GrpcModule;
    readonly proto: RaftoralProto;
}
export interface ServerModules {
    readonly nest: typeof import('@nestjs/microservices');
    readonly loader: typeof import('@grpc/proto-loader');
    readonly health: typeof import('grpc-health-check');
    /** null: not switched on. */
    readonly reflection: typeof import('@grpc/reflection') | null;
}
export declare function loadGrpc(): Promise<GrpcModules>;
export declare function loadServerModules(hasReflection: boolean, importNest?: () => Promise<typeof import("@nestjs/microservices")>): Promise<ServerModules>;
