/** The `counter`-th random number of a run, in [0, 1), with 53 random bits. */
export declare function runRandom(runId: string, counter: number): number;
export declare function runUuid(runId: string, counter: number): string;
