/**
 * Nodes of the disk benches: real applications, by RaftoralModule.forRoot(), without an HTTP server.
 */
import 'reflect-metadata';
import { type INestApplicationContext, type Provider } from '@nestjs/common';
import { InProcessNetwork, RaftoralNode, WorkflowClient, type RaftoralModuleOptions } from '../../lib/index.js';
import type { BenchOptions, StorageKind } from './options.js';
export declare const DEPLOYMENT = "00000000-0000-4000-8000-000000000002";
export interface BenchNode {
    readonly app: INestApplicationContext;
    readonly client: WorkflowClient;
    readonly node: RaftoralNode;
}
export interface BenchCluster {
    readonly nodes: readonly BenchNode[];
    /** Where the bench starts its workflows: the leader. */
    readonly client: WorkflowClient;
    close(): Promise<void>;
}
type Tuning = Partial<Pick<RaftoralModuleOptions, 'raft' | 'runs' | 'limits'>>;
export declare function bootNode(path: string, storage: StorageKind, more?: Tuning & {
    readonly nodeId?: number;
    readonly members?: readonly number[];
    readonly join?: boolean;
    readonly network?: InProcessNetwork;
    readonly overridden?: Provider[];
}): Promise<BenchNode>;
export declare function bootCluster(folder: string, { nodes: count, storage, busyPollMs }: Pick<BenchOptions, 'nodes' | 'storage' | 'busyPollMs'>): Promise<BenchCluster>;
/** Resolves when a workflow was accepted, and has ended. */
export declare function firstStart(client: WorkflowClient): Promise<void>;
/** A node that has just booted has no leader yet: asks again until it answers. */
export declare function patiently<T>(call: () => Promise<T>): Promise<T>;
/** Runs `calls` of them, `clients` at once; answers what each took, ms, ascending. */
export declare function inFlight(clients: number, calls: number, call: (at: number) => Promise<unknown>): Promise<Float64Array>;
/** A folder of this run on the disk that is measured; gone afterwards. */
export declare function inDataFolder<T>(options: Pick<BenchOptions, 'data' | 'storage'>, use: (folder: string) => Promise<T>): Promise<T>;
export {};
