/**
 * The transport of separate processes, over any carrier of bytes. Owns the identity of this process towards others, its frames and its own calls; who is
 * at the other end and how they are reached is peer-hub.ts.
 *
 * T1. A frame reaches the host only from a proved peer, and only if its sender, incarnation and deployment are those of the handshake (R44, N3).
 * T2. send() neither blocks nor throws: what can not leave is dropped and counted (N1). One frame is encoded once and is one message.
 * T3. A process without identity is a guest: it may call and be called, and gets and sends no frames.
 * T4. start() rejects with NODE_ID_REUSED if one that it knows says so, proved; it waits `startDialMs` for that and no longer.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts, peer-suite.spec.ts; test/fuzz.
 */
import { isRaftoralError, RaftoralError } from '../../errors/index.js';
import { DEFAULT_FRAME_LIMITS, EnvelopeCodec } from '../envelope-codec.js';
import { advertisedAddress } from '../security/listen-policy.js';
import { describeEnd } from './link.js';
import { PacketKind, Refusal } from './packet-codec.js';
import { PeerHub } from './peer-hub.js';
import { MAC_BYTES } from './seal.js';
import { resolveByDns } from './seeds.js';
import { DEFAULT_PEER_TUNING } from './tuning.js';
/** Refusals that say how the two are set up, and not how one of them is just now. */
const SET_UP = [Refusal.VERSION, Refusal.SECURITY, Refusal.SECRET, Refusal.DEPLOYMENT];
export class PeerTransport {
    options;
    processId;
    onAddressesChanged = null;
    codec;
    hub;
    tuning;
    counts = {
        framesSent: 0,
        bytesSent: 0,
        framesReceived: 0,
        bytesReceived: 0,
        framesDropped: 0,
        framesRefused: 0,
        framesMalformed: 0,
    };
    phase = 'new';
    advertisedAt = '';
    identity = null;
    handlers = null;
    framesToSelf = [];
    onReused = null;
    constructor(options) {
        this.options = options;
        const { carrier, credentials, clock, scheduler, random, logger } = options;
        this.processId = random.uuid();
        this.tuning = { ...DEFAULT_PEER_TUNING, ...options.tuning };
        this.codec = new EnvelopeCodec(options.frameLimits ?? DEFAULT_FRAME_LIMITS);
        this.hub = new PeerHub({
            carrier,
            credentials,
            clock,
            scheduler,
            random,
            logger,
            tuning: this.tuning,
            resolve: options.resolve ?? resolveByDns,
            describe: () => this.describe(),
            events: this.events(),
        });
    }
    get advertised() {
        return this.advertisedAt;
    }
    get statistics() {
        return { ...this.counts, ...this.hub.statistics };
    }
    async listen() {
        if (this.phase !== 'new')
            throw new RaftoralError('INVALID_CONFIGURATION', 'the transport listens already, or was stopped; make a new one');
        this.phase = 'listening';
        const { address } = await this.options.carrier.listen(this.hub.connections.accept);
        this.advertisedAt = advertisedAddress({ advertise: this.options.advertise, bound: address });
        this.hub.begin();
    }
    handle(method, handler) {
        this.hub.desk.handle(method, handler);
    }
    async call(to, method, request, options) {
        const { desk } = this.hub;
        const json = desk.encode(method, request);
        if (this.phase === 'stopped')
            throw new RaftoralError('SHUTTING_DOWN', `the transport is stopped; peer call '${method}' was not sent`);
        if (to === this.identity?.nodeId || (to !== '' && to === this.advertisedAt))
            return desk.local(this.self(), method, json);
        const beganMs = this.options.clock.monotonic();
        const connection = await this.reach(to, method, options.timeoutMs);
        if (connection === null)
            return desk.local(this.self(), method, json);
        const remainingMs = Math.max(1, options.timeoutMs - (this.options.clock.monotonic() - beganMs));
        return desk.send(connection, method, json, remainingMs);
    }
    addresses() {
        return this.hub.book.list();
    }
    learnAddresses(addresses) {
        this.hub.learn(addresses, false);
    }
    setSeeds(seeds) {
        this.hub.seeds.set(seeds);
    }
    peers() {
        return this.hub.status();
    }
    async start(identity, handlers) {
        const { nodeId, deployment, incarnation } = identity;
        if (!Number.isSafeInteger(nodeId) || nodeId < 1)
            throw new RaftoralError('INVALID_CONFIGURATION', `node.id is ${nodeId}; give a whole number from 1 to 2^53-1`);
        if (deployment === '')
            throw new RaftoralError('INVALID_CONFIGURATION', `node ${nodeId} has no deployment; give it the uuid of one`);
        if (this.phase === 'new')
            await this.listen();
        if (this.phase !== 'listening')
            throw new RaftoralError('INVALID_CONFIGURATION', 'a transport is started once; make a new one');
        this.phase = 'started';
        this.identity = identity;
        this.handlers = handlers;
        this.hub.learn([{ nodeId, address: this.advertisedAt, incarnation }], true);
        this.hub.identityChanged();
        try {
            await this.dialKnown();
        }
        catch (error) {
            await this.stop();
            throw error;
        }
    }
    send(to, frame) {
        const { identity, counts } = this;
        const isOwn = identity !== null &&
            this.handlers !== null &&
            frame.from === identity.nodeId &&
            frame.incarnation === identity.incarnation &&
            frame.deployment === identity.deployment;
        if (!isOwn) {
            counts.framesDropped++;
            return;
        }
        if (to === identity.nodeId)
            return this.sendToSelf(frame);
        const link = this.hub.link(to);
        if (!link.hasRoom()) {
            counts.framesDropped++;
            return;
        }
        const packet = this.encode(to, frame);
        if (packet === null)
            return;
        counts.framesSent++;
        counts.bytesSent += packet.length;
        link.send(packet);
    }
    async stop() {
        if (this.phase === 'stopped')
            return;
        this.phase = 'stopped';
        this.handlers = null;
        this.framesToSelf = [];
        this.hub.stop();
        await this.options.carrier.close();
    }
    events() {
        return {
            frame: (connection, bytes) => this.receive(connection, bytes),
            disconnected: (nodeId) => this.handlers?.onPeerDisconnected(nodeId),
            gone: (nodeId) => this.handlers?.onPeerRefused?.(nodeId),
            addressesChanged: (addresses) => this.onAddressesChanged?.(addresses),
            reused: (error) => {
                if (this.onReused !== null)
                    this.onReused(error);
                else
                    this.options.logger.log('error', `this node is refused by a peer: ${error.message}`);
            },
        };
    }
    describe() {
        const { identity } = this;
        return {
            deployment: identity?.deployment ?? '',
            nodeId: identity?.nodeId ?? 0,
            incarnation: identity?.incarnation ?? 0,
            volatile: identity?.volatile ?? false,
            processId: this.processId,
            address: this.advertisedAt,
        };
    }
    self() {
        const { nodeId, incarnation, deployment, address, processId } = this.describe();
        return { nodeId, incarnation, deployment, address, processId };
    }
    /** null: the bytes are larger than any peer takes. */
    encode(to, frame) {
        try {
            const packet = this.codec.encode(frame, 1, MAC_BYTES);
            packet[0] = PacketKind.FRAME;
            return packet;
        }
        catch (error) {
            if (!isRaftoralError(error))
                throw error;
            this.counts.framesDropped++;
            this.hub.warn('encode', `a frame to node ${to} was dropped: ${error.message}`);
            return null;
        }
    }
    receive(connection, bytes) {
        const { remote, local } = connection;
        const { counts, handlers } = this;
        if (remote.nodeId === 0 || local.nodeId === 0 || handlers === null) {
            counts.framesRefused++;
            return;
        }
        let frame;
        try {
            frame = this.codec.decode(bytes);
        }
        catch (error) {
            if (!isRaftoralError(error, 'MALFORMED_FRAME'))
                throw error;
            // A version that knows more may send what this one does not: that frame is lost, not the connection.
            counts.framesMalformed++;
            this.hub.warn(`malformed ${remote.nodeId}`, `a frame of node ${remote.nodeId} was dropped: ${error.message}`);
            return;
        }
        if (frame.from !== remote.nodeId || frame.incarnation !== remote.incarnation || frame.deployment !== remote.deployment) {
            counts.framesRefused++;
            this.hub.warn(`sender ${remote.nodeId}`, `node ${remote.nodeId} sent a frame that is not its own: it was dropped`);
            return;
        }
        counts.framesReceived++;
        counts.bytesReceived += bytes.length;
        handlers.onFrame(frame);
    }
    sendToSelf(frame) {
        this.framesToSelf.push(frame);
        if (this.framesToSelf.length > 1)
            return;
        this.options.scheduler.soon(() => {
            const frames = this.framesToSelf;
            this.framesToSelf = [];
            for (const each of frames)
                this.handlers?.onFrame(each);
        });
    }
    /** T4. */
    dialKnown() {
        return new Promise((resolve, reject) => {
            const finish = (error) => {
                this.onReused = null;
                timer.cancel();
                if (error === null)
                    resolve();
                else
                    reject(error);
            };
            const timer = this.options.clock.setTimer(this.tuning.startDialMs, () => finish(null));
            this.onReused = finish;
            this.hub.dialKnown().then(() => finish(null), reject);
        });
    }
    /** A channel to call on; null: the address is this process. One attempt. */
    reach(to, method, timeoutMs) {
        const open = this.hub.openTo(to);
        if (open !== null)
            return Promise.resolve(open);
        const address = typeof to === 'number' ? this.hub.addressOf(to) : to;
        const what = `peer call '${method}' to ${typeof to === 'number' ? `node ${to}` : to}`;
        if (address === null)
            return Promise.reject(new RaftoralError('NO_ROUTE', `${what} was not sent: the node's address is not known`));
        return new Promise((resolve, reject) => {
            const timer = this.options.clock.setTimer(timeoutMs, () => reject(new RaftoralError('NO_ROUTE', `${what} was not sent: ${address} was not reached within ${timeoutMs} ms`)));
            this.hub.connections.dial(address, (outcome) => {
                timer.cancel();
                if ('ended' in outcome) {
                    if (outcome.ended.refusal === Refusal.SELF)
                        resolve(null);
                    else
                        reject(unreached(what, address, outcome.ended));
                    return;
                }
                const { connection } = outcome;
                const found = connection.remote.nodeId;
                if (typeof to === 'number' && found !== to) {
                    const whom = found === 0 ? 'a process without identity' : `node ${found}`;
                    reject(new RaftoralError('NO_ROUTE', `${what} was not sent: at ${address} is ${whom}`));
                }
                else if (!connection.canSend)
                    reject(new RaftoralError('NO_ROUTE', `${what} was not sent: the connection ended again`));
                else
                    resolve(connection);
            });
        });
    }
}
function unreached(what, address, ended) {
    const why = `${what} was not sent: ${address}: ${describeEnd(ended)}`;
    const details = { address };
    if (ended.refusal === Refusal.NODE_ID_REUSED)
        return new RaftoralError('NODE_ID_REUSED', why, { details });
    return new RaftoralError(SET_UP.includes(ended.refusal) ? 'PEER_REFUSED' : 'NO_ROUTE', why, { details });
}
//# sourceMappingURL=peer-transport.js.map