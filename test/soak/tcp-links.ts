/**
 * TCP between several nodes through proxies of the test's own, one before each node, and links that go silent: nothing is lost or changed, it just does not
 * arrive until the link is whole again, as with a network that drops packets for a while. TLS and MACs pass through. Owns its listeners and sockets.
 *
 * W1. Who dialled is known by the process that has the other end of the socket (/proc): a link is silent in one direction, for one pair.
 * W2. A connection whose process is gone, or was not found, belongs to nobody: it is as silent as all links to its target are.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Connection {
  /** Index of the node; -1: not known. */
  readonly from: number;
  readonly to: number;
  readonly incoming: Socket;
  readonly outgoing: Socket;
}

export class TcpLinks {
  private readonly servers: Server[] = [];
  private readonly connections = new Set<Connection>();
  private readonly cuts = new Set<string>();

  private constructor(private readonly pids: () => readonly number[]) {}

  /** `targets`: ports on which the nodes listen; answers the links and the ports at which the nodes are reached through them. */
  static async open(
    targets: readonly number[],
    pids: () => readonly number[],
  ): Promise<{ readonly links: TcpLinks; readonly ports: readonly number[] }> {
    const links = new TcpLinks(pids);
    const ports = await Promise.all(targets.map((port, to) => links.listen(port, to)));
    return { links, ports };
  }

  get count(): number {
    return this.connections.size;
  }

  /** What `from` says does not reach `to` any more. */
  cut(from: number, to: number): void {
    this.cuts.add(`${from} ${to}`);
    this.review();
  }

  heal(): void {
    this.cuts.clear();
    this.review();
  }

  async close(): Promise<void> {
    for (const { incoming, outgoing } of this.connections) {
      incoming.destroy();
      outgoing.destroy();
    }
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private listen(port: number, to: number): Promise<number> {
    const server = createServer({ allowHalfOpen: false, pauseOnConnect: true }, (incoming) => this.join(incoming, port, to));
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }

  private join(incoming: Socket, port: number, to: number): void {
    const from = this.pids().findIndex((pid) => hasSocket(pid, incoming.remotePort ?? 0));
    const outgoing = connect({ port, host: '127.0.0.1' });
    const connection: Connection = { from, to, incoming, outgoing };
    this.connections.add(connection);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.setNoDelay(true);
      one.on('data', (bytes) => {
        if (!other.write(bytes)) one.pause();
      });
      one.on('drain', () => this.flow(connection));
      one.on('error', () => one.destroy());
      one.on('close', () => {
        other.destroy();
        this.connections.delete(connection);
      });
    }
    this.flow(connection);
  }

  private review(): void {
    for (const connection of this.connections) this.flow(connection);
  }

  /** Reads from each side unless what it says must not arrive, or can not be taken yet. */
  private flow({ from, to, incoming, outgoing }: Connection): void {
    const toSilent = from === -1 ? [...this.cuts].some((cut) => cut.endsWith(` ${to}`)) : this.cuts.has(`${from} ${to}`);
    const fromSilent = from !== -1 && this.cuts.has(`${to} ${from}`);
    if (toSilent || outgoing.writableNeedDrain) incoming.pause();
    else incoming.resume();
    if (fromSilent || incoming.writableNeedDrain) outgoing.pause();
    else outgoing.resume();
  }
}

/** Whether the process has a TCP socket on this local port. */
function hasSocket(pid: number, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    const inodes = new Set<string>();
    for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'latin1').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(suffix) === true) inodes.add(`socket:[${fields[9]!}]`);
    }
    return inodes.size > 0 && readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // the process has ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed a moment ago
  }
}
