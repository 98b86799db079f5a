import type { INestApplication } from '@nestjs/common';
import { Warehouse } from './warehouse.js';
export declare const DEFAULT_PORTS: readonly [3001, 3002, 3003];
export interface OrderNode {
    readonly nodeId: number;
    readonly port: number;
    readonly url: string;
    readonly app: INestApplication;
}
export declare class PortTakenError extends Error {
    readonly port: number;
    constructor(port: number);
}
export declare class OrderCluster {
    private readonly dataPath;
    readonly warehouse: Warehouse;
    private readonly network;
    private readonly connections;
    private readonly running;
    private constructor();
    /** Boots one node per port; port 0 takes a free one. Rejects with PortTakenError, having closed what was up. */
    static boot(ports: readonly number[], dataPath?: string): Promise<OrderCluster>;
    get nodes(): readonly OrderNode[];
    /** Reservations that the warehouse has made for this node, and the node has not heard of yet. */
    reservationsUnderWay(nodeId: number): number;
    /** Kills a node as `kill -9` would: its sockets break, its code hears nothing more, and nothing is drained or handed over. */
    crash(nodeId: number): void;
    close(): Promise<void>;
    private bootNode;
}
