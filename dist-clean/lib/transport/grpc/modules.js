/**
 * The packages that only this adapter needs, loaded when it is used: an application without gRPC pays nothing for them.
 *
 * M1. `@nestjs/microservices` is an optional peer: a server without it is INVALID_CONFIGURATION that says what to install. Clients need it not.
 * M2. ServerGrpc gets our copy of grpc-js, never another one: credentials and servers of two copies do not fit.
 */
import { RaftoralError } from '../../errors/index.js';
import { loadProto } from './proto.js';
let shared = null;
export function loadGrpc() {
    shared ??= Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]).then(([grpc, loader]) => ({
        grpc,
        proto: loadProto(loader),
    }));
    return shared;
}
export async function loadServerModules(hasReflection, importNest = () => import('@nestjs/microservices')) {
    const nest = await importNest().catch((error) => {
        throw new RaftoralError('INVALID_CONFIGURATION', "transport.type 'grpc' needs the package @nestjs/microservices, which can not be loaded here: run `npm install @nestjs/microservices` (of the version of @nestjs/core), or use transport.type 'http'.", { cause: error });
    });
    const [loader, health, reflection] = await Promise.all([
        import('@grpc/proto-loader'),
        import('grpc-health-check'),
        hasReflection ? import('@grpc/reflection') : null,
    ]);
    return { nest, loader, health, reflection };
}
//# sourceMappingURL=modules.js.map