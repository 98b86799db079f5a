/**
 * Bench: three nodes in one process, memory storage, in-process network; 200-byte commands proposed on the leader, until applied there.
 * All of the production core, invariants on. Not measured: disk, sockets, and a state machine that does anything.
 */
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom } from '../../lib/cluster/index.js';
import { COMMAND_FRAME_VERSION } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
const NODES = [1, 2, 3];
const COMMAND_BYTES = 200;
class Counter {
    count = 0;
    apply() {
        return ++this.count;
    }
    applyMembership() { }
    snapshot() {
        return new Uint8Array(new Float64Array([this.count]).buffer);
    }
    restore(_index, bytes) {
        this.count = new Float64Array(bytes.slice().buffer)[0];
    }
}
async function startCluster(frames) {
    const network = new InProcessNetwork({ encodeFrames: frames === 'encoded' });
    const scheduler = new EventLoopScheduler();
    const hosts = NODES.map((nodeId) => new RaftHost({
        nodeId,
        deployment: '00000000-0000-4000-8000-000000000001',
        incarnation: 1,
        clock: new SystemClock(),
        scheduler,
        random: new SystemRandom(),
        storage: new MemoryRaftStorage(),
        transport: network.createTransport(),
    }));
    for (const host of hosts)
        await host.start();
    const groups = await Promise.all(hosts.map((host) => host.createGroup({ groupId: 1, stateMachine: new Counter(), members: NODES })));
    const leader = await new Promise((resolve) => {
        for (const group of groups)
            group.subscribe({ onLeadership: ({ isLeader }) => isLeader && resolve(group) });
    });
    return {
        leader,
        stop: async () => {
            await Promise.all(hosts.map((host) => host.stop()));
        },
    };
}
/** Each client has one command in flight. Returns the latencies, µs. */
async function load(leader, clients, commands) {
    const latencies = new Float64Array(commands);
    let next = 0;
    const client = async () => {
        while (next < commands) {
            const at = next++;
            const command = new Uint8Array(COMMAND_BYTES);
            command[0] = COMMAND_FRAME_VERSION;
            const start = performance.now();
            await leader.propose(command);
            latencies[at] = (performance.now() - start) * 1000;
        }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return latencies;
}
function heapUsed() {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}
async function measure(clients, frames, commands) {
    const cluster = await startCluster(frames);
    await load(cluster.leader, clients, Math.ceil(commands / 5));
    const heapBefore = heapUsed();
    const start = performance.now();
    const latencies = await load(cluster.leader, clients, commands);
    const seconds = (performance.now() - start) / 1000;
    const heapAfter = heapUsed();
    await cluster.stop();
    latencies.sort();
    const at = (share) => Math.round(latencies[Math.floor((commands - 1) * share)] * 10) / 10;
    return {
        bench: 'raft-memory',
        clients,
        nodes: NODES.length,
        frames,
        p50_us: at(0.5),
        p99_us: at(0.99),
        per_s: Math.round(commands / seconds),
        heap_bytes_per_command: Math.round((heapAfter - heapBefore) / commands),
    };
}
export async function run(options = {}) {
    const commands = options.commands ?? 100_000;
    const measures = [];
    // The engine's timers keep no process alive.
    const alive = setInterval(() => undefined, 1_000);
    try {
        for (const frames of options.frames ?? ['by-reference', 'encoded']) {
            for (const clients of options.clients ?? [1, 64])
                measures.push(await measure(clients, frames, commands));
        }
    }
    finally {
        clearInterval(alive);
    }
    return measures;
}
//# sourceMappingURL=raft-memory.js.map