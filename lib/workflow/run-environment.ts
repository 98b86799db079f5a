/**
 * What one run's execution needs of the node that it lives on. Types only.
 */
import type { ChildCalls } from './child-calls.js';
import type { ComputeRunner } from './compute-runner.js';
import type { DeclineReason, WorkflowCommand } from './command.js';
import type { StackOf } from './error-record.js';
import type { WorkflowStateView } from './state.js';

export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
}

/** Port: what the runtime tells people. Every call is a fact that needs no answer; the default does nothing. */
export interface RuntimeReporter {
  /** The code of this replica behaved otherwise than what was committed (P7). */
  diverged(run: RunIdentity, wseq: number, method: string, committed: string, computed: string): void;
  /** This replica can not go on with a run, and declined it (R12, R19). */
  stopped(run: RunIdentity, reason: DeclineReason, message: string): void;
  /** A rejection that the workflow code did not handle (R6). `run` is null when the run is not in memory any more. */
  rejection(run: RunIdentity, reason: unknown): void;
  warning(run: RunIdentity | null, message: string): void;
  /** Replicas of the group differ, or agree again. */
  replicasDiffer(message: string): void;
}

export const SILENT_REPORTER: RuntimeReporter = {
  diverged: ignore,
  stopped: ignore,
  rejection: ignore,
  warning: ignore,
  replicasDiffer: ignore,
};

function ignore(): void {
  return;
}

/** Stands in for the body of a compute: called with what the body would be called with. Undefined: the body itself. For tests. */
export type ComputeOverride = (workflow: string, version: number, key: string) => ((...args: unknown[]) => unknown) | undefined;

/** A compute body that is about to be called on this node. */
export interface BodyCall extends RunIdentity {
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
  readonly epoch: number;
}

/** Called in the place of a compute body, with it, and answers as it does: sees what runs where. For tests. */
export type ComputeWitness = (call: BodyCall, body: () => unknown) => unknown;

export interface RunEnvironment {
  readonly nodeId: number;
  readonly incarnation: number;
  readonly buildId: string;
  readonly deployment: string;
  readonly state: WorkflowStateView;
  readonly computes: ComputeRunner;
  readonly children: ChildCalls;
  readonly computeOverride: ComputeOverride | undefined;
  readonly computeWitness?: ComputeWitness | undefined;
  /** Of an error of a compute body, as it is committed. Default: its own. */
  readonly stackOf?: StackOf | undefined;
  readonly reporter: RuntimeReporter;
  /** Sends an owner command until it is applied; `cancelled` is asked before a resend. */
  submit(command: WorkflowCommand, cancelled?: () => boolean): void;
  mintRunId(): string;
  /** Digest of an input, as the state machine compares it. */
  digestOf(bytes: Uint8Array): number;
  /** The run's instance is there: it can be fed. */
  wake(runId: string): void;
  /** Its code has consumed a good many events since this was last called: they are not needed in memory. */
  consumed(runId: string, wseq: number): void;
  /** The run stopped here: its history is not needed in memory. */
  released(runId: string): void;
  /** The run's finish was consumed: nothing of it is needed in memory. */
  closed(runId: string): void;
}
