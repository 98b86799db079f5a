/** The warehouse of sample 01 behind HTTP: one process that never fails, with books of its own. */
import { createServer } from 'node:http';
import { Warehouse, WarehouseConnection } from '../01-orders/warehouse.js';
export class WarehouseServer {
    warehouse = new Warehouse();
    connections = new Map();
    server = createServer((request, response) => void this.serve(request, response));
    async listen() {
        await new Promise((resolve, reject) => {
            this.server.once('error', reject);
            this.server.listen(0, '127.0.0.1', resolve);
        });
        return `http://127.0.0.1:${this.server.address().port}`;
    }
    /** Reservations that are made for this node, and the node has not heard of yet. */
    underWay(name) {
        return this.connections.get(name)?.underWay ?? 0;
    }
    close() {
        this.server.close();
        this.server.closeAllConnections();
    }
    async serve(request, response) {
        const name = Number(new URL(request.url, 'http://warehouse').searchParams.get('node'));
        let connection = this.connections.get(name);
        if (connection === undefined)
            this.connections.set(name, (connection = new WarehouseConnection(this.warehouse)));
        try {
            let text = '';
            for await (const chunk of request)
                text += String(chunk);
            const answer = await connection.reserve(JSON.parse(text));
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ answer }));
        }
        catch (error) {
            response.writeHead(503).end(error.message);
        }
    }
}
//# sourceMappingURL=warehouse-server.js.map