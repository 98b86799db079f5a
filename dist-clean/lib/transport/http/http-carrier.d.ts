/**
 * Peer channels over HTTP, and the control API beside them: on a listener of its own, or in front of the application's server.
 * Owns the listener or the mount, the channels in both directions, and the routes under one path.
 *
 * H1. Every channel, whoever opened it, ends with close(); held polls are answered, streams ended, and the port is free when it resolves.
 * H2. The adapter proves nothing about a peer but what TLS did (isPeerVerified); a client's certificate is none of a peer's.
 * Source: docs/adr/0042, docs/NETWORK.md. Tests: http-carrier.spec.ts, http-transport.spec.ts, http-mount.spec.ts, http-tls.spec.ts.
 */
import type { Server } from 'node:http';
import type { ControlApi } from '../../client/control-port.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
import type { CorsOption } from './cors.js';
import { type ControlGate } from './http-control.js';
import { type HttpLimits } from './http-limits.js';
import { type ListenTls } from './http-listener.js';
/** Certificates that may be renewed while the node runs: security/tls-files.ts. */
export interface TlsSource {
    readonly current: ListenTls;
    onChanged(listener: (tls: ListenTls) => void): () => void;
}
export interface HttpCarrierOptions {
    /** Under which everything stands. Default `/raftoral`. */
    readonly path?: string;
    /** `host:port` of a listener of its own. */
    readonly listen?: string;
    /** Without `listen`: the application's own server, asked for when listen() is called. */
    readonly server?: () => Server;
    readonly tls?: TlsSource;
    /** Name that the peers' certificates must bear, where it is not the host of their address. */
    readonly serverName?: string;
    readonly limits?: Partial<HttpLimits>;
}
export interface HttpControlServing {
    readonly api: ControlApi;
    readonly gate: ControlGate;
    /** Default: none. */
    readonly cors?: CorsOption;
}
export declare class HttpCarrier implements ChannelCarrier {
    private readonly options;
    private readonly limits;
    private readonly bodies;
    private readonly routes;
    private readonly front;
    private readonly dialed;
    private listener;
    private mount;
    private control;
    private api;
    private authorities;
    private forgetTls;
    private isClosed;
    constructor(options: HttpCarrierOptions);
    /** Under `<path>/v1`, from now on; `health` speaks for this API. */
    serveControl({ api, gate, cors }: HttpControlServing): void;
    listen(accept: ChannelAcceptor): Promise<ListeningAt>;
    dial(address: string, handlers: ChannelHandlers): ByteChannel;
    close(): Promise<void>;
    /** Nothing is held any more that would keep a server from closing. */
    private endServing;
    private useTls;
}
