import { type BlockedReason, type ErrorRecord, type FinishedEvent, type RunOutcome, type RunStatus, type SignalEvent } from '../event.js';
import type { RunView } from '../state.js';
import { OperationLedger } from './operations.js';
import { RunHistory } from './run-history.js';
import type { Timer } from './timers.js';
export interface Decline {
    readonly node: number;
    readonly incarnation: number;
    readonly reason: string;
    readonly message: string;
}
/** What a run is from its start to its end. */
export interface RunIdentity {
    readonly slot: number;
    readonly workflowId: string;
    readonly runId: string;
    readonly name: string;
    readonly version: number;
    readonly inputDigest: number;
    /** Digest of the input that the first run of a chain of continueAsNew was started with: what a repeated start is compared with. */
    readonly originDigest: number;
    readonly startedMs: number;
}
export declare class RunRecord implements RunView {
    readonly order: number;
    readonly history: RunHistory;
    readonly slot: number;
    readonly workflowId: string;
    readonly runId: string;
    readonly name: string;
    readonly version: number;
    readonly inputDigest: number;
    readonly originDigest: number;
    readonly startedMs: number;
    status: RunStatus;
    blockedReason: BlockedReason | null;
    owner: number;
    epoch: number;
    ownerBuildId: string;
    closedMs: number;
    declined: readonly Decline[];
    /** wseq of the first cancel request; 0 = none. */
    cancelWseq: number;
    /** Owners in succession that died after attempt-started, without progress (R20). */
    suspectDeaths: number;
    /** The owner of this epoch has committed attempt-started, and nothing after it. */
    attemptAwaitsProgress: boolean;
    nextTimerId: number;
    /** By id; null while there was none (most runs never sleep). */
    timers: Map<number, Timer> | null;
    readonly operations: OperationLedger;
    /** Changed since the last cut. */
    dirty: boolean;
    /** Taken by the open cut, and not yet written into it. */
    waiting: boolean;
    /** Somebody runs its code: the history stays in memory. */
    held: boolean;
    /** Number of its closing; 0 while open, or where nothing is stored in rows. */
    closing: number;
    /** Events that a cut has taken, and those that are durable. */
    savedWseq: number;
    durableWseq: number;
    /** @param order grows with each run that this machine takes in: makes orders deterministic, is not part of the state. */
    constructor(identity: RunIdentity, order: number, history?: RunHistory);
    get isOpen(): boolean;
    get nextWseq(): number;
    get finished(): FinishedEvent | null;
    get outcome(): RunOutcome | null;
    get result(): Uint8Array;
    get error(): ErrorRecord | null;
    get cancelRequested(): boolean;
    get undelivered(): readonly SignalEvent[];
    failedAttempts(key: string, occurrence: number): number;
    retryPending(key: string, occurrence: number): boolean;
    settled(key: string, occurrence: number): boolean;
    sleepSet(key: string, occurrence: number): boolean;
    hasDeclined(node: number, incarnation: number): boolean;
    private openOperation;
}
