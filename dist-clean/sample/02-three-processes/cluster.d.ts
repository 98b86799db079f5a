import type { FedCluster, FedNode } from '../01-orders/feed-run.js';
export declare class ProcessCluster implements FedCluster {
    private readonly server;
    private readonly folder;
    private readonly seats;
    private killedAtMs;
    /** From the kill to the first committed checkpoint of an order that the dead node had owned, ms; null: none yet. */
    resumedAfterMs: number | null;
    /** Boots three processes at once, and resolves when all are ready. */
    static boot(): Promise<ProcessCluster>;
    get nodes(): readonly FedNode[];
    get warehouse(): FedCluster['warehouse'];
    reservationsUnderWay(name: number): number;
    crash(name: number): void;
    /** Starts a killed node again, on its files. Resolves when it is ready. */
    restart(name: number): Promise<void>;
    /** Ends the processes in good order, and removes their folders. */
    close(): Promise<void>;
    private begin;
    private start;
    private seat;
}
