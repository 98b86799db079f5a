import { type CheckpointEvent, type ComputeResultEvent, type ErrorRecord, type FinishedEvent, type SleepSetEvent } from './event.js';
import type { Operation } from './operation.js';
export interface Divergence {
    readonly method: string;
    readonly committed: string;
    readonly computed: string;
}
export type OperationRecord = CheckpointEvent | ComputeResultEvent | SleepSetEvent;
/** How a run's code ended on this replica. */
export interface Conclusion {
    readonly outcome: 'completed' | 'failed' | 'cancelled' | 'continued';
    /** Canonical text of the result, or of the next run's input. */
    readonly text: string;
    readonly error: ErrorRecord | null;
    readonly consumedWseq: number;
    readonly digest: number;
}
export declare function finishDigest(outcome: string, text: string, error: ErrorRecord | null): number;
/** The event's call is absent after its drained window (R11). */
export declare function absentCall(event: OperationRecord, waitingFor: string): Divergence;
export declare function compareArguments(event: OperationRecord, operation: Operation): Divergence | null;
export declare function comparePosition(event: OperationRecord, operation: Operation): Divergence | null;
/** `committedText`: the event's value, decoded to text by the caller, who needs it anyway. */
export declare function compareValue(event: CheckpointEvent, committedText: string, operation: Operation): Divergence | null;
/** `own` null: the code has not ended on this replica. */
export declare function compareFinish(event: FinishedEvent, own: Conclusion | null, waitingFor: string, strictPosition: boolean): Divergence | null;
export declare function describeRecord(event: OperationRecord): string;
