/**
 * One recorded run in a replay: the engine's execution of it, and what it was stopped by. Owns: the environment that the execution lives in,
 * which is that of a node that owns nothing.
 *
 * D1. No node has the id of this one, so the execution never acts as an owner: bodies are not called, nothing is proposed (R17).
 */
import type { ChildCalls } from '../../workflow/child-calls.js';
import { digestOfBytes } from '../../workflow/digest.js';
import type { ComputeRunner } from '../../workflow/compute-runner.js';
import type { WorkflowDefinition } from '../../workflow/definition.js';
import type { Dispatcher } from '../../workflow/dispatcher.js';
import type { RunEnvironment } from '../../workflow/run-environment.js';
import { RunExecution } from '../../workflow/run-execution.js';
import type { WorkflowStateView } from '../../workflow/state.js';
import { describeEvent } from '../describe-event.js';
import type { RecordedRun } from './recorded-run.js';

/** Of no node: ids of nodes are positive, and 0 stands for a run that nobody owns. */
const NOBODY = -1;
/** Differs from every build id that a node has. */
const BUILD_ID = 'replay';

/** D1: no body of a child operation is called either. */
const NO_CHILDREN = {} as ChildCalls;

export interface ReplayDifference {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflow: string;
  readonly version: number;
  /** Number of the event at which the code stopped to agree. */
  readonly wseq: number;
  /** Method or key that differs; empty if none can be named. */
  readonly method: string;
  readonly reason: 'diverged' | 'foreign-await' | 'instantiation-failed';
  /** What the history has. */
  readonly recorded: string;
  /** What the code did. */
  readonly code: string;
}

/** What all runs of a replay share. */
export interface ReplayParts {
  readonly dispatcher: Dispatcher;
  /** Of a group in which nothing ever happened. */
  readonly state: WorkflowStateView;
  readonly computes: ComputeRunner;
  readonly strict: boolean;
}

export class ReplayedRun {
  difference: ReplayDifference | null = null;
  readonly warnings: Array<{ readonly workflowId: string; readonly runId: string; readonly message: string }> = [];
  private readonly execution: RunExecution;
  /** Set once the execution is there: it asks to be fed, or stops, while it is being made. */
  private made: RunExecution | null = null;

  constructor(
    private readonly run: RecordedRun,
    definition: WorkflowDefinition,
    private readonly parts: ReplayParts,
  ) {
    this.execution = new RunExecution(this.environment(), definition, run);
    this.made = this.execution;
    this.feed();
  }

  /** Resolves when all events were consumed, or the code stopped. */
  async done(): Promise<void> {
    await this.execution.whenConsumed(this.run.history.length);
  }

  /** Events that the code agreed with. */
  get consumed(): number {
    return this.difference === null ? this.run.history.length : Math.max(0, this.difference.wseq - 1);
  }

  private feed(): void {
    if (this.made === null) return;
    this.parts.dispatcher.enqueue(this.made);
    this.parts.dispatcher.pump();
  }

  private differ(difference: Pick<ReplayDifference, 'wseq' | 'method' | 'reason' | 'recorded' | 'code'>): void {
    const { workflowId, runId, name: workflow, version } = this.run;
    this.difference ??= { workflowId, runId, workflow, version, ...difference };
  }

  private environment(): RunEnvironment {
    const { run, parts } = this;
    // Read when a call or an event is compared; the execution is there by then.
    const buildId = (): string => (parts.strict ? this.execution.core.ownerBuildId : BUILD_ID);
    return {
      nodeId: NOBODY,
      incarnation: 1,
      get buildId() {
        return buildId();
      },
      deployment: '',
      state: parts.state,
      computes: parts.computes,
      children: NO_CHILDREN,
      computeOverride: undefined,
      reporter: {
        diverged: (_run, wseq, method, recorded, code) => this.differ({ wseq, method, reason: 'diverged', recorded, code }),
        stopped: (_run, reason, message) => {
          const at = Math.max(1, this.made?.core.cursor ?? 0);
          const recorded = describeEvent(run.history.event(at));
          this.differ({ wseq: at, method: '', reason: reason as ReplayDifference['reason'], recorded, code: message });
        },
        rejection: (_run, reason) => this.warn(`a rejection that the code does not handle: ${String(reason)}`),
        warning: (_run, message) => this.warn(message),
        replicasDiffer: (message) => this.warn(message),
      },
      submit: () => undefined,
      mintRunId: () => run.runId,
      digestOf: digestOfBytes,
      wake: () => this.feed(),
      released: () => undefined,
      closed: () => undefined,
      consumed: () => undefined,
    };
  }

  private warn(message: string): void {
    const { workflowId, runId } = this.run;
    this.warnings.push({ workflowId, runId, message });
  }
}
