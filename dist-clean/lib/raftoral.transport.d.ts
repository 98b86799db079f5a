/**
 * The transport of a node as its options say: the carrier, the peers' proof, the clients' gate. Owns what is read once: secrets and TLS files.
 *
 * R1. The adapter is loaded when it is wanted: whoever speaks HTTP installs no gRPC.
 * R2. Secrets of peers and of clients are two (checkSecretsApart()); they are read here, and held by nobody else.
 * R3. On the application's own server the routes stand before those of the application, from listen() on.
 */
import type { HttpAdapterHost } from '@nestjs/core';
import type { ControlApi } from './client/control-port.js';
import type { Clock } from './cluster/clock.js';
import type { Logger } from './cluster/logger.js';
import type { Random } from './cluster/random.js';
import type { Scheduler } from './cluster/scheduler.js';
import type { RaftoralSettings, TransportSettings } from './interfaces/settings.js';
import type { NetworkTransport } from './transport/network-transport-port.js';
export interface TransportMachine {
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    readonly random: Random;
    readonly logger: Logger;
}
export declare class NodeTransport {
    readonly network: NetworkTransport;
    private readonly carrier;
    private readonly gate;
    private readonly tls;
    private constructor();
    /** Rejects with INVALID_CONFIGURATION: secrets and certificates are read here. */
    static make(settings: RaftoralSettings & {
        readonly transport: TransportSettings;
    }, host: HttpAdapterHost | undefined, machine: TransportMachine): Promise<NodeTransport>;
    /** From now on clients are answered. */
    serve(api: ControlApi): void;
    /** After the transport was stopped. */
    close(): void;
}
