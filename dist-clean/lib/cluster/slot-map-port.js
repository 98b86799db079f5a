/** One execution cluster owns all 4096 slots. */
export class SingleClusterSlotMap {
    clusterId;
    ids;
    constructor(clusterId) {
        this.clusterId = clusterId;
        this.ids = [clusterId];
    }
    clusterIds() {
        return this.ids;
    }
    clusterOf() {
        return this.clusterId;
    }
    clusterForNewWorkflow() {
        return this.clusterId;
    }
}
//# sourceMappingURL=slot-map-port.js.map