/** P1. Fixed for the format: fingerprints stand in rows. */
export declare function fingerprintOf(id: string): number;
export declare class FingerprintSet {
    private readonly tables;
    /** Counts above COUNT_MAX: by how much. */
    private readonly more;
    /** @param expected how many will be added soon: room is made for them at once. */
    constructor(expected?: number);
    /** Of the tables. */
    get bytes(): number;
    has(fingerprint: number): boolean;
    add(fingerprint: number): void;
    /** P4. All values of all arrays. */
    addAll(arrays: readonly Float64Array[]): void;
    private put;
    remove(fingerprint: number): void;
}
