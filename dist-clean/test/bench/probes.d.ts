import { type Measure } from './measure.js';
export interface Probes {
    readonly fsyncUs: Float64Array;
    readonly commitUs: Float64Array;
}
/** A folder in memory has no disk to measure. */
export declare function refuseMemoryFileSystem(folder: string): void;
/** Both probes, one after the other. */
export declare function probe(folder: string, samples?: number): Promise<Probes>;
export declare function probeMeasures(bench: string, taken: readonly Probes[]): Measure[];
/** All bare commits of a run, µs, ascending. */
export declare function commitsUs(taken: readonly Probes[]): Float64Array;
