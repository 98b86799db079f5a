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
import { type KeyObject } from 'node:crypto';
export declare const MAC_BYTES = 16;
export type Role = 'dialer' | 'acceptor';
/** SHA-256 over parts, each behind its length: no two lists of parts have the same input. */
export declare function digestOf(...parts: readonly Uint8Array[]): Uint8Array;
export declare function deriveKey(secret: Uint8Array, salt: Uint8Array, label: string): KeyObject;
/** What `role` shows to prove that it holds the secret: `said` is everything that was exchanged after the challenge, its own body last. */
export declare function proofOf(options: {
    readonly secret: Uint8Array;
    readonly role: Role;
    readonly transcript: Uint8Array;
    readonly said: readonly Uint8Array[];
}): Uint8Array;
export declare function isSame(a: Uint8Array, b: Uint8Array): boolean;
/** One direction of one session: sealing on one side, opening on the other. */
export declare class Seal {
    private readonly key;
    private readonly number;
    constructor(key: KeyObject);
    /** Writes the MAC into the last MAC_BYTES of `packet`. */
    seal(packet: Uint8Array): void;
    /** The packet without its MAC, or null: it was altered, or is not the next one. */
    open(sealed: Uint8Array): Uint8Array | null;
    private mac;
}
