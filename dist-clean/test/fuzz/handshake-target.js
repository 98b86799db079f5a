/**
 * The handshake between a dialer and an acceptor with an attacker in the middle, who reads from the input what to do with each message: pass it on, change it,
 * repeat an old one, send it back, or leave it out. Whatever that is, a side that believes in a session has received exactly what the other side sent in it.
 */
import { Refusal } from '../../lib/transport/peer/packet-codec.js';
import { Session } from '../../lib/transport/peer/session.js';
const STEPS_MAX = 12;
const SECRET = { kind: 'secret', secret: Buffer.from('a secret of the peers') };
const OTHER = { kind: 'secret', secret: Buffer.from('another secret of peers') };
class Side {
    session;
    sent = [];
    received = [];
    isOpen = false;
    hasEnded = false;
    constructor(role, credentials, nonceByte) {
        const nodeId = role === 'dialer' ? 1 : 2;
        const describe = () => ({
            deployment: 'd',
            nodeId,
            incarnation: 1,
            volatile: false,
            processId: `p${nodeId}`,
            address: `a:${nodeId}`,
        });
        const nonce = new Uint8Array(32).fill(nonceByte);
        this.session = new Session({ role, credentials, nonce, isEncrypted: false, isPeerVerified: false, describe });
    }
    take(message) {
        this.received.push(message);
        this.follow(this.session.receive(message));
    }
    follow(step) {
        if (this.hasEnded && step.kind !== 'end')
            throw new Error(`after its end the handshake went on with '${step.kind}'`);
        if (step.kind === 'send')
            this.sent.push(step.packet);
        else if (step.kind === 'judge') {
            const { packet, result } = this.session.conclude(Refusal.NONE, '');
            this.isOpen = result !== null;
            this.sent.push(packet);
        }
        else if (step.kind === 'open')
            this.isOpen = true;
        else {
            this.hasEnded = true;
            this.isOpen = false;
            if (step.packet !== null)
                this.sent.push(step.packet);
        }
    }
}
/** What `side` believes in was said by `other`, word for word and in order. */
function checkAgreement(side, other, hasSecret) {
    if (!side.isOpen)
        return;
    if (!hasSecret)
        throw new Error('a session without the secret');
    const isSame = side.received.length === 2 && side.received.every((message, i) => Buffer.compare(message, other.sent[i] ?? new Uint8Array(0)) === 0);
    if (!isSame)
        throw new Error('a session in which something was changed');
}
export function createHandshakeTarget() {
    // Messages of a session before it, which the attacker has recorded.
    const recorded = [];
    const dialer = new Side('dialer', SECRET, 1);
    const acceptor = new Side('acceptor', SECRET, 2);
    dialer.follow(dialer.session.begin());
    for (let i = 0; i < 2; i++) {
        acceptor.take(dialer.sent[i]);
        dialer.take(acceptor.sent[i]);
    }
    recorded.push(...dialer.sent, ...acceptor.sent);
    const look = (input) => {
        let position = 0;
        const byte = () => input[position++ % Math.max(1, input.length)] ?? 0;
        const hasSecret = byte() % 4 !== 0;
        const one = new Side('dialer', SECRET, 3);
        const two = new Side('acceptor', hasSecret ? SECRET : OTHER, 4);
        one.follow(one.session.begin());
        const next = [0, 0];
        for (let step = 0; step < STEPS_MAX && position <= input.length + 4; step++) {
            const toTwo = step % 2 === 0;
            const [from, to] = toTwo ? [one, two] : [two, one];
            const at = toTwo ? 0 : 1;
            const choice = byte();
            let message = from.sent[next[at]];
            if (choice >= 250)
                message = recorded[choice % recorded.length];
            else if (choice >= 244)
                message = to.sent.at(-1);
            else if (choice >= 240)
                message = input.slice(position);
            else if (message !== undefined)
                next[at]++;
            if (message === undefined || (choice >= 235 && choice < 240))
                continue;
            if (choice >= 200 && choice < 235) {
                message = message.slice();
                const where = (byte() * 256 + byte()) % message.length;
                message[where] ^= 1 + (byte() % 255);
                if (choice >= 230)
                    message = message.slice(0, where);
            }
            to.take(message);
            checkAgreement(two, one, hasSecret);
            checkAgreement(one, two, hasSecret);
        }
    };
    const corpus = [
        new Uint8Array(8).fill(1),
        new Uint8Array([1, 1, 1, 1, 210, 0, 5, 9]),
        new Uint8Array([1, 1, 251, 1, 1, 246]),
        new Uint8Array([1, 1, 1, 232, 0, 40]),
    ];
    look(corpus[0]);
    return { name: 'handshake', weight: 1, corpus, codes: [], look };
}
//# sourceMappingURL=handshake-target.js.map