import { type Machine } from './machine.js';
/** In the order of shim.c. */
declare const FILE_CLASSES: readonly ["log.db", "log.db-wal", "state.db", "state.db-wal", "folder", "other"];
export type FileClass = (typeof FILE_CLASSES)[number];
export declare const LOG_FILES: readonly FileClass[];
export declare const STATE_FILES: readonly FileClass[];
export declare const STORAGE_FILES: readonly FileClass[];
export declare const ALL_FILES: readonly FileClass[];
declare const ACTIONS: {
    readonly fail: 1;
    readonly 'leave-out': 2;
    readonly wait: 3;
    readonly 'kill-before': 4;
    readonly 'kill-torn': 5;
    readonly 'kill-after': 6;
};
declare const OPERATIONS: {
    readonly sync: 1;
    readonly write: 2;
    readonly truncate: 4;
};
declare const COUNTERS: {
    readonly syncs: 0;
    readonly syncsFailed: 1;
    readonly syncsLeftOut: 2;
    readonly writes: 3;
    readonly bytes: 4;
    readonly truncations: 5;
};
export interface ShimRule {
    readonly action: keyof typeof ACTIONS;
    readonly files: readonly FileClass[];
    readonly operations: ReadonlyArray<keyof typeof OPERATIONS>;
    /** Calls to let pass first. */
    readonly skip?: number;
    /** Calls that meet the rule; absent: all from then on. */
    readonly times?: number;
    /** Of `fail`: errno. Of `wait`: µs at most. */
    readonly parameter?: number;
}
export declare const EIO = 5;
/** The library, compiled once a run. */
export declare function compileShim(machine: Pick<Machine, 'folder'>): string;
export declare class ShimControl {
    readonly path: string;
    private readonly file;
    constructor(path: string);
    arm(at: number, rule: ShimRule): void;
    disarm(at: number): void;
    /** How often the rule was met. */
    fired(at: number): number;
    count(what: keyof typeof COUNTERS, files: readonly FileClass[]): number;
    close(): void;
    private get;
    private put;
}
export {};
