export declare class CompactionHold {
    private readonly logBytesMax;
    private readonly holds;
    constructor(logBytesMax: number);
    has(peer: number): boolean;
    /** `bytes`: of all commands that this node has applied. What is asked for once more counts from the first time. */
    add(peer: number, index: number, bytes: number): void;
    remove(peer: number): void;
    clear(): void;
    /** Up to where the log may be forgotten, Infinity if nobody needs it. `matchOf`: up to where a peer's log is known to agree. */
    limit(bytes: number, matchOf: (peer: number) => number): number;
}
