import type { PeerCredentials } from './credentials.js';
export interface ListenSecurity {
    /** `host:port`; null: the application's own server, which may be reached from anywhere. */
    readonly listen: string | null;
    readonly hasPeerSecret: boolean;
    readonly hasTls: boolean;
    readonly insecure: boolean;
}
/** Throws INVALID_CONFIGURATION. */
export declare function checkListen({ listen, hasPeerSecret, hasTls, insecure }: ListenSecurity): void;
/** A secret comes first, also with TLS; then certificates; then nothing, which checkListen() has allowed. */
export declare function peerCredentials(options: {
    readonly peerSecret: Uint8Array | null;
    readonly hasTls: boolean;
}): PeerCredentials;
/** Where peers reach this node: what was given, else what is bound. Throws INVALID_CONFIGURATION. */
export declare function advertisedAddress(options: {
    readonly advertise: string | null;
    readonly bound: string | null;
}): string;
