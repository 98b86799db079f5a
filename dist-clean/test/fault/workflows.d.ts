export interface StepsInput {
    readonly steps: number;
    /** Of each value, to make rows that fill pages. */
    readonly padBytes: number;
    /** Between the steps and the signals; 0: no timer. */
    readonly sleepMs: number;
    /** The run ends when it has received so many. */
    readonly signals: number;
}
export interface StepsOutput {
    readonly values: readonly string[];
    readonly notes: readonly string[];
    readonly received: readonly string[];
}
/** What the bodies did, on a disk that is not tested: one line an execution. */
export declare class EffectsFile {
    private readonly path;
    constructor(path: string);
    append(...words: readonly string[]): void;
}
export declare class Steps {
    private readonly effects;
    constructor(effects: EffectsFile);
    run({ steps, padBytes, sleepMs, signals }: StepsInput): Promise<StepsOutput>;
    /** Every execution gives another value: a history that holds one of them twice, or one that nobody made, gives itself away. */
    work(runId: string, step: number, padBytes: number): Promise<string>;
    note(text: string): Promise<string>;
}
