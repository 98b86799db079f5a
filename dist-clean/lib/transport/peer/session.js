/**
 * The handshake of one channel, on either side, as a state machine: bytes in, what to do out. No I/O, no clock.
 *
 *   dialer                                   acceptor
 *     HELLO(versions, nonce)          ──▶
 *                                     ◀──      CHALLENGE(version, nonce)
 *     PROOF(who I am, proof)          ──▶      checks the proof, then judges who it is
 *                                     ◀──      WELCOME(refusal or none, who I am, proof)
 *     checks the proof
 *
 * H1. The dialer proves first: a stranger learns two numbers and a nonce of the acceptor, and gets nothing computed from the secret.
 * H2. What kind of proof is asked for is configured, not negotiated: a side that expects another kind ends the handshake (no downgrade).
 * H3. A refusal inside WELCOME is proved like everything in it; a bare REFUSED is a hint of an unknown, good for a message to people only.
 * H4. Whatever is not the one packet that is expected, or is not well formed, ends it. Nothing is answered after the end.
 * H5. Packets are sealed afterwards unless both sides say that the channel is encrypted, and the dialer knows by TLS whom it reached.
 * Source: see seal.ts. Tests: peer-security.spec.ts; test/fuzz (handshake).
 */
import { isRaftoralError } from '../../errors/index.js';
import { appendProof, decodeChallenge, decodeHello, decodeProof, decodeRefused, decodeWelcome, encodeChallenge, encodeHello, encodeProofBody, encodeRefused, encodeWelcomeBody, FLAG_ENCRYPTED, FLAG_VERIFIED, PACKET_VERSION_MAX, PACKET_VERSION_MIN, PacketKind, Refusal, Security, } from './packet-codec.js';
import { deriveKey, digestOf, isSame, proofOf, Seal } from './seal.js';
const NO_PROOF = new Uint8Array(0);
const SECURITY_OF = { secret: Security.SECRET, certificate: Security.CERTIFICATE, insecure: Security.INSECURE };
const SECURITY_NAMES = { 1: 'the peer secret', 2: 'certificates', 3: 'no security' };
export class Session {
    options;
    state;
    security;
    flags;
    hello = NO_PROOF;
    transcript = NO_PROOF;
    proofPacket = NO_PROOF;
    isSealed = true;
    local = null;
    remote = null;
    constructor(options) {
        this.options = options;
        this.security = SECURITY_OF[options.credentials.kind];
        this.flags = (options.isEncrypted ? FLAG_ENCRYPTED : 0) | (options.isPeerVerified ? FLAG_VERIFIED : 0);
        this.state = options.role === 'dialer' ? 'new' : 'awaits hello';
    }
    /** The dialer's first packet. */
    begin() {
        if (this.state !== 'new')
            return this.end(Refusal.SECURITY, 'the handshake was begun twice', false);
        if (this.lacksCertificate())
            return this.lacking();
        const hello = {
            versionMin: PACKET_VERSION_MIN,
            versionMax: PACKET_VERSION_MAX,
            security: this.security,
            flags: this.flags,
            nonce: this.options.nonce,
        };
        this.hello = encodeHello(hello);
        this.state = 'awaits challenge';
        return { kind: 'send', packet: this.hello };
    }
    receive(bytes) {
        try {
            return this.step(bytes);
        }
        catch (error) {
            if (!isRaftoralError(error, 'MALFORMED_FRAME'))
                throw error;
            return this.end(Refusal.VERSION, `the other side does not speak as a peer does: ${error.message}`, false);
        }
    }
    /** The acceptor's answer to 'judge'. With a refusal the channel ends behind the packet. */
    conclude(refusal, text) {
        if (this.state !== 'judging')
            throw new Error(`a session that is ${this.state} is not judged`);
        this.local = this.options.describe();
        const body = encodeWelcomeBody(refusal, text, this.local);
        const welcome = appendProof(body, this.prove('acceptor', [this.proofPacket, body]));
        if (refusal !== Refusal.NONE) {
            this.state = 'ended';
            return { packet: welcome, result: null };
        }
        return { packet: welcome, result: this.opened(welcome) };
    }
    step(bytes) {
        switch (this.state) {
            case 'awaits hello':
                return this.onHello(bytes);
            case 'awaits challenge':
                return bytes[0] === PacketKind.REFUSED ? this.onRefused(bytes) : this.onChallenge(bytes);
            case 'awaits proof':
                return this.onProof(bytes);
            case 'awaits welcome':
                return bytes[0] === PacketKind.REFUSED ? this.onRefused(bytes) : this.onWelcome(bytes);
            default:
                return this.end(Refusal.SECURITY, `a packet came while the handshake was ${this.state}`, false);
        }
    }
    onHello(bytes) {
        const hello = decodeHello(bytes);
        if (hello.versionMin > PACKET_VERSION_MAX || hello.versionMax < PACKET_VERSION_MIN) {
            const theirs = `${hello.versionMin} to ${hello.versionMax}`;
            const ours = `${PACKET_VERSION_MIN} to ${PACKET_VERSION_MAX}`;
            return this.refuse(Refusal.VERSION, `the dialer speaks versions ${theirs} of the protocol of peers, the acceptor ${ours}`);
        }
        if (hello.security !== this.security)
            return this.refuse(Refusal.SECURITY, this.otherSecurity('dialer', hello.security, 'acceptor'));
        if (this.lacksCertificate())
            return this.lacking();
        const version = Math.min(hello.versionMax, PACKET_VERSION_MAX);
        const packet = encodeChallenge({ version, security: this.security, flags: this.flags, nonce: this.options.nonce });
        this.challenged(bytes, packet, hello.flags, this.flags);
        this.state = 'awaits proof';
        return { kind: 'send', packet };
    }
    onChallenge(bytes) {
        const challenge = decodeChallenge(bytes);
        if (challenge.version < PACKET_VERSION_MIN || challenge.version > PACKET_VERSION_MAX)
            return this.end(Refusal.VERSION, `the acceptor chose version ${challenge.version} of the protocol of peers`, false);
        if (challenge.security !== this.security)
            return this.end(Refusal.SECURITY, this.otherSecurity('acceptor', challenge.security, 'dialer'), false);
        this.challenged(this.hello, bytes, this.flags, challenge.flags);
        this.local = this.options.describe();
        const body = encodeProofBody(this.local);
        this.proofPacket = appendProof(body, this.prove('dialer', [body]));
        this.state = 'awaits welcome';
        return { kind: 'send', packet: this.proofPacket };
    }
    onProof(bytes) {
        const { description, proof, bodyBytes } = decodeProof(bytes);
        const body = bytes.subarray(0, bodyBytes);
        if (!isSame(proof, this.prove('dialer', [body])))
            return this.refuse(Refusal.SECRET, 'the dialer holds another peer secret');
        this.remote = description;
        this.proofPacket = bytes;
        this.state = 'judging';
        return { kind: 'judge', remote: description };
    }
    onWelcome(bytes) {
        const { refusal, text, description, proof, bodyBytes } = decodeWelcome(bytes);
        const body = bytes.subarray(0, bodyBytes);
        if (!isSame(proof, this.prove('acceptor', [this.proofPacket, body])))
            return this.end(Refusal.SECRET, 'the acceptor holds another peer secret', false);
        this.remote = description;
        if (refusal !== Refusal.NONE)
            return this.end(refusal, text, true);
        return { kind: 'open', result: this.opened(bytes) };
    }
    onRefused(bytes) {
        const { refusal, text } = decodeRefused(bytes);
        return this.end(refusal === Refusal.NONE ? Refusal.BUSY : refusal, text, false);
    }
    /** Both nonces are known. */
    challenged(hello, challenge, dialerFlags, acceptorFlags) {
        this.transcript = digestOf(hello, challenge);
        const isPrivate = (dialerFlags & acceptorFlags & FLAG_ENCRYPTED) !== 0 && (dialerFlags & FLAG_VERIFIED) !== 0;
        this.isSealed = this.options.credentials.kind === 'secret' && !isPrivate;
    }
    opened(welcome) {
        this.state = 'open';
        const { credentials, role } = this.options;
        let sealing = null;
        if (credentials.kind === 'secret' && this.isSealed) {
            const session = digestOf(this.transcript, this.proofPacket, welcome);
            const dialer = new Seal(deriveKey(credentials.secret, session, 'packets of the dialer'));
            const acceptor = new Seal(deriveKey(credentials.secret, session, 'packets of the acceptor'));
            sealing = role === 'dialer' ? { out: dialer, in: acceptor } : { out: acceptor, in: dialer };
        }
        return { local: this.local, remote: this.remote, sealing };
    }
    prove(role, said) {
        const { credentials } = this.options;
        if (credentials.kind !== 'secret')
            return NO_PROOF;
        return proofOf({ secret: credentials.secret, role, transcript: this.transcript, said });
    }
    lacksCertificate() {
        const { credentials, isEncrypted, isPeerVerified } = this.options;
        return credentials.kind === 'certificate' && !(isEncrypted && isPeerVerified);
    }
    lacking() {
        return this.refuse(Refusal.SECURITY, 'the other side showed no certificate of the peers’ authority');
    }
    otherSecurity(whose, theirs, own) {
        const name = SECURITY_NAMES[theirs] ?? 'something unknown';
        return `the ${whose} uses ${name}, the ${own} ${SECURITY_NAMES[this.security]}`;
    }
    /** Ends it and says so. */
    refuse(refusal, text) {
        this.state = 'ended';
        return { kind: 'end', refusal, text, packet: encodeRefused({ refusal, text }), isProven: false };
    }
    end(refusal, text, isProven) {
        this.state = 'ended';
        return { kind: 'end', refusal, text, packet: null, isProven };
    }
}
//# sourceMappingURL=session.js.map