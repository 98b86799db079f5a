export declare class TraceHash {
    private low;
    private high;
    /** Values added. */
    count: number;
    number(value: number): void;
    bytes(value: Uint8Array): void;
    text(value: string): void;
    /** 16 hexadecimal digits. */
    digest(): string;
    private word;
}
