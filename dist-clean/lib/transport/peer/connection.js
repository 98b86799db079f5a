/**
 * One channel to one other process, from its first byte to its end: handshake, seals, packets. Owns the channel and its time-outs; decides nothing about
 * which channel is used for what (that is links.ts).
 *
 * C1. No packet reaches the owner before the other side has proved who it is, and none that does not open (H4, S2): then the channel is closed.
 * C2. `ended` is called exactly once, never inside send(), retire() or close(); after it nothing is called.
 * C3. An incoming channel is used for sending only after the dialer has sent a packet on it: the dialer decides which of several channels is kept.
 * C4. A retired channel takes no new frames and calls, but delivers what is under way; it is closed when both sides have retired it, nothing is owed,
 *     or `retireMs` have passed. So nothing is lost where two channels become one.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts; test/fuzz (channel).
 */
import { isRaftoralError } from '../../errors/index.js';
import { HANDSHAKE_BYTES_MAX, PACKET_BYTES_MAX } from '../channel.js';
import { checkBare, decodeRefused, encodeBare, encodeRefused, PacketKind, Refusal } from './packet-codec.js';
import { MAC_BYTES } from './seal.js';
export class Connection {
    options;
    channel = null;
    session = null;
    state = 'handshake';
    result = null;
    handshakeTimer = null;
    retireTimer = null;
    hasRetired = false;
    wasRetired = false;
    isUsable = false;
    waitingProbes = [];
    /** When something came last, monotonic ms. */
    heardAtMs;
    /** Calls that wait for an answer from the other side, and calls of the other side that are being answered. */
    callsOpen = 0;
    /** When a call began or ended last, monotonic ms. */
    calledAtMs;
    constructor(options) {
        this.options = options;
        const { clock, tuning } = options;
        this.heardAtMs = clock.monotonic();
        this.calledAtMs = this.heardAtMs;
        this.handshakeTimer = clock.setTimer(tuning.handshakeTimeoutMs, () => this.fail('failed', `no handshake within ${tuning.handshakeTimeoutMs} ms`), { unref: true });
    }
    /** Gives it its channel; a dialer speaks first. */
    attach(channel) {
        this.channel = channel;
        this.session = this.options.createSession(channel);
        channel.limitIncoming?.(HANDSHAKE_BYTES_MAX);
        if (this.options.role === 'dialer')
            this.take(this.session.begin());
    }
    get role() {
        return this.options.role;
    }
    get dialled() {
        return this.options.dialled;
    }
    get isOpen() {
        return this.state === 'open';
    }
    get isUnfinished() {
        return this.state === 'handshake';
    }
    /** Both sides had agreed, whatever became of it since. */
    get wasOpened() {
        return this.result !== null;
    }
    /** It was asked whether it lives, and has not answered yet. */
    get isProbed() {
        return this.waitingProbes.length > 0;
    }
    /** Frames and calls may be sent on it. */
    get canSend() {
        return this.state === 'open' && this.isUsable && !this.hasRetired && !this.wasRetired;
    }
    get remote() {
        return this.result.remote;
    }
    get local() {
        return this.result.local;
    }
    get remoteAddress() {
        return this.options.dialled ?? this.channel?.remote ?? 'unknown';
    }
    get bufferedBytes() {
        return this.channel?.bufferedBytes ?? 0;
    }
    /** `packet` ends with MAC_BYTES bytes that are free. */
    send(packet) {
        if (this.state !== 'open')
            return;
        const sealing = this.result.sealing;
        if (sealing === null) {
            this.channel.send(packet.subarray(0, packet.length - MAC_BYTES));
            return;
        }
        sealing.out.seal(packet);
        this.channel.send(packet);
    }
    /** The acceptor's verdict on who wants to come in. */
    conclude(refusal, text) {
        if (this.state !== 'handshake')
            return;
        const { packet, result } = this.session.conclude(refusal, text);
        this.channel.send(packet);
        if (result === null)
            this.fail('local', text, refusal);
        else
            this.open(result);
    }
    /** Asks whether the other side lives; what it sends meanwhile is an answer too. */
    probe(timeoutMs, done) {
        if (this.state !== 'open')
            return done(false);
        this.send(encodeBare(PacketKind.PROBE, MAC_BYTES));
        this.awaitSign(timeoutMs, true, done);
    }
    /** No new frames and calls on it (C4). */
    retire() {
        if (this.state !== 'open' || this.hasRetired)
            return;
        this.hasRetired = true;
        this.send(encodeBare(PacketKind.RETIRE, MAC_BYTES));
        this.retireTimer ??= this.options.clock.setTimer(this.options.tuning.retireMs, () => this.close('it was given up'), { unref: true });
        this.closeIfDone();
    }
    /** A call on it began (1) or ended (-1). */
    countCall(change) {
        this.callsOpen += change;
        this.calledAtMs = this.options.clock.monotonic();
        this.closeIfDone();
    }
    /** Says why, then closes. */
    refuse(refusal, text) {
        if (this.state === 'open')
            this.send(encodeRefused({ refusal, text }, MAC_BYTES));
        this.fail('local', text, refusal);
    }
    close(text) {
        this.fail('local', text);
    }
    // ── ChannelHandlers ──
    onMessage(message) {
        if (this.state === 'ended')
            return;
        this.heardAtMs = this.options.clock.monotonic();
        if (this.state === 'handshake') {
            if (message.length > HANDSHAKE_BYTES_MAX)
                return this.fail('misbehaved', `a message of ${message.length} bytes during the handshake, at most ${HANDSHAKE_BYTES_MAX}`);
            return this.take(this.session.receive(message));
        }
        if (message.length > PACKET_BYTES_MAX)
            return this.fail('misbehaved', `a message of ${message.length} bytes, at most ${PACKET_BYTES_MAX}`);
        const sealing = this.result.sealing;
        const packet = sealing === null ? message : sealing.in.open(message);
        if (packet === null || packet.length === 0)
            return this.fail('misbehaved', 'a packet was altered, repeated, reordered, or sealed with another key');
        this.answerProbes();
        if (!this.isOpen)
            return;
        try {
            this.dispatch(packet);
        }
        catch (error) {
            if (!isRaftoralError(error, 'MALFORMED_FRAME'))
                throw error;
            this.fail('misbehaved', error.message);
        }
    }
    onDrained() {
        // Frames are dropped, not kept, while the channel is full (N1): nothing waits for this.
    }
    onClosed(end, text) {
        this.fail(end, text);
    }
    // ── ──
    take(step) {
        switch (step.kind) {
            case 'send':
                this.channel.send(step.packet);
                return;
            case 'judge':
                this.options.owner.judge(this, step.remote);
                return;
            case 'open':
                this.open(step.result);
                return;
            case 'end':
                if (step.packet !== null)
                    this.channel.send(step.packet);
                return this.fail('refused by peer', step.text, step.refusal, step.isProven);
        }
    }
    open(result) {
        this.result = result;
        this.state = 'open';
        this.channel.limitIncoming?.(PACKET_BYTES_MAX);
        if (this.options.role === 'dialer') {
            this.isUsable = true;
            this.stopHandshakeTimer();
        }
        this.options.owner.opened(this);
    }
    dispatch(packet) {
        const kind = packet[0];
        const { owner } = this.options;
        if (!this.isUsable && kind !== PacketKind.RETIRE && kind !== PacketKind.REFUSED) {
            this.isUsable = true;
            this.stopHandshakeTimer();
            owner.confirmed(this);
            if (this.state !== 'open')
                return;
        }
        switch (kind) {
            case PacketKind.FRAME:
                return owner.frame(this, packet.subarray(1));
            case PacketKind.CALL:
                return owner.call(this, packet);
            case PacketKind.ANSWER:
                return owner.answer(this, packet);
            case PacketKind.ADDRESSES:
                return owner.addresses(this, packet);
            case PacketKind.RETIRE:
                checkBare(packet);
                return this.onRetire();
            case PacketKind.PROBE:
                checkBare(packet);
                return this.send(encodeBare(PacketKind.PROBE_ANSWER, MAC_BYTES));
            case PacketKind.PROBE_ANSWER:
                return checkBare(packet);
            case PacketKind.REFUSED: {
                const { refusal, text } = decodeRefused(packet);
                return this.fail('refused by peer', text, refusal, true);
            }
            default:
                return this.fail('misbehaved', `a packet of kind ${kind}, which has no place here`);
        }
    }
    onRetire() {
        if (this.wasRetired)
            return;
        this.wasRetired = true;
        this.options.owner.retired(this);
        this.retire();
        this.closeIfDone();
    }
    closeIfDone() {
        if (this.hasRetired && this.wasRetired && this.callsOpen === 0)
            this.close('it was given up');
    }
    awaitSign(timeoutMs, canWaitOnce, done) {
        const { clock, scheduler } = this.options;
        const dueMs = clock.monotonic() + timeoutMs;
        const expired = () => {
            const lateMs = clock.monotonic() - dueMs;
            this.waitingProbes.splice(this.waitingProbes.indexOf(probe), 1);
            // A process that was stopped hears what came meanwhile before it judges others.
            if (canWaitOnce && lateMs > timeoutMs / 2)
                return this.awaitSign(timeoutMs, false, done);
            const heardAtMs = this.heardAtMs;
            scheduler.turn(() => done(this.state === 'open' && this.heardAtMs !== heardAtMs));
        };
        const probe = { timer: clock.setTimer(timeoutMs, expired, { unref: true }), done };
        this.waitingProbes.push(probe);
    }
    answerProbes() {
        for (const { timer, done } of this.waitingProbes.splice(0)) {
            timer.cancel();
            done(true);
        }
    }
    stopHandshakeTimer() {
        this.handshakeTimer?.cancel();
        this.handshakeTimer = null;
    }
    fail(end, text, refusal = Refusal.NONE, isProven = false) {
        if (this.state === 'ended')
            return;
        this.state = 'ended';
        this.stopHandshakeTimer();
        this.retireTimer?.cancel();
        this.channel?.close();
        const probes = this.waitingProbes.splice(0);
        for (const { timer } of probes)
            timer.cancel();
        this.options.scheduler.soon(() => {
            for (const { done } of probes)
                done(false);
            this.options.owner.ended(this, { end, text, refusal, isProven });
        });
    }
}
//# sourceMappingURL=connection.js.map