import { type HeldMemory } from './memory.js';
export interface ChildRequest {
    readonly path: string;
    /** Described as the first linearizable read; it may be absent. */
    readonly known: string;
}
/** Times of one start, ms. */
export interface StartTimes {
    /** From the start of the process until the modules were loaded and the application could be made. */
    readonly loadedMs: number;
    /** From there until Nest had bootstrapped it. */
    readonly bootstrapMs: number;
    /** From there until the first linearizable answer. */
    readonly firstReadMs: number;
    /** From there until the first start was accepted. */
    readonly firstStartMs: number;
    /** From the start of the process until both had come. */
    readonly readyMs: number;
}
export declare class ChildNode {
    private readonly child;
    readonly started: StartTimes;
    private constructor();
    static start(request: ChildRequest): Promise<ChildNode>;
    memory(): Promise<HeldMemory>;
    complete(count: number): Promise<void>;
    open(count: number): Promise<void>;
    close(count: number): Promise<void>;
    signal(workflowId: string): Promise<number>;
    stop(): Promise<void>;
    private ask;
}
export declare function runChild(text: string): Promise<void>;
