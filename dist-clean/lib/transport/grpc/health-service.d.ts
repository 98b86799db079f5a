/**
 * The standard health service (grpc.health.v1): open to everybody, so that a load balancer needs no secret.
 *
 * H1. It tells whether this node serves, under '' and under the name of every service of the package, and nothing else.
 * H2. Watchers are bounded, and looked after by one timer that runs only while there are some.
 * Source: gRPC Health Checking Protocol. Tests: grpc-carrier.spec.ts.
 */
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { GrpcLimits } from './limits.js';
export declare class HealthService {
    #private;
    private readonly isServing;
    private readonly services;
    private readonly limits;
    constructor(isServing: () => boolean, services: ReadonlySet<string>, limits: GrpcLimits);
    get implementation(): UntypedServiceImplementation;
    close(): void;
}
