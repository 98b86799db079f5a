/**
 * replay(): feeds recorded histories to the workflow code of today, by the engine's own execution, and tells where it behaves otherwise than it
 * did. No cluster, no side effect: nobody owns a recorded run, so no body of a compute is called and nothing is proposed.
 *
 * P1. What is a difference is decided by the engine alone (lib/workflow/run-consumer.ts, divergence.ts): a replica of today's build that
 *     got this history would stop with the same words.
 * P2. Histories are independent: their order decides which difference comes first, and nothing else.
 * P3. At most `concurrency` histories are in memory.
 * Tests: replay.spec.ts.
 */
import type { ModuleMetadata } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { SystemClock } from '../../cluster/clock.js';
import { EventLoopScheduler } from '../../cluster/scheduler.js';
import { RaftoralError } from '../../errors/index.js';
import { readWorkflowIdentity } from '../../raftoral.metadata-accessor.js';
import { ComputeRunner } from '../../workflow/compute-runner.js';
import { Dispatcher } from '../../workflow/dispatcher.js';
import { installRejectionTrap } from '../../workflow/rejection-trap.js';
import { WorkflowRegistry } from '../../workflow/registry.js';
import { WorkflowStateMachine } from '../../workflow/state-machine.js';
import { openWorkflows, TEST_CLUSTER_ID, type WorkflowClassToken } from '../nest-workflows.js';
import { recordedRun, type RecordedRun } from './recorded-run.js';
import { ReplayedRun, type ReplayDifference, type ReplayParts } from './replayed-run.js';
import { unusedDependency } from './unused-dependency.js';

/** One history as text, or many: an array, a generator, an async generator that reads files. */
export type RecordedHistories = string | Iterable<string> | AsyncIterable<string>;

export interface ReplayOptions extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** A last word on the module before it is compiled. */
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /**
   * Compare as between equal builds: also the place of each call (event and ordinal), and hasCheckpoint() must find its record. Default false: as
   * between different builds, where such things are warnings, or answered from the history.
   */
  readonly strict?: boolean;
  /** Go on after a difference and return all of them, one per history at most. Default false: reject with the first. */
  readonly collect?: boolean;
  /** Histories that are fed at once. Default 64. */
  readonly concurrency?: number;
}

export interface ReplayReport {
  readonly histories: number;
  /** Events that were consumed without a difference. */
  readonly events: number;
  readonly elapsedMs: number;
  readonly eventsPerSecond: number;
  /** Empty, unless `collect` is set. In the order of the histories. */
  readonly differences: readonly ReplayDifference[];
  /** What is no difference between builds, and worth knowing: calls that have moved, rejections that nobody handled. */
  readonly warnings: ReadonlyArray<{ readonly workflowId: string; readonly runId: string; readonly message: string }>;
}

const CONCURRENCY = 64;
const CONCURRENCY_MAX = 10_000;

/**
 * Resolves with the report when the code of today behaves as recorded. Rejects with REPLAY_DIFFERS (details: the difference), MALFORMED_FRAME for
 * what is no history, INVALID_ARGUMENT, INVALID_WORKFLOW_DEFINITION.
 */
export async function replay(
  histories: RecordedHistories,
  workflow: WorkflowClassToken | readonly WorkflowClassToken[],
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const workflows = (Array.isArray(workflow) ? workflow : [workflow]) as readonly WorkflowClassToken[];
  const concurrency = checkOptions(workflows, options);
  const { imports, providers, configure = (builder: TestingModuleBuilder) => builder } = options;
  const opened = await openWorkflows({
    workflows,
    ...(imports === undefined ? {} : { imports }),
    ...(providers === undefined ? {} : { providers }),
    configure: (builder) => configure(builder.useMocker(unusedDependency)),
  });
  const removeTrap = installRejectionTrap();
  const replayer = new Replayer(new WorkflowRegistry(opened.definitions), options.strict === true);
  try {
    return await replayAll(replayer, histories, concurrency, options.collect === true);
  } finally {
    replayer.stop();
    removeTrap();
    await opened.app.close();
  }
}

