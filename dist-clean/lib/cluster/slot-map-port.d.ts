/**
 * Port: which execution cluster answers for a workflow id (slot → cluster). The management wing will implement it; until a
 * deployment has more than one execution cluster, SingleClusterSlotMap does.
 *
 * M1. A workflow id belongs to exactly one cluster at a time (P5). The map may be out of date: the cluster itself refuses a slot
 *     that it does not own (WRONG_CLUSTER), so a stale map costs a retry, never a second run.
 */
import type { GroupId } from './group.js';
export interface SlotMap {
    /** Every execution cluster, ascending. */
    clusterIds(): readonly GroupId[];
    /** The cluster whose slots hold this id. */
    clusterOf(workflowId: string): GroupId;
    /** The cluster that mints the next id. */
    clusterForNewWorkflow(): GroupId;
}
/** One execution cluster owns all 4096 slots. */
export declare class SingleClusterSlotMap implements SlotMap {
    private readonly clusterId;
    private readonly ids;
    constructor(clusterId: GroupId);
    clusterIds(): readonly GroupId[];
    clusterOf(): GroupId;
    clusterForNewWorkflow(): GroupId;
}
