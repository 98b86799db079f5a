/**
 * Commands of clients: start, signal, cancel, terminate, reset. Pure.
 *
 * A1. A command past its expiry does nothing and is not remembered (R26). One of a slot that is elsewhere is not remembered either: its
 *     answer is the business of the group that owns the slot.
 * A2. Every other answer, refusals included, is given again to the same requestId until its expiry: what was refused once can not take
 *     effect by a duplicate that arrives later.
 */
import type { CancelCommand, ContinueAsNewCommand, ResetCommand, SignalCommand, StartCommand, TerminateCommand } from '../command.js';
import { type CancelRequestedEvent, type SignalEvent } from '../event.js';
import type { CommandAnswer } from '../state.js';
import type { GroupState } from './group-state.js';
import { RunRecord } from './run-record.js';
type ClientCommand = StartCommand | SignalCommand | CancelCommand | TerminateCommand | ResetCommand;
/** Admits a client command, carries it out by `act`, and keeps the answer for its requestId. */
export declare function applyClient<C extends ClientCommand>(state: GroupState, command: C, act: (state: GroupState, command: C) => CommandAnswer): CommandAnswer;
export declare function start(state: GroupState, command: StartCommand): CommandAnswer;
/** The next run of a chain (continueAsNew). What the old code had not consumed of signals, and of a cancel, goes with it, in order. */
export declare function beginNext(state: GroupState, previous: RunRecord, command: ContinueAsNewCommand, leftOver: ReadonlyArray<SignalEvent | CancelRequestedEvent>): void;
export declare function signal(state: GroupState, command: SignalCommand): CommandAnswer;
export declare function cancel(state: GroupState, command: CancelCommand): CommandAnswer;
export declare function terminate(state: GroupState, command: TerminateCommand): CommandAnswer;
/** Operator: forgets declines and crash suspicion, and chooses again (R19). */
export declare function reset(state: GroupState, command: ResetCommand): CommandAnswer;
export {};
