import type { WorkflowRuntime } from './runtime.js';
import type { RunDescription, RunExplanation } from './service.js';
import type { RunView } from './state.js';
/** Where one replica's code stands. */
export interface ReplicaPosition {
    readonly runsCode: boolean;
    readonly consumedWseq: number | null;
    readonly stopped: string | null;
}
export declare function describeRun(run: RunView): RunDescription;
/** `positions`: what each voter said of itself; null where it did not answer. */
export declare function explainRun(runtime: WorkflowRuntime, run: RunView, positions: ReadonlyMap<number, ReplicaPosition | null>): RunExplanation;
