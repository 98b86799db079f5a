/**
 * Processes that find each other by themselves: the real module, the real peer transport over a wire in memory, a simulated disk each, virtual time.
 */
import 'reflect-metadata';
import { type TestingModule } from '@nestjs/testing';
import { RaftoralNode, WorkflowClient, type RaftoralModuleOptions } from '../../lib/index.js';
import { MemoryNodeNotes } from '../../lib/storage/node-notes.js';
import { MemoryWire } from '../../lib/testing/memory-carrier.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
export declare class WaitForWord {
    run(count: number): Promise<number>;
}
export interface ProcessOptions {
    readonly cluster: RaftoralModuleOptions['cluster'];
    readonly deployment?: string;
    readonly node?: RaftoralModuleOptions['node'];
    /** Memory instead of a disk. */
    readonly isVolatile?: boolean;
    readonly isFolderEmptied?: boolean;
}
export declare class JoiningProcess {
    readonly name: string;
    readonly address: string;
    readonly virtual: VirtualNode;
    readonly app: TestingModule;
    readonly node: RaftoralNode;
    readonly boot: Promise<unknown>;
    /** undefined while it boots. */
    booted: 'yes' | 'no' | Error;
    constructor(name: string, address: string, virtual: VirtualNode, app: TestingModule, node: RaftoralNode, boot: Promise<unknown>);
    get client(): WorkflowClient;
    get isMember(): boolean;
    get isVoter(): boolean;
}
export declare class JoiningWorld {
    readonly time: VirtualTime;
    readonly wire: MemoryWire;
    readonly lines: string[];
    readonly running: Map<string, JoiningProcess>;
    private readonly folders;
    private readonly random;
    private readonly trace;
    private starts;
    constructor(seed?: number);
    addressOf(name: string): string;
    seeds(...names: readonly string[]): readonly string[];
    /** Starts a process; it boots as time goes by. Its folder is the one that it had before. */
    start(name: string, options: ProcessOptions): Promise<JoiningProcess>;
    /** The process dies between two instructions. */
    kill(name: string): void;
    /** The folder is lost too. */
    wipe(name: string): void;
    notes(name: string): MemoryNodeNotes;
    get(name: string): JoiningProcess;
    advance(ms: number): Promise<void>;
    settle<T>(promise: Promise<T>, withinMs?: number): Promise<T>;
    until(what: string, condition: () => boolean, withinMs?: number): Promise<void>;
    /** All of these are voters of one cluster. */
    untilVoters(...names: readonly string[]): Promise<void>;
    /** Deployments that nodes belong to. */
    get deployments(): ReadonlySet<string>;
    /** All processes end at once. */
    close(): Promise<void>;
    private folder;
    private describe;
}
