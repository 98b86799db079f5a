/**
 * Keeps the peer table true: pings whom it has told nothing for a while, answers pings, and looks who is silent (R39, R23).
 *
 * K1. A peer gets a frame at least every heartbeat interval; with other traffic none is added, but for one ping a second that compares clocks.
 * K2. A broken connection is probed at once; without a sign of life within the grace time, or when the probe finds nobody listening, the peer is
 *     down.
 */
import { EnvelopeKind } from '../transport/transport.js';
const CLOCK_PING_MS = 1_000;
export class PeerWatch {
    options;
    /** When the first suspect's grace ends. */
    dueAt = 0;
    heapIndex = -1;
    constructor(options) {
        this.options = options;
    }
    tick() {
        const { clock, tuning, peers } = this.options;
        const now = clock.monotonic();
        const quietMs = tuning.heartbeatTimeoutTicks * tuning.tickMs;
        for (const peer of peers.all()) {
            // A timer that fires a little early must not skip a whole interval.
            if (now - peer.lastSentAt >= quietMs * 0.9 || now - peer.lastPingAt >= CLOCK_PING_MS)
                this.ping(peer, now);
        }
        peers.check(now);
    }
    disconnected(id) {
        const { clock, tuning, peers, deadlines } = this.options;
        const now = clock.monotonic();
        const peer = peers.get(id);
        if (peer === undefined || !peers.disconnected(id, now))
            return;
        this.ping(peer, now);
        if (this.heapIndex >= 0)
            return;
        this.dueAt = now + tuning.peerGraceMs;
        deadlines.add(this);
    }
    refused(id) {
        this.options.peers.refused(id);
    }
    onDue() {
        const { clock, peers, deadlines } = this.options;
        peers.check(clock.monotonic());
        const next = peers.nextSuspectAt();
        if (next === Infinity)
            return;
        this.dueAt = next;
        deadlines.add(this);
    }
    receive(from, envelope) {
        const { clock, tuning, peers, send } = this.options;
        if (envelope.kind === EnvelopeKind.PING) {
            send(from, { kind: EnvelopeKind.PONG, nowMs: clock.now() });
            return;
        }
        peers.clockHeard(from, envelope.nowMs, clock.now(), clock.monotonic(), tuning.maxClockSkewMs / 4);
    }
    ping(peer, now) {
        peer.lastPingAt = now;
        peer.pingSentAt = now;
        this.options.send(peer.id, { kind: EnvelopeKind.PING, nowMs: this.options.clock.now() });
    }
}
//# sourceMappingURL=peer-watch.js.map