import { type ChangeOwnerCommand, type DeclineCommand, type MemberHelloCommand, type NodeDownCommand, type RaiseCodecLevelCommand, type ReserveNodeIdCommand, type RetentionSweepCommand, type SetLimitsCommand } from '../command.js';
import type { CommandAnswer } from '../state.js';
import { type GroupState } from './group-state.js';
/**
 * A higher incarnation means that the process before it is gone: its runs get a new epoch, on the new process where it is eligible, so
 * that nothing of the old process takes effect any more and the build id of the epoch is that of the code that runs (R9, R18).
 */
export declare function memberHello(state: GroupState, command: MemberHelloCommand): CommandAnswer;
export declare function setLimits(state: GroupState, command: SetLimitsCommand): CommandAnswer;
export declare function raiseCodecLevel(state: GroupState, command: RaiseCodecLevelCommand): CommandAnswer;
export declare function nodeDown(state: GroupState, command: NodeDownCommand): CommandAnswer;
/** Compare-and-set (R16). */
export declare function changeOwnerTo(state: GroupState, command: ChangeOwnerCommand): CommandAnswer;
/**
 * A replica can't go on with a run (R19). Whether it owns the run is read from the state, not from the epoch it saw: it may have become
 * the owner since, and an owner that has declined would leave the run hanging.
 */
export declare function decline(state: GroupState, command: DeclineCommand): CommandAnswer;
export declare function retentionSweep(state: GroupState, command: RetentionSweepCommand): CommandAnswer;
/** The answer stands in the state: reservedNodeId(token). */
export declare function reserveNodeId(state: GroupState, command: ReserveNodeIdCommand): CommandAnswer;
