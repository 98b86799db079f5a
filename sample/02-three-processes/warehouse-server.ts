/** The warehouse of sample 01 behind HTTP: one process that never fails, with books of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Warehouse, WarehouseConnection } from '../01-orders/warehouse.js';

export class WarehouseServer {
  readonly warehouse = new Warehouse();
  private readonly connections = new Map<number, WarehouseConnection>();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Reservations that are made for this node, and the node has not heard of yet. */
  underWay(name: number): number {
    return this.connections.get(name)?.underWay ?? 0;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = Number(new URL(request.url!, 'http://warehouse').searchParams.get('node'));
    let connection = this.connections.get(name);
    if (connection === undefined) this.connections.set(name, (connection = new WarehouseConnection(this.warehouse)));
    try {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const answer = await connection.reserve(JSON.parse(text) as Parameters<Warehouse['reserve']>[0]);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ answer }));
    } catch (error) {
      response.writeHead(503).end((error as Error).message);
    }
  }
}
