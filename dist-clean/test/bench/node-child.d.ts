import { type CarrierKind } from './carriers.js';
export interface NodeChildRequest {
    readonly nodeId: number;
    readonly members: readonly number[];
    readonly path: string;
    readonly transport: CarrierKind;
    /** `host:port` of every member, by id, this one included; free when the bench began. */
    readonly addresses: Readonly<Record<number, string>>;
    /** A node that waits to be added, if true. */
    readonly join?: boolean;
    readonly busyPollMs: number;
}
/** What a replica saw of a run. Times by the wall clock, ms: all processes of a machine share it. */
export interface RunSeen {
    readonly runId: string;
    epoch: number;
    /** When its code went on behind the first step of each epoch. */
    readonly firstAtMs: Record<number, number>;
    lastAtMs: number;
    /** Longest time between two steps. */
    gapMsMax: number;
}
export interface NodeSeen {
    readonly runs: readonly RunSeen[];
    readonly downs: ReadonlyArray<{
        readonly peer: number;
        readonly atMs: number;
    }>;
    readonly leads: ReadonlyArray<{
        readonly term: number;
        readonly atMs: number;
    }>;
}
export interface WorkRequest {
    readonly count: number;
    readonly clients: number;
    readonly steps: number;
}
export declare function runNodeChild(request: NodeChildRequest): Promise<void>;
export interface RunsRequest {
    readonly prefix: string;
    readonly count: number;
    readonly steps: number;
    readonly pauseMs: number;
    /** Runs that only wait for a signal. */
    readonly waiting: boolean;
}
export interface FillRequest {
    readonly prefix: string;
    readonly count: number;
}
