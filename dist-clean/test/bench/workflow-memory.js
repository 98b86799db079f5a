var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * Bench: a workflow of ten checkpoints on three nodes in one process, memory storage, in-process network; from start() to its result.
 * All three replicas run the code in one thread; workflows are counted once. Not measured: disk, sockets, computes, Nest.
 */
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { definitionOf } from '../support/definition.js';
import { startMemoryCluster } from '../support/memory-cluster.js';
import { percentile, round } from './measure.js';
let TenCheckpoints = class TenCheckpoints {
    status = '';
    async run(input) {
        for (let step = 1; step <= 10; step++)
            this.status = await this.record(`step ${step}`);
        return { order: input.order, status: this.status };
    }
    async record(status) {
        return status;
    }
};
__decorate([
    Checkpoint('status'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], TenCheckpoints.prototype, "record", null);
TenCheckpoints = __decorate([
    Workflow('ten_checkpoints', 1)
], TenCheckpoints);
async function load(cluster, { clients, workflows, startedOn }) {
    const latencies = new Float64Array(workflows);
    let next = 0;
    const client = async () => {
        while (next < workflows) {
            const at = next++;
            const node = startedOn === 'leader' ? cluster.leader : cluster.nodes[at % cluster.nodes.length];
            const began = performance.now();
            const ref = await node.service.start('ten_checkpoints', { order: `order-${at}` });
            await node.service.result(ref);
            latencies[at] = (performance.now() - began) * 1000;
        }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return latencies;
}
function heapUsed() {
    globalThis.gc?.();
    const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
    return heap + arrayBuffers;
}
async function measure(one) {
    const reports = [];
    const cluster = await startMemoryCluster([definitionOf(TenCheckpoints)], { encodeFrames: one.frames === 'encoded', reports });
    await load(cluster, { ...one, workflows: Math.ceil(one.workflows / 3) });
    const heapBefore = heapUsed();
    const began = performance.now();
    const latencies = await load(cluster, one);
    const seconds = (performance.now() - began) / 1000;
    const heapAfter = heapUsed();
    await cluster.stop();
    if (reports.length !== 0)
        throw new Error(`the bench workflow was reported: ${reports[0]}`);
    latencies.sort();
    return {
        bench: 'workflow-memory',
        clients: one.clients,
        nodes: 3,
        started_on: one.startedOn,
        frames: one.frames,
        p50_us: round(percentile(latencies, 0.5)),
        p99_us: round(percentile(latencies, 0.99)),
        per_s: Math.round(one.workflows / seconds),
        heap_bytes_per_workflow: Math.round((heapAfter - heapBefore) / one.workflows),
    };
}
export async function run(workflows = 10_000) {
    const measures = [];
    // The engine's timers keep no process alive.
    const alive = setInterval(() => undefined, 1_000);
    try {
        for (const frames of ['by-reference', 'encoded']) {
            for (const clients of [1, 64])
                measures.push(await measure({ clients, frames, workflows, startedOn: 'leader' }));
        }
        measures.push(await measure({ clients: 64, frames: 'by-reference', workflows, startedOn: 'each' }));
    }
    finally {
        clearInterval(alive);
    }
    return measures;
}
//# sourceMappingURL=workflow-memory.js.map