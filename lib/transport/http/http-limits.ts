/**
 * Bounds and times of the HTTP adapter, each with its name; and the names of its headers, which both ends must agree on.
 */
import { PACKET_BYTES_MAX } from '../channel.js';

export interface HttpLimits {
  /** Of one message of a peer channel; a larger one closes the channel. */
  readonly messageBytesMax: number;
  /** Of a body until the other side has proved who it is. */
  readonly strangerBytesMax: number;
  /** Messages that leave in one body; one that is larger leaves alone. */
  readonly batchBytesMax: number;
  /** Below it a channel reports that it has drained. */
  readonly lowWaterBytes: number;
  /** Bodies of all requests together that are being received from those who have shown who they are. */
  readonly receivingBytesMax: number;
  /** The same of everybody else: openings of channels, handshakes, calls whose signature is checked once they are here. */
  readonly strangersBytesMax: number;
  /** A body of a stranger arrives within. */
  readonly strangerTimeoutMs: number;
  /** Connections of a listener of our own; of those over which nobody has shown who it is, the oldest gives way. */
  readonly connectionsMax: number;
  /** Incoming peer channels at once. */
  readonly channelsMax: number;
  /** Incoming peer channels at once whose other side has not yet proved who it is. */
  readonly strangersMax: number;
  /** How long a poll is held. */
  readonly pollHoldMs: number;
  /** A channel whose other side makes no new poll for so long is dead. */
  readonly pollGapMs: number;
  /** The same once the connection of its last poll has ended. */
  readonly reconnectMs: number;
  /** Connecting, and the answer to the opening of a channel. */
  readonly connectTimeoutMs: number;
  /** A request under way on which no byte moves. */
  readonly stallMs: number;
  /** What was sent before close() may leave for so long. */
  readonly lingerMs: number;
  /** An idle connection of a peer is kept for so long. */
  readonly keepAliveMs: number;
  /** Of a request of the control API. */
  readonly requestBytesMax: number;
  /** Calls and streams of the control API at once. */
  readonly requestsMax: number;
  /** Silence on a stream of events after which a comment keeps it alive. */
  readonly heartbeatMs: number;
}

const MIB = 1024 * 1024;

export const HTTP_LIMITS: HttpLimits = {
  messageBytesMax: PACKET_BYTES_MAX,
  strangerBytesMax: 64 * 1024,
  batchBytesMax: MIB,
  lowWaterBytes: MIB,
  receivingBytesMax: 256 * MIB,
  strangersBytesMax: 64 * MIB,
  strangerTimeoutMs: 10_000,
  connectionsMax: 2048,
  channelsMax: 512,
  // Twice what the session takes: there the oldest gives way to a new one.
  strangersMax: 128,
  pollHoldMs: 10_000,
  pollGapMs: 15_000,
  reconnectMs: 1000,
  connectTimeoutMs: 4000,
  stallMs: 15_000,
  lingerMs: 2000,
  keepAliveMs: 60_000,
  requestBytesMax: 8 * MIB,
  requestsMax: 1024,
  heartbeatMs: 15_000,
};

/** Of the peer channels; bumped when old and new can not talk. */
export const CHANNEL_PROTOCOL = '1';

export const Header = {
  PROTOCOL: 'raftoral-protocol',
  CHANNEL: 'raftoral-channel',
  SEQUENCE: 'raftoral-sequence',
  /** On the last body of its direction. */
  END: 'raftoral-end',
  TIMEOUT_MS: 'raftoral-timeout-ms',
} as const;

export const DEFAULT_PATH = '/raftoral';
