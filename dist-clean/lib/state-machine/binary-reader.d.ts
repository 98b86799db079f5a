export declare class BinaryReader {
    private readonly what;
    private buffer;
    private position;
    /** @param what names the kind of frame in error messages. */
    constructor(what: string);
    /** Starts over with other bytes. */
    open(bytes: Uint8Array, offset?: number): this;
    /** Forgets the bytes, so that a reader that is kept does not keep them. */
    close(): void;
    get offset(): number;
    get remaining(): number;
    fail(field: string, why: string): never;
    end(): void;
    u8(field: string): number;
    boolean(field: string): boolean;
    u32(field: string): number;
    uint(field: string): number;
    /** A uint of `min` or more. */
    uintFrom(min: number, field: string): number;
    u53(field: string): number;
    f64(field: string): number;
    /** A time or a duration: f64 of 0 or more. */
    ms(field: string): number;
    bytes(field: string): Uint8Array;
    raw(length: number, field: string): Uint8Array;
    text(field: string, bytesMax: number): string;
    prose(field: string): string;
    id(field: string, bytesMax: number): string;
    /** A count of items of at least `itemBytesMin` bytes each: never more than the bytes left can hold. */
    count(field: string, itemBytesMin: number, max?: number): number;
    private textOf;
    private need;
}
