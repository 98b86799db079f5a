/**
 * Three real nodes in one process, without Nest: host, Raft, state machine, workflow runtime; memory storage, in-process network.
 */
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000001';

export interface MemoryNode {
  readonly nodeId: number;
  readonly host: RaftHost;
  readonly group: RaftNode<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
}

export interface MemoryCluster {
  readonly network: InProcessNetwork;
  readonly nodes: readonly MemoryNode[];
  readonly leader: MemoryNode;
  stop(): Promise<void>;
}

export interface MemoryClusterOptions {
  readonly encodeFrames?: boolean;
  readonly tuning?: Partial<RaftHostTuning>;
  /** Gets one line for each thing that the runtime reports. */
  readonly reports?: string[];
}

export async function startMemoryCluster(
  workflows: readonly WorkflowDefinition[],
  options: MemoryClusterOptions = {},
): Promise<MemoryCluster> {
  const { encodeFrames, tuning, reports = [] } = options;
  const network = new InProcessNetwork({ encodeFrames });
  const members = [1, 2, 3];
  const clock = new SystemClock();
  const scheduler = new EventLoopScheduler();
  const random = new SystemRandom();
  const hosts = members.map(
    (nodeId) =>
      new RaftHost({
        nodeId,
        deployment: DEPLOYMENT,
        incarnation: 1,
        clock,
        scheduler,
        random,
        storage: new MemoryRaftStorage(),
        transport: network.createTransport(),
        tuning,
      }),
  );
  for (const host of hosts) await host.start();
  const nodes = await Promise.all(
    hosts.map(async (host): Promise<MemoryNode> => {
      const tap = new EventTap();
      const state = new WorkflowStateMachine({ groupId: 1, sink: tap.sink });
      const group = await host.createGroup<CommandAnswer>({ groupId: 1, stateMachine: state, members });
      const runtime = new WorkflowRuntime({
        group,
        state,
        tap,
        registry: new WorkflowRegistry(workflows),
        clock,
        scheduler,
        random,
        incarnation: 1,
        deployment: DEPLOYMENT,
        reporter: {
          diverged: (run, wseq, method, committed, computed) =>
            void reports.push(`diverged ${run.workflowId} ${wseq} ${method}: ${committed} / ${computed}`),
          stopped: (run, reason, message) => void reports.push(`stopped ${run.workflowId} ${reason}: ${message}`),
          rejection: (run, reason) => void reports.push(`rejection ${run.workflowId}: ${String(reason)}`),
          warning: (_run, message) => void reports.push(`warning ${message}`),
          replicasDiffer: (message) => void reports.push(`replicas differ: ${message}`),
        },
      });
      return { nodeId: host.nodeId, host, group, state, runtime, service: new WorkflowRuntimeService(runtime) };
    }),
  );
  const leading = new Promise<MemoryNode>((resolve) => {
    for (const node of nodes) node.group.subscribe({ onLeadership: ({ isLeader }) => isLeader && resolve(node) });
  });
  for (const node of nodes) node.runtime.start();
  const leader = await leading;
  while (leader.state.hellos.size < members.length) await new Promise((resolve) => setImmediate(resolve));
  return {
    network,
    nodes,
    leader,
    stop: async () => {
      for (const node of nodes) node.runtime.stop();
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}
