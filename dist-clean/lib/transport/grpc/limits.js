/**
 * Bounds and times of the gRPC adapter, in one place. What a message of a peer may have stands in channel.ts.
 */
const MIB = 1024 * 1024;
export const GRPC_LIMITS = {
    requestBytesMax: 8 * MIB,
    connectionsMax: 1_024,
    streamsPerConnectionMax: 256,
    dialTimeoutMs: 4_000,
    tlsTimeoutMs: 5_000,
    closeGraceMs: 500,
    connectionIdleMs: 5 * 60_000,
    keepAliveMs: 10_000,
    keepAliveTimeoutMs: 5_000,
    lowWaterBytes: MIB,
    healthLookMs: 1_000,
    healthWatchersMax: 100,
};
/** An answer that a client takes, bytes: a history may be long. */
export const ANSWER_BYTES_MAX = 128 * MIB;
export const TLS_VERSION_MIN = 'TLSv1.2';
/** HTTP/2 window of a dialled connection, bytes. */
export const FLOW_CONTROL_BYTES = 8 * MIB;
//# sourceMappingURL=limits.js.map