import type { PeerCredentials } from '../security/credentials.js';
import { Refusal, type PeerDescription } from './packet-codec.js';
import { Seal, type Role } from './seal.js';
export interface SessionOptions {
    readonly role: Role;
    readonly credentials: PeerCredentials;
    /** 32 bytes that were never used before. */
    readonly nonce: Uint8Array;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    /** What this process says of itself, asked for when it is said. */
    readonly describe: () => PeerDescription;
}
/** A session that both sides have agreed to. */
export interface SessionResult {
    readonly local: PeerDescription;
    readonly remote: PeerDescription;
    /** null: packets travel as they are. */
    readonly sealing: {
        readonly out: Seal;
        readonly in: Seal;
    } | null;
}
export type SessionStep = {
    readonly kind: 'send';
    readonly packet: Uint8Array;
}
/** Only the acceptor: the other side is proved; conclude() says what becomes of it. */
 | {
    readonly kind: 'judge';
    readonly remote: PeerDescription;
} | {
    readonly kind: 'open';
    readonly result: SessionResult;
}
/** The end: send `packet` if there is one, then close. `isProven`: the other side, known, said so. */
 | {
    readonly kind: 'end';
    readonly refusal: Refusal;
    readonly text: string;
    readonly packet: Uint8Array | null;
    readonly isProven: boolean;
};
export declare class Session {
    private readonly options;
    private state;
    private readonly security;
    private readonly flags;
    private hello;
    private transcript;
    private proofPacket;
    private isSealed;
    private local;
    private remote;
    constructor(options: SessionOptions);
    /** The dialer's first packet. */
    begin(): SessionStep;
    receive(bytes: Uint8Array): SessionStep;
    /** The acceptor's answer to 'judge'. With a refusal the channel ends behind the packet. */
    conclude(refusal: Refusal, text: string): {
        readonly packet: Uint8Array;
        readonly result: SessionResult | null;
    };
    private step;
    private onHello;
    private onChallenge;
    private onProof;
    private onWelcome;
    private onRefused;
    /** Both nonces are known. */
    private challenged;
    private opened;
    private prove;
    private lacksCertificate;
    private lacking;
    private otherSecurity;
    /** Ends it and says so. */
    private refuse;
    private end;
}
