/**
 * A network of real processes' transports, as the transport suite wants one: PeerTransport over the channels of an adapter, each with a listener of its own.
 *
 * H1. Nobody sees the whole network: settle() asks the transports themselves. A marker goes from each node to each other, behind whatever was sent before; once
 *     all have arrived and nothing else has, nothing is under way. Markers reach no recorder.
 * H2. Nodes know each other by seeds: whoever starts is told the addresses of all that started before.
 * H3. dispose() stops every transport that was made.
 */
import { SystemClock } from '../cluster/clock.js';
import { SILENT_LOGGER } from '../cluster/logger.js';
import { SystemRandom } from '../cluster/random.js';
import { EventLoopScheduler } from '../cluster/scheduler.js';
import { PeerTransport } from '../transport/peer/peer-transport.js';
import { EnvelopeKind } from '../transport/transport.js';
export const SUITE_SECRET = { kind: 'secret', secret: new TextEncoder().encode('the secret of the suite, long enough') };
const CLOCK = new SystemClock();
const SCHEDULER = new EventLoopScheduler();
const RANDOM = new SystemRandom();
const SETTLE_MS_MAX = 20_000;
const LOOK_MS = 5;
/** A marker that was dropped (no channel yet) is sent again after so long. */
const REPEAT_MS = 50;
/** A transport with the machine's clock, as a node has it. */
export function makePeerTransport({ carrier, credentials = SUITE_SECRET, tuning, frameLimits }) {
    return new PeerTransport({
        carrier,
        credentials,
        clock: CLOCK,
        scheduler: SCHEDULER,
        random: RANDOM,
        logger: SILENT_LOGGER,
        advertise: null,
        ...(tuning === undefined ? {} : { tuning }),
        ...(frameLimits === undefined ? {} : { frameLimits }),
    });
}
export function pause(ms) {
    return new Promise((resolve) => void CLOCK.setTimer(ms, resolve));
}
/** Waits for what a network brings about in its own time; rejects naming `what` when that is long over. */
export async function eventually(what, condition, withinMs = SETTLE_MS_MAX) {
    const beganMs = CLOCK.monotonic();
    while (!condition()) {
        if (CLOCK.monotonic() - beganMs > withinMs)
            throw new Error(`${what}: not within ${withinMs} ms`);
        await pause(LOOK_MS);
    }
}
/** The harness of transportSuite() for an adapter that reaches other processes. */
export function networkHarness(makeCarrier) {
    return { create: () => new PeerNetwork(makeCarrier) };
}
class PeerNetwork {
    makeCarrier;
    nodes = [];
    constructor(makeCarrier) {
        this.makeCarrier = makeCarrier;
    }
    createTransport() {
        const node = new WatchedTransport(makePeerTransport({ carrier: this.makeCarrier({}) }), () => this.nodes);
        this.nodes.push(node);
        return node;
    }
    async settle() {
        for (;;) {
            const before = this.framesReceived();
            await this.markersArrive();
            await eventually('the peers of a node that stopped hear of it', () => this.live().every((node) => node.knowsWhoIsGone(this.nodes)));
            if (this.framesReceived() === before)
                return;
        }
    }
    async dispose() {
        await Promise.all(this.nodes.map((node) => node.stop()));
    }
    live() {
        return this.nodes.filter(({ isLive }) => isLive);
    }
    framesReceived() {
        return this.nodes.reduce((sum, { framesReceived }) => sum + framesReceived, 0);
    }
    async markersArrive() {
        const pairs = this.live().flatMap((from) => this.live().map((to) => ({ from, to, marker: from.nextMarker() })));
        let sentMs = -Infinity;
        await eventually('a marker arrives', () => {
            const missing = pairs.filter(({ from, to, marker }) => from.isLive && to.isLive && !to.hasMarker(from.nodeId, marker));
            if (CLOCK.monotonic() - sentMs >= REPEAT_MS) {
                sentMs = CLOCK.monotonic();
                for (const { from, to, marker } of missing)
                    from.sendMarker(to.nodeId, marker);
            }
            return missing.length === 0;
        });
    }
}
/** Counts what arrives, and keeps markers to itself: a marker is a PONG with a stamp that no clock has. */
class WatchedTransport {
    transport;
    all;
    isLive = false;
    framesReceived = 0;
    identity = null;
    lastMarker = 0;
    markers = new Map();
    constructor(transport, all) {
        this.transport = transport;
        this.all = all;
    }
    get nodeId() {
        return this.identity?.nodeId ?? 0;
    }
    async start(identity, handlers) {
        const others = this.all().filter((node) => node !== this && node.isLive);
        await this.transport.listen();
        this.transport.setSeeds(others.map(({ transport }) => transport.advertised));
        this.identity = identity;
        await this.transport.start(identity, {
            onFrame: (frame) => {
                if (this.takeMarker(frame))
                    return;
                this.framesReceived++;
                handlers.onFrame(frame);
            },
            onPeerDisconnected: (peer) => handlers.onPeerDisconnected(peer),
            onPeerRefused: (peer) => handlers.onPeerRefused?.(peer),
        });
        this.isLive = true;
    }
    send(to, frame) {
        this.transport.send(to, frame);
    }
    async stop() {
        this.isLive = false;
        await this.transport.stop();
    }
    nextMarker() {
        return --this.lastMarker;
    }
    sendMarker(to, marker) {
        const { deployment, nodeId, incarnation } = this.identity;
        this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes: [{ kind: EnvelopeKind.PONG, nowMs: marker }] });
    }
    hasMarker(from, marker) {
        return (this.markers.get(from) ?? 0) <= marker;
    }
    knowsWhoIsGone(nodes) {
        const live = new Set(nodes.filter(({ isLive }) => isLive).map(({ nodeId }) => nodeId));
        return this.transport.peers().every(({ nodeId, state }) => state !== 'connected' || live.has(nodeId));
    }
    takeMarker(frame) {
        const [envelope] = frame.envelopes;
        if (envelope?.kind !== EnvelopeKind.PONG || envelope.nowMs >= 0)
            return false;
        this.markers.set(frame.from, Math.min(envelope.nowMs, this.markers.get(frame.from) ?? 0));
        return true;
    }
}
//# sourceMappingURL=network-harness.js.map