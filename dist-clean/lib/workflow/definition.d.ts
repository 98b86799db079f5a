/**
 * What the engine knows of a workflow class. Made by the explorer (Nest) or by a test, kept by the registry.
 *
 * D1. (name, version) is unique in a registry.
 * D2. `create` makes a fresh instance per run (R45); its failure is a decline of this node, not a failure of the run.
 */
import type { OwnerPolicy } from './command.js';
export interface RetryOptions {
    /** Committed failures at most, the first attempt included. Default 1: no retry unless asked. */
    readonly maxAttempts?: number;
    /** First backoff: ms or a text like '500ms', '2s', '1m'. Default 1s. */
    readonly initialDelay?: number | string;
    /** Default 2. */
    readonly factor?: number;
    /** Default 1m. */
    readonly maxDelay?: number | string;
}
export interface ComputeOptions {
    /** Per attempt, by the owner's monotonic clock: ms or text. Default: none. */
    readonly timeout?: number | string;
    readonly retry?: RetryOptions;
}
export interface WorkflowOptions {
    /** Who owns a new run. Default `starter`. */
    readonly owner?: OwnerPolicy;
}
export interface WorkflowDefinition {
    readonly name: string;
    readonly version: number;
    /** The class; its source text is part of the default build id. */
    readonly target: abstract new (...args: never[]) => object;
    readonly options: WorkflowOptions;
    /** Query name → method name. */
    readonly queries: ReadonlyMap<string, string>;
    /** Signal name → method name. */
    readonly signals: ReadonlyMap<string, string>;
    /** True when run() declares a parameter without a default: start without an input is MISSING_INPUT. */
    readonly takesInput: boolean;
    create(): object | Promise<object>;
}
