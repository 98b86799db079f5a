export declare class MessageQueue {
    private readonly batchBytesMax;
    private readonly lowWaterBytes;
    private messages;
    private waitingBytes;
    private leavingBytes;
    private wasAbove;
    constructor(batchBytesMax: number, lowWaterBytes: number);
    get isEmpty(): boolean;
    get bytes(): number;
    /** Of one body that held all that waits. */
    get bodyBytes(): number;
    push(message: Uint8Array): void;
    take(): readonly Uint8Array[];
    /** What the last take() gave out has left. */
    taken(): void;
    isDrained(): boolean;
    clear(): void;
}
