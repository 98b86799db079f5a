/**
 * How the nodes of a deployment know each other. The same on all of them; configured, never negotiated.
 */
export type PeerCredentials = 
/** By a shared secret; what is not encrypted bears a MAC. */
{
    readonly kind: 'secret';
    readonly secret: Uint8Array;
}
/** By certificates of the peers' authority (mutual TLS). */
 | {
    readonly kind: 'certificate';
}
/** Not at all. */
 | {
    readonly kind: 'insecure';
};
