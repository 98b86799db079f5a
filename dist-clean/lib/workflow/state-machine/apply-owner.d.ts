/**
 * Commands of owners and timers. Pure.
 *
 * A1. A stale epoch, an unknown or closed run, a second value for an operation is ignored: no event, no error (R18, P2).
 * A2. The first outcome of (key, occurrence) wins. A sleep that was set is the operation's only kind; so is a compute that failed once.
 */
import { type AttemptFailedCommand, type AttemptStartedCommand, type CheckpointCommand, type ComputeResultCommand, type ContinueAsNewCommand, type FinishCommand, type SleepCommand, type TimerFiredCommand } from '../command.js';
import type { CommandAnswer } from '../state.js';
import type { GroupState } from './group-state.js';
import type { RunRecord } from './run-record.js';
/** Why a command to a run is not carried out; null if it may be. */
export declare function runRefusal(state: GroupState, runId: string, run: RunRecord | undefined): CommandAnswer | null;
export declare function checkpoint(state: GroupState, command: CheckpointCommand): CommandAnswer;
export declare function computeResult(state: GroupState, command: ComputeResultCommand): CommandAnswer;
export declare function attemptStarted(state: GroupState, command: AttemptStartedCommand): CommandAnswer;
export declare function attemptFailed(state: GroupState, command: AttemptFailedCommand): CommandAnswer;
export declare function sleep(state: GroupState, command: SleepCommand): CommandAnswer;
export declare function timerFired(state: GroupState, command: TimerFiredCommand): CommandAnswer;
/** The end of a run wins over what came after consumedWseq (R29). */
export declare function finish(state: GroupState, command: FinishCommand): CommandAnswer;
export declare function continueAsNew(state: GroupState, command: ContinueAsNewCommand): CommandAnswer;
