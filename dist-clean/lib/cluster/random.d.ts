export interface Random {
    /** A whole number in [0, bound). `bound` is at most 2^31. */
    int(bound: number): number;
    /** A random UUID of version 4, lower case. */
    uuid(): string;
}
export declare class SystemRandom implements Random {
    private readonly pool;
    private used;
    int(bound: number): number;
    uuid(): string;
}
/** Sixteen bytes as the text of a version 4 UUID. */
export declare function formatUuid(bytes: Uint8Array): string;
