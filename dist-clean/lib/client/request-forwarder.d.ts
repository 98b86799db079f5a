import type { SlotMap } from '../cluster/slot-map-port.js';
import type { ListFilter, ListPage, WorkflowService } from '../workflow/service.js';
export declare class RequestForwarder {
    private readonly slots;
    private readonly services;
    constructor(slots: SlotMap);
    /** From now on this node answers for the service's cluster. Called when the node starts. */
    attach(service: WorkflowService): void;
    /** The service for a workflow id that exists, or that the caller chose. */
    forWorkflow(workflowId: string): WorkflowService;
    /** The service that mints the id of a new workflow. */
    forNewWorkflow(): WorkflowService;
    forCluster(clusterId: number): WorkflowService;
    /** Clusters that this node hosts, ascending. */
    hosted(): readonly WorkflowService[];
    /** As hosted(), for who wants to hear of all: NOT_MEMBER while this node hosts none. */
    forAll(): readonly WorkflowService[];
    /** One page of the runs of all clusters, cluster after cluster; the cursor says where the next page begins. */
    list(filter: ListFilter): Promise<ListPage>;
    private readCursor;
}
