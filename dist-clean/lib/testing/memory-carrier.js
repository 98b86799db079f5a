import { RaftoralError } from '../errors/index.js';
export class MemoryWire {
    listeners = new Map();
    cuts = new Set();
    stalled = new Set();
    ends = new Set();
    scheduler;
    tap = null;
    /** Channels that were dialled. */
    dialled = 0;
    constructor(options) {
        this.scheduler = options.scheduler;
    }
    createCarrier(options) {
        return new MemoryCarrier(this, options);
    }
    /** A channel as a stranger opens it, without any transport above. */
    dialRaw(address, handlers, from = 'stranger:1') {
        return this.createCarrier({ address: from }).dial(address, handlers);
    }
    /** Nothing passes between the two any more, either way: what is sent waits for heal(), as TCP sends again; no end hears of it. */
    cut(a, b) {
        this.cuts.add(`${a} ${b}`);
        this.cuts.add(`${b} ${a}`);
    }
    heal() {
        this.cuts.clear();
        for (const end of [...this.ends])
            end.healed();
    }
    /** What this process sends stays in its buffers, until it flows() again. */
    stall(address) {
        this.stalled.add(address);
    }
    flow(address) {
        this.stalled.delete(address);
        for (const end of this.ends)
            if (end.own === address)
                end.flush();
    }
    /** The process is gone: all its channels break, and its port is closed. */
    kill(address) {
        this.listeners.delete(address);
        for (const end of [...this.ends])
            if (end.own === address)
                end.vanish();
    }
    /** The channels of this process break, and the other sides hear nothing of it: half-open, as when a router forgets them. */
    forget(address) {
        for (const end of [...this.ends])
            if (end.own === address)
                end.end('closed', 'the connection broke');
    }
    /** Open ends, for a test that looks for leaks. */
    get openEnds() {
        return this.ends.size;
    }
    isCut(from, to) {
        return this.cuts.has(`${from} ${to}`);
    }
    isStalled(address) {
        return this.stalled.has(address);
    }
    // ── for carriers and ends ──
    bind(address, carrier) {
        if (this.listeners.has(address))
            throw new RaftoralError('INVALID_CONFIGURATION', `transport.listen is ${address}, which is in use; choose another port`);
        this.listeners.set(address, carrier);
    }
    unbind(address, carrier) {
        if (this.listeners.get(address) === carrier)
            this.listeners.delete(address);
    }
    connect(dialer, address) {
        this.dialled++;
        this.scheduler.turn(() => {
            if (dialer.isClosed || this.isCut(dialer.own, address))
                return;
            const listener = this.listeners.get(address);
            if (listener === undefined)
                dialer.end('refused', `${address} is not listening`);
            else
                listener.accept(dialer);
        });
    }
    add(end) {
        this.ends.add(end);
    }
    delete(end) {
        this.ends.delete(end);
    }
}
export class MemoryCarrier {
    wire;
    options;
    acceptor = null;
    isClosed = false;
    open = new Set();
    constructor(wire, options) {
        this.wire = wire;
        this.options = options;
    }
    async listen(accept) {
        this.wire.bind(this.options.address, this);
        this.acceptor = accept;
        return { address: this.options.bound === undefined ? this.options.address : this.options.bound };
    }
    dial(address, handlers) {
        const end = this.create(address);
        end.handlers = handlers;
        if (this.isClosed)
            this.wire.scheduler.turn(() => end.end('failed', 'the carrier is closed'));
        else
            this.wire.connect(end, address);
        return end;
    }
    async close() {
        this.isClosed = true;
        this.wire.unbind(this.options.address, this);
        for (const end of [...this.open])
            end.close();
    }
    /** Called by the wire. */
    accept(dialer) {
        const end = this.create(dialer.own);
        end.join(dialer);
        end.handlers = this.acceptor(end);
        dialer.flush();
    }
    create(remote) {
        const { address, isEncrypted, isPeerVerified } = this.options;
        return new MemoryEnd(this.wire, this, address, remote, isEncrypted === true, isPeerVerified === true);
    }
}
export class MemoryEnd {
    wire;
    carrier;
    own;
    remote;
    isEncrypted;
    isPeerVerified;
    handlers = null;
    bufferedBytes = 0;
    isClosed = false;
    /** As limitIncoming() was called last. */
    messageBytesMax = null;
    other = null;
    waiting = [];
    /** On the wire when it was cut. */
    held = [];
    constructor(wire, carrier, own, remote, isEncrypted, isPeerVerified) {
        this.wire = wire;
        this.carrier = carrier;
        this.own = own;
        this.remote = remote;
        this.isEncrypted = isEncrypted;
        this.isPeerVerified = isPeerVerified;
        wire.add(this);
        carrier.open.add(this);
    }
    limitIncoming(messageBytesMax) {
        this.messageBytesMax = messageBytesMax;
    }
    join(other) {
        this.other = other;
        other.other = this;
    }
    send(message) {
        if (this.isClosed)
            return;
        this.waiting.push(message.slice());
        this.bufferedBytes += message.length;
        this.flush();
    }
    close() {
        if (this.isClosed)
            return;
        this.finish();
        this.wire.scheduler.turn(() => this.handlers?.onClosed('local', ''));
        const other = this.other;
        if (other !== null && !this.wire.isCut(this.own, other.own))
            this.wire.scheduler.turn(() => other.end('closed', 'the other side ended it'));
    }
    /** Hands over what waits, each message in a turn of its own, in order. */
    flush() {
        if (this.other === null || this.wire.isStalled(this.own))
            return;
        const messages = this.waiting;
        this.waiting = [];
        for (const message of messages)
            this.wire.scheduler.turn(() => {
                this.bufferedBytes -= message.length;
                if (this.held.length > 0 || this.wire.isCut(this.own, this.other.own))
                    this.held.push(message);
                else
                    this.carry(message);
            });
    }
    /** The cut is over: what was held arrives, or it is found that nobody is there any more. */
    healed() {
        const other = this.other;
        if (other === null || this.wire.isCut(this.own, other.own))
            return;
        this.wire.scheduler.turn(() => {
            const { held } = this;
            this.held = [];
            if (other.isClosed)
                this.end('closed', 'the other side is gone');
            else
                for (const message of held)
                    this.carry(message);
        });
    }
    /** Called once, from outside: it ended. */
    end(end, text) {
        if (this.isClosed)
            return;
        this.finish();
        this.handlers?.onClosed(end, text);
    }
    /** Its process is gone: it hears nothing, the other side hears that it broke. */
    vanish() {
        const other = this.other;
        this.handlers = null;
        this.finish();
        if (other !== null && !this.wire.isCut(this.own, other.own))
            this.wire.scheduler.turn(() => other.end('closed', 'the connection broke'));
    }
    carry(message) {
        const other = this.other;
        if (other.isClosed)
            return;
        const arriving = this.wire.tap === null ? [message] : this.wire.tap({ from: this.own, to: other.own, message });
        if (arriving === 'break') {
            this.end('closed', 'the connection broke');
            other.end('closed', 'the connection broke');
            return;
        }
        for (const each of arriving) {
            if (other.isClosed)
                return;
            if (other.messageBytesMax !== null && each.length > other.messageBytesMax) {
                other.end('closed', `a message of ${each.length} bytes came, at most ${other.messageBytesMax}`);
                this.wire.scheduler.turn(() => this.end('closed', 'the other side ended it'));
                return;
            }
            other.handlers?.onMessage(each);
        }
    }
    finish() {
        this.isClosed = true;
        this.waiting = [];
        this.held = [];
        this.wire.delete(this);
        this.carrier.open.delete(this);
    }
}
//# sourceMappingURL=memory-carrier.js.map