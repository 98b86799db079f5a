/**
 * Random but plausible commands for a workflow state machine, from a seed: starts, owner commands (of right and wrong epochs), signals,
 * deaths, hellos, declines, membership changes, sweeps.
 */
import type { ConfState } from '../../lib/raft/index.js';
import type { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
export declare function xorshift(seed: number): () => number;
/** One entry of the log. */
export type ChaosEntry = {
    readonly index: number;
    readonly frame: Uint8Array;
    readonly membership: null;
} | {
    readonly index: number;
    readonly frame: null;
    readonly membership: ConfState;
};
export declare class WorkflowChaos {
    private readonly random;
    private nowMs;
    private serial;
    private index;
    private readonly incarnations;
    private readonly recent;
    constructor(random: () => number);
    /** Applies the next entry to all machines, which must be in the same state. */
    step(machines: readonly WorkflowStateMachine[]): void;
    /** The next entry, for a machine in the state before it. */
    next(machine: WorkflowStateMachine): ChaosEntry;
    get appliedIndex(): number;
    private nextFrame;
    private stamped;
    private command;
    private start;
    private ownerCommand;
    private timer;
    private ending;
    private otherCommand;
    private ofLevelTwo;
    /** Mostly an open run; one that is closed, swept, or never was, too. */
    private target;
    private someRunId;
    private hello;
    private incarnation;
    private request;
    private value;
    private below;
    private pick;
}
