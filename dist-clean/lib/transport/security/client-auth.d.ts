import type { TransportClock, TransportRandom } from '../machine-port.js';
export declare const CLIENT_SCHEME = "Raftoral-HMAC";
export interface ClientAuthenticatorOptions {
    readonly secret: Uint8Array | null;
    /** Client certificates are asked for, and open the door. */
    readonly acceptsCertificates: boolean;
    /** Nothing is asked for where neither secret nor certificates are configured. */
    readonly insecure: boolean;
    readonly clock: TransportClock;
    /** How far a client's clock may be off, either way, ms. Default 60,000. */
    readonly windowMs?: number;
    /** Signed calls within the window that can be remembered. Default 100,000. */
    readonly noncesMax?: number;
}
export interface ClientRequestHead {
    /** The header, or the metadata of that name. */
    readonly authorization: string | undefined;
    readonly target: string;
    readonly isEncrypted: boolean;
    /** Both ends of the connection are on this machine. */
    readonly isLoopback: boolean;
    /** TLS verified a certificate of the clients' authority. */
    readonly hasClientCertificate: boolean;
}
export interface ClientRequest extends ClientRequestHead {
    readonly body: Uint8Array;
}
/** A call whose head is in order, and whose body is signed: it is let in once that fits. */
export interface SignedRequest {
    /** Throws UNAUTHENTICATED or OVERLOADED. */
    verify(body: Uint8Array): void;
}
export declare class ClientAuthenticator {
    private readonly options;
    private readonly secret;
    private readonly key;
    private readonly windowMs;
    private readonly noncesMax;
    /** Two generations, each as long as a time stamp can be taken: a nonce is in one of them for as long as it matters. */
    private current;
    private older;
    private turnedMs;
    /** Nonces of stamps up to here may be forgotten: none of them is taken, whatever the wall clock says meanwhile. */
    private forgottenMs;
    constructor(options: ClientAuthenticatorOptions);
    /** Throws UNAUTHENTICATED or OVERLOADED. */
    check(request: ClientRequest): void;
    /** Before the body is read: null lets it in; else the body decides. Throws UNAUTHENTICATED. */
    checkHead(request: ClientRequestHead): SignedRequest | null;
    private checkBearer;
    private signed;
    private verify;
    private remember;
    /** A stamp is taken for at most twice the window, from `window` ahead of this clock to `window` behind it: then its generation may go. */
    private turn;
    private forget;
}
export interface ClientAuthorizationOptions {
    readonly secret: Uint8Array;
    /** 'bearer' only over TLS or on the loopback interface: it is the secret itself. */
    readonly scheme: 'bearer' | 'hmac';
    readonly target: string;
    readonly body: Uint8Array;
    readonly clock: TransportClock;
    readonly random: TransportRandom;
}
/** The value of the header, or metadata, `authorization`. Throws INVALID_CONFIGURATION for a Bearer secret that no header can hold. */
export declare function clientAuthorization(options: ClientAuthorizationOptions): string;
