/**
 * Several nodes with the whole engine but Nest: hosts, Raft, state machine, workflow runtime and service, over an in-process network in
 * virtual time. For specs of rules that need a real leader, a real majority and real loss.
 */
import { RaftHost } from '../../lib/cluster/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
const DEPLOYMENT = '00000000-0000-4000-8000-00000000000b';
/** Frames to a paused process wait in its socket. */
function waitingWhilePaused(virtual, transport) {
    return {
        start: (identity, handlers) => transport.start(identity, {
            ...handlers,
            onFrames: (frames) => {
                if (virtual.paused)
                    virtual.turn(() => handlers.onFrames(frames));
                else if (virtual.alive)
                    handlers.onFrames(frames);
            },
        }),
        stop: () => transport.stop(),
        send: (to, frame) => transport.send(to, frame),
    };
}
export class WorkflowCluster {
    options;
    time = new VirtualTime();
    network = new InProcessNetwork();
    nodes = new Map();
    random = new SeededRandom(1);
    constructor(options) {
        this.options = options;
    }
    /** Resolves when there is a leader, and every node's hello is committed. */
    static async start(options) {
        const cluster = new WorkflowCluster(options);
        const members = Array.from({ length: options.nodes ?? 3 }, (_, i) => i + 1);
        for (const id of members)
            await cluster.add(id, members);
        const isReady = () => cluster.leader !== undefined && cluster.alive.every((node) => node.state.hellos.size === members.length);
        if (!(await cluster.time.runUntil(isReady, 10_000)))
            throw new Error('the cluster did not get ready');
        return cluster;
    }
    async add(id, members) {
        const virtual = this.time.createNode({ name: `node ${id}` });
        const host = new RaftHost({
            nodeId: id,
            deployment: DEPLOYMENT,
            incarnation: 1,
            clock: virtual,
            scheduler: virtual,
            random: this.random,
            storage: new MemoryRaftStorage(),
            transport: waitingWhilePaused(virtual, this.network.createTransport()),
            tuning: this.options.tuning ?? {},
        });
        await host.start();
        const tap = new EventTap();
        const state = new WorkflowStateMachine({ groupId: 1, sink: tap.sink });
        const nextDeadlineMs = () => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(virtual.now(), state.logTimeMs);
        const group = await host.createGroup({ groupId: 1, stateMachine: state, members, nextDeadlineMs });
        const reports = [];
        const { workflows } = this.options;
        const runtime = new WorkflowRuntime({
            group,
            state,
            tap,
            registry: new WorkflowRegistry(typeof workflows === 'function' ? workflows(id) : workflows),
            clock: virtual,
            scheduler: virtual,
            random: this.random,
            incarnation: 1,
            deployment: DEPLOYMENT,
            buildId: 'build-1',
            limits: this.options.limits,
            reporter: {
                diverged: (_run, wseq, method) => reports.push(`diverged at ${wseq} in ${method}`),
                stopped: (_run, reason) => reports.push(`stopped: ${reason}`),
                rejection: (_run, reason) => reports.push(`rejection: ${String(reason)}`),
                warning: (_run, message) => reports.push(`warning: ${message}`),
            },
        });
        runtime.start();
        this.nodes.set(id, { id, virtual, host, group, state, runtime, service: new WorkflowRuntimeService(runtime), reports });
    }
    node(id) {
        return this.nodes.get(id);
    }
    get alive() {
        return [...this.nodes.values()].filter((node) => node.virtual.alive);
    }
    get leader() {
        return this.alive.find((node) => node.group.isLeader);
    }
    get follower() {
        return this.alive.find((node) => !node.group.isLeader);
    }
    /** What the promise gives, in virtual time. */
    settled(promise, maxMs = 60_000) {
        return this.time.runUntilSettled(promise, maxMs);
    }
    crash(id) {
        this.network.crash(id);
        this.node(id).virtual.kill();
        this.node(id).runtime.stop();
    }
    stop() {
        for (const node of this.alive) {
            node.runtime.stop();
            node.host.crash();
        }
    }
}
//# sourceMappingURL=workflow-cluster.js.map