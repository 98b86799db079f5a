/**
 * The engine on one start of a simulated node: host, group, state machine and runtime over a simulated disk, with the workflows that Nest made
 * for this process. Owns nothing but the wiring.
 */
import type { RaftGroup } from '../../cluster/group.js';
import { RaftHost } from '../../cluster/raft-host.js';
import { EventTap } from '../../workflow/event-tap.js';
import { WorkflowRegistry } from '../../workflow/registry.js';
import type { RunIdentity } from '../../workflow/run-environment.js';
import { WorkflowRuntimeService } from '../../workflow/runtime-service.js';
import { WorkflowRuntime } from '../../workflow/runtime.js';
import { WorkflowStateMachine } from '../../workflow/state-machine.js';
import type { CommandAnswer } from '../../workflow/state.js';
import { TEST_CLUSTER_ID, type NestWorkflows } from '../nest-workflows.js';
import type { SeededRandom } from '../seeded-random.js';
import { SimulatedDiskStorage } from '../simulated-disk-storage.js';
import type { SimulatedDisk } from '../simulated-disk.js';
import type { SimulatedNetwork } from '../simulated-network.js';
import type { VirtualNode } from '../virtual-time.js';
import type { Steps } from './steps.js';

const DEPLOYMENT = '8d2a4f06-0f0b-4b39-9d8b-6d2f4d3f9c11';
const TICK_MS = 20;

export interface EngineOptions {
  readonly nodeId: number;
  readonly members: readonly number[];
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly workflows: NestWorkflows;
  readonly steps: Steps;
  readonly peerDownAfterMs: number;
  /** The code of this node behaved otherwise than what was committed, or can not go on. */
  readonly onProblem: (run: RunIdentity, text: string) => void;
  readonly onStorageFailed: (error: Error) => void;
}

export interface Engine {
  readonly group: RaftGroup<CommandAnswer>;
  readonly host: RaftHost;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
  readonly state: WorkflowStateMachine;
}

/** Resolves when the node takes part; never, if its process dies before. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { nodeId, virtual, random, steps, workflows } = options;
  const tap = new EventTap();
  const state = new WorkflowStateMachine({
    groupId: TEST_CLUSTER_ID,
    sink: (run, event) => {
      steps.applied(run, event);
      tap.sink(run, event);
    },
  });
  const host = new RaftHost({
    nodeId,
    deployment: DEPLOYMENT,
    incarnation: 1, // proposed: the disk knows better
    clock: virtual,
    scheduler: virtual,
    random: random.fork('host'),
    storage: new SimulatedDiskStorage({ disk: options.disk, process: virtual, random: random.fork('storage'), checkpointFrames: 100 }),
    transport: options.network.createTransport(virtual),
    tuning: {
      tickMs: TICK_MS,
      electionTimeoutTicks: 10,
      heartbeatTimeoutTicks: 2,
      peerDownAfterMs: options.peerDownAfterMs,
      requestTimeoutMs: 2000,
      hibernateAfterTicks: 5,
    },
    logger: { isDebug: false, log: () => undefined },
    onAlarm: (text) => steps.add(`node ${nodeId}`, `alarm: ${text}`),
  });
  await host.start();
  const group = await host.createGroup<CommandAnswer>({
    groupId: TEST_CLUSTER_ID,
    stateMachine: state,
    members: options.members,
    nextDeadlineMs: () => (state.nextTimer()?.dueMs ?? Infinity) - Math.max(virtual.now(), state.logTimeMs),
  });
  group.subscribe({ onHalted: (reason) => options.onStorageFailed(reason) });
  const runtime = new WorkflowRuntime({
    group,
    state,
    tap,
    registry: new WorkflowRegistry(workflows.definitions),
    clock: virtual,
    scheduler: virtual,
    random: random.fork('runtime'),
    incarnation: host.incarnation,
    deployment: DEPLOYMENT,
    computeWitness: (call, body) => steps.witness(nodeId, call, body),
    stackOf: stackOfUser,
    reporter: {
      diverged: (run, wseq, method, committed, computed) =>
        options.onProblem(
          run,
          `the code is not deterministic: at event ${wseq}, ${method === '' ? '' : `${method}: `}committed was ${committed}; node ${nodeId} has ${computed}`,
        ),
      stopped: (run, reason, message) => {
        if (reason !== 'diverged' && reason !== 'draining') options.onProblem(run, `node ${nodeId} can not go on (${reason}): ${message}`);
      },
      rejection: (run, error) =>
        steps.add(`node ${nodeId}`, `a rejection that the code of '${run.workflowId}' does not handle: ${String(error)}`),
      warning: (_run, message) => steps.add(`node ${nodeId}`, `warning: ${message}`),
      replicasDiffer: (message) => steps.add(`node ${nodeId}`, `replicas differ: ${message}`),
    },
  });
  const service = new WorkflowRuntimeService(runtime);
  workflows.forwarder.attach(service);
  runtime.start();
  return { group, host, runtime, service, state };
}

/** Below the first frame of Node's own a stack says how the event loop came here, which another run of the seed need not repeat. */
function stackOfUser(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  const end = lines.findIndex((line) => line.includes('(node:internal/'));
  return lines.slice(0, end === -1 ? lines.length : end).join('\n');
}
