/**
 * The connections of one port, and which of them are of somebody who has shown who it is. Owns their number.
 *
 * D1. There are `connectionsMax` at most. Of strangers the oldest gives way to who comes: a flood of silent connections does not keep peers and clients out.
 * D2. Who is trusted never gives way; where all are, the newcomer is turned away.
 * Tests: door.spec.ts.
 */
import type { Server, Socket } from 'node:net';

/** The two ends of a connection: its name, also where TLS has put another object around it. */
export interface ConnectionEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

export class Door {
  /** Oldest first. */
  private readonly strangers = new Map<string, Socket>();
  private readonly trusted = new Map<string, Socket>();

  constructor(private readonly connectionsMax: number) {}

  /** Connections of it from now on, those in their TLS handshake too. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.enter(socket));
  }

  get size(): number {
    return this.strangers.size + this.trusted.size;
  }

  /** Something that came over it proved who is at its other end. */
  trust(ends: ConnectionEnds): void {
    const name = nameOf(ends);
    const socket = this.strangers.get(name);
    if (socket === undefined) return;
    this.strangers.delete(name);
    this.trusted.set(name, socket);
  }

  /** Ends all of them at once. */
  clear(): void {
    for (const socket of [...this.strangers.values(), ...this.trusted.values()]) socket.destroy();
  }

  private enter(socket: Socket): void {
    socket.on('error', () => undefined); // what matters is 'close', which follows
    if (this.size >= this.connectionsMax) {
      const [oldest] = this.strangers;
      if (oldest === undefined) return void socket.destroy();
      this.strangers.delete(oldest[0]);
      oldest[1].destroy();
    }
    const name = nameOf(socket);
    this.strangers.set(name, socket);
    socket.once('close', () => {
      for (const sockets of [this.strangers, this.trusted]) if (sockets.get(name) === socket) sockets.delete(name);
    });
  }
}

export function nameOf({ localAddress, localPort, remoteAddress, remotePort }: ConnectionEnds): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
