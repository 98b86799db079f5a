/**
 * What the clients of tests act on, one key at a time: a register, and a workflow id.
 */
import type { Model } from './linearizability.js';
export type RegisterInput = {
    readonly key: string;
    readonly put: string;
} | {
    readonly key: string;
    readonly put?: undefined;
};
/** Answer of a put: ''. Answer of a read: the value, '' before any put. */
export declare const registerModel: Model<string, RegisterInput, string>;
/**
 * Calls on one workflow id, whose run ends by itself, and is swept later: `end` and `sweep` are invoked with the start, and are never answered. A chain
 * of runs under one id counts as one.
 *   start    → its run id: that of the first start that took effect
 *   signal   → 'recorded'
 *   describe → 'absent', 'open' or 'closed'
 *   result   → 'closed': it was waited for
 *   seen     → number of signals that the code has consumed, all that were recorded
 */
export interface WorkflowInput {
    readonly workflowId: string;
    readonly call: 'start' | 'signal' | 'describe' | 'result' | 'seen' | 'end' | 'sweep';
}
export type WorkflowOutput = string | number;
interface WorkflowIdState {
    readonly runId: string | null;
    readonly isOpen: boolean;
    readonly isSwept: boolean;
    readonly signals: number;
}
export declare const workflowModel: Model<WorkflowIdState, WorkflowInput, WorkflowOutput>;
export {};
