/**
 * A channel that the other side opened: the server's end of one stream.
 *
 * A1. Its opening is answered at once, so that the dialer knows that it speaks to a node.
 * Tests: grpc-carrier.spec.ts.
 */
import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import type { ChannelAcceptor } from '../channel.js';
import type { Connection } from './listener.js';
import type { GrpcLimits } from './limits.js';
import type { Packet } from './packet-wire.js';
import { StreamChannel } from './stream-channel.js';

export interface AcceptParts {
  readonly connection: Connection;
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
    ({ remote: this.remote, isEncrypted: this.isEncrypted, isPeerVerified: this.isPeerVerified } = parts.connection);
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
    else this.parts.connection.destroy();
    this.gone();
  }
}
