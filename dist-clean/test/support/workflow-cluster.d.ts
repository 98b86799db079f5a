/**
 * Several nodes with the whole engine but Nest: hosts, Raft, state machine, workflow runtime and service, over an in-process network in
 * virtual time. For specs of rules that need a real leader, a real majority and real loss.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { GroupLimits } from '../../lib/workflow/command.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
export interface WorkflowClusterOptions {
    readonly nodes?: number;
    readonly workflows: readonly WorkflowDefinition[] | ((node: number) => readonly WorkflowDefinition[]);
    readonly tuning?: Partial<RaftHostTuning>;
    readonly limits?: Partial<GroupLimits>;
}
export interface WorkflowNode {
    readonly id: number;
    readonly virtual: VirtualNode;
    readonly host: RaftHost;
    readonly group: RaftNode<CommandAnswer>;
    readonly state: WorkflowStateMachine;
    readonly runtime: WorkflowRuntime;
    readonly service: WorkflowRuntimeService;
    /** What the runtime reported, as text. */
    readonly reports: string[];
}
export declare class WorkflowCluster {
    private readonly options;
    readonly time: VirtualTime;
    readonly network: InProcessNetwork;
    readonly nodes: Map<number, WorkflowNode>;
    private readonly random;
    private constructor();
    /** Resolves when there is a leader, and every node's hello is committed. */
    static start(options: WorkflowClusterOptions): Promise<WorkflowCluster>;
    private add;
    node(id: number): WorkflowNode;
    get alive(): WorkflowNode[];
    get leader(): WorkflowNode | undefined;
    get follower(): WorkflowNode;
    /** What the promise gives, in virtual time. */
    settled<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
    crash(id: number): void;
    stop(): void;
}
