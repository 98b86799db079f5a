/**
 * The workflow engine on the simulated group: its state machine, runtime and service on every node, watched by the oracle.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import type { JoinedGroup } from '../../lib/cluster/joining/joining-port.js';
import { joinedGroupOf } from '../../lib/raftoral.joined-group.js';
import { decodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import type { RunIdentity, RuntimeReporter } from '../../lib/workflow/run-environment.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowOracle } from './workflow-oracle.js';
import {
  Chain,
  Collector,
  Divergent,
  Doomed,
  Family,
  Fan,
  FirstRelease,
  Inventory,
  Leaf,
  Order,
  SecondRelease,
  Trip,
  Waiter,
  type Surroundings,
} from './workflows.js';
import { DEPLOYMENT, GROUP_ID } from './boot.js';
import type { Sabotage, Tenancy, Tenant, TenantContext, World } from './world.js';

export interface WorkflowNode {
  readonly service: WorkflowRuntimeService;
  readonly runtime: WorkflowRuntime;
  readonly state: WorkflowStateMachine;
  /** A node id for a process that has none, as the joining of nodes asks for it. */
  readonly reserve: JoinedGroup['reserve'];
}

/** Owner commands, whose epoch says on whose behalf they are proposed (R18). */
const OWNER_KINDS: ReadonlySet<number> = new Set([
  CommandKind.CHECKPOINT,
  CommandKind.COMPUTE_RESULT,
  CommandKind.ATTEMPT_STARTED,
  CommandKind.ATTEMPT_FAILED,
  CommandKind.SLEEP,
  CommandKind.FINISH,
  CommandKind.CONTINUE_AS_NEW,
]);

export class WorkflowTenant implements Tenant<WorkflowNode> {
  readonly inventory = new Inventory();
  /** Made with the first node: it needs the world's oracle. */
  private watcher: WorkflowOracle | null = null;
  private never: WorkflowStateMachine | null = null;
  private processes = 0;
  private readonly running = new Map<number, WorkflowRuntime>();

  constructor(private readonly sabotage: Sabotage = (_nodeId, machine) => machine) {}

  get oracle(): WorkflowOracle {
    return this.watcher!;
  }

  install(context: TenantContext): Tenancy<WorkflowNode> {
    const { nodeId, world } = context;
    this.watcher ??= new WorkflowOracle(world.oracle);
    const oracle = this.watcher;
    world.oracle.beforeEntry ??= (frame) => oracle.beforeEntry(frame);
    world.oracle.onEntry ??= (node, index, frame, result) => oracle.onEntry(node, index, frame, result, world);
    const tap = new EventTap();
    const state = new WorkflowStateMachine({
      groupId: GROUP_ID,
      sink: (run, event) => {
        oracle.onEvent(nodeId, run, event);
        tap.sink(run, event);
      },
    });
    return {
      machine: world.oracle.observe(nodeId, this.sabotage(nodeId, state)),
      nextDeadlineMs: () => (state.nextTimer()?.dueMs ?? Infinity) - Math.max(context.virtual.now(), state.logTimeMs),
      start: (group: RaftGroup, incarnation: number): WorkflowNode => {
        const runtime = new WorkflowRuntime({
          group: watchSubmits(group as RaftGroup<CommandAnswer>, oracle),
          state,
          tap,
          registry: new WorkflowRegistry(this.definitions(context)),
          clock: context.virtual,
          scheduler: context.virtual,
          random: context.random,
          incarnation,
          deployment: DEPLOYMENT,
          buildId: `versions ${context.build.versions.join()}, level ${context.build.codecLevelMax}`,
          codecLevelMax: context.build.codecLevelMax,
          limits: { retentionMs: world.plan.retentionMs },
          residentRunsMax: world.plan.residentRunsMax,
          residentBytesMax: world.plan.residentBytesMax,
          // Compared again and again, under all that goes on.
          stateChecks: { everyMs: 400, entriesMin: 20, openMsMax: 2_000 },
          // Committed bytes: they are to follow from the seed, not from where this file lies or what else the process does.
          stackOf: () => 'at a body of the simulation',
          reporter: reporterOf(nodeId, oracle, world),
        });
        const service = new WorkflowRuntimeService(runtime);
        runtime.start();
        this.running.set(nodeId, runtime);
        return { service, runtime, state, reserve: joinedGroupOf(group as RaftGroup<CommandAnswer>, state).reserve };
      },
    };
  }

