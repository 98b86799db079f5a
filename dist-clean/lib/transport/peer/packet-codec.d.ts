import type { NodeAddress } from '../network-transport-port.js';
export declare const PACKET_VERSION_MIN = 1;
export declare const PACKET_VERSION_MAX = 1;
export declare const NONCE_BYTES = 32;
export declare const PROOF_BYTES = 32;
export declare const PacketKind: {
    readonly HELLO: 1;
    readonly CHALLENGE: 2;
    readonly PROOF: 3;
    readonly WELCOME: 4;
    readonly REFUSED: 5;
    readonly FRAME: 6;
    readonly CALL: 7;
    readonly ANSWER: 8;
    readonly ADDRESSES: 9;
    readonly RETIRE: 10;
    readonly PROBE: 11;
    readonly PROBE_ANSWER: 12;
};
/** How the two sides know each other. It is configured, equal on both, and never negotiated. */
export declare const Security: {
    readonly SECRET: 1;
    readonly CERTIFICATE: 2;
    readonly INSECURE: 3;
};
export type Security = (typeof Security)[keyof typeof Security];
/** Flag of HELLO and CHALLENGE: on this side the channel is encrypted, and this side knows by TLS with whom. */
export declare const FLAG_ENCRYPTED = 1;
export declare const FLAG_VERIFIED = 2;
/** Why a channel is ended. */
export declare const Refusal: {
    readonly NONE: 0;
    /** No common protocol version. */
    readonly VERSION: 1;
    /** One side uses a secret, the other a certificate, or nothing. */
    readonly SECURITY: 2;
    /** Another secret. */
    readonly SECRET: 3;
    readonly DEPLOYMENT: 4;
    readonly NODE_ID_REUSED: 5;
    /** The process reached itself. */
    readonly SELF: 6;
    readonly BUSY: 7;
    readonly STOPPING: 8;
};
export type Refusal = (typeof Refusal)[keyof typeof Refusal];
/** What a process says of itself. */
export interface PeerDescription {
    /** '' while it knows none. */
    readonly deployment: string;
    /** 0: a process without identity. */
    readonly nodeId: number;
    readonly incarnation: number;
    readonly volatile: boolean;
    readonly processId: string;
    /** '' if it can not be reached. */
    readonly address: string;
}
export interface Hello {
    readonly versionMin: number;
    readonly versionMax: number;
    readonly security: number;
    readonly flags: number;
    readonly nonce: Uint8Array;
}
export interface Challenge {
    readonly version: number;
    readonly security: number;
    readonly flags: number;
    readonly nonce: Uint8Array;
}
export interface Proof {
    readonly description: PeerDescription;
    readonly proof: Uint8Array;
}
export interface Welcome {
    readonly refusal: Refusal;
    readonly text: string;
    readonly description: PeerDescription;
    readonly proof: Uint8Array;
}
export interface Refused {
    readonly refusal: Refusal;
    readonly text: string;
}
export interface Call {
    readonly callId: number;
    readonly method: string;
    readonly json: Uint8Array;
}
export interface Answer {
    readonly callId: number;
    readonly ok: boolean;
    readonly json: Uint8Array;
}
export declare function encodeHello(hello: Hello): Uint8Array;
export declare function decodeHello(bytes: Uint8Array): Hello;
export declare function encodeChallenge(challenge: Challenge): Uint8Array;
export declare function decodeChallenge(bytes: Uint8Array): Challenge;
/** All of PROOF that its own proof covers. */
export declare function encodeProofBody(description: PeerDescription): Uint8Array;
/** All of WELCOME that its own proof covers. */
export declare function encodeWelcomeBody(refusal: Refusal, text: string, description: PeerDescription): Uint8Array;
/** PROOF or WELCOME: its body, and the proof behind it. */
export declare function appendProof(body: Uint8Array, proof: Uint8Array): Uint8Array;
export declare function decodeProof(bytes: Uint8Array): Proof & {
    readonly bodyBytes: number;
};
export declare function decodeWelcome(bytes: Uint8Array): Welcome & {
    readonly bodyBytes: number;
};
export declare function encodeRefused(refused: Refused, bytesAfter?: number): Uint8Array;
export declare function decodeRefused(bytes: Uint8Array): Refused;
export declare function encodeCall(call: Call, bytesAfter?: number): Uint8Array;
export declare function decodeCall(bytes: Uint8Array): Call;
export declare function encodeAnswer(answer: Answer, bytesAfter?: number): Uint8Array;
export declare function decodeAnswer(bytes: Uint8Array): Answer;
export declare function encodeAddresses(addresses: readonly NodeAddress[], bytesAfter?: number): Uint8Array;
export declare function decodeAddresses(bytes: Uint8Array, addressesMax: number): NodeAddress[];
/** RETIRE, PROBE, PROBE_ANSWER: nothing but their kind. */
export declare function encodeBare(kind: number, bytesAfter?: number): Uint8Array;
export declare function checkBare(bytes: Uint8Array): void;
