/**
 * Transport between nodes of one process. Owns: who is connected, what waits in each inbox, and the faults a test asks for.
 *
 * X1. A frame is handed over in a microtask of the receiver's inbox, in the order of sending per pair; never inside send().
 * X2. Frames travel by reference; with `encodeFrames` each one goes through the codec, as it would on a wire.
 * X3. crash() drains nothing: frames queued to and from the node vanish, and it hears of nothing any more.
 * X4. A node id under which a node with a volatile store ran is never used again (R42); two live nodes never share one.
 * X5. All nodes of a network belong to one deployment; a frame with another deployment or sender is dropped and counted (R44).
 * Tests: in-process.spec.ts, and the transport suite of lib/testing.
 */
import { DEFAULT_FRAME_LIMITS, EnvelopeCodec } from './envelope-codec.js';
import { NodeRegistry } from './node-registry.js';
const RESOLVED = Promise.resolve();
export class InProcessNetwork {
    statistics = {
        sent: 0,
        delivered: 0,
        droppedNoPeer: 0,
        droppedPartition: 0,
        droppedInboxFull: 0,
        droppedRefused: 0,
    };
    nodes = new NodeRegistry();
    cut = new Map();
    codec;
    inboxFramesMax;
    constructor(options = {}) {
        this.codec = options.encodeFrames === true ? new EnvelopeCodec(options.frameLimits ?? DEFAULT_FRAME_LIMITS) : null;
        this.inboxFramesMax = options.inboxFramesMax ?? 65_536;
    }
    /** A transport for one node; its identity comes with start(). */
    createTransport() {
        return new InProcessTransport(this);
    }
    /** The process of this node dies now. Its peers are told that the connection broke. */
    crash(nodeId) {
        const endpoint = this.nodes.get(nodeId);
        if (endpoint === undefined)
            return;
        this.nodes.delete(nodeId);
        endpoint.die();
        this.tellPeers(nodeId);
    }
    /** Nothing passes between the two sides, either way, until heal(). Adds to what is cut already. */
    partition(sideA, sideB) {
        for (const a of sideA)
            for (const b of sideB)
                this.cutOneWay(a, b);
        for (const b of sideB)
            for (const a of sideA)
                this.cutOneWay(b, a);
    }
    heal() {
        this.cut.clear();
    }
    /** Ids of the nodes that are connected now, ascending. */
    get nodeIds() {
        return this.nodes.nodeIds;
    }
    /** Called by its transports only. */
    register(endpoint, identity) {
        this.nodes.add(identity, endpoint);
    }
    unregister(endpoint) {
        const nodeId = endpoint.identity.nodeId;
        if (this.nodes.get(nodeId) !== endpoint)
            return;
        this.nodes.delete(nodeId);
        this.tellPeers(nodeId);
    }
    carry(sender, from, to, frame) {
        this.statistics.sent++;
        if (frame.from !== from || frame.deployment !== sender.identity.deployment) {
            this.statistics.droppedRefused++;
            return;
        }
        const receiver = this.nodes.get(to);
        if (receiver === undefined)
            this.statistics.droppedNoPeer++;
        else if (this.cut.size !== 0 && this.cut.get(from)?.has(to) === true)
            this.statistics.droppedPartition++;
        else
            receiver.enqueue(sender, frame);
    }
    cutOneWay(from, to) {
        const targets = this.cut.get(from);
        if (targets === undefined)
            this.cut.set(from, new Set([to]));
        else
            targets.add(to);
    }
    tellPeers(nodeId) {
        for (const peer of this.nodes.endpoints())
            peer.peerGone(nodeId);
    }
}
class InProcessTransport {
    network;
    identity = null;
    handlers = null;
    crashed = false;
    frames = [];
    senders = [];
    scheduled = false;
    constructor(network) {
        this.network = network;
    }
    async start(identity, handlers) {
        this.network.register(this, identity);
        this.identity = identity;
        this.handlers = handlers;
    }
    send(to, frame) {
        if (this.handlers === null) {
            this.network.statistics.droppedNoPeer++;
            return;
        }
        this.network.carry(this, this.identity.nodeId, to, frame);
    }
    async stop() {
        if (this.handlers === null)
            return;
        this.handlers = null;
        this.clear();
        this.network.unregister(this);
    }
    enqueue(sender, frame) {
        const { codec, statistics, inboxFramesMax } = this.network;
        if (this.frames.length >= inboxFramesMax) {
            statistics.droppedInboxFull++;
            return;
        }
        if (codec === null)
            this.frames.push(frame);
        else {
            try {
                this.frames.push(codec.encode(frame));
            }
            catch {
                statistics.droppedRefused++; // N1: send never throws
                return;
            }
        }
        this.senders.push(sender);
        if (this.scheduled)
            return;
        this.scheduled = true;
        void RESOLVED.then(this.drain);
    }
    peerGone(nodeId) {
        void RESOLVED.then(() => this.handlers?.onPeerDisconnected(nodeId));
    }
    /** Dies as a process does: nothing is sent, said or heard any more. */
    die() {
        const handlers = this.handlers;
        this.crashed = true;
        this.handlers = null;
        this.clear();
        handlers?.onCrashed?.();
    }
    clear() {
        this.frames = [];
        this.senders = [];
    }
    drain = () => {
        this.scheduled = false;
        const { frames, senders } = this;
        this.clear();
        const arrived = [];
        for (let i = 0; i < frames.length; i++) {
            if (senders[i].crashed)
                continue;
            const frame = this.open(frames[i]);
            if (frame !== null)
                arrived.push(frame);
        }
        if (arrived.length > 0 && this.handlers !== null)
            this.handOver(this.handlers, arrived);
    };
    handOver(handlers, arrived) {
        const { statistics } = this.network;
        if (handlers.onFrames !== undefined) {
            statistics.delivered += arrived.length;
            handlers.onFrames(arrived);
            return;
        }
        for (const frame of arrived) {
            // A frame handed over before may have ended this node.
            if (this.handlers === null)
                return;
            statistics.delivered++;
            handlers.onFrame(frame);
        }
    }
    open(sent) {
        if (!(sent instanceof Uint8Array))
            return sent;
        try {
            return this.network.codec.decode(sent);
        }
        catch {
            this.network.statistics.droppedRefused++;
            return null;
        }
    }
}
//# sourceMappingURL=in-process.js.map