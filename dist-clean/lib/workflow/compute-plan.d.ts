import type { ComputeOptions } from './definition.js';
export interface ComputePlan {
    /** 0 = none. */
    readonly timeoutMs: number;
    readonly attemptsMax: number;
    readonly initialDelayMs: number;
    readonly factor: number;
    readonly maxDelayMs: number;
}
/** Throws INVALID_ARGUMENT, naming `what` and the option. */
export declare function planOf(options: ComputeOptions | undefined, what: string): ComputePlan;
/** Delay after failed attempt `attempt` (1, 2, …), whole ms. */
export declare function backoffMs(plan: ComputePlan, attempt: number): number;