function checkOptions(workflows: readonly WorkflowClassToken[], options: ReplayOptions): number {
  for (const workflow of workflows) {
    if (readWorkflowIdentity(workflow) === undefined)
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `replay(): ${String(workflow?.name ?? workflow)} is not a class decorated with @Workflow.`,
        {
          details: { argument: 'workflow' },
        },
      );
  }
  if (workflows.length === 0)
    throw new RaftoralError('INVALID_ARGUMENT', 'replay(): no workflow class was given.', { details: { argument: 'workflow' } });
  const { concurrency = CONCURRENCY } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > CONCURRENCY_MAX)
    throw new RaftoralError('INVALID_ARGUMENT', `replay(): concurrency must be a whole number from 1 to ${CONCURRENCY_MAX}.`, {
      details: { argument: 'concurrency' },
    });
  return concurrency;
}

async function replayAll(replayer: Replayer, histories: RecordedHistories, concurrency: number, collect: boolean): Promise<ReplayReport> {
  const startedMs = replayer.clock.monotonic();
  const differences: ReplayDifference[] = [];
  const warnings: Array<ReplayReport['warnings'][number]> = [];
  let count = 0;
  let events = 0;
  const finish = async (batch: readonly ReplayedRun[]): Promise<void> => {
    await Promise.all(batch.map((replayed) => replayed.done()));
    for (const replayed of batch) {
      events += replayed.consumed;
      warnings.push(...replayed.warnings);
      const { difference } = replayed;
      if (difference !== null && !collect) throw differs(difference);
      if (difference !== null) differences.push(difference);
    }
  };
  let batch: ReplayedRun[] = [];
  for await (const text of typeof histories === 'string' ? [histories] : histories) {
    batch.push(replayer.begin(recordedRun(text, count++)));
    if (batch.length < concurrency) continue;
    await finish(batch);
    batch = [];
  }
  await finish(batch);
  const elapsedMs = replayer.clock.monotonic() - startedMs;
  return {
    histories: count,
    events,
    elapsedMs,
    eventsPerSecond: Math.round(events / Math.max(elapsedMs / 1000, 1e-6)),
    differences,
    warnings,
  };
}

class Replayer {
  readonly clock = new SystemClock();
  private readonly parts: ReplayParts;

  constructor(
    private readonly registry: WorkflowRegistry,
    strict: boolean,
  ) {
    this.parts = {
      dispatcher: new Dispatcher(new EventLoopScheduler(), this.clock),
      state: new WorkflowStateMachine({ groupId: TEST_CLUSTER_ID }),
      computes: new ComputeRunner(this.clock, { pass: () => undefined }),
      strict,
    };
  }

  begin(run: RecordedRun): ReplayedRun {
    const definition = this.registry.get(run.name, run.version);
    if (definition === undefined) {
      const known = this.registry.list().flatMap(({ name, versions }) => versions.map((version) => `'${name}' version ${version}`));
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `replay(): the history of '${run.workflowId}' is of workflow '${run.name}' version ${run.version}; the classes given are ${known.join(', ')}. A run keeps its version: give the class of that version too.`,
        { details: { argument: 'workflow', workflow: run.name, version: run.version } },
      );
    }
    return new ReplayedRun(run, definition, this.parts);
  }

  stop(): void {
    this.parts.dispatcher.stop();
  }
}

function differs(difference: ReplayDifference): RaftoralError {
  const { workflowId, runId, wseq, recorded, code, method, reason } = difference;
  const lines = [
    `The code of '${difference.workflow}' version ${difference.version} behaves otherwise than the history of '${workflowId}' (run ${runId}) records.`,
    `  event ${wseq}${method === '' ? '' : `, ${method}`}${reason === 'diverged' ? '' : ` (${reason})`}`,
    `  history: ${recorded}`,
    `  code:    ${code}`,
  ];
  return new RaftoralError('REPLAY_DIFFERS', lines.join('\n'), { details: { ...difference } });
}
