import { Refusal } from './packet-codec.js';
/** Delays between the quick attempts after a loss, ms: a process that ends may close its listener a moment after its channels. */
const LOSS_REDIAL_MS = 20;
/** The one that the lower node id dialled. */
function isCanonical(connection) {
    const { local, remote } = connection;
    return connection.role === 'dialer' ? local.nodeId < remote.nodeId : remote.nodeId < local.nodeId;
}
export class Link {
    nodeId;
    owner;
    current = null;
    /** Confirmed, and not in use: the canonical channel while it is asked whether it lives. */
    reserve = null;
    /** The peer gave up the channel in use, and is about to use another. */
    isBetween = false;
    isDialing = false;
    timer = null;
    attempts = 0;
    lossRedials = 0;
    isWanted = false;
    isStopped = false;
    queue = [];
    queuedBytes = 0;
    problem = null;
    framesDropped = 0;
    constructor(nodeId, owner) {
        this.nodeId = nodeId;
        this.owner = owner;
    }
    /** The channel to send on now, or null. */
    get channel() {
        return this.current !== null && this.current.canSend ? this.current : null;
    }
    status() {
        const address = this.owner.addressOf(this.nodeId);
        const isConnected = this.channel !== null;
        const state = isConnected ? 'connected' : this.isDialing ? 'connecting' : address === null ? 'unknown-address' : 'waiting';
        const missing = address === null ? 'its address is not known' : null;
        const problem = isConnected ? null : (this.problem ?? missing ?? 'not connected yet');
        return { nodeId: this.nodeId, address, state, problem, framesDropped: this.framesDropped };
    }
    /** Whether a frame can be taken now; if not, it is counted as dropped. Asked before it is encoded. */
    hasRoom() {
        const channel = this.channel;
        if (channel !== null) {
            if (channel.bufferedBytes <= this.owner.tuning.sendBufferBytesMax)
                return true;
            this.framesDropped++;
            return false;
        }
        this.isWanted = true;
        this.connect();
        if ((this.isDialing || this.isBetween) && this.queuedBytes < this.owner.tuning.queueBytesMax)
            return true;
        this.framesDropped++;
        return false;
    }
    /** After hasRoom(). */
    send(packet) {
        const channel = this.channel;
        if (channel !== null)
            return channel.send(packet);
        this.queue.push(packet);
        this.queuedBytes += packet.length;
    }
    /** Dials now, unless it is connected, or waits between two attempts. */
    connect() {
        if (this.isStopped || this.current !== null || this.isDialing || this.isBetween || this.timer !== null)
            return;
        const address = this.owner.addressOf(this.nodeId);
        if (address === null)
            return;
        this.isDialing = true;
        this.isWanted = false;
        this.owner.dial(address, (outcome) => this.dialled(outcome, address));
    }
    /** The same, at once even if it waits between two attempts. */
    connectNow() {
        this.cancelTimer();
        this.connect();
    }
    /** The peer is said to be elsewhere now. */
    addressChanged() {
        this.attempts = 0;
        if (this.timer === null)
            return;
        this.cancelTimer();
        if (this.isWanted || this.lossRedials > 0)
            this.connect();
    }
    /** This side dialled `connection` and may keep it or not (L1, L2); answers with the channel to use. */
    settle(connection) {
        const old = this.channel;
        if (old === null || old === connection)
            return this.use(connection);
        if (old.remote.processId !== connection.remote.processId)
            return this.replace(old, connection);
        if (isCanonical(old) && !isCanonical(connection)) {
            connection.retire();
            return old;
        }
        this.use(connection);
        old.retire();
        return connection;
    }
    /** The other side dialled `connection`, and keeps it. */
    follow(connection) {
        const old = this.channel;
        if (old === null || old === connection) {
            this.use(connection);
        }
        else if (old.remote.processId !== connection.remote.processId) {
            this.replace(old, connection);
        }
        else if (isCanonical(old) && !isCanonical(connection)) {
            this.reserve = old;
            this.use(connection);
            old.probe(this.owner.tuning.rivalProbeMs, (isAlive) => this.reserveHeard(old, connection, isAlive));
        }
        else {
            this.use(connection);
            old.retire();
        }
    }
    /** The peer gives `connection` up. */
    retired(connection) {
        if (this.reserve === connection)
            this.reserve = null;
        if (this.current !== connection)
            return;
        if (this.reserve?.canSend === true)
            this.use(this.reserve);
        else
            this.isBetween = true;
    }
    ended(connection, end) {
        if (this.reserve === connection)
            this.reserve = null;
        if (this.current !== connection)
            return;
        this.current = null;
        this.isBetween = false;
        if (this.reserve?.canSend === true) {
            this.use(this.reserve);
            return;
        }
        this.problem = describeEnd(end);
        if (this.isStopped)
            return;
        this.owner.disconnected(this.nodeId);
        this.attempts = 0;
        this.lossRedials = this.owner.tuning.lossRedialsMax;
        this.connectNow();
        if (!this.isDialing)
            this.dropQueue();
    }
    stop() {
        this.isStopped = true;
        this.cancelTimer();
        this.dropQueue();
    }
    reserveHeard(old, connection, isAlive) {
        if (this.reserve === old)
            this.reserve = null;
        if (!isAlive)
            return old.close('it is silent, and the peer uses another channel');
        if (this.current !== connection || !connection.isOpen || !old.canSend)
            return;
        this.use(old);
        connection.retire();
    }
    /** Another process speaks for this node: the newer one stays. */
    replace(old, connection) {
        if (connection.remote.incarnation < old.remote.incarnation) {
            connection.refuse(Refusal.NODE_ID_REUSED, `a later process of node ${this.nodeId} is connected`);
            return old;
        }
        this.current = null;
        old.close('a later process of the same node is connected');
        this.owner.disconnected(this.nodeId);
        return this.use(connection);
    }
    use(connection) {
        const wasConnected = this.current !== null;
        this.current = connection;
        if (this.reserve === connection)
            this.reserve = null;
        this.isBetween = false;
        this.attempts = 0;
        this.lossRedials = 0;
        this.isWanted = false;
        this.problem = null;
        this.cancelTimer();
        const queue = this.queue;
        this.queue = [];
        this.queuedBytes = 0;
        for (const packet of queue)
            connection.send(packet);
        if (!wasConnected)
            this.owner.connected(this.nodeId);
        return connection;
    }
    dialled(outcome, address) {
        this.isDialing = false;
        if (this.isStopped || this.current !== null)
            return;
        if ('connection' in outcome) {
            const found = outcome.connection.remote.nodeId;
            if (found === this.nodeId)
                return; // it was settled, and is gone again
            this.problem = found === 0 ? `at ${address} is a process without identity` : `at ${address} is node ${found}`;
        }
        else {
            this.problem = describeEnd(outcome.ended);
            if (this.lossRedials > 0 && outcome.ended.end === 'refused') {
                this.lossRedials = 0;
                this.owner.gone(this.nodeId);
            }
        }
        if (this.isBetween)
            return;
        this.dropQueue();
        this.wait();
    }
    wait() {
        if (this.isStopped || this.timer !== null || this.isDialing)
            return;
        const isLoss = this.lossRedials > 0;
        if (isLoss)
            this.lossRedials--;
        const delayMs = isLoss ? LOSS_REDIAL_MS : this.backoffMs();
        this.timer = this.owner.clock.setTimer(delayMs, () => {
            this.timer = null;
            if (this.isWanted || isLoss)
                this.connect();
        }, { unref: true });
    }
    backoffMs() {
        const { random, tuning } = this.owner;
        const fullMs = Math.min(tuning.backoffMsMax, tuning.backoffMsMin * 2 ** Math.min(this.attempts++, 20));
        return fullMs / 2 + random.int(Math.max(1, Math.ceil(fullMs / 2)));
    }
    dropQueue() {
        this.framesDropped += this.queue.length;
        this.queue = [];
        this.queuedBytes = 0;
    }
    cancelTimer() {
        this.timer?.cancel();
        this.timer = null;
    }
}
/** For messages to people. */
export function describeEnd(end) {
    return end.text === '' ? end.end : `${end.end}: ${end.text}`;
}
//# sourceMappingURL=link.js.map