export interface GrpcLimits {
    /** A request of a client, bytes: what a stranger can make the node hold for one stream before it is refused. */
    readonly requestBytesMax: number;
    /** Connections at once; further ones are closed at once. */
    readonly connectionsMax: number;
    /** Calls and streams on one connection. */
    readonly streamsPerConnectionMax: number;
    /** Until the other side has answered the opening of a stream, ms. */
    readonly dialTimeoutMs: number;
    /** TLS handshake of an incoming connection, ms. */
    readonly tlsTimeoutMs: number;
    /** What was sent before close() has so long to leave, ms. */
    readonly closeGraceMs: number;
    /** A connection without a call ends after, ms. */
    readonly connectionIdleMs: number;
    /** HTTP/2 ping where nothing else is heard, ms, and how long its answer may take. */
    readonly keepAliveMs: number;
    readonly keepAliveTimeoutMs: number;
    /** `onDrained` is called when fewer bytes wait. */
    readonly lowWaterBytes: number;
    /** How often a watcher of the health service is looked after, ms. */
    readonly healthLookMs: number;
    /** Watchers of the health service at once: it is open to everybody. */
    readonly healthWatchersMax: number;
}
export declare const GRPC_LIMITS: GrpcLimits;
/** An answer that a client takes, bytes: a history may be long. */
export declare const ANSWER_BYTES_MAX: number;
export declare const TLS_VERSION_MIN = "TLSv1.2";
/** HTTP/2 window of a dialled connection, bytes. */
export declare const FLOW_CONTROL_BYTES: number;
