import { type CarrierKind } from './carriers.js';
import { Worker, type WorkerOptions } from './worker.js';
export declare const COMMAND_BYTES = 200;
export interface RaftChildRequest {
    readonly nodeId: number;
    readonly members: readonly number[];
    readonly folder: string;
    readonly groups: number;
    readonly transport: CarrierKind;
    readonly busyPollMs: number;
}
export interface LoadRequest {
    readonly clients: number;
    readonly commands: number;
}
export declare class RaftProcesses {
    readonly workers: readonly Worker[];
    readonly members: readonly number[];
    private constructor();
    /** Resolves when every group has a leader that all know. */
    static start(options: {
        readonly folder: string;
        readonly nodes: number;
        readonly groups: number;
        readonly transport: CarrierKind;
        readonly busyPollMs?: number;
    }, perNode?: (nodeId: number) => WorkerOptions): Promise<RaftProcesses>;
    /** Of group 1. */
    leader(): Promise<Worker>;
    stop(): Promise<void>;
}
export declare function runRaftChild({ nodeId, members, folder, groups: count, transport: kind, busyPollMs, }: RaftChildRequest): Promise<void>;
