/** Starts and speaks to the processes of cluster-node.ts; all of them are gone after close(). */
import { type ChildProcess } from 'node:child_process';
import type { RaftoralModuleOptions } from '../../lib/index.js';
export interface NodeAnswer {
    readonly nodeId: number;
    readonly deployment: string;
    readonly leader: number;
    readonly voters: readonly number[];
    readonly learners: readonly number[];
}
export declare class ProcessError extends Error {
    readonly code: string;
    constructor(code: string, message: string);
}
export declare class NodeProcess {
    private readonly child;
    private readonly waiting;
    private nextId;
    private errors;
    readonly booted: Promise<void>;
    readonly ended: Promise<void>;
    constructor(child: ChildProcess);
    ask(what: string, more?: Readonly<Record<string, unknown>>): Promise<unknown>;
    status(): Promise<NodeAnswer>;
    kill(): Promise<void>;
    private answerOf;
}
export declare class ClusterProcesses {
    private readonly folder;
    private readonly processes;
    pathOf(name: string): string;
    start(name: string, options: RaftoralModuleOptions): NodeProcess;
    close(): Promise<void>;
}
/** Ports that were free a moment ago. */
export declare function freePorts(count: number): Promise<number[]>;
export declare function until(what: string, condition: () => Promise<boolean>, withinMs?: number): Promise<void>;
