/** A text, or the path of a file that holds it. */
export type SecretOption = string | {
    readonly file: string;
};
export declare const SECRET_BYTES_MIN = 16;
/** The bytes of it, white space around them left out. Throws INVALID_CONFIGURATION that names `option`, such as 'security.peerSecret'. */
export declare function readSecret(secret: SecretOption, option: string): Uint8Array;
/** Peers' credentials never open what is the clients', nor the other way round. Throws INVALID_CONFIGURATION. */
export declare function checkSecretsApart(peerSecret: Uint8Array | null, clientSecret: Uint8Array | null): void;
