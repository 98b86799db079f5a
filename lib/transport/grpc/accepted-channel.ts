/**
 * A channel that the other side opened: the server's end of one stream.
 *
 * A1. Its opening is answered at once, so that the dialer knows that it speaks to a node.
 * A2. Until its other side has proved who it is, it brings no more than the handshake needs.
 * Tests: grpc-carrier.spec.ts, grpc-bounds.spec.ts.
 */
import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import { HANDSHAKE_BYTES_MAX, type ChannelAcceptor } from '../channel.js';
import type { IncomingCall } from './client-gate.js';
import type { GrpcLimits } from './limits.js';
import { PACKET_BYTES, type Packet } from './packet-wire.js';
import { StreamChannel } from './stream-channel.js';

export interface AcceptParts {
  readonly call: IncomingCall;
  readonly limits: GrpcLimits;
  readonly onGone: (channel: StreamChannel) => void;
}

export class AcceptedChannel extends StreamChannel {
  readonly remote: string;
  readonly isEncrypted: boolean;
  readonly isPeerVerified: boolean;
  #isHalfClosed = false;

  constructor(
    private readonly stream: ServerDuplexStream<Packet, Packet>,
    private readonly parts: AcceptParts,
  ) {
    super(parts.limits, parts.onGone);
    ({ remote: this.remote, isEncrypted: this.isEncrypted, isPeerVerified: this.isPeerVerified } = parts.call.connection);
  }

  override limitIncoming(messageBytesMax: number): void {
    super.limitIncoming(messageBytesMax);
    const { call } = this.parts;
    if (messageBytesMax <= HANDSHAKE_BYTES_MAX) return call.limit(this.limits.strangerMessageBytesMax);
    // A packet of PACKET_BYTES has lengths and tags in it too.
    call.limit(Math.max(this.limits.requestBytesMax, 2 * PACKET_BYTES));
    call.connection.trust();
  }

  /** Called once. */
  open(accept: ChannelAcceptor, opening: Metadata): void {
    const { stream } = this;
    this.bind(accept(this));
    stream.sendMetadata(opening);
    stream.on('data', (packet: Packet) => this.take(packet));
    stream.on('end', () => {
      this.#isHalfClosed = true;
      if (!this.isClosing) stream.end();
      this.ended('closed', `${this.remote} ended the stream`);
    });
    stream.on('error', () => undefined); // 'cancelled' or 'close' follows
    stream.on('cancelled', () => {
      this.ended('closed', `the connection to ${this.remote} broke, or it ended the stream`);
      this.gone();
    });
    this.attach({
      write: (packet, callback) => stream.write(packet, callback),
      end: () => stream.end(),
    });
  }

  /** What the other side keeps waiting can only be ended with its connection. */
  override cut(): void {
    if (this.#isHalfClosed) this.stream.end();
    else this.parts.call.connection.destroy();
    this.gone();
  }
}
