/**
 * Bounds and times of the HTTP adapter, each with its name; and the names of its headers, which both ends must agree on.
 */
import { PACKET_BYTES_MAX } from '../channel.js';
const MIB = 1024 * 1024;
export const HTTP_LIMITS = {
    messageBytesMax: PACKET_BYTES_MAX,
    strangerBytesMax: 64 * 1024,
    batchBytesMax: MIB,
    lowWaterBytes: MIB,
    receivingBytesMax: 256 * MIB,
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
};
export const DEFAULT_PATH = '/raftoral';
//# sourceMappingURL=http-limits.js.map