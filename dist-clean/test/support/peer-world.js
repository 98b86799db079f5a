import { MemoryWire } from '../../lib/testing/memory-carrier.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { PeerTransport } from '../../lib/transport/peer/peer-transport.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
export const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';
export const PEER_SECRET = { kind: 'secret', secret: Buffer.from('a secret of the peers, long enough') };
/** What a host would have heard. */
export class PeerRecorder {
    frames = [];
    disconnected = [];
    refused = [];
    onFrame(frame) {
        this.frames.push(frame);
    }
    onPeerDisconnected(peer) {
        this.disconnected.push(peer);
    }
    onPeerRefused(peer) {
        this.refused.push(peer);
    }
    /** Marks of the pings of one sender, in order of arrival. */
    marks(from) {
        return this.frames.flatMap((frame) => frame.from === from ? frame.envelopes.map((envelope) => ('nowMs' in envelope ? envelope.nowMs : -1)) : []);
    }
}
export class Peer {
    world;
    address;
    node;
    recorder = new PeerRecorder();
    lines = [];
    transport;
    identity = null;
    constructor(world, address, node, options) {
        this.world = world;
        this.address = address;
        this.node = node;
        this.transport = new PeerTransport({
            carrier: world.wire.createCarrier({ address, ...options.carrier }),
            credentials: options.credentials ?? PEER_SECRET,
            clock: node,
            scheduler: node,
            random: new SeededRandom(world.seed, `${address} ${world.peersMade}`),
            logger: { isDebug: false, log: (level, text) => void (level === 'debug' || this.lines.push(`${level}: ${text}`)) },
            advertise: options.advertise ?? null,
            tuning: options.tuning ?? {},
            resolve: options.resolve ?? ((seed) => Promise.resolve([seed])),
        });
    }
    async start(nodeId, changes = {}) {
        this.identity = { deployment: DEPLOYMENT, nodeId, incarnation: 1, volatile: false, ...changes };
        await this.world.time.runUntilSettled(this.transport.start(this.identity, this.recorder), 20_000);
        return this;
    }
    /** A frame that bears a mark. */
    send(to, mark, changes = {}) {
        const { deployment, nodeId, incarnation } = this.identity;
        this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes: [{ kind: EnvelopeKind.PING, nowMs: mark }], ...changes });
    }
    async stop() {
        await this.world.time.runUntilSettled(this.transport.stop(), 20_000);
    }
    /** As a process is: nothing more runs, its channels break, its port is closed. */
    kill() {
        this.node.kill();
        this.world.wire.kill(this.address);
    }
    call(to, method, request = {}, timeoutMs = 2_000) {
        return this.world.time.runUntilSettled(this.transport.call(to, method, request, { timeoutMs }), 60_000);
    }
    stateOf(nodeId) {
        return this.transport.peers().find((peer) => peer.nodeId === nodeId)?.state ?? 'none';
    }
}
export class PeerWorld {
    seed;
    time = new VirtualTime();
    wire;
    peersMade = 0;
    constructor(seed = 1, wireDelayMs) {
        this.seed = seed;
        this.wire = new MemoryWire({ scheduler: this.time.createNode({ name: 'wire', turnDelayMs: wireDelayMs }) });
    }
    peer(number, options = {}) {
        this.peersMade++;
        const address = options.carrier?.address ?? `10.0.0.${number}:7000`;
        return new Peer(this, address, this.time.createNode({ name: address }), options);
    }
    /** Nodes 1 to `count`, each with the first as its seed, all connected. */
    async cluster(count, options = {}) {
        const peers = [];
        for (let i = 1; i <= count; i++) {
            const peer = this.peer(i, options);
            peer.transport.setSeeds([`10.0.0.1:7000`]);
            peers.push(await peer.start(i));
        }
        await this.time.advance(100);
        return peers;
    }
}
//# sourceMappingURL=peer-world.js.map