/**
 * What the parts of joining share: identities, calls between processes, what a member offers to those who join. Types, names and readers of fields.
 *
 * Calls (peer calls of the transport: behind its handshake, W1 of network-transport-port.ts):
 *   node.hello          who are you, and what have you got?             by anybody, of anybody
 *   bootstrap.vote      may I begin the deployment?                     of processes without files that expect as many as the caller
 *   bootstrap.outcome   what became of the attempt that I voted for?    of a candidate
 *   join.reserve        an id for a process that has none               of a member
 *   join.admit          make me a member, one step at a time            of a member, which asks the leader
 *   join.standing       what am I?                                      of a member
 */
import { RaftoralError } from '../../errors/index.js';
export const NODE_HELLO = 'node.hello';
export const BOOTSTRAP_VOTE = 'bootstrap.vote';
export const BOOTSTRAP_OUTCOME = 'bootstrap.outcome';
export const JOIN_RESERVE = 'join.reserve';
export const JOIN_ADMIT = 'join.admit';
export const JOIN_STANDING = 'join.standing';
const ADDRESS_CHARS_MAX = 300;
const ADDRESSES_MAX = 256;
const ID_CHARS_MAX = 64;
/** Throws INVALID_ARGUMENT that names call and field. */
export class CallReader {
    method;
    body;
    constructor(method, body) {
        this.method = method;
        this.body = body;
    }
    /** A uuid, or ''. */
    id(field) {
        return this.text(field, ID_CHARS_MAX);
    }
    address(field) {
        return this.text(field, ADDRESS_CHARS_MAX);
    }
    addresses(field) {
        const value = this.body[field];
        if (!Array.isArray(value) || value.length > ADDRESSES_MAX)
            throw this.wrong(field, `a list of at most ${ADDRESSES_MAX} addresses`);
        for (const item of value)
            if (typeof item !== 'string' || item.length > ADDRESS_CHARS_MAX)
                throw this.wrong(field, 'a list of addresses');
        return value;
    }
    integer(field, min = 0, max = 2 ** 31 - 1) {
        const value = this.body[field];
        if (!Number.isSafeInteger(value) || value < min || value > max)
            throw this.wrong(field, `a whole number from ${min} to ${max}`);
        return value;
    }
    flag(field) {
        const value = this.body[field];
        if (typeof value !== 'boolean')
            throw this.wrong(field, 'true or false');
        return value;
    }
    choice(field, of) {
        const value = this.body[field];
        if (!of.includes(value))
            throw this.wrong(field, `one of ${of.join(', ')}`);
        return value;
    }
    text(field, charsMax) {
        const value = this.body[field];
        if (typeof value !== 'string' || value.length > charsMax)
            throw this.wrong(field, `a text of at most ${charsMax} characters`);
        return value;
    }
    wrong(field, wanted) {
        return new RaftoralError('INVALID_ARGUMENT', `${this.method}: ${field} must be ${wanted}; is the other process of another version?`, {
            details: { method: this.method, field },
        });
    }
}
/** Ends the waiting of everything that joins when the node stops. */
export class JoiningStop {
    clock;
    pauses = new Set();
    stopped = false;
    constructor(clock) {
        this.clock = clock;
    }
    get isStopped() {
        return this.stopped;
    }
    stop() {
        this.stopped = true;
        for (const end of [...this.pauses])
            end();
    }
    throwIfStopped() {
        if (this.stopped)
            throw new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; what it was joining goes on without it');
    }
    /** Rejects with SHUTTING_DOWN once the node stops. */
    async pause(ms) {
        this.throwIfStopped();
        await new Promise((resolve) => {
            let timer = null;
            const end = () => {
                timer?.cancel();
                this.pauses.delete(end);
                resolve();
            };
            timer = this.clock.setTimer(ms, end);
            this.pauses.add(end);
        });
        this.throwIfStopped();
    }
}
//# sourceMappingURL=joining-port.js.map