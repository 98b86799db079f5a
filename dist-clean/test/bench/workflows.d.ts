export interface StepsInput {
    readonly steps: number;
    /** Then waits for the signal 'go'. */
    readonly wait?: boolean;
    /** Time that the body of each step takes, ms. */
    readonly pauseMs?: number;
    /** Makes the input, and so the state, larger. */
    readonly pad?: string;
}
interface StepResult {
    readonly i: number;
    readonly pad: string;
}
/** What a bench wants to see of the steps that run in this process. */
export declare const watch: {
    /** Called when the body of step i (from 0) runs. */
    onBody: ((step: number) => void) | null;
    /** Called when the code goes on after a step: ms since it called the step. */
    onStep: ((tookMs: number) => void) | null;
    /** Called when the code goes on after a step, on each replica. */
    onCommitted: ((runId: string) => void) | null;
};
export declare class Steps {
    run({ steps, wait, pauseMs }: StepsInput): Promise<{
        ok: number;
    }>;
    step(i: number, pauseMs: number): Promise<StepResult>;
}
export {};
