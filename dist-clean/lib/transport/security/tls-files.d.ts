import type { TransportClock, TransportLogger } from '../machine-port.js';
/** As security.tls has them. */
export interface TlsFileNames {
    readonly cert: string;
    readonly key: string;
    readonly ca: string;
    readonly clientCa?: string;
    readonly serverName?: string;
}
/** PEM, as Node's TLS takes it. */
export interface TlsMaterial {
    /** The node's certificate, and those between it and the authority. */
    readonly cert: Buffer;
    readonly key: Buffer;
    readonly ca: Buffer;
    readonly clientCa: Buffer | null;
}
/** Throws INVALID_CONFIGURATION that names the option and the file. */
export declare function loadTlsFiles(names: TlsFileNames, nowMs: number): TlsMaterial;
export interface TlsFilesOptions {
    readonly names: TlsFileNames;
    readonly clock: TransportClock;
    readonly logger: TransportLogger;
    readonly lookEveryMs?: number;
}
export declare class TlsFiles {
    private readonly options;
    private material;
    private readonly listeners;
    private timer;
    private isClosed;
    private looksWrong;
    private warnedAtMs;
    /** Reads them; throws as loadTlsFiles() does. */
    constructor(options: TlsFilesOptions);
    get current(): TlsMaterial;
    get serverName(): string | undefined;
    /** Called with each new set. Answers with what ends it. */
    onChanged(listener: (material: TlsMaterial) => void): () => void;
    close(): void;
    /** Looks now, whatever the time. */
    look(): void;
    private arm;
    private speakOfEnd;
}
