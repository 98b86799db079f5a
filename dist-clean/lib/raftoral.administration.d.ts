/**
 * The node as operators see it: reports of its parts, and the membership calls of its execution cluster.
 *
 * A1. Reports are local and answered at any time; what the node has not got yet is 0, empty or null.
 */
import type { MembersReport, NodeAdministration, NodeReport, NodesReport } from './client/administration-port.js';
import type { RaftoralNode } from './raftoral.node.js';
export declare class RaftoralAdministration implements NodeAdministration {
    private readonly node;
    constructor(node: RaftoralNode);
    status(): NodeReport;
    members(): MembersReport;
    nodes(): NodesReport;
    addLearner(nodeId: number): Promise<void>;
    promote(nodeId: number): Promise<void>;
    remove(nodeId: number): Promise<void>;
    replace({ lost, replacement }: {
        readonly lost: number;
        readonly replacement: number;
    }): Promise<void>;
    transferLeadership(to: number): Promise<void>;
    leave(): Promise<void>;
    isServing(): boolean;
    private address;
}
