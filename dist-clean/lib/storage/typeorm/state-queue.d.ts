/**
 * Work that is done one piece after the other, in the order of the calls. Owns that order.
 *
 * K1. A piece that fails fails for its caller alone; the next one is done.
 * K2. idle() resolves when nothing is left, what pieces hand in themselves included.
 * Tests: state-database.spec.ts.
 */
export declare class SerialQueue {
    private tail;
    run<T>(work: () => Promise<T>): Promise<T>;
    idle(): Promise<void>;
}
