export interface Measure {
    readonly bench: 'raft-memory';
    readonly clients: number;
    readonly nodes: number;
    readonly frames: 'by-reference' | 'encoded';
    readonly p50_us: number;
    readonly p99_us: number;
    readonly per_s: number;
    readonly heap_bytes_per_command: number;
}
export interface BenchOptions {
    /** Commands measured in each case; a fifth of them warms up first. */
    readonly commands?: number;
    readonly clients?: readonly number[];
    readonly frames?: ReadonlyArray<Measure['frames']>;
}
export declare function run(options?: BenchOptions): Promise<Measure[]>;
