export interface HttpLimits {
    /** Of one message of a peer channel; a larger one closes the channel. */
    readonly messageBytesMax: number;
    /** Of a body until the other side has proved who it is. */
    readonly strangerBytesMax: number;
    /** Messages that leave in one body; one that is larger leaves alone. */
    readonly batchBytesMax: number;
    /** Below it a channel reports that it has drained. */
    readonly lowWaterBytes: number;
    /** Bodies of all requests together that are being received. */
    readonly receivingBytesMax: number;
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
export declare const HTTP_LIMITS: HttpLimits;
/** Of the peer channels; bumped when old and new can not talk. */
export declare const CHANNEL_PROTOCOL = "1";
export declare const Header: {
    readonly PROTOCOL: "raftoral-protocol";
    readonly CHANNEL: "raftoral-channel";
    readonly SEQUENCE: "raftoral-sequence";
    /** On the last body of its direction. */
    readonly END: "raftoral-end";
    readonly TIMEOUT_MS: "raftoral-timeout-ms";
};
export declare const DEFAULT_PATH = "/raftoral";