  reference(): WorkflowStateMachine {
    return (this.never = new WorkflowStateMachine({ groupId: GROUP_ID }));
  }

  /** A committed sweep has made the run absent (R28). */
  isSwept(runId: string): boolean {
    return this.never !== null && this.oracle.runs.get(runId)?.isFinished === true && this.never.run(runId) === undefined;
  }

  died(nodeId: number): void {
    this.running.get(nodeId)?.stop();
    this.running.delete(nodeId);
  }

  dispose(): void {
    for (const runtime of this.running.values()) runtime.stop();
    this.running.clear();
  }

  private definitions(context: TenantContext) {
    const { nodeId, virtual, world, build } = context;
    const { oracle } = this;
    const processNumber = ++this.processes;
    const surroundings: Surroundings = {
      nodeId,
      inventory: {
        ...this.inventory,
        reserve: (call, quantity) => {
          this.oracle.onBody(nodeId, call.runId);
          return this.inventory.reserve(call, quantity);
        },
      } as Inventory,
      sleep: (ms) =>
        new Promise((resolve) => {
          virtual.setTimer(ms, resolve);
        }),
      onAttempt: (runId, operation, attempt) => {
        const epoch = this.running.get(nodeId)?.options.state.run(runId)?.epoch ?? 0;
        oracle.onAttempt(`node ${nodeId}, process ${processNumber}`, runId, operation, attempt, epoch);
      },
      onVersion: (runId, version) => {
        this.oracle.onBody(nodeId, runId);
        if (!build.versions.includes(version)) world.oracle.note('R14', `node ${nodeId} ran version ${version}, which its build has not`);
        this.oracle.onVersion(nodeId, runId, version);
      },
      isOdd: nodeId === world.plan.oddNode,
    };
    return [
      definitionOf(Order, surroundings),
      definitionOf(Collector),
      definitionOf(Fan, surroundings),
      definitionOf(Chain),
      definitionOf(Doomed),
      definitionOf(Waiter),
      definitionOf(Divergent, surroundings),
      definitionOf(Trip, surroundings),
      definitionOf(Family),
      definitionOf(Leaf, surroundings),
      ...(build.versions.includes(1) ? [definitionOf(FirstRelease, surroundings)] : []),
      ...(build.versions.includes(2) ? [definitionOf(SecondRelease, surroundings)] : []),
    ];
  }
}

/** The group as the runtime sees it; every owner command that it proposes is shown to the oracle (P4). */
export function watchSubmits(group: RaftGroup<CommandAnswer>, oracle: WorkflowOracle): RaftGroup<CommandAnswer> {
  return new Proxy(group, {
    get(target, property) {
      if (property === 'submit') {
        return (frame: Uint8Array, cancelled?: () => boolean): void => {
          const command = decodeCommand(frame);
          if (OWNER_KINDS.has(command.kind) && 'epoch' in command) oracle.onOwnerCommand(target.nodeId, command.runId, command.epoch);
          target.submit(frame, cancelled);
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

function reporterOf(nodeId: number, oracle: WorkflowOracle, world: World<unknown>): RuntimeReporter {
  const name = (run: RunIdentity | null): string => (run === null ? 'no run' : `${run.name} ${run.workflowId} (${run.runId})`);
  return {
    diverged: (run, wseq, method, committed, computed) => {
      const text = `at ${wseq} in ${method}: committed ${committed}, computed ${computed}`;
      world.journal.write(() => `node ${nodeId}: ${name(run)} diverged ${text}`);
      oracle.onDiverged(nodeId, run.runId, run.name, method === '' ? '' : text);
    },
    stopped: (run, reason, message) => {
      world.journal.write(() => `node ${nodeId}: ${name(run)} stopped, ${reason}: ${message}`);
      // A history that can't be read is declined; the disk must be damaged for that.
      const isDamaged = reason === 'instantiation-failed' && world.disks.damaged.has(nodeId);
      if ((reason === 'foreign-await' || reason === 'instantiation-failed') && !isDamaged) {
        world.oracle.note('P7', `node ${nodeId} stopped ${name(run)}, ${reason}: ${message}`);
      }
    },
    rejection: (run, reason) => world.journal.write(() => `node ${nodeId}: ${name(run)} left a rejection: ${String(reason)}`),
    replicasDiffer: (message) => world.oracle.note('state hash', message),
    warning: (run, message) => world.journal.write(() => `node ${nodeId}: ${name(run)}: ${message}`),
  };
}
