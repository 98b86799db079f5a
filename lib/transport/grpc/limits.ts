/**
 * Bounds and times of the gRPC adapter, in one place. What a message of a peer may have stands in channel.ts.
 */
const MIB = 1024 * 1024;

export interface GrpcLimits {
  /** A request of a client, bytes. */
  readonly requestBytesMax: number;
  /** One message of whoever has not shown yet who it is, bytes: of the handshake of peers, and of what is open to all. */
  readonly strangerMessageBytesMax: number;
  /** Requests together whose signature can be checked only once they are here, bytes. */
  readonly unverifiedBytesMax: number;
  /** Such a request arrives within, ms. */
  readonly unverifiedTimeoutMs: number;
  /** Connections at once; of those over which nobody has shown who it is, the oldest gives way. */
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

export const GRPC_LIMITS: GrpcLimits = {
  requestBytesMax: 8 * MIB,
  strangerMessageBytesMax: 16 * 1024,
  unverifiedBytesMax: 64 * MIB,
  unverifiedTimeoutMs: 10_000,
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
