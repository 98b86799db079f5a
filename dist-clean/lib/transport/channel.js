/**
 * Port: what a network adapter (gRPC, HTTP) has to provide: whole messages to and from one other process, in order, and a listener.
 * Everything else of a network transport (who is at the other end, frames, reconnects, bounds) stands above it, once for all adapters.
 *
 * B1. Messages arrive whole, in order, each once, or the channel closes. Nothing is called back inside send(), dial() or close().
 * B2. After onClose nothing is called any more, and it is called exactly once, whichever side ended the channel.
 * B3. A channel proves nothing about who is at the other end, unless `isPeerVerified` says that TLS did.
 * B4. One packet is one message; a carrier neither joins nor splits them visibly.
 */
/** Before the other side has proved who it is, no message of it is larger. */
export const HANDSHAKE_BYTES_MAX = 4096;
/** No message is larger: a frame of 64 MiB and what is around it. */
export const PACKET_BYTES_MAX = 64 * 1024 * 1024 + 64;
//# sourceMappingURL=channel.js.map