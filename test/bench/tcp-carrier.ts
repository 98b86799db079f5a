/**
 * Byte channels over bare TCP, a length before each message: what an adapter is measured against. For benches on loopback only: it has no limits.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../../lib/transport/channel.js';

const LENGTH_BYTES = 4;

export class TcpCarrier implements ChannelCarrier {
  private server: Server | null = null;
  private readonly channels = new Set<TcpChannel>();

  constructor(private readonly listenAt: string) {}

  async listen(accept: ChannelAcceptor): Promise<ListeningAt> {
    const { host, port } = parts(this.listenAt);
    const server = createServer((socket) => {
      const channel = this.track(socket);
      channel.begin(accept(channel));
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    const bound = server.address() as { readonly port: number };
    return { address: `${host}:${bound.port}` };
  }

  dial(address: string, handlers: ChannelHandlers): ByteChannel {
    const channel = this.track(connect(parts(address)));
    channel.begin(handlers);
    return channel;
  }

  async close(): Promise<void> {
    for (const channel of this.channels) channel.close();
    const { server } = this;
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private track(socket: Socket): TcpChannel {
    const channel = new TcpChannel(socket);
    this.channels.add(channel);
    socket.once('close', () => this.channels.delete(channel));
    return channel;
  }
}

class TcpChannel implements ByteChannel {
  readonly isEncrypted = false;
  readonly isPeerVerified = false;
  private isLocalEnd = false;
  private failure: NodeJS.ErrnoException | null = null;
  private kept: Buffer | null = null;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('error', (error) => (this.failure = error));
  }

  get remote(): string {
    return `${this.socket.remoteAddress}:${this.socket.remotePort}`;
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  begin(handlers: ChannelHandlers): void {
    this.socket.on('data', (bytes) => this.receive(bytes, handlers));
    this.socket.on('drain', () => handlers.onDrained());
    this.socket.once('close', () => {
      const end = this.isLocalEnd ? 'local' : this.failure?.code === 'ECONNREFUSED' ? 'refused' : 'closed';
      handlers.onClosed(end, this.failure?.message ?? '');
    });
  }

  send(message: Uint8Array): void {
    if (this.isLocalEnd || this.socket.destroyed) return;
    const head = Buffer.allocUnsafe(LENGTH_BYTES);
    head.writeUInt32LE(message.length);
    this.socket.cork();
    this.socket.write(head);
    this.socket.write(message);
    process.nextTick(() => this.socket.uncork());
  }

  close(): void {
    this.isLocalEnd = true;
    this.socket.end();
    this.socket.destroySoon();
  }

  private receive(bytes: Buffer, handlers: ChannelHandlers): void {
    let rest = this.kept === null ? bytes : Buffer.concat([this.kept, bytes]);
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt32LE(0);
      if (rest.length < LENGTH_BYTES + length) break;
      if (this.isLocalEnd) return;
      handlers.onMessage(new Uint8Array(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    this.kept = rest.length === 0 ? null : rest;
  }
}

function parts(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
