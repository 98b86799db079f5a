export declare class Inflights {
    readonly messagesMax: number;
    readonly bytesMax: number;
    private start;
    private countValue;
    private bytesValue;
    /** Ring buffers of the same power-of-two capacity: last index and bytes of each message. */
    private indices;
    private sizes;
    constructor(messagesMax: number, bytesMax: number);
    get count(): number;
    get bytes(): number;
    isFull(): boolean;
    /** Records a message whose last entry is `index`. Throws if the window is full. */
    add(index: number, bytes: number): void;
    /** Frees every message whose last entry is at or below `index`. */
    freeTo(index: number): void;
    reset(): void;
    private grow;
}
