/**
 * Who is on a network that lives in one process, and which node ids are used up. Shared by the in-process and the simulated network.
 *
 * N1. A node id under which a node with a volatile store ran is never used again (R42); two live nodes never share one.
 * N2. All nodes belong to one deployment.
 */
import { RaftoralError } from '../errors/index.js';
export class NodeRegistry {
    live = new Map();
    /** Ids that ran, true where the store was volatile. */
    used = new Map();
    /** Throws NODE_ID_REUSED or INVALID_CONFIGURATION. */
    add(identity, endpoint) {
        const { nodeId, deployment } = identity;
        if (!Number.isSafeInteger(nodeId) || nodeId < 1) {
            throw new RaftoralError('INVALID_CONFIGURATION', `node.id is ${nodeId}; give a whole number from 1 to 2^53-1`);
        }
        for (const other of this.live.values()) {
            if (other.identity.deployment === deployment)
                continue;
            const whose = `node ${nodeId} belongs to deployment ${deployment}, but the network carries ${other.identity.deployment}`;
            throw new RaftoralError('INVALID_CONFIGURATION', `${whose}; give all nodes of a network the same deployment`);
        }
        const usedVolatile = this.used.get(nodeId);
        if (this.live.has(nodeId) || (usedVolatile !== undefined && (usedVolatile || identity.volatile))) {
            const how = this.live.has(nodeId) ? 'is running' : 'was used by a node with a volatile store';
            const remedy = 'give this node a new id and replace the lost one by the membership calls';
            throw new RaftoralError('NODE_ID_REUSED', `node id ${nodeId} ${how}; ${remedy}`, { details: { nodeId } });
        }
        this.used.set(nodeId, identity.volatile);
        this.live.set(nodeId, { identity, endpoint });
    }
    get(nodeId) {
        return this.live.get(nodeId)?.endpoint;
    }
    delete(nodeId) {
        this.live.delete(nodeId);
    }
    *endpoints() {
        for (const { endpoint } of this.live.values())
            yield endpoint;
    }
    /** Ids of the nodes that are connected now, ascending. */
    get nodeIds() {
        return [...this.live.keys()].sort((a, b) => a - b);
    }
}
//# sourceMappingURL=node-registry.js.map