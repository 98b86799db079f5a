import type { Socket } from 'node:net';
/** A bundle as PEM text. */
export declare class Authority {
    private readonly certificates;
    constructor(pem: string | Buffer);
    /** The certificate of the connection was accepted by TLS and its chain ends at this authority. */
    hasIssued(socket: Socket): boolean;
}
