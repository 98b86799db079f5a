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

export interface ByteChannel {
  /** Where the other side seems to be, for messages to people: `host:port`. */
  readonly remote: string;
  /** Bytes that wait in this process to be sent. */
  readonly bufferedBytes: number;
  /** Traffic is encrypted and can not be altered by others. */
  readonly isEncrypted: boolean;
  /** The other side showed a certificate of the peers' authority (mutual TLS). */
  readonly isPeerVerified: boolean;
  /** From now on a larger incoming message ends the channel. A carrier that can, refuses it before it is read; else the receiver does, after. */
  limitIncoming?(messageBytesMax: number): void;
  /** Never throws; on a closed channel it does nothing. The bytes are not touched again by the caller. */
  send(message: Uint8Array): void;
  /** Ends it, after what was sent has left where that is possible at once. Safe to call twice. */
  close(): void;
}

export type ChannelEnd =
  /** Nobody listens there: the process is gone, or not there yet. */
  | 'refused'
  /** The connection broke, or the other side ended it. */
  | 'closed'
  /** This side ended it. */
  | 'local'
  /** It was not reached in time, its name is unknown, its certificate is wrong, it speaks something else. */
  | 'failed';

export interface ChannelHandlers {
  /** The bytes are the receiver's, and no view of a larger receive buffer that lives on. */
  onMessage(message: Uint8Array): void;
  /** `bufferedBytes` fell below the adapter's low-water mark. */
  onDrained(): void;
  onClosed(end: ChannelEnd, text: string): void;
}

export interface ChannelCarrier {
  /** Opens the listener; rejects with INVALID_CONFIGURATION (address in use, not of this machine, unreadable certificate), naming the option. */
  listen(accept: ChannelAcceptor): Promise<ListeningAt>;
  /**
   * `address`: `host:port`. Reports by its handlers; never throws.
   * `name`: host that stands for this address and others; a certificate for it is as good as one for the address.
   */
  dial(address: string, handlers: ChannelHandlers, name?: string): ByteChannel;
  /** No more channels, in either direction: open ones are closed. Resolves when the port is free. */
  close(): Promise<void>;
}

/** Called for each incoming channel; its handlers are in force before the first message. */
export type ChannelAcceptor = (channel: ByteChannel) => ChannelHandlers;

export interface ListeningAt {
  /** `host:port` as bound; null where the application's own server listens. */
  readonly address: string | null;
}
