/**
 * What was sent to the victims, what they acknowledged, and whether a history has all of it. Pure.
 *
 * K1. An intent (a request id, and what goes with it) is noted before it is sent; an acknowledgement when it is read. What was sent and not
 *     acknowledged is in doubt: it may be there or not, and is sent again with the same request id.
 * K2. `lost`: acknowledged and not there. `doubled`: there twice, a second value for an operation, a second run for an id. `altered`: there
 *     with other content. `invented`: a value that no body made, a signal that nobody sent. `stuck`: open, and does not go on.
 * K3. An event that a node reported is an acknowledgement: it was applied, so it was committed, so it was durable.
 */
import type { SaidEvent } from './protocol.js';
import type { StepsInput } from './workflows.js';
export interface Problem {
    readonly kind: 'lost' | 'doubled' | 'altered' | 'invented' | 'stuck';
    readonly text: string;
}
export interface SignalRecord {
    readonly requestId: string;
    readonly payload: string;
    acknowledged: boolean;
}
export interface RunRecord {
    readonly workflowId: string;
    readonly requestId: string;
    readonly input: StepsInput;
    readonly signals: readonly SignalRecord[];
    /** As the answer to the start, or an event, said. */
    runId: string | null;
    /** The start was answered. */
    isStarted: boolean;
    /** Events that were reported, by wseq, as text that compares. */
    readonly events: Map<number, string>;
    /** Text of the acknowledged result. */
    result: string | null;
    /** Something was acknowledged since it was last verified. */
    isTouched: boolean;
}
export interface Acknowledged {
    starts: number;
    signals: number;
    checkpoints: number;
    results: number;
}
/** Values that bodies made, by run and operation; from the effects file. */
export type Effects = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
export declare class Ledger {
    readonly acknowledged: Acknowledged;
    readonly runs: Map<string, RunRecord>;
    /** What two answers to the same request, or two reports of the same event, contradict. */
    readonly contradictions: Problem[];
    intend(workflowId: string, requestId: string, input: StepsInput, signals: ReadonlyArray<{
        requestId: string;
        payload: string;
    }>): RunRecord;
    started(record: RunRecord, runId: string): void;
    signalled(record: RunRecord, signal: SignalRecord): void;
    finished(record: RunRecord, result: unknown): void;
    /** An event may be reported again by a node that replays its log; it must be the same one. */
    happened(said: SaidEvent): void;
    /** Runs whose result is not acknowledged, oldest first. */
    unfinished(): RunRecord[];
    private isRun;
    private contradict;
}
/** `history`: JSON lines, or null when the node says that there is no such workflow. */
export declare function checkRun(record: RunRecord, history: string | null, effects: Effects): Problem[];
/** Every acknowledged id once, no run twice. */
export declare function checkList(ledger: Ledger, items: ReadonlyArray<{
    readonly workflowId: string;
    readonly runId: string;
}>): Problem[];
/** Lines of the effects file: run, key, step, value, idempotency key. */
export declare function readEffects(text: string): {
    readonly effects: Effects;
    readonly problems: Problem[];
};
