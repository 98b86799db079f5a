import type { RecordedRun } from './recording.js';
export interface FillPart {
    readonly run: RecordedRun;
    /** Runs are called `<name>-0`, `<name>-1`, … */
    readonly name: string;
    /** How many; or as many as it takes to have so many bytes of state. */
    readonly count?: number;
    readonly untilBytes?: number;
}
export interface Filled {
    readonly runs: readonly number[];
    readonly stateBytes: number;
}
export declare function fill(path: string, parts: readonly FillPart[]): Promise<Filled>;
export declare function sizeOf(file: string): number;
