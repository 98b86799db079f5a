import { reportMembers, reportNode } from './client/node-report.js';
import { EXECUTION_CLUSTER_ID } from './raftoral.node.js';
export class RaftoralAdministration {
    node;
    constructor(node) {
        this.node = node;
    }
    status() {
        const { node } = this;
        const { failure, progress, live } = node.nodeStatus();
        const { hosted } = node;
        return reportNode({
            nodeId: node.nodeId,
            deployment: node.deployment,
            incarnation: node.incarnation,
            state: node.phase,
            progress,
            failure,
            address: this.address(),
            host: node.hostStatus(),
            live,
            addresses: node.network?.addresses() ?? [],
            connections: node.network?.peers() ?? [],
            runs: hosted === null ? new Map() : new Map([[EXECUTION_CLUSTER_ID, hosted]]),
        });
    }
    members() {
        const { group, network } = this.node;
        return reportMembers({ group: group.status(), live: group.livePeers(), addresses: network?.addresses() ?? [] });
    }
    nodes() {
        const { deployment, nodeId, network } = this.node;
        return { deployment, nodeId, nodes: network?.addresses() ?? [] };
    }
    addLearner(nodeId) {
        return this.node.group.addLearner(nodeId);
    }
    promote(nodeId) {
        return this.node.group.promote(nodeId);
    }
    remove(nodeId) {
        return this.node.group.remove(nodeId);
    }
    replace({ lost, replacement }) {
        return this.node.group.replace(lost, replacement);
    }
    transferLeadership(to) {
        return this.node.group.transferLeadership(to);
    }
    leave() {
        return this.node.leave();
    }
    isServing() {
        const { running, failure, progress, groups } = this.node.nodeStatus();
        return running && failure === null && progress === null && groups.length > 0 && groups.every(({ leaderId }) => leaderId !== 0);
    }
    address() {
        const address = this.node.network?.advertised ?? '';
        return address === '' ? null : address;
    }
}
//# sourceMappingURL=raftoral.administration.js.map