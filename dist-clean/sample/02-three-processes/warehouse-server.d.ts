import { Warehouse } from '../01-orders/warehouse.js';
export declare class WarehouseServer {
    readonly warehouse: Warehouse;
    private readonly connections;
    private readonly server;
    listen(): Promise<string>;
    /** Reservations that are made for this node, and the node has not heard of yet. */
    underWay(name: number): number;
    close(): void;
    private serve;
}
