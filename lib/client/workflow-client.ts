/**
 * Starts and finds workflows. Injectable everywhere (RaftoralModule is global), on any node.
 *
 * C1. A class names its own version; a reference the version it was given, if any; a name the cluster's default version.
 *     `options.version` overrides all three.
 * C2. start() resolves once the run is committed: from then on it is never lost (P1). With onExisting: 'attach' a second start
 *     of the same id, name and input gives a handle on the run that is there.
 */
import { RaftoralError } from '../errors/index.js';
import type { AwaitedStart, CountFilter, ListFilter, ListPage, RunCount, StartAnswer, StartOptions } from '../workflow/service.js';
import { checkList, checkStart, checkTimeout } from './arguments.js';
import type { RequestForwarder } from './request-forwarder.js';
import { StartedWorkflowHandle, WorkflowHandle } from './workflow-handle.js';
import { WorkflowRef, type OutputOf, type StartArgs, type WorkflowTarget } from './workflow-target.js';

/** A start that another node carries out is answered with the result if there is one so soon, ms. */
const RESULT_WITHIN_MS = 50;

export interface ExecuteOptions extends StartOptions {
  /** How long to wait for the result, ms; then OUTCOME_UNKNOWN, and the run goes on. Default: no end. */
  readonly resultTimeoutMs?: number;
}

/** Name and version as @Workflow declared them; undefined for a class that is not decorated. */
export type WorkflowIdentityReader = (target: unknown) => { readonly name: string; readonly version: number } | undefined;

interface Identity {
  readonly name: string;
  readonly version: number | undefined;
}

export class WorkflowClient {
  constructor(
    private readonly forwarder: RequestForwarder,
    private readonly readIdentity: WorkflowIdentityReader,
  ) {}

  /**
   * Starts a run. Rejects with UNKNOWN_WORKFLOW, MISSING_INPUT, NOT_SERIALIZABLE, PAYLOAD_TOO_LARGE, INVALID_WORKFLOW_ID,
   * ALREADY_EXISTS, CONFLICT, OVERLOADED, NO_LEADER (nothing was sent), WORKFLOW_BLOCKED (nobody there runs any code now: nothing was stored), or OUTCOME_UNKNOWN (send again with its requestId).
   */
  async start<Target extends WorkflowTarget>(
    workflow: Target,
    ...[input, options]: StartArgs<Target, StartOptions>
  ): Promise<StartedWorkflowHandle<Target>> {
    return (await this.begin(workflow, input, options ?? {})).handle;
  }

  /** start(), then result(); its errors carry the requestId of the start. */
  async execute<Target extends WorkflowTarget>(
    workflow: Target,
    ...[input, options]: StartArgs<Target, ExecuteOptions>
  ): Promise<OutputOf<Target>> {
    const { resultTimeoutMs, ...startOptions }: ExecuteOptions = options ?? {};
    checkTimeout('execute()', 'resultTimeoutMs', resultTimeoutMs, startOptions.requestId); // before anything is started
    // A wait that is to end sooner is left to the call that is made for it.
    const awaited = resultTimeoutMs === undefined || resultTimeoutMs > RESULT_WITHIN_MS ? { resultWithinMs: RESULT_WITHIN_MS } : {};
    const { handle, ended } = await this.begin(workflow, input, startOptions, awaited);
    if (ended !== undefined) return ended.value as OutputOf<Target>;
    return handle.result(resultTimeoutMs === undefined ? undefined : { timeoutMs: resultTimeoutMs });
  }

  /** A handle on a run that exists, or may; nothing is asked until it is used. The class only gives the types. */
  getHandle<Target extends WorkflowTarget>(workflow: Target, workflowId: string, runId?: string): WorkflowHandle<Target> {
    this.identify(workflow);
    if (typeof workflowId !== 'string' || workflowId === '')
      throw new RaftoralError('INVALID_WORKFLOW_ID', 'getHandle(): the workflow id must be a non-empty string.', {
        details: { workflowId },
      });
    return new WorkflowHandle<Target>(this.forwarder, workflowId, runId);
  }

  /**
   * One page of runs, open and retained, in the order in which they were started, of all clusters. Clusters that do not answer are named in `incomplete`; where none
   * does, it is rejected.
   */
  async list(filter: ListFilter = {}): Promise<ListPage> {
    checkList(filter);
    return this.forwarder.list(filter);
  }

  /** How many runs there are, open and retained; `incomplete` as of list(). */
  async count(filter: CountFilter = {}): Promise<RunCount> {
    checkList(filter, 'count()');
    return this.forwarder.count(filter);
  }

  private async begin<Target extends WorkflowTarget>(
    workflow: Target,
    input: unknown,
    given: StartOptions,
    awaited: AwaitedStart = {},
  ): Promise<{ readonly handle: StartedWorkflowHandle<Target>; readonly ended: StartAnswer['ended'] }> {
    const { name, version } = this.identify(workflow);
    const effective = given.version === undefined && version !== undefined ? { ...given, version } : given;
    checkStart('start()', effective);
    const { service, options: placed } = this.forwarder.forStart(effective);
    const { workflowId, runId, requestId, existing, ended } = await service.start(name, input, { ...placed, ...awaited });
    return { handle: new StartedWorkflowHandle<Target>(this.forwarder, workflowId, runId, requestId, existing, service.clusterId), ended };
  }

  private identify(workflow: WorkflowTarget): Identity {
    if (typeof workflow === 'string') return { name: workflow, version: undefined };
    if (workflow instanceof WorkflowRef) return { name: workflow.workflowName, version: workflow.version };
    const identity = typeof workflow === 'function' ? this.readIdentity(workflow) : undefined;
    if (identity !== undefined) return identity;
    throw new RaftoralError(
      'INVALID_ARGUMENT',
      `The workflow must be a class decorated with @Workflow, a workflowRef() or a name, not ${describe(workflow)}.`,
      { details: { argument: 'workflow' } },
    );
  }
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `the class ${value.name || '(anonymous)'}, which has no @Workflow of its own`;
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
