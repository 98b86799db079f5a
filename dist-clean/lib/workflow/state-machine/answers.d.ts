/**
 * Answers of apply. Pure. Ignored ones are shared constants: they are the common fate of what was sent twice.
 */
import type { RaftoralErrorCode } from '../../errors/index.js';
import type { CommandAnswer } from '../state.js';
export declare const GROUP_OK: CommandAnswer;
export declare const IGNORED: {
    readonly unknownRun: CommandAnswer;
    readonly closedRun: CommandAnswer;
    readonly staleEpoch: CommandAnswer;
    readonly settled: CommandAnswer;
    readonly started: CommandAnswer;
    readonly cancelled: CommandAnswer;
    readonly futureWseq: CommandAnswer;
    readonly runIdTaken: CommandAnswer;
    readonly timerNotPending: CommandAnswer;
    readonly timerNotDue: CommandAnswer;
    readonly staleIncarnation: CommandAnswer;
    readonly alreadyDown: CommandAnswer;
    readonly alreadyDeclined: CommandAnswer;
    readonly notEligible: CommandAnswer;
    readonly sameOwner: CommandAnswer;
    readonly blocked: CommandAnswer;
    readonly staleRevision: CommandAnswer;
    readonly codecLevel: CommandAnswer;
    readonly nodeIdsUsedUp: CommandAnswer;
};
export declare function done(runId: string, wseq: number): CommandAnswer;
export declare function doneBefore(runId: string, wseq: number): CommandAnswer;
/** @param message names the thing and the remedy. */
export declare function refused(code: RaftoralErrorCode, message: string, runId?: string): CommandAnswer;
