import { CALM_DISK, SimulatedDisk } from '../../lib/testing/simulated-disk.js';
export class NodeDisks {
    plan;
    time;
    random;
    trace;
    /** Nodes on whose disk a bit was flipped, until they are replaced: fewer than half at any time (P1 speaks of no more). */
    damaged = new Set();
    disks = new Map();
    constructor(plan, time, random, trace) {
        this.plan = plan;
        this.time = time;
        this.random = random;
        this.trace = trace;
    }
    of(nodeId) {
        let disk = this.disks.get(nodeId);
        if (disk === undefined) {
            const { time, trace, plan } = this;
            disk = new SimulatedDisk({ time, trace, random: this.random.fork(`${nodeId}`), profile: plan.disk?.profile ?? CALM_DISK });
            this.disks.set(nodeId, disk);
        }
        return disk;
    }
    /** D1. */
    excuses(nodeId, code) {
        const { counts } = this.of(nodeId);
        switch (code) {
            case 'STORAGE_FAILED':
                return counts.failedSyncs > 0;
            case 'STORAGE_FULL':
                return counts.fullWrites > 0;
            case 'STORAGE_DAMAGED':
                return this.damaged.has(nodeId);
            default:
                return false;
        }
    }
    heal() {
        for (const disk of this.disks.values())
            disk.heal(CALM_DISK);
    }
    get counts() {
        const total = {
            syncs: 0,
            slowSyncs: 0,
            failedSyncs: 0,
            fullWrites: 0,
            powerCuts: 0,
            lossyCuts: 0,
            tornCuts: 0,
            flippedBits: 0,
        };
        for (const { counts } of this.disks.values()) {
            for (const name of Object.keys(total))
                total[name] += counts[name];
        }
        return total;
    }
}
//# sourceMappingURL=disks.js.map