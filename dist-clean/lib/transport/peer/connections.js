/**
 * All channels of a process: making them, both ways, and knowing which are open. Owns the bound on unfinished handshakes and the attempts that are under way.
 *
 * O1. At most one attempt per address at a time; whoever asks meanwhile shares its outcome.
 * O2. At most `unfinishedHandshakesMax` incoming channels are without proof; the oldest gives way, so a flood does not keep the door shut.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts.
 */
import { createHash } from 'node:crypto';
import { Connection } from './connection.js';
import { Refusal } from './packet-codec.js';
import { Session } from './session.js';
export class Connections {
    options;
    all = new Set();
    dials = new Map();
    isClosed = false;
    constructor(options) {
        this.options = options;
    }
    [Symbol.iterator]() {
        return this.all.values();
    }
    /** For ChannelCarrier.listen(). */
    accept = (channel) => {
        const connection = this.make('acceptor', null);
        connection.attach(channel);
        if (this.isClosed)
            connection.close('the node is stopping');
        else
            this.makeRoom();
        return connection;
    };
    /** `done` is never called inside. */
    dial(address, done) {
        const under = this.dials.get(address);
        if (under !== undefined) {
            under.waiting.push(done);
            return;
        }
        if (this.isClosed) {
            this.options.scheduler.soon(() => done({ ended: stopped() }));
            return;
        }
        const connection = this.make('dialer', address);
        this.dials.set(address, { connection, waiting: [done] });
        connection.attach(this.options.carrier.dial(address, connection));
    }
    /** A dialled channel was opened and judged: `used` is the one that takes its place, or itself. */
    settled(connection, used) {
        this.finish(connection, { connection: used });
    }
    ended(connection, end) {
        this.all.delete(connection);
        this.finish(connection, { ended: end });
    }
    /** No more channels; those that are open are told. */
    close() {
        this.isClosed = true;
        for (const connection of this.all)
            connection.refuse(Refusal.STOPPING, 'the node is stopping');
    }
    finish(connection, outcome) {
        const address = connection.dialled;
        if (address === null)
            return;
        const dial = this.dials.get(address);
        if (dial?.connection !== connection)
            return;
        this.dials.delete(address);
        for (const done of dial.waiting)
            done(outcome);
    }
    make(role, dialled) {
        const { clock, scheduler, tuning, owner, credentials, describe } = this.options;
        const createSession = ({ isEncrypted, isPeerVerified }) => new Session({ role, credentials, nonce: this.nonce(), isEncrypted, isPeerVerified, describe });
        const connection = new Connection({ role, dialled, createSession, owner, clock, scheduler, tuning });
        this.all.add(connection);
        return connection;
    }
    /** 32 bytes of which nobody can guess more than nothing: three times 122 random bits, hashed. */
    nonce() {
        const { random } = this.options;
        return createHash('sha256').update(`${random.uuid()} ${random.uuid()} ${random.uuid()}`).digest();
    }
    makeRoom() {
        let unfinished = 0;
        let oldest = null;
        for (const connection of this.all) {
            if (connection.role !== 'acceptor' || !connection.isUnfinished)
                continue;
            oldest ??= connection;
            unfinished++;
        }
        if (unfinished > this.options.tuning.unfinishedHandshakesMax)
            oldest.close('too many unfinished handshakes');
    }
}
function stopped() {
    return { end: 'local', text: 'the node is stopping', refusal: Refusal.NONE, isProven: false };
}
//# sourceMappingURL=connections.js.map