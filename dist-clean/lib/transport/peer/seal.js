/**
 * Keys, proofs and seals of one session. Owns everything that is computed from the peers' secret.
 *
 *   transcript  = SHA-256(length · HELLO · length · CHALLENGE)                                 both nonces, versions, security, flags
 *   key(label)  = HKDF-SHA-256(secret, salt = transcript, info = "raftoral peer 1 " + label)
 *   proof       = HMAC-SHA-256(key("proof of the dialer" | "proof of the acceptor"), transcript · SHA-256(what was said before) · own body)
 *   session     = SHA-256(transcript · PROOF · WELCOME);   seal keys = HKDF(secret, salt = session, info = … "packets of the dialer" | "… acceptor")
 *   MAC         = first 16 bytes of HMAC-SHA-256(seal key of the sender, u64 number of the packet · packet)
 *
 * S1. Each proof covers both nonces, both sides' descriptions as far as they are known, and the role; the two roles have different keys, so neither side's
 *     proof is of any use as the other's (reflection), nor in any other session (replay).
 * S2. The number of a packet is counted, not sent: one that is lost, repeated, moved or altered does not open, and nothing after it does.
 * S3. Comparisons take the same time whatever differs.
 * Source: three-pass mutual authentication by a keyed check function (ISO/IEC 9798-4, mechanism 4); Krawczyk, SIGMA (2003), on binding
 * identities to the transcript; RFC 2104 (HMAC, §5 on truncation), RFC 5869 (HKDF). Tests: seal.spec.ts, peer-security.spec.ts; test/fuzz.
 */
import { createHash, createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';
export const MAC_BYTES = 16;
const KEY_BYTES = 32;
const LABEL = 'raftoral peer 1 ';
const SEQUENCE_BYTES = 8;
/** SHA-256 over parts, each behind its length: no two lists of parts have the same input. */
export function digestOf(...parts) {
    const hash = createHash('sha256');
    const length = Buffer.alloc(4);
    for (const part of parts) {
        length.writeUInt32BE(part.length);
        hash.update(length).update(part);
    }
    return hash.digest();
}
export function deriveKey(secret, salt, label) {
    return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, LABEL + label, KEY_BYTES)));
}
/** What `role` shows to prove that it holds the secret: `said` is everything that was exchanged after the challenge, its own body last. */
export function proofOf(options) {
    const key = deriveKey(options.secret, options.transcript, `proof of the ${options.role}`);
    return createHmac('sha256', key)
        .update(digestOf(options.transcript, ...options.said))
        .digest();
}
export function isSame(a, b) {
    return a.length === b.length && timingSafeEqual(a, b);
}
/** The 64-bit number of the next packet in one direction, as bytes. */
class PacketNumber {
    bytes = Buffer.alloc(SEQUENCE_BYTES);
    value = 0;
    next() {
        this.value++;
        this.bytes.writeUInt32BE(Math.floor(this.value / 2 ** 32), 0);
        this.bytes.writeUInt32BE(this.value >>> 0, 4);
    }
}
/** One direction of one session: sealing on one side, opening on the other. */
export class Seal {
    key;
    number = new PacketNumber();
    constructor(key) {
        this.key = key;
    }
    /** Writes the MAC into the last MAC_BYTES of `packet`. */
    seal(packet) {
        const bodyBytes = packet.length - MAC_BYTES;
        packet.set(this.mac(packet.subarray(0, bodyBytes)), bodyBytes);
        this.number.next();
    }
    /** The packet without its MAC, or null: it was altered, or is not the next one. */
    open(sealed) {
        const bodyBytes = sealed.length - MAC_BYTES;
        if (bodyBytes < 1)
            return null;
        const body = sealed.subarray(0, bodyBytes);
        if (!timingSafeEqual(this.mac(body), sealed.subarray(bodyBytes)))
            return null;
        this.number.next();
        return body;
    }
    mac(body) {
        return createHmac('sha256', this.key).update(this.number.bytes).update(body).digest().subarray(0, MAC_BYTES);
    }
}
//# sourceMappingURL=seal.js.map