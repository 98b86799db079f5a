/**
 * Three real nodes in one process, without Nest: host, Raft, state machine, workflow runtime; memory storage, in-process network.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
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
export declare function startMemoryCluster(workflows: readonly WorkflowDefinition[], options?: MemoryClusterOptions): Promise<MemoryCluster>;
