import { AbortScope } from './abort-scope.js';
import { type ReplicatedVariable, type RunInfo, type WorkflowContext } from './context.js';
import type { ComputeOptions } from './definition.js';
import type { RunCalls } from './run-calls.js';
import type { RunCore } from './run-core.js';
export type QueryHandler = (...args: unknown[]) => unknown;
/** What the execution does on behalf of the context, beside operations. */
export interface ContextHost {
    onQuery(name: string, handler: QueryHandler): void;
    onSignal(name: string, handler: (payload: unknown) => unknown): void;
    continueAsNew(input: unknown): Promise<never>;
}
export declare class RunContext implements WorkflowContext {
    private readonly core;
    private readonly calls;
    private readonly host;
    readonly abortScope: AbortScope;
    private readonly variables;
    private randomCounter;
    private uuidCounter;
    readonly info: RunInfo;
    constructor(core: RunCore, calls: RunCalls, host: ContextHost);
    get abortSignal(): AbortSignal;
    checkpoint<T>(name: string, initial?: T): ReplicatedVariable<T>;
    /** A variable's committed value arrived. */
    variableCommitted(key: string, text: string): void;
    compute<T>(key: string, body: () => T | Promise<T>, options?: ComputeOptions): Promise<T>;
    hasCheckpoint(key: string): Promise<boolean>;
    sleep(duration: number | string): Promise<void>;
    waitForSignal<T>(name: string, options?: {
        readonly timeout: number | string;
    }): Promise<T>;
    now(): number;
    random(): number;
    uuid(): string;
    onQuery(name: string, handler: (...args: never[]) => unknown): void;
    onSignal(name: string, handler: (payload: never) => unknown): void;
    continueAsNew(input?: unknown): Promise<never>;
}
/** In a compute or query body: what may be read, and no operation. */
export declare class ReadOnlyContext implements WorkflowContext {
    readonly info: RunInfo;
    private readonly place;
    private readonly abortScope;
    private readonly nowMs;
    constructor(info: RunInfo, place: string, abortScope: AbortScope, nowMs: number);
    get abortSignal(): AbortSignal;
    now(): number;
    checkpoint<T>(): ReplicatedVariable<T>;
    compute<T>(): Promise<T>;
    hasCheckpoint(): Promise<boolean>;
    sleep(): Promise<void>;
    waitForSignal<T>(): Promise<T>;
    random(): number;
    uuid(): string;
    onQuery(): void;
    onSignal(): void;
    continueAsNew(): Promise<never>;
    private refusal;
}
