/** What a child can be asked, by name. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;
export interface WorkerOptions {
    /** Kept by LD_PRELOAD, environment, flags of node. */
    readonly env?: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
}
export declare class Worker {
    private readonly child;
    /** What the child says unasked. */
    onNote: ((note: never) => void) | null;
    readonly ended: Promise<void>;
    private readonly waiting;
    private lastId;
    private isOver;
    private constructor();
    /** Resolves when the child serves; `begin` is its first answer. */
    static start<T>(name: string, request: unknown, options?: WorkerOptions): Promise<{
        readonly worker: Worker;
        readonly begin: T;
    }>;
    get pid(): number;
    get isAlive(): boolean;
    ask<T = unknown>(ask: string, argument?: unknown): Promise<T>;
    signal(name: NodeJS.Signals): void;
    /** Ends it by its own means, or by force. */
    stop(): Promise<void>;
    private heard;
}
/** The child's side: answers until the parent lets go of it, then ends. */
export declare function serve(answers: Answers, end: () => Promise<void>): void;
/** Processor time of a process since its start, ms. */
export declare function cpuMs(): number;
/** Of all of them. */
export declare function cpuOf(workers: readonly Worker[]): Promise<number>;
/** Folder of the n-th process. */
export declare function folderOf(folder: string, node: number): string;
