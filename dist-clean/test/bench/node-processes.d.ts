import type { CarrierKind } from './carriers.js';
import { Worker } from './worker.js';
export interface NodeProcessesOptions {
    readonly folder: string;
    readonly nodes: number;
    readonly transport: CarrierKind;
    /** Nodes that may be started later, besides. */
    readonly spare?: number;
    /** Default 0. */
    readonly busyPollMs?: number;
}
export declare class NodeProcesses {
    private readonly options;
    readonly members: readonly number[];
    private readonly addresses;
    private readonly workers;
    private constructor();
    /** Resolves when every member's hello is committed. */
    static start(options: NodeProcessesOptions): Promise<NodeProcesses>;
    boot(nodeId: number, join?: boolean): Promise<Worker>;
    node(nodeId: number): Worker;
    get alive(): Array<[number, Worker]>;
    leaderId(): Promise<number>;
    /** Every member is there, leader included, and nobody counts as down. */
    healed(): Promise<void>;
    stop(): Promise<void>;
}
