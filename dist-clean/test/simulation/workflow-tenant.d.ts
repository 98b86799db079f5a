import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import { WorkflowOracle } from './workflow-oracle.js';
import { Inventory } from './workflows.js';
import type { Sabotage, Tenancy, Tenant, TenantContext } from './world.js';
export interface WorkflowNode {
    readonly service: WorkflowRuntimeService;
    readonly runtime: WorkflowRuntime;
    readonly state: WorkflowStateMachine;
}
export declare class WorkflowTenant implements Tenant<WorkflowNode> {
    private readonly sabotage;
    readonly inventory: Inventory;
    /** Made with the first node: it needs the world's oracle. */
    private watcher;
    private never;
    private readonly running;
    constructor(sabotage?: Sabotage);
    get oracle(): WorkflowOracle;
    install(context: TenantContext): Tenancy<WorkflowNode>;
    reference(): WorkflowStateMachine;
    /** A committed sweep has made the run absent (R28). */
    isSwept(runId: string): boolean;
    died(nodeId: number): void;
    dispose(): void;
    private definitions;
}
