/**
 * A workflow state machine under test: builds commands with sensible defaults, stamps them, keeps every event that the sink was told of.
 */
import type { ConfState } from '../../lib/raft/index.js';
import { type DeclineReason, type FinishCommand, type GroupLimits, type MemberHelloCommand, type StartCommand, type WorkflowCommand } from '../../lib/workflow/command.js';
import { type ErrorRecord, type RunEvent } from '../../lib/workflow/event.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer, RunView } from '../../lib/workflow/state.js';
export declare const NOTHING: Uint8Array<ArrayBuffer>;
export declare function json(value: unknown): Uint8Array;
export declare function failure(message: string): ErrorRecord;
export declare function conf(voters: readonly number[], more?: Partial<ConfState>): ConfState;
/** Only if it was carried out: its number, else a failing test. */
export declare function wseqOf(answer: CommandAnswer): number;
/** Code of a refusal, reason of what was ignored, or 'ok'. */
export declare function fateOf(answer: CommandAnswer): string;
interface Call {
    readonly key?: string;
    readonly occurrence?: number;
    readonly epoch?: number;
    readonly value?: Uint8Array;
    readonly error?: ErrorRecord | null;
    readonly at?: number;
    readonly attempt?: number;
}
export declare class MachineUnderTest {
    readonly machine: WorkflowStateMachine;
    readonly events: Array<{
        readonly runId: string;
        readonly event: RunEvent;
    }>;
    /** The leader's clock. */
    nowMs: number;
    index: number;
    private requests;
    constructor(options?: {
        readonly groupId?: number;
        readonly voters?: readonly number[];
        readonly silent?: readonly number[];
        readonly limits?: Partial<GroupLimits>;
    });
    apply(command: WorkflowCommand): CommandAnswer;
    membership(membership: ConfState): void;
    hello(node: number, more?: Partial<MemberHelloCommand>): CommandAnswer;
    limits(limits: Partial<GroupLimits>, expectedRevision?: number): CommandAnswer;
    down(node: number, incarnation?: number): CommandAnswer;
    request(): {
        requestId: string;
        expiryMs: number;
    };
    start(workflowId: string, more?: Partial<StartCommand>): CommandAnswer;
    checkpoint(runId: string, call?: Call): CommandAnswer;
    computed(runId: string, call?: Call): CommandAnswer;
    attemptStarted(runId: string, call?: Call): CommandAnswer;
    attemptFailed(runId: string, call?: Call & {
        readonly retryDelayMs?: number;
    }): CommandAnswer;
    sleep(runId: string, call?: Call & {
        readonly delayMs?: number;
    }): CommandAnswer;
    fire(runId: string, timerId: number): CommandAnswer;
    finish(runId: string, more?: Partial<FinishCommand>): CommandAnswer;
    continueAsNew(runId: string, more: {
        readonly newRunId: string;
        readonly consumedWseq?: number;
        readonly input?: Uint8Array;
        readonly version?: number;
    }): CommandAnswer;
    signal(workflowId: string, more?: {
        readonly runId?: string;
        readonly name?: string;
        readonly payload?: Uint8Array;
        readonly requestId?: string;
    }): CommandAnswer;
    cancel(workflowId: string): CommandAnswer;
    terminate(workflowId: string): CommandAnswer;
    reset(workflowId: string): CommandAnswer;
    changeOwner(runId: string, to: number, expectedEpoch?: number): CommandAnswer;
    decline(runId: string, node: number, reason?: DeclineReason, more?: {
        readonly epoch?: number;
        readonly incarnation?: number;
    }): CommandAnswer;
    sweep(cutoffMs: number): CommandAnswer;
    run(runId: string): RunView;
    last(runId: string): RunEvent;
    /** Names of the run's events, in order. */
    kinds(runId: string): string[];
    private epoch;
    private operation;
}
export {};
