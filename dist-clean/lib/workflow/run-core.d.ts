/**
 * The state that the parts of one run's execution share: where its code stands in its history, and what it waits for.
 *
 * C1. `cursor` events were consumed; at most one window is open, of event `windowWseq` (R3).
 * C2. A stopped run's promises are never settled, and nothing of it is proposed but its decline (R12).
 * C3. `pending` holds the operations whose promise is open, in call order; `keys` also those whose events may still come.
 */
import { type DeclineReason } from './command.js';
import type { Conclusion, Divergence } from './divergence.js';
import { type OwnerChangeCause } from './event.js';
import { KeyState, OperationList, type Operation } from './operation.js';
import type { RunEnvironment } from './run-environment.js';
import type { RunView } from './state.js';
/**
 * creating: the instance is being made · running: its code has not ended · concluded: it has, and the finish is not consumed yet ·
 * closed: it is · stopped: this replica gave the run up (R12) · abandoned: out of memory, by passivation, removal or restore.
 */
export type RunPhase = 'creating' | 'running' | 'concluded' | 'closed' | 'stopped' | 'abandoned';
export declare class RunCore {
    readonly environment: RunEnvironment;
    view: RunView;
    /** Events up to this one are replayed before the run may act as owner. */
    readonly replayUntil: number;
    private readonly onStop;
    phase: RunPhase;
    instance: object | null;
    readonly keys: Map<string, KeyState>;
    readonly pending: OperationList;
    /** Answers of hasCheckpoint that were given without an event (R9), by record key and occurrence: a record may still come. */
    readonly answered: Map<string, boolean>;
    cursor: number;
    windowOpen: boolean;
    windowWseq: number;
    windowTimeMs: number;
    ordinal: number;
    /** As of the last event consumed. */
    owner: number;
    epoch: number;
    ownerBuildId: string;
    ownerCause: OwnerChangeCause | null;
    conclusion: Conclusion | null;
    stopped: {
        readonly reason: DeclineReason;
        readonly message: string;
    } | null;
    /** Deterministic bodies that have not settled in this window. */
    openBodies: number;
    /** Label of the deterministic, query or signal body that runs synchronously now; empty: none. */
    insideBody: string;
    cancelRequested: boolean;
    /** A cancel interrupted nothing: the next sleep or wait is refused instead. */
    cancelUndelivered: boolean;
    constructor(environment: RunEnvironment, view: RunView, 
    /** Events up to this one are replayed before the run may act as owner. */
    replayUntil: number, onStop: () => void);
    /** True while its code may be fed. */
    get live(): boolean;
    get replaying(): boolean;
    key(key: string): KeyState;
    expected(key: string, occurrence: number): Operation | undefined;
    /** R9: whether history that is not consumed yet holds an outcome of this key; of `occurrence` alone if one is given. */
    liesAhead(key: string, occurrence?: number): boolean;
    /** The operation's last event was consumed, or nothing more is wanted of it. */
    retire(operation: Operation): void;
    /** Gives the run up on this replica (R12): volatile, the group is told by a decline. */
    stop(reason: DeclineReason, message: string): void;
    diverge(divergence: Divergence, wseq: number): void;
    foreignAwait(detail: string): string;
    /** For messages: what the code waits for. */
    waitingFor(): string;
}
