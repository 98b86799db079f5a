/**
 * A ByteChannel over one bidirectional gRPC stream: what both ends have in common. One packet is written at a time; what is sent meanwhile goes together
 * into the next one, so that many small messages cost one write.
 *
 * S1. B1, B2 of channel.ts: nothing is called back inside send() or close(), onClosed exactly once, nothing after it.
 * S2. `bufferedBytes` counts what was handed to send() and has not been taken by the network yet.
 * S3. After close() what waits still leaves, for `closeGraceMs`; then the stream is cut.
 * Tests: grpc-carrier.spec.ts.
 */
import type { ByteChannel, ChannelEnd, ChannelHandlers } from '../channel.js';
import { PACKET_BYTES_MAX } from '../channel.js';
import type { GrpcLimits } from './limits.js';
import { PacketAssembler, PacketQueue, type Packet } from './packet-wire.js';

const CLOSED_HERE = 'closed by this side';

/** One end of a stream, as both ends of grpc-js offer it. */
export interface PacketStream {
  write(packet: Packet, callback: () => void): unknown;
  /** Says that nothing more comes. */
  end(): unknown;
}

export abstract class StreamChannel implements ByteChannel {
  abstract readonly remote: string;
  abstract readonly isEncrypted: boolean;
  abstract readonly isPeerVerified: boolean;
  readonly #queue = new PacketQueue();
  readonly #assembler = new PacketAssembler(PACKET_BYTES_MAX);
  #stream: PacketStream | null = null;
  /** Of the packet that is being written. */
  #writingBytes = 0;
  #isWriting = false;
  #wasHigh = false;
  #isClosing = false;
  #isEnded = false;
  #graceTimer: NodeJS.Timeout | null = null;
  #isGone = false;
  #onGone: (() => void) | null = null;
  #handlers: ChannelHandlers | null = null;

  constructor(
    protected readonly limits: GrpcLimits,
    onGone: (channel: StreamChannel) => void,
  ) {
    this.#onGone = () => onGone(this);
  }

  get bufferedBytes(): number {
    return this.#queue.bytes + this.#writingBytes;
  }

  limitIncoming(messageBytesMax: number): void {
    this.#assembler.limit(messageBytesMax);
  }

  send(message: Uint8Array): void {
    if (this.#isClosing || this.#isEnded) return;
    this.#queue.push(message);
    if (this.bufferedBytes > this.limits.lowWaterBytes) this.#wasHigh = true;
    this.#pump();
  }

  close(): void {
    if (this.#isClosing || this.#isEnded) return;
    this.#isClosing = true;
    queueMicrotask(() => this.#tell('local', CLOSED_HERE));
    this.#graceTimer = setTimeout(() => this.cut(), this.limits.closeGraceMs);
    this.#graceTimer.unref();
    this.#pump();
  }

  /** Ends the stream at once. */
  abstract cut(): void;

  protected get isClosing(): boolean {
    return this.#isClosing;
  }

  protected bind(handlers: ChannelHandlers): void {
    this.#handlers = handlers;
  }

  protected attach(stream: PacketStream): void {
    this.#stream = stream;
    this.#pump();
  }

  protected take(packet: Packet): void {
    try {
      this.#assembler.take(
        packet,
        (message) => this.#handlers?.onMessage(message),
        () => !this.#isClosing && !this.#isEnded,
      );
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'MALFORMED_FRAME') throw error;
      this.ended('failed', error.message);
      this.cut();
    }
  }

  /** The stream is over; after close() that is 'local', whatever it looks like. Safe to call twice: the first word counts. */
  protected ended(end: ChannelEnd, text: string): void {
    this.#isEnded = true;
    this.#queue.clear();
    this.#writingBytes = 0;
    if (this.#isClosing) this.#tell('local', CLOSED_HERE);
    else this.#tell(end, text);
  }

  /** Nothing of it is left in this process. */
  protected gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    if (this.#graceTimer !== null) clearTimeout(this.#graceTimer);
    this.#onGone?.();
    this.#onGone = null;
  }

  #tell(end: ChannelEnd, text: string): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    handlers?.onClosed(end, text);
  }

  #pump(): void {
    if (this.#isWriting || this.#stream === null || this.#isEnded) return;
    const next = this.#queue.take();
    if (next === null) {
      if (this.#isClosing) this.#stream.end();
      return;
    }
    this.#isWriting = true;
    this.#writingBytes = next.bytes;
    this.#stream.write(next.packet, () => this.#written());
  }

  #written(): void {
    this.#isWriting = false;
    this.#writingBytes = 0;
    if (this.#isEnded) return;
    this.#pump();
    if (this.#wasHigh && this.bufferedBytes <= this.limits.lowWaterBytes) {
      this.#wasHigh = false;
      this.#handlers?.onDrained();
    }
  }
}
