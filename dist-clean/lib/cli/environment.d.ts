/**
 * What the command line meets of its process and of the network, in one place: specs give their own.
 */
import type { ControlClient } from '../index.js';
export type ClientTransport = 'grpc' | 'http';
/** PEM files of a client. */
export interface ConnectionTls {
    /** Authority of the nodes' certificates; absent: those that Node.js trusts. */
    readonly ca?: string;
    /** The client's own certificate and key. Both or neither. */
    readonly cert?: string;
    readonly key?: string;
    /** Name that the node's certificate must bear, where it is not the host of the address. */
    readonly serverName?: string;
}
/** How to reach a node, as the flags say it. */
export interface Connection {
    readonly transport: ClientTransport;
    /** `host:port`. */
    readonly address: string;
    readonly clientSecretFile?: string;
    /** Absent: no TLS. */
    readonly tls?: ConnectionTls;
    /** HTTP only: where the node mounts everything. */
    readonly path?: string;
}
export interface CliEnvironment {
    /** Folder that relative paths are meant from. */
    readonly folder: string;
    readonly isErrorTerminal: boolean;
    now(): number;
    out(text: string): void;
    error(text: string): void;
    /** All of standard input. */
    readInput(): Promise<string>;
    /** Calls back at the first SIGINT or SIGTERM, instead of the process' end; undone by what it answers. */
    onInterrupt(callback: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
    connect(connection: Connection): Promise<ControlClient>;
}
/** Nest's token of it. */
export declare const CLI_ENVIRONMENT: unique symbol;
