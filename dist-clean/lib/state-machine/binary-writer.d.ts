export declare const UUID_TAG = 0;
export declare class BinaryWriter {
    private buffer;
    private position;
    private pool;
    private pooled;
    get length(): number;
    reset(): void;
    /** A copy of what was written since reset(), in memory of its own. */
    finish(): Uint8Array;
    /**
     * The same, but small ones share blocks of memory: an ArrayBuffer of its own costs more than all the rest of a small frame, in time
     * and in garbage. Whoever keeps one byte of it keeps a block.
     */
    finishPooled(): Uint8Array;
    u8(value: number): void;
    boolean(value: boolean): void;
    u32(value: number): void;
    uint(value: number, field: string): void;
    u53(value: number, field: string): void;
    f64(value: number, field: string): void;
    /** A time or a duration: f64 of 0 or more. */
    ms(value: number, field: string): void;
    uintFrom(min: number, value: number, field: string): void;
    bytes(value: Uint8Array): void;
    /** Without a length. */
    raw(value: Uint8Array): void;
    /** Refuses a text that is longer than `bytesMax` in UTF-8, or not well formed, with INVALID_ARGUMENT. */
    text(value: string, field: string, bytesMax: number): void;
    /** For people only: what UTF-8 can not carry becomes U+FFFD. */
    prose(value: string): void;
    id(value: string, field: string, bytesMax: number): void;
    /** `shift` is added to the length prefix: id() keeps 0 for UUIDs. */
    private textShifted;
    /** Writes nothing and answers false unless `value` is a UUID in lower case. */
    private uuid;
    private reserve;
}
