export interface HeldMemory {
    /** After a collection: heapUsed and external, which has the ArrayBuffers in it. What SQLite takes by malloc is in neither. */
    readonly heldBytes: number;
    readonly rssBytes: number;
    readonly pssBytes: number;
}
/** Of this process, started with --expose-gc. */
export declare function heldMemory(): Promise<HeldMemory>;
/** As the kernel counts it; NaN where it does not say. */
export declare function memoryOf(pid: number): {
    readonly rssBytes: number;
    readonly pssBytes: number;
};
export declare function mib(bytes: number): number;
